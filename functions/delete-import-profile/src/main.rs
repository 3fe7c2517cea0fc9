//! The delete-import-profile function under the Lambda runtime.

fn main() -> Result<(), rollcall_lambda::Error> {
    rollcall_lambda::run(delete_import_profile::service)
}
