//! The confirm-mfa function under the Lambda runtime.

fn main() -> Result<(), rollcall_lambda::Error> {
    rollcall_lambda::run(confirm_mfa::service)
}
