//! The list-user-audit-events function under the Lambda runtime.

fn main() -> Result<(), rollcall_lambda::Error> {
    rollcall_lambda::run(list_user_audit_events::service)
}
