//! The begin-mfa function under the Lambda runtime.

fn main() -> Result<(), rollcall_lambda::Error> {
    rollcall_lambda::run(begin_mfa::service)
}
