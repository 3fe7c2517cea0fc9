//! Oneself, and what one has set for oneself.

use rollcall_accounts::{
    Timestamp,
    operations::{
        get_me::Me,
        keep_session::Kept,
        update_me::{DAYS, MyChanges, WantedNotifications, WantedSchedule, WantedThreshold},
    },
    settings::{Notifications, Priority, Settings, Severity, Threshold},
    user::User,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    session::{PasswordRuleResponse, SessionTimesResponse},
    user::{OrganizationsRequest, OrganizationsResponse, UserResponse},
};

/// Who is signed in, what they may do, and what they have set for themselves.
#[derive(Debug, Serialize, ToSchema)]
pub struct MeResponse {
    /// The user, with their modules.
    pub user: UserResponse,
    /// What they may do.
    pub permissions: Vec<&'static str>,
    /// `all`, or the identifiers of the organizations they may work in.
    pub organizations: OrganizationsResponse,
    /// What they have set for themselves.
    pub settings: MySettingsResponse,
    /// Their second factors.
    pub mfa: MyMfaResponse,
    /// What a new password of theirs must be.
    pub password_policy: PasswordRuleResponse,
    /// Null for an API key.
    pub session: Option<MySessionResponse>,
}

/// What somebody has set for themselves.
#[derive(Debug, Serialize, ToSchema)]
pub struct MySettingsResponse {
    /// BCP 47 tag.
    pub language: Option<String>,
    /// IANA time zone; null: UTC.
    pub time_zone: Option<String>,
    /// Minutes without activity after which one is asked whether one is still there.
    pub idle_minutes: u16,
    /// Whether the getting-started page is shown.
    pub getting_started: bool,
    /// What is told, when and how.
    pub notifications: NotificationsResponse,
}

/// Second factors.
#[derive(Debug, Serialize, ToSchema)]
pub struct MyMfaResponse {
    /// Whether one is required.
    pub required: bool,
    /// `totp`, `text`: those that are set up.
    pub methods: Vec<&'static str>,
    /// Recovery codes that were not used.
    pub recovery_codes_left: usize,
}

/// The session that asks.
#[derive(Debug, Serialize, ToSchema)]
pub struct MySessionResponse {
    /// Identifier.
    pub id: String,
    /// Until when it goes on.
    #[serde(flatten)]
    pub times: SessionTimesResponse,
}

/// What is told of Rollcall's own events.
#[derive(Debug, Serialize, ToSchema)]
pub struct NotificationsResponse {
    /// `all`, or the identifiers of the organizations whose events are told.
    pub organizations: OrganizationsResponse,
    /// When something may be delivered; null: always.
    pub schedule: Option<ScheduleResponse>,
    /// What is mailed.
    pub mail: ThresholdResponse,
    /// What is sent as a text message.
    pub text: ThresholdResponse,
}

/// Days and hours in one's own time zone.
#[derive(Debug, Serialize, ToSchema)]
pub struct ScheduleResponse {
    /// Of `mon` to `sun`.
    pub days: Vec<&'static str>,
    /// `08:00`.
    pub from: String,
    /// `18:00`; `24:00` is the end of the day.
    pub to: String,
}

/// The least that is told: this and higher, of both.
#[derive(Debug, Serialize, ToSchema)]
pub struct ThresholdResponse {
    /// `info`, `warning`, `critical`, or `off` for nothing.
    pub severity: &'static str,
    /// `low`, `normal` or `high`.
    pub priority: &'static str,
}

/// Changes of what one has set for oneself. Absent fields stay; `null` removes.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateMeRequest {
    /// BCP 47 tag, or null for none.
    #[serde(default, deserialize_with = "super::present")]
    #[schema(value_type = Option<String>, example = "de")]
    pub language: Option<Option<String>>,
    /// IANA time zone, or null for UTC.
    #[serde(default, deserialize_with = "super::present")]
    #[schema(value_type = Option<String>, example = "Europe/Berlin")]
    pub time_zone: Option<Option<String>>,
    /// Phone number, or null for none. Another number ends every session.
    #[serde(default, deserialize_with = "super::present")]
    #[schema(value_type = Option<String>, example = "+4915112345678")]
    pub phone: Option<Option<String>>,
    /// Minutes without activity after which one is asked whether one is still there, 5 to 1440.
    #[serde(default)]
    #[schema(example = 60)]
    pub idle_minutes: Option<i64>,
    /// Whether the getting-started page is shown.
    #[serde(default)]
    pub getting_started: Option<bool>,
    /// What is told, when and how; the whole of it.
    #[serde(default)]
    pub notifications: Option<NotificationsRequest>,
}

/// What shall be told of Rollcall's own events.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NotificationsRequest {
    /// `all`, or the identifiers of organizations within one's own scope.
    pub organizations: OrganizationsRequest,
    /// When something may be delivered; null: always. What happens outside it waits for its next beginning.
    #[serde(default)]
    pub schedule: Option<ScheduleRequest>,
    /// What is mailed.
    pub mail: ThresholdRequest,
    /// What is sent as a text message; needs a phone number.
    pub text: ThresholdRequest,
}

/// Days and hours in one's own time zone.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ScheduleRequest {
    /// Of `mon` to `sun`, at least one.
    #[schema(example = json!(["mon", "tue", "wed", "thu", "fri"]))]
    pub days: Vec<String>,
    /// `08:00`.
    #[schema(example = "08:00")]
    pub from: String,
    /// Later than `from`; `24:00` is the end of the day.
    #[schema(example = "18:00")]
    pub to: String,
}

/// The least that shall be told: this and higher, of both.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ThresholdRequest {
    /// `info`, `warning`, `critical`, or `off` for nothing.
    #[schema(example = "warning")]
    pub severity: String,
    /// `low`, `normal` or `high`.
    #[schema(example = "low")]
    pub priority: String,
}

/// One's own new password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangePasswordRequest {
    /// The present one.
    #[schema(format = Password)]
    pub current: String,
    /// The new one.
    #[schema(format = Password)]
    pub password: String,
}

/// A second factor to be set up.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BeginMfaRequest {
    /// `totp` or `text`.
    #[schema(example = "totp")]
    pub method: String,
    /// One's own password.
    #[schema(format = Password)]
    pub password: String,
    /// With `text`: a mobile number with country code; that of the account when absent.
    #[serde(default)]
    #[schema(example = json!(null))]
    pub phone: Option<String>,
}

/// One's own password, asked for again.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OwnPasswordRequest {
    /// The password.
    #[schema(format = Password)]
    pub password: String,
}

/// Recovery codes.
#[derive(Serialize, ToSchema)]
pub struct RecoveryCodesResponse {
    /// Ten codes, each good once instead of the second factor. Shown now and never again.
    pub recovery_codes: Vec<String>,
}

impl MeResponse {
    /// The actor as seen at `now`.
    #[must_use]
    pub fn new(me: &Me, now: Timestamp) -> Self {
        let idle_minutes = me.user.settings.idle_minutes;
        Self {
            user: UserResponse::new(&me.user, now).with_modules(me.modules.clone()),
            permissions: me.permissions.iter().map(|permission| permission.name()).collect(),
            organizations: OrganizationsResponse::from(&me.organizations),
            settings: MySettingsResponse::of(&me.user),
            mfa: MyMfaResponse {
                required: me.mfa.required,
                methods: me.mfa.methods.clone(),
                recovery_codes_left: me.mfa.recovery_codes_left,
            },
            password_policy: PasswordRuleResponse::from(&me.password_policy),
            session: me.session.as_ref().map(|session| MySessionResponse {
                id: session.id.to_string(),
                times: SessionTimesResponse::from(&Kept {
                    idle_until: session.idle_until,
                    expires_at: session.expires_at,
                    idle_minutes,
                }),
            }),
        }
    }
}

impl MySettingsResponse {
    fn of(user: &User) -> Self {
        let Settings { time_zone, idle_minutes, getting_started, notifications } = &user.settings;
        Self {
            language: user.language.clone(),
            time_zone: time_zone.clone(),
            idle_minutes: *idle_minutes,
            getting_started: *getting_started,
            notifications: NotificationsResponse::from(notifications),
        }
    }
}

impl From<&Notifications> for NotificationsResponse {
    fn from(notifications: &Notifications) -> Self {
        let hours = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
        Self {
            organizations: OrganizationsResponse::from(&notifications.organizations),
            schedule: notifications.schedule.as_ref().map(|schedule| ScheduleResponse {
                days: schedule
                    .days
                    .iter()
                    .filter_map(|day| DAYS.get(usize::from(*day).checked_sub(1)?).copied())
                    .collect(),
                from: hours(schedule.from_minute),
                to: hours(schedule.to_minute),
            }),
            mail: ThresholdResponse::from(notifications.mail),
            text: ThresholdResponse::from(notifications.text),
        }
    }
}

impl From<Option<Threshold>> for ThresholdResponse {
    fn from(threshold: Option<Threshold>) -> Self {
        let severity = match threshold.map(|threshold| threshold.severity) {
            None => "off",
            Some(Severity::Info) => "info",
            Some(Severity::Warning) => "warning",
            Some(Severity::Critical) => "critical",
        };
        let priority = match threshold.map(|threshold| threshold.priority) {
            None | Some(Priority::Low) => "low",
            Some(Priority::Normal) => "normal",
            Some(Priority::High) => "high",
        };
        Self { severity, priority }
    }
}

impl UpdateMeRequest {
    /// What shall change.
    #[must_use]
    pub fn into_changes(self) -> MyChanges {
        MyChanges {
            language: self.language,
            time_zone: self.time_zone,
            phone: self.phone,
            idle_minutes: self.idle_minutes,
            getting_started: self.getting_started,
            notifications: self.notifications.map(|wanted| WantedNotifications {
                organizations: wanted.organizations.into(),
                schedule: wanted.schedule.map(|schedule| WantedSchedule {
                    days: schedule.days,
                    from: schedule.from,
                    to: schedule.to,
                }),
                mail: wanted.mail.into(),
                text: wanted.text.into(),
            }),
        }
    }
}

impl From<ThresholdRequest> for WantedThreshold {
    fn from(wanted: ThresholdRequest) -> Self {
        Self { severity: wanted.severity, priority: wanted.priority }
    }
}
