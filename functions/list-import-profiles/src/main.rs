//! The list-import-profiles function under the Lambda runtime.

fn main() -> Result<(), rollcall_lambda::Error> {
    rollcall_lambda::run(list_import_profiles::service)
}
