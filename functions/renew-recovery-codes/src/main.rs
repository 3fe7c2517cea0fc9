//! The renew-recovery-codes function under the Lambda runtime.

fn main() -> Result<(), rollcall_lambda::Error> {
    rollcall_lambda::run(renew_recovery_codes::service)
}
