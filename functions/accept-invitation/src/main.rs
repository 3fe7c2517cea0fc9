//! The accept-invitation function under the Lambda runtime.

fn main() -> Result<(), rollcall_lambda::Error> {
    rollcall_lambda::run(accept_invitation::service)
}
