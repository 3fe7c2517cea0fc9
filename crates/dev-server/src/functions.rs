//! The functions: the deployed code, each with its own environment and credentials, called in this process.

use std::{
    collections::BTreeMap,
    io,
    pin::pin,
    sync::Arc,
    time::{Duration, UNIX_EPOCH},
};

use aws_sdk_dynamodb::config::{
    BehaviorVersion, Credentials, Region, SharedCredentialsProvider, StalledStreamProtectionConfig, retry::RetryConfig,
};
use aws_smithy_async::{
    rt::sleep::TokioSleep,
    time::{SystemTimeSource, TimeSource as _},
};
use rollcall_lambda::{Context, Environment, Error, Function, SdkConfig};
use serde_json::Value;

use crate::{
    clock::Clock,
    crashes::Crashes,
    random::uuid,
    template::{ACCOUNT, FunctionSpec, REGION},
};

/// What Lambda takes and gives in one synchronous call.
const LARGEST_PAYLOAD: usize = 6_291_556;

type Service = fn(&Environment) -> Result<Function, Error>;

macro_rules! operations {
    ($($name:ident)*) => {
        &[$((stringify!($name), $name::service as Service)),*]
    };
}

/// Every package under functions/, by its name with underscores.
const OPERATIONS: &[(&str, Service)] = operations! {
    accept_invitation
    activate_user
    begin_enrolment
    begin_mfa
    cancel_import
    change_password
    choose_password
    clone_user
    commit_import
    complete_password_reset
    confirm_email_change
    confirm_mfa
    create_api_key
    create_entry
    create_import_profile
    create_organization
    create_role
    create_user
    deactivate_user
    delete_api_key
    delete_entry
    delete_import_profile
    delete_role
    delete_user
    deliver_bulk
    deliver_mail
    end_session
    end_user_api_keys
    end_user_sessions
    expire_invitations
    export_audit_events
    export_users
    get_email_change
    get_import
    get_import_profile
    get_import_profile_definition
    get_import_report
    get_import_template
    get_invitation
    get_me
    get_openapi
    get_organization
    get_password_reset
    get_role
    get_user
    keep_session
    list_api_keys
    list_audit_events
    list_entries
    list_import_profiles
    list_imports
    list_organizations
    list_permissions
    list_roles
    list_sessions
    list_user_api_keys
    list_user_audit_events
    list_user_sessions
    list_users
    preview_import_profile
    record_delivery
    remove_mfa
    renew_invitation
    renew_recovery_codes
    request_password_reset
    resend_invitation
    reset_mfa
    reset_password
    revoke_invitation
    run_import
    send_invitation
    send_sign_in_code
    sign_in
    sign_out
    stage_chunk
    stage_source
    start_import
    sweep_imports
    sweep_mail
    undo_import
    unlock_user
    update_entry
    update_import_profile
    update_me
    update_organization
    update_role
    update_user
    verify_acceptance
    verify_enrolment
    verify_mfa
};

/// The operations that this server can run, such as `list-users`.
pub fn operations() -> impl Iterator<Item = String> {
    OPERATIONS.iter().map(|(name, _)| name.replace('_', "-"))
}

/// Why a call gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum InvokeError {
    /// The template has no such function.
    #[error("there is no function {0}")]
    Unknown(String),
    /// The event is larger than Lambda takes.
    #[error("the event is larger than {LARGEST_PAYLOAD} bytes")]
    EventTooLarge,
    /// The answer is larger than Lambda gives.
    #[error("the answer is larger than {LARGEST_PAYLOAD} bytes")]
    AnswerTooLarge,
    /// It ran longer than the template allows.
    #[error("timed out after {} s", .0.as_secs())]
    TimedOut(Duration),
    /// It said so itself.
    #[error("failed: {0}")]
    Failed(String),
    /// It panicked.
    #[error("panicked")]
    Panicked,
    /// It was made to die.
    #[error("died")]
    Died,
}

impl InvokeError {
    /// The stable code of this failure.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unknown(_) => "function_unknown",
            Self::EventTooLarge => "event_too_large",
            Self::AnswerTooLarge => "answer_too_large",
            Self::TimedOut(_) => "timed_out",
            Self::Failed(_) => "failed",
            Self::Panicked => "panicked",
            Self::Died => "died",
        }
    }
}

/// The functions by logical id. Clones share them.
#[derive(Debug, Clone)]
pub(crate) struct Functions {
    entries: Arc<BTreeMap<String, Entry>>,
    crashes: Crashes,
}

#[derive(Debug)]
struct Entry {
    function: Function,
    timeout: Duration,
}

impl Functions {
    /// Makes every function of the template.
    ///
    /// # Errors
    /// When the template names one that is not built in, or one does not start.
    pub(crate) fn start(
        specs: &BTreeMap<String, FunctionSpec>,
        endpoint: &str,
        clock: &Clock,
        crashes: Crashes,
    ) -> Result<Self, (String, Error)> {
        let mut entries = BTreeMap::new();
        for (id, spec) in specs {
            let name = spec.operation.replace('-', "_");
            let (_, service) = OPERATIONS
                .iter()
                .find(|(known, _)| *known == name)
                .ok_or_else(|| (id.clone(), "there is no such package".into()))?;
            let environment = Environment::new(sdk_config(id, endpoint, clock), spec.environment.clone());
            let function = service(&environment).map_err(|error| (id.clone(), error))?;
            let timeout = spec.timeout;
            entries.insert(id.clone(), Entry { function, timeout });
        }
        Ok(Self { entries: Arc::new(entries), crashes })
    }

    /// Calls a function once, as Lambda would: with its own time limit, and a panic stays its own.
    ///
    /// # Errors
    /// [`InvokeError`].
    pub(crate) async fn invoke(&self, logical_id: &str, event: Value) -> Result<Value, InvokeError> {
        let entry = self.entries.get(logical_id).ok_or_else(|| InvokeError::Unknown(logical_id.to_owned()))?;
        if exceeds(&event, LARGEST_PAYLOAD) {
            return Err(InvokeError::EventTooLarge);
        }
        let timeout = entry.timeout;
        let context = context(logical_id, timeout);
        let function = entry.function.clone();
        let signal = self.crashes.signal(logical_id);
        let mut death = pin!(signal.notified());
        death.as_mut().enable();
        let mut task = tokio::spawn(async move { tokio::time::timeout(timeout, function.call(event, context)).await });
        let ended = tokio::select! {
            ended = &mut task => ended,
            () = death => {
                task.abort();
                tracing::warn!(function = logical_id, "died as planned");
                return Err(InvokeError::Died);
            }
        };
        let outcome = match ended {
            Ok(Ok(Ok(answer))) if exceeds(&answer, LARGEST_PAYLOAD) => Err(InvokeError::AnswerTooLarge),
            Ok(Ok(Ok(answer))) => Ok(answer),
            Ok(Ok(Err(error))) => Err(InvokeError::Failed(chain(&*error))),
            Ok(Err(_)) => Err(InvokeError::TimedOut(timeout)),
            Err(_) => Err(InvokeError::Panicked),
        };
        if let Err(error) = &outcome {
            tracing::warn!(function = logical_id, %error, "invocation failed");
        }
        outcome
    }
}

fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text.push_str(": ");
        text.push_str(&error.to_string());
        source = error.source();
    }
    text
}

fn context(logical_id: &str, timeout: Duration) -> Context {
    // The deadline is in real time, whatever the movable clock says.
    let deadline = SystemTimeSource::new().now().duration_since(UNIX_EPOCH).unwrap_or_default() + timeout;
    let mut context = Context::default();
    context.request_id = uuid();
    context.deadline = u64::try_from(deadline.as_millis()).unwrap_or(u64::MAX);
    context.invoked_function_arn = format!("arn:aws:lambda:{REGION}:{ACCOUNT}:function:{logical_id}");
    context
}

/// The SDK's configuration for one caller: its logical id signs, the loopback endpoint answers, the movable clock
/// tells the time.
pub(crate) fn sdk_config(access_key_id: &str, endpoint: &str, clock: &Clock) -> SdkConfig {
    let credentials = Credentials::new(access_key_id, "local", None, None, "rollcall-dev-server");
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static(REGION))
        .endpoint_url(endpoint)
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .retry_config(RetryConfig::standard())
        .sleep_impl(TokioSleep::new())
        .time_source(clock.clone())
        // It measures throughput by the time source and would take a jump of the clock for a stalled stream.
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        .build()
}

/// Whether a value's JSON is longer than a limit, without keeping it.
fn exceeds(value: &Value, limit: usize) -> bool {
    struct Count {
        left: usize,
    }
    impl io::Write for Count {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.left = self.left.checked_sub(bytes.len()).ok_or(io::ErrorKind::FileTooLarge)?;
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    serde_json::to_writer(Count { left: limit }, value).is_err()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_payload_is_measured_as_it_travels() {
        // Quotes travel escaped: twice their length.
        for (name, value, exceeds_ten) in [
            ("short", json!("12345678"), false),
            ("one more", json!("123456789"), true),
            ("escaped", json!("\"\"\"\"\""), true),
        ] {
            assert_eq!(exceeds(&value, 10), exceeds_ten, "{name}");
        }
    }
}
