//! The get-import-template function under the Lambda runtime.

fn main() -> Result<(), rollcall_lambda::Error> {
    rollcall_lambda::run(get_import_template::service)
}
