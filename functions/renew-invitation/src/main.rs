//! The renew-invitation function under the Lambda runtime.

fn main() -> Result<(), rollcall_lambda::Error> {
    rollcall_lambda::run(renew_invitation::service)
}
