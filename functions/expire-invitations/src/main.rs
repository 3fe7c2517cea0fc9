//! The expire-invitations function under the Lambda runtime.

fn main() -> Result<(), rollcall_lambda::Error> {
    rollcall_lambda::run(expire_invitations::service)
}
