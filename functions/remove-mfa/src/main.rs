//! The remove-mfa function under the Lambda runtime.

fn main() -> Result<(), rollcall_lambda::Error> {
    rollcall_lambda::run(remove_mfa::service)
}
