//! The sweep-mail function under the Lambda runtime.

fn main() -> Result<(), rollcall_lambda::Error> {
    rollcall_lambda::run(sweep_mail::service)
}
