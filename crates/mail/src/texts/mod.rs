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
            ];
            let all = all.into_iter().chain(texts.invitation.lead).chain(texts.digest.subject).chain(texts.digest.lead);
            for text in all {
                for name in text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name) {
                    assert!(known.contains(&name), "{}: {{{name}}} in {text}", texts.tag);
                }
                assert_eq!(text.matches('{').count(), text.matches('}').count(), "{}: {text}", texts.tag);
            }
        }
    }
}
