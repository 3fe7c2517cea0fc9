//! The end-user-api-keys function under the Lambda runtime.

fn main() -> Result<(), rollcall_lambda::Error> {
    rollcall_lambda::run(end_user_api_keys::service)
}
