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

        -- 
        Sent by Rollcall because somebody made an account for this address.
        ");
        let many = render(&digest(52)).unwrap();
        assert_eq!(many.subject, "52 invitations have expired");
        assert!(many.text.contains("… and 51 more."), "{}", many.text);
    }
}
