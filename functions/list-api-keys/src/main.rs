//! The list-api-keys function under the Lambda runtime.

fn main() -> Result<(), rollcall_lambda::Error> {
    rollcall_lambda::run(list_api_keys::service)
}
