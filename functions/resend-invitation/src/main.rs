//! The resend-invitation function under the Lambda runtime.

fn main() -> Result<(), rollcall_lambda::Error> {
    rollcall_lambda::run(resend_invitation::service)
}
