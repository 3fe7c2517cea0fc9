//! From what a mail is about to its subject, text and HTML.

use askama::Template;
use rollcall_accounts::operations::delivery::{Content, Letter};

use crate::texts::{Texts, fill};

/// A mail ready to be handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// One line.
    pub subject: String,
    /// Plain text.
    pub text: String,
    /// HTML.
    pub html: String,
}

/// What both layouts are filled with.
struct Page {
    lang: &'static str,
    subject: String,
    greeting: String,
    lead: String,
    people: Vec<(String, String)>,
    more: Option<String>,
    button: &'static str,
    bare: &'static str,
    link: String,
    notes: Vec<String>,
    footer: &'static str,
}

#[derive(Template)]
#[template(path = "letter.html")]
struct Html<'a> {
    page: &'a Page,
}

#[derive(Template)]
#[template(path = "letter.txt")]
struct Text<'a> {
    page: &'a Page,
}

/// Renders a letter in the recipient's language.
///
/// # Errors
/// When a layout fails, which would be a bug.
pub fn render(letter: &Letter) -> Result<Rendered, askama::Error> {
    let page = page(letter);
    Ok(Rendered { text: Text { page: &page }.render()?, html: Html { page: &page }.render()?, subject: page.subject })
}

fn page(letter: &Letter) -> Page {
    let texts = Texts::of(letter.language.as_deref());
    let base = |name: &str, subject: String, lead: String, link: &str| Page {
        lang: texts.tag,
        subject: one_line(&subject),
        greeting: fill(texts.greeting, &[("name", &one_line(name))]),
        lead,
        people: Vec::new(),
        more: None,
        button: "",
        bare: texts.bare,
        link: link.to_owned(),
        notes: Vec::new(),
        footer: texts.footer,
    };
    match &letter.content {
        Content::Invitation { name, organization, inviter, inviter_email, link, expires_at, replaces } => {
            let copy = &texts.invitation;
            let who = organization.as_deref().or(inviter.as_deref()).unwrap_or("Rollcall");
            let subject = fill(copy.subject, &[("who", who), ("day", &texts.short_day(*expires_at))]);
            let lead = match (organization, inviter) {
                (Some(_), Some(_)) => copy.lead[0],
                (None, Some(_)) => copy.lead[1],
                (Some(_), None) => copy.lead[2],
                (None, None) => copy.lead[3],
            };
            let inviter = inviter.as_deref().unwrap_or_default();
            let lead =
                fill(lead, &[("inviter", inviter), ("organization", organization.as_deref().unwrap_or_default())]);
            let mut notes = vec![fill(copy.expires, &[("expires", &texts.moment(*expires_at))])];
            if *replaces {
                notes.push(copy.replaces.to_owned());
            }
            notes.push(copy.unexpected.to_owned());
            notes.extend(
                inviter_email.as_ref().map(|email| fill(copy.questions, &[("inviter", inviter), ("email", email)])),
            );
            Page { button: copy.button, notes, ..base(name, subject, one_line(&lead), link) }
        }
        Content::ExpiryDigest { name, people, total, link } => {
            let copy = &texts.digest;
            let number = usize::from(*total != 1);
            let count = total.to_string();
            let values = [("count", count.as_str())];
            let more = total.saturating_sub(people.len());
            Page {
                people: people.iter().map(|(name, email)| (one_line(name), one_line(email))).collect(),
                more: (more > 0).then(|| fill(copy.more, &[("more", &more.to_string())])),
                button: copy.button,
                notes: vec![copy.note.to_owned()],
                ..base(name, fill(copy.subject[number], &values), fill(copy.lead[number], &values), link)
            }
        }
    }
}

/// Without control characters and line breaks: names come from people, and a subject is a header.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn invitation(language: Option<&str>, organization: Option<&str>, replaces: bool) -> Letter {
        Letter {
            to: "ana@example.org".into(),
            reply_to: Some("root@example.org".into()),
            language: language.map(str::to_owned),
            tags: Vec::new(),
            content: Content::Invitation {
                name: "Ana <b>Silva</b>".into(),
                organization: organization.map(str::to_owned),
                inviter: Some("Rudi Roth".into()),
                inviter_email: Some("root@example.org".into()),
                link: "https://rollcall.example/invitations/TOKEN".into(),
                expires_at: "2026-11-22T18:03:00Z".parse().unwrap(),
                replaces,
            },
        }
    }

    fn digest(total: usize) -> Letter {
        Letter {
            to: "root@example.org".into(),
            reply_to: None,
            language: None,
            tags: Vec::new(),
            content: Content::ExpiryDigest {
                name: "Rudi Roth".into(),
                people: vec![("Ana Silva".into(), "ana@example.org".into())],
                total,
                link: "https://rollcall.example/users?invitation=expired".into(),
            },
        }
    }

    #[test]
    fn an_invitation_as_text() {
        insta::assert_snapshot!(render(&invitation(None, Some("Acme"), false)).unwrap().text, @"");
    }

    #[test]
    fn an_invitation_that_replaces_one_says_so() {
        insta::assert_snapshot!(render(&invitation(Some("de-AT"), None, true)).unwrap().text, @"");
    }

    #[test]
    fn an_invitation_as_html_escapes_names_and_names_its_language() {
        insta::assert_snapshot!(render(&invitation(Some("fr"), Some("Acme & Co"), false)).unwrap().html, @"");
    }

    #[test]
    fn subjects_say_who_what_and_until_when() {
        let subjects: Vec<String> = [None, Some("de"), Some("fr"), Some("es"), Some("ja")]
            .into_iter()
            .map(|language| render(&invitation(language, Some("Acme\r\nBcc: all"), false)).unwrap().subject)
            .collect();
        insta::assert_snapshot!(subjects.join("\n"), @"");
    }

    #[test]
    fn moments_have_date_time_and_zone_in_every_language() {
        let notes: Vec<String> = ["en", "de", "fr", "es", "ja"]
            .into_iter()
            .map(|language| page(&invitation(Some(language), None, false)).notes.swap_remove(0))
            .collect();
        insta::assert_snapshot!(notes.join("\n"), @"");
    }

    #[test]
    fn a_digest_names_the_first_and_counts_the_rest() {
        insta::assert_snapshot!(render(&digest(1)).unwrap().text, @"");
        let many = render(&digest(52)).unwrap();
        assert_eq!(many.subject, "52 invitations have expired");
        assert!(many.text.contains("… and 51 more."), "{}", many.text);
    }
}
