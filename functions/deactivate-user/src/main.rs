//! The deactivate-user function under the Lambda runtime.

fn main() -> Result<(), rollcall_lambda::Error> {
    rollcall_lambda::run(deactivate_user::service)
}
