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

macro_rules! layout {
    ($name:ident, $path:literal) => {
        #[derive(Template)]
        #[template(path = $path)]
        struct $name<'a> {
            lang: &'a str,
            subject: &'a str,
            greeting: &'a str,
            lead: &'a str,
            people: &'a [(String, String)],
            more: Option<&'a str>,
            button: &'a str,
            bare: &'a str,
            link: &'a str,
            notes: &'a [String],
            footer: &'a str,
        }

        impl<'a> $name<'a> {
            fn new(page: &'a Page) -> Self {
                Self {
                    lang: page.lang,
                    subject: &page.subject,
                    greeting: &page.greeting,
                    lead: &page.lead,
                    people: &page.people,
                    more: page.more.as_deref(),
                    button: page.button,
                    bare: page.bare,
                    link: &page.link,
                    notes: &page.notes,
                    footer: page.footer,
                }
            }
        }
    };
}

layout!(Html, "letter.html");
layout!(Text, "letter.txt");

/// Renders a letter in the recipient's language.
///
/// # Errors
/// When a layout fails, which would be a bug.
pub fn render(letter: &Letter) -> Result<Rendered, askama::Error> {
    let page = page(letter);
    Ok(Rendered { text: Text::new(&page).render()?, html: Html::new(&page).render()?, subject: page.subject })
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
            let lead = fill(
                lead,
                &[("inviter", inviter), ("organization", organization.as_deref().unwrap_or_default())],
            );
            let mut notes = vec![fill(copy.expires, &[("expires", &texts.moment(*expires_at))])];
            if *replaces {
                notes.push(copy.replaces.to_owned());
            }
            notes.push(copy.unexpected.to_owned());
            notes.extend(
                inviter_email
                    .as_ref()
                    .map(|email| fill(copy.questions, &[("inviter", inviter), ("email", email)])),
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
