//! The list-audit-events function under the Lambda runtime.

fn main() -> Result<(), rollcall_lambda::Error> {
    rollcall_lambda::run(list_audit_events::service)
}
