//! The complete-password-reset function under the Lambda runtime.

fn main() -> Result<(), rollcall_lambda::Error> {
    rollcall_lambda::run(complete_password_reset::service)
}
