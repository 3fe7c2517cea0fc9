//! Every word of every mail, a module per locale.

mod de;
mod en;
mod es;
mod fr;
mod ja;

use jiff::{Timestamp, tz::TimeZone};

/// The texts of one locale. `{names}` in braces are filled in.
pub(crate) struct Texts {
    /// The language tag.
    pub(crate) tag: &'static str,
    pub(crate) greeting: &'static str,
    pub(crate) invitation: InvitationTexts,
    pub(crate) digest: DigestTexts,
    pub(crate) reset: ResetTexts,
    pub(crate) codes: ChangedTexts,
    pub(crate) changed: ChangedTexts,
    pub(crate) key: KeyTexts,
    pub(crate) confirm: ConfirmTexts,
    pub(crate) asked: AskedTexts,
    pub(crate) moved: MovedTexts,
    pub(crate) credentials: CredentialTexts,
    pub(crate) import: ImportTexts,
    pub(crate) undelivered: UndeliveredTexts,
    pub(crate) sms: SmsTexts,
    /// Under notices: where one sets which come.
    pub(crate) notices: &'static str,
    /// Under mail to an address that is no account's yet.
    pub(crate) asked_footer: &'static str,
    /// Above the bare link.
    pub(crate) bare: &'static str,
    pub(crate) footer: &'static str,
    /// `{day} {month} {year} {time}`, in UTC.
    pub(crate) moment: &'static str,
    /// `{day} {month}`, for subjects.
    pub(crate) short_day: &'static str,
    pub(crate) months: [&'static str; 12],
    pub(crate) short_months: [&'static str; 12],
}

/// Of an invitation.
pub(crate) struct InvitationTexts {
    pub(crate) subject: &'static str,
    /// Who invites where both are known, only the inviter is, only the organization is, neither is.
    pub(crate) lead: [&'static str; 4],
    pub(crate) button: &'static str,
    pub(crate) expires: &'static str,
    /// Where an earlier mail went out.
    pub(crate) replaces: &'static str,
    pub(crate) unexpected: &'static str,
    pub(crate) questions: &'static str,
}

/// Of a digest of expired invitations; one person and several.
pub(crate) struct DigestTexts {
    pub(crate) subject: [&'static str; 2],
    pub(crate) lead: [&'static str; 2],
    pub(crate) more: &'static str,
    pub(crate) button: &'static str,
    pub(crate) note: &'static str,
}

/// Of a link to choose a new password.
pub(crate) struct ResetTexts {
    pub(crate) subject: &'static str,
    /// Asked for on the sign-in page.
    pub(crate) lead: &'static str,
    /// By an administrator who is known.
    pub(crate) lead_by: &'static str,
    /// By one who is not any more.
    pub(crate) lead_void: &'static str,
    pub(crate) button: &'static str,
    pub(crate) expires: &'static str,
    /// Where nothing has changed yet.
    pub(crate) unexpected: &'static str,
}

/// That a password was changed, or that somebody knows it.
pub(crate) struct ChangedTexts {
    pub(crate) subject: &'static str,
    pub(crate) lead: &'static str,
    pub(crate) button: &'static str,
    pub(crate) unexpected: &'static str,
}

/// That there is a new API key.
pub(crate) struct KeyTexts {
    pub(crate) subject: &'static str,
    pub(crate) lead: &'static str,
    pub(crate) name: &'static str,
    pub(crate) ends: &'static str,
    pub(crate) button: &'static str,
    pub(crate) unexpected: &'static str,
}

/// Of a link to confirm a new address.
pub(crate) struct ConfirmTexts {
    pub(crate) subject: &'static str,
    pub(crate) lead: &'static str,
    pub(crate) button: &'static str,
    pub(crate) expires: &'static str,
    pub(crate) unexpected: &'static str,
}

/// That another address was asked for.
pub(crate) struct AskedTexts {
    pub(crate) subject: &'static str,
    pub(crate) lead: &'static str,
    /// By somebody else.
    pub(crate) lead_by: &'static str,
    pub(crate) note: &'static str,
    pub(crate) unexpected: &'static str,
}

/// That the address is another now.
pub(crate) struct MovedTexts {
    pub(crate) subject: &'static str,
    pub(crate) lead: &'static str,
    pub(crate) unexpected: &'static str,
}

/// Of first credentials.
pub(crate) struct CredentialTexts {
    pub(crate) subject: &'static str,
    pub(crate) lead: &'static str,
    /// In an organization.
    pub(crate) lead_at: &'static str,
    pub(crate) login: &'static str,
    pub(crate) password: &'static str,
    pub(crate) button: &'static str,
    pub(crate) change: &'static str,
    pub(crate) unexpected: &'static str,
}

/// Of an import that has ended; without and with an organization.
pub(crate) struct ImportTexts {
    pub(crate) subject: &'static str,
    pub(crate) subject_at: &'static str,
    pub(crate) failed: &'static str,
    pub(crate) failed_at: &'static str,
    pub(crate) rejected: &'static str,
    pub(crate) rejected_at: &'static str,
    pub(crate) lead: &'static str,
    pub(crate) lead_rejected: &'static str,
    pub(crate) imported: &'static str,
    pub(crate) skipped: &'static str,
    pub(crate) failures: &'static str,
    pub(crate) button: &'static str,
}

/// Of invitations that did not arrive; one person and several.
pub(crate) struct UndeliveredTexts {
    pub(crate) subject: [&'static str; 2],
    pub(crate) lead: [&'static str; 2],
    pub(crate) bounced: &'static str,
    pub(crate) complained: &'static str,
    pub(crate) suppressed: &'static str,
    pub(crate) button: &'static str,
    pub(crate) note: &'static str,
}

/// Of text messages; one person and several.
pub(crate) struct SmsTexts {
    pub(crate) code: &'static str,
    pub(crate) expired: [&'static str; 2],
    pub(crate) undelivered: [&'static str; 2],
    pub(crate) import: &'static str,
    pub(crate) failed: &'static str,
    pub(crate) rejected: &'static str,
    /// Any of them, with the organization.
    pub(crate) at: &'static str,
}

const ALL: [&Texts; 5] = [&en::TEXTS, &de::TEXTS, &fr::TEXTS, &es::TEXTS, &ja::TEXTS];

impl Texts {
    /// The texts nearest to a language tag (BCP 47): those of its primary subtag, else English.
    pub(crate) fn of(language: Option<&str>) -> &'static Self {
        let primary = language.and_then(|tag| tag.split('-').next()).unwrap_or_default();
        ALL.into_iter().find(|texts| texts.tag.eq_ignore_ascii_case(primary)).unwrap_or(ALL[0])
    }

    /// A moment with its zone: `22 November 2026, 18:03 UTC`.
    pub(crate) fn moment(&self, moment: Timestamp) -> String {
        self.date(self.moment, &self.months, moment)
    }

    /// A day, for subjects: `22 Nov`.
    pub(crate) fn short_day(&self, moment: Timestamp) -> String {
        self.date(self.short_day, &self.short_months, moment)
    }

    fn date(&self, pattern: &str, months: &[&str; 12], moment: Timestamp) -> String {
        let at = moment.to_zoned(TimeZone::UTC);
        let month = usize::try_from(at.month() - 1).ok().and_then(|month| months.get(month)).copied();
        fill(
            pattern,
            &[
                ("day", &at.day().to_string()),
                ("month", month.unwrap_or_default()),
                ("year", &at.year().to_string()),
                ("time", &format!("{:02}:{:02}", at.hour(), at.minute())),
            ],
        )
    }
}

/// Fills the braces of a text, once: what is filled in is not looked at again.
pub(crate) fn fill(text: &str, values: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(text.len() + 64);
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        let value = values.iter().find(|(key, _)| *key == name).map_or("", |(_, value)| value);
        out.push_str(value);
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_filled_in_is_not_filled_again() {
        assert_eq!(fill("{a} und {b}", &[("a", "{b}"), ("b", "x")]), "{b} und x");
    }

    #[test]
    fn the_nearest_language_is_taken_and_english_otherwise() {
        for (tag, found) in [
            (None, "en"),
            (Some("de-AT"), "de"),
            (Some("FR"), "fr"),
            (Some("ja"), "ja"),
            (Some("es-419"), "es"),
            (Some("nl"), "en"),
            (Some(""), "en"),
        ] {
            assert_eq!(Texts::of(tag).tag, found, "{tag:?}");
        }
    }

    #[test]
    fn every_brace_in_every_locale_is_one_that_is_filled() {
        let known = [
            "name",
            "organization",
            "inviter",
            "email",
            "expires",
            "day",
            "month",
            "year",
            "time",
            "who",
            "count",
            "more",
            "by",
            "at",
            "imported",
            "failed",
            "code",
            "text",
        ];
        for texts in ALL {
            let all = [
                texts.greeting,
                texts.bare,
                texts.footer,
                texts.moment,
                texts.short_day,
                texts.invitation.subject,
                texts.invitation.button,
                texts.invitation.expires,
                texts.invitation.replaces,
                texts.invitation.unexpected,
                texts.invitation.questions,
                texts.digest.more,
                texts.digest.button,
                texts.digest.note,
                texts.reset.subject,
                texts.reset.lead,
                texts.reset.lead_by,
                texts.reset.lead_void,
                texts.reset.button,
                texts.reset.expires,
                texts.reset.unexpected,
                texts.changed.subject,
                texts.changed.lead,
                texts.changed.button,
                texts.changed.unexpected,
                texts.confirm.subject,
                texts.confirm.lead,
                texts.confirm.button,
                texts.confirm.expires,
                texts.confirm.unexpected,
                texts.asked.subject,
                texts.asked.lead,
                texts.asked.lead_by,
                texts.asked.note,
                texts.asked.unexpected,
                texts.moved.subject,
                texts.moved.lead,
                texts.moved.unexpected,
                texts.credentials.subject,
                texts.credentials.lead,
                texts.credentials.lead_at,
                texts.credentials.login,
                texts.credentials.password,
                texts.credentials.button,
                texts.credentials.change,
                texts.credentials.unexpected,
                texts.import.subject,
                texts.import.subject_at,
                texts.import.failed,
                texts.import.failed_at,
                texts.import.rejected,
                texts.import.rejected_at,
                texts.import.lead,
                texts.import.lead_rejected,
                texts.import.imported,
                texts.import.skipped,
                texts.import.failures,
                texts.import.button,
                texts.undelivered.bounced,
                texts.undelivered.complained,
                texts.undelivered.suppressed,
                texts.undelivered.button,
                texts.undelivered.note,
                texts.sms.code,
                texts.sms.import,
                texts.sms.failed,
                texts.sms.rejected,
                texts.sms.at,
                texts.notices,
                texts.asked_footer,
            ];
            let all = all.into_iter().chain(texts.invitation.lead).chain(texts.digest.subject).chain(texts.digest.lead);
            let all = all.chain(texts.undelivered.subject).chain(texts.undelivered.lead);
            let all = all.chain(texts.sms.expired).chain(texts.sms.undelivered);
            for text in all {
                for name in text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name) {
                    assert!(known.contains(&name), "{}: {{{name}}} in {text}", texts.tag);
                }
                assert_eq!(text.matches('{').count(), text.matches('}').count(), "{}: {text}", texts.tag);
            }
        }
    }
}
