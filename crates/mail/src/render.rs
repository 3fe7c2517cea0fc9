//! From what a mail is about to its subject, text and HTML.

use askama::Template;
use rollcall_accounts::{
    invitation::Delivery,
    operations::letters::{Content, Letter, Named, TextContent, TextMessage},
};

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
    /// What stands out, a name and a value.
    facts: Vec<(&'static str, String)>,
    /// People, a line each.
    lines: Vec<String>,
    more: Option<String>,
    action: Option<Action>,
    notes: Vec<String>,
    footer: &'static str,
}

/// The one thing to do.
struct Action {
    button: &'static str,
    bare: &'static str,
    link: String,
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

/// A text message in the recipient's language.
#[must_use]
pub fn render_text(message: &TextMessage) -> String {
    let texts = Texts::of(message.language.as_deref());
    let copy = &texts.sms;
    let counted =
        |text: &[&'static str; 2], total: usize| fill(text[usize::from(total != 1)], &[("count", &total.to_string())]);
    let (text, organization) = match &message.content {
        TextContent::Code(code) => return fill(copy.code, &[("code", code)]),
        TextContent::InvitationsExpired { organization, total } => (counted(&copy.expired, *total), organization),
        TextContent::InvitationsUndelivered { organization, total } => {
            (counted(&copy.undelivered, *total), organization)
        }
        TextContent::ImportEnded { organization, rejected, imported, failed } => {
            let text = match (rejected, failed) {
                (true, _) => copy.rejected,
                (false, 0) => copy.import,
                (false, _) => copy.failed,
            };
            let values = [("imported", imported.to_string()), ("failed", failed.to_string())];
            (fill(text, &values.each_ref().map(|(name, value)| (*name, value.as_str()))), organization)
        }
    };
    match organization {
        Some(organization) => fill(copy.at, &[("text", &text), ("organization", &one_line(organization))]),
        None => text,
    }
}

fn page(letter: &Letter) -> Page {
    let texts = Texts::of(letter.language.as_deref());
    let base = |name: &str, subject: String, lead: String| Page {
        lang: texts.tag,
        subject: one_line(&subject),
        greeting: fill(texts.greeting, &[("name", &one_line(name))]),
        lead: one_line(&lead),
        facts: Vec::new(),
        lines: Vec::new(),
        more: None,
        action: None,
        notes: Vec::new(),
        footer: texts.footer,
    };
    let action = |button, link: &str| Some(Action { button, bare: texts.bare, link: link.to_owned() });
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
            Page { action: action(copy.button, link), notes, ..base(name, subject, lead) }
        }
        Content::PasswordReset { name, by, void, link, expires_at } => {
            let copy = &texts.reset;
            let lead = match by {
                Some(by) => fill(copy.lead_by, &[("by", by)]),
                None if *void => copy.lead_void.to_owned(),
                None => copy.lead.to_owned(),
            };
            let mut notes = vec![fill(copy.expires, &[("expires", &texts.moment(*expires_at))])];
            if !void {
                notes.push(copy.unexpected.to_owned());
            }
            let subject = fill(copy.subject, &[("day", &texts.short_day(*expires_at))]);
            Page { action: action(copy.button, link), notes, ..base(name, subject, lead) }
        }
        Content::CodesTried { name, at, link } => {
            let copy = &texts.codes;
            let lead = fill(copy.lead, &[("at", &texts.moment(*at))]);
            Page {
                action: action(copy.button, link),
                notes: vec![copy.unexpected.to_owned()],
                ..base(name, copy.subject.to_owned(), lead)
            }
        }
        Content::PasswordChanged { name, at, link } => {
            let copy = &texts.changed;
            let lead = fill(copy.lead, &[("at", &texts.moment(*at))]);
            Page {
                action: action(copy.button, link),
                notes: vec![copy.unexpected.to_owned()],
                ..base(name, copy.subject.to_owned(), lead)
            }
        }
        Content::ApiKeyCreated { name, key, at, expires_at, link } => {
            let copy = &texts.key;
            Page {
                facts: vec![(copy.name, one_line(key)), (copy.ends, texts.moment(*expires_at))],
                action: action(copy.button, link),
                notes: vec![copy.unexpected.to_owned()],
                ..base(name, copy.subject.to_owned(), fill(copy.lead, &[("at", &texts.moment(*at))]))
            }
        }
        Content::ConfirmEmail { name, email, link, expires_at } => {
            let copy = &texts.confirm;
            let subject = fill(copy.subject, &[("day", &texts.short_day(*expires_at))]);
            Page {
                action: action(copy.button, link),
                notes: vec![fill(copy.expires, &[("expires", &texts.moment(*expires_at))]), copy.unexpected.to_owned()],
                footer: texts.asked_footer,
                ..base(name, subject, fill(copy.lead, &[("email", email)]))
            }
        }
        Content::EmailChangeAsked { name, email, by, expires_at } => {
            let copy = &texts.asked;
            let lead = match by {
                Some(by) => fill(copy.lead_by, &[("by", by), ("email", email)]),
                None => fill(copy.lead, &[("email", email)]),
            };
            Page {
                notes: vec![fill(copy.note, &[("expires", &texts.moment(*expires_at))]), copy.unexpected.to_owned()],
                ..base(name, copy.subject.to_owned(), lead)
            }
        }
        Content::EmailChanged { name, email, at } => {
            let copy = &texts.moved;
            let lead = fill(copy.lead, &[("email", email), ("at", &texts.moment(*at))]);
            Page { notes: vec![copy.unexpected.to_owned()], ..base(name, copy.subject.to_owned(), lead) }
        }
        Content::FirstCredentials { name, organization, login, password, link, until } => {
            let copy = &texts.credentials;
            let who = organization.as_deref().unwrap_or("Rollcall");
            let lead = match organization {
                Some(organization) => fill(copy.lead_at, &[("organization", organization)]),
                None => copy.lead.to_owned(),
            };
            let subject = fill(copy.subject, &[("who", who), ("day", &texts.short_day(*until))]);
            Page {
                facts: vec![(copy.login, one_line(login)), (copy.password, password.clone())],
                action: action(copy.button, link),
                notes: vec![fill(copy.change, &[("expires", &texts.moment(*until))]), copy.unexpected.to_owned()],
                ..base(name, subject, lead)
            }
        }
        Content::InvitationsExpired { name, organization, people, total, link } => {
            let copy = &texts.digest;
            let number = usize::from(*total != 1);
            let count = total.to_string();
            let values = [("count", count.as_str())];
            Page {
                lines: people.iter().map(|person| line(person, texts)).collect(),
                more: more(texts, people.len(), *total),
                action: action(copy.button, link),
                notes: vec![copy.note.to_owned(), texts.notices.to_owned()],
                ..base(
                    name,
                    with_organization(fill(copy.subject[number], &values), organization.as_deref()),
                    fill(copy.lead[number], &values),
                )
            }
        }
        Content::InvitationsUndelivered { name, organization, people, total, link } => {
            let copy = &texts.undelivered;
            let number = usize::from(*total != 1);
            let count = total.to_string();
            let values = [("count", count.as_str())];
            Page {
                lines: people.iter().map(|person| line(person, texts)).collect(),
                more: more(texts, people.len(), *total),
                action: action(copy.button, link),
                notes: vec![copy.note.to_owned(), texts.notices.to_owned()],
                ..base(
                    name,
                    with_organization(fill(copy.subject[number], &values), organization.as_deref()),
                    fill(copy.lead[number], &values),
                )
            }
        }
        Content::ImportEnded { name, organization, rejected, imported, skipped, failed, link } => {
            let copy = &texts.import;
            let (subject, subject_at) = match (rejected, failed) {
                (true, _) => (copy.rejected, copy.rejected_at),
                (false, 0) => (copy.subject, copy.subject_at),
                (false, _) => (copy.failed, copy.failed_at),
            };
            let (imported, failures) = (imported.to_string(), failed.to_string());
            let values = [
                ("imported", imported.as_str()),
                ("failed", failures.as_str()),
                ("organization", organization.as_deref().unwrap_or_default()),
            ];
            let subject = fill(if organization.is_some() { subject_at } else { subject }, &values);
            Page {
                facts: vec![
                    (copy.imported, imported.clone()),
                    (copy.skipped, skipped.to_string()),
                    (copy.failures, failures.clone()),
                ],
                action: action(copy.button, link),
                notes: vec![texts.notices.to_owned()],
                ..base(name, subject, if *rejected { copy.lead_rejected } else { copy.lead }.to_owned())
            }
        }
    }
}

/// A subject that says of which organization it is.
fn with_organization(subject: String, organization: Option<&str>) -> String {
    match organization {
        Some(organization) => format!("{subject} · {organization}"),
        None => subject,
    }
}

/// A person, and what became of their mail where that matters.
fn line(person: &Named, texts: &Texts) -> String {
    let copy = &texts.undelivered;
    let why = match person.delivery {
        Some(Delivery::Bounced) => Some(copy.bounced),
        Some(Delivery::Complained) => Some(copy.complained),
        Some(Delivery::Suppressed) => Some(copy.suppressed),
        Some(Delivery::Queued | Delivery::Sent | Delivery::Delivered) | None => None,
    };
    let who = format!("{} <{}>", one_line(&person.name), one_line(&person.email));
    why.map_or(who.clone(), |why| format!("{who}: {why}"))
}

fn more(texts: &Texts, named: usize, total: usize) -> Option<String> {
    let more = total.saturating_sub(named);
    (more > 0).then(|| fill(texts.digest.more, &[("more", &more.to_string())]))
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

    fn ana(delivery: Option<Delivery>) -> Named {
        Named { name: "Ana Silva".into(), email: "ana@example.org".into(), delivery }
    }

    fn letter(language: &str, content: Content) -> Letter {
        Letter {
            to: "ana@example.org".into(),
            reply_to: None,
            language: Some(language.into()),
            tags: Vec::new(),
            content,
        }
    }

    fn at() -> jiff::Timestamp {
        "2026-11-22T18:03:00Z".parse().unwrap()
    }

    /// Every other mail, in the order of the enum.
    fn others() -> Vec<Content> {
        let name = || "Ana Silva".to_owned();
        let link = |path: &str| format!("https://rollcall.example/{path}");
        let reset = |by: Option<&str>, void| Content::PasswordReset {
            name: name(),
            by: by.map(str::to_owned),
            void,
            link: link("password-resets/TOKEN"),
            expires_at: at(),
        };
        let asked = |by: Option<&str>| Content::EmailChangeAsked {
            name: name(),
            email: "new@example.org".into(),
            by: by.map(str::to_owned),
            expires_at: at(),
        };
        let import = |rejected, failed, organization: Option<&str>| Content::ImportEnded {
            name: name(),
            organization: organization.map(str::to_owned),
            rejected,
            imported: if rejected { 0 } else { 498 },
            skipped: 0,
            failed,
            link: link("imports/imp_1"),
        };
        vec![
            reset(None, false),
            reset(Some("Rudi Roth"), true),
            reset(None, true),
            Content::CodesTried { name: name(), at: at(), link: link("forgot-password") },
            Content::PasswordChanged { name: name(), at: at(), link: link("") },
            Content::ApiKeyCreated {
                name: name(),
                key: "Nightly import from HR".into(),
                at: at(),
                expires_at: "2027-02-20T18:03:00Z".parse().unwrap(),
                link: link("account/api-keys"),
            },
            Content::ConfirmEmail {
                name: name(),
                email: "new@example.org".into(),
                link: link("email-changes/TOKEN"),
                expires_at: at(),
            },
            asked(None),
            asked(Some("Rudi Roth")),
            Content::EmailChanged { name: name(), email: "new@example.org".into(), at: at() },
            Content::FirstCredentials {
                name: name(),
                organization: Some("Acme".into()),
                login: "ana.silva".into(),
                password: "k7Qm<3&".into(),
                link: link(""),
                until: at(),
            },
            Content::InvitationsUndelivered {
                name: name(),
                organization: Some("Acme".into()),
                people: vec![ana(Some(Delivery::Bounced)), ana(Some(Delivery::Complained))],
                total: 3,
                link: link("users?delivery=bounced"),
            },
            import(false, 0, Some("Acme")),
            import(false, 2, None),
            import(true, 2, Some("Acme")),
        ]
    }

    fn digest(total: usize) -> Letter {
        Letter {
            to: "root@example.org".into(),
            reply_to: None,
            language: None,
            tags: Vec::new(),
            content: Content::InvitationsExpired {
                name: "Rudi Roth".into(),
                organization: None,
                people: vec![ana(None)],
                total,
                link: "https://rollcall.example/users?invitation=expired".into(),
            },
        }
    }

    #[test]
    fn an_invitation_as_text() {
        insta::assert_snapshot!(render(&invitation(None, Some("Acme"), false)).unwrap().text, @r"
        Hello Ana <b>Silva</b>,

        Rudi Roth invites you to finish your Rollcall account at Acme. It takes about two minutes.

        Accept invitation:
        https://rollcall.example/invitations/TOKEN

        This link expires on 22 November 2026, 18:03 UTC. After that you can ask for a new one with the same link.

        You did not expect this? Then ignore this mail; without you nothing happens.

        Questions? Write to Rudi Roth: root@example.org

        -- 
        Sent by Rollcall because somebody made an account for this address.
        ");
    }

    #[test]
    fn an_invitation_that_replaces_one_says_so() {
        insta::assert_snapshot!(render(&invitation(Some("de-AT"), None, true)).unwrap().text, @r"
        Guten Tag Ana <b>Silva</b>,

        Rudi Roth lädt Sie ein, Ihr Rollcall-Konto fertig einzurichten. Das dauert etwa zwei Minuten.

        Einladung annehmen:
        https://rollcall.example/invitations/TOKEN

        Dieser Link gilt bis 22. November 2026, 18:03 Uhr UTC. Danach können Sie mit demselben Link einen neuen anfordern.

        Dieser Link ersetzt den aus unserer früheren E-Mail.

        Sie haben das nicht erwartet? Dann beachten Sie diese E-Mail nicht weiter; ohne Sie geschieht nichts.

        Fragen? Schreiben Sie an Rudi Roth: root@example.org

        -- 
        Von Rollcall gesendet, weil jemand für diese Adresse ein Konto angelegt hat.
        ");
    }

    #[test]
    fn an_invitation_as_html_escapes_names_and_names_its_language() {
        insta::assert_snapshot!(render(&invitation(Some("fr"), Some("Acme & Co"), false)).unwrap().html, @r#"
        <!doctype html>
        <html lang="fr">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta name="supported-color-schemes" content="light dark">
        <title>Acme &#38; Co vous invite sur Rollcall · expire le 22 nov.</title>
        <style>
        :root { color-scheme: light dark; supported-color-schemes: light dark; }
        @media (prefers-color-scheme: dark) {
          .page { background: #16181d !important; }
          .sheet { background: #1f2229 !important; border-color: #363b46 !important; }
          .text { color: #e6e8ec !important; }
          .quiet { color: #a9b0bd !important; }
          .button { background: #8fb0ff !important; color: #101318 !important; }
          .link { color: #9fbcff !important; }
        }
        </style>
        </head>
        <body class="page" style="margin:0;padding:0;background:#f4f5f7;">
        <table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"><tr><td align="center" style="padding:24px 12px;">
        <table role="presentation" class="sheet" width="600" cellpadding="0" cellspacing="0" border="0" style="width:100%;max-width:600px;background:#ffffff;border:1px solid #dcdfe5;border-radius:6px;"><tr><td class="text" style="padding:32px;font-family:system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif;font-size:16px;line-height:24px;color:#1b1e24;">
        <p style="margin:0 0 16px;">Bonjour Ana &#60;b&#62;Silva&#60;/b&#62;,</p>
        <p style="margin:0 0 24px;">Rudi Roth vous invite à finaliser votre compte Rollcall chez Acme &#38; Co. Cela prend environ deux minutes.</p>
        <p style="margin:0 0 24px;"><a class="button" href="https://rollcall.example/invitations/TOKEN" style="display:inline-block;padding:12px 24px;border-radius:6px;background:#2453c9;color:#ffffff;font-weight:600;text-decoration:none;">Accepter l’invitation</a></p>
        <p class="quiet" style="margin:0 0 24px;font-size:14px;line-height:20px;color:#5a6270;">Ou ouvrez ce lien dans votre navigateur :<br><a class="link" href="https://rollcall.example/invitations/TOKEN" style="color:#2453c9;word-break:break-all;">https://rollcall.example/invitations/TOKEN</a></p>
        <p style="margin:0 0 16px;">Ce lien expire le 22 novembre 2026 à 18:03 UTC. Passé ce délai, il vous permet d’en demander un nouveau.</p>
        <p style="margin:0 0 16px;">Vous n’attendiez pas cette invitation ? Ignorez ce message ; sans vous, rien ne se passe.</p>
        <p style="margin:0 0 16px;">Une question ? Écrivez à Rudi Roth : root@example.org</p>
        </td></tr></table>
        <p class="quiet" style="margin:16px 0 0;font-family:system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif;font-size:13px;line-height:20px;color:#5a6270;">Envoyé par Rollcall parce que quelqu’un a créé un compte pour cette adresse.</p>
        </td></tr></table>
        </body>
        </html>
        "#);
    }

    #[test]
    fn subjects_say_who_what_and_until_when() {
        let subjects: Vec<String> = [None, Some("de"), Some("fr"), Some("es"), Some("ja")]
            .into_iter()
            .map(|language| render(&invitation(language, Some("Acme\r\nBcc: all"), false)).unwrap().subject)
            .collect();
        insta::assert_snapshot!(subjects.join("\n"), @r"
        Acme  Bcc: all invites you to Rollcall · expires 22 Nov
        Acme  Bcc: all lädt Sie zu Rollcall ein · gültig bis 22. Nov.
        Acme  Bcc: all vous invite sur Rollcall · expire le 22 nov.
        Acme  Bcc: all te invita a Rollcall · caduca el 22 nov
        Acme  Bcc: all より Rollcall への招待 · 11月22日まで有効
        ");
    }

    #[test]
    fn moments_have_date_time_and_zone_in_every_language() {
        let notes: Vec<String> = ["en", "de", "fr", "es", "ja"]
            .into_iter()
            .map(|language| page(&invitation(Some(language), None, false)).notes.swap_remove(0))
            .collect();
        insta::assert_snapshot!(notes.join("\n"), @r"
        This link expires on 22 November 2026, 18:03 UTC. After that you can ask for a new one with the same link.
        Dieser Link gilt bis 22. November 2026, 18:03 Uhr UTC. Danach können Sie mit demselben Link einen neuen anfordern.
        Ce lien expire le 22 novembre 2026 à 18:03 UTC. Passé ce délai, il vous permet d’en demander un nouveau.
        Este enlace caduca el 22 de noviembre de 2026 a las 18:03 UTC. Después, con el mismo enlace puedes pedir uno nuevo.
        このリンクの有効期限は 2026年11月22日 18:03 (UTC) です。期限後は、同じリンクから新しいリンクを申請できます。
        ");
    }

    #[test]
    fn a_digest_names_the_first_and_counts_the_rest() {
        insta::assert_snapshot!(render(&digest(1)).unwrap().text, @r"
        Hello Rudi Roth,

        An invitation that you sent has expired before the person finished their account:

        - Ana Silva <ana@example.org>

        See expired invitations:
        https://rollcall.example/users?invitation=expired

        Resending gives each of them a new link. Or they ask for one themselves, with the old link.

        What you are told of, when and how is set on your profile page.

        -- 
        Sent by Rollcall because somebody made an account for this address.
        ");
        let many = render(&digest(52)).unwrap();
        assert_eq!(many.subject, "52 invitations have expired");
        assert!(many.text.contains("… and 51 more."), "{}", many.text);
    }

    #[test]
    fn the_other_mails_as_text() {
        let all: Vec<String> = others()
            .into_iter()
            .map(|content| {
                let Rendered { subject, text, .. } = render(&letter("en", content)).unwrap();
                format!("# {subject}\n\n{text}")
            })
            .collect();
        insta::assert_snapshot!(all.join("\n======\n\n"));
    }

    #[test]
    fn the_other_mails_in_every_language() {
        for language in ["de", "fr", "es", "ja"] {
            let all: Vec<String> = others()
                .into_iter()
                .map(|content| {
                    let page = page(&letter(language, content));
                    [vec![format!("# {}", page.subject), page.lead], page.lines, page.notes].concat().join("\n")
                })
                .collect();
            insta::assert_snapshot!(language, all.join("\n\n"));
        }
    }

    #[test]
    fn first_credentials_as_html_show_the_password_as_it_is() {
        let credentials =
            others().into_iter().find(|content| matches!(content, Content::FirstCredentials { .. })).unwrap();
        let html = render(&letter("en", credentials)).unwrap().html;
        assert!(html.contains("k7Qm&#60;3&#38;"), "{html}");
        assert!(html.contains("ana.silva"), "{html}");
    }

    #[test]
    fn a_mail_without_a_button_has_no_link() {
        let asked = others().into_iter().find(|content| matches!(content, Content::EmailChangeAsked { .. })).unwrap();
        let note = render(&letter("en", asked)).unwrap();
        assert!(!note.html.contains("href") && !note.text.contains("http"), "{}", note.text);
    }

    #[test]
    fn text_messages_in_every_language() {
        let organization = || Some("Acme\nInc".to_owned());
        let import = |rejected, failed| TextContent::ImportEnded {
            organization: organization(),
            rejected,
            imported: 498,
            failed,
        };
        let all: Vec<String> = ["en", "de", "fr", "es", "ja"]
            .into_iter()
            .flat_map(|language| {
                [
                    TextContent::Code("123456".into()),
                    TextContent::InvitationsExpired { organization: None, total: 1 },
                    TextContent::InvitationsUndelivered { organization: organization(), total: 2 },
                    import(false, 0),
                    import(false, 2),
                    import(true, 2),
                ]
                .map(|content| {
                    render_text(&TextMessage { to: "+15550100".into(), language: Some(language.into()), content })
                })
            })
            .collect();
        insta::assert_snapshot!(all.join("\n"));
    }
}
