//! The verify-acceptance function under the Lambda runtime.

fn main() -> Result<(), rollcall_lambda::Error> {
    rollcall_lambda::run(verify_acceptance::service)
}
