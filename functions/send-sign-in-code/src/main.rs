//! The send-sign-in-code function under the Lambda runtime.

fn main() -> Result<(), rollcall_lambda::Error> {
    rollcall_lambda::run(send_sign_in_code::service)
}
