//! The get-import-profile-definition function under the Lambda runtime.

fn main() -> Result<(), rollcall_lambda::Error> {
    rollcall_lambda::run(get_import_profile_definition::service)
}
