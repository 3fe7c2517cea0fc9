//! The update-import-profile function under the Lambda runtime.

fn main() -> Result<(), rollcall_lambda::Error> {
    rollcall_lambda::run(update_import_profile::service)
}
