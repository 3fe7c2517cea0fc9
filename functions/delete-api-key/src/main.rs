//! The delete-api-key function under the Lambda runtime.

fn main() -> Result<(), rollcall_lambda::Error> {
    rollcall_lambda::run(delete_api_key::service)
}
