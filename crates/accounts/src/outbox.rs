//! Mail that is due: an item written in the transaction that causes it (transactional outbox).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    access::secret_hash,
    ids::{ImportId, InvitationId, OrganizationId, UserId},
    invitation::{Delivery, Invitation},
    operations::create_api_key::ApiKey,
    random::Randomness,
    settings::{Channel, Priority, Severity, Weight},
    time::iso,
    token::TokenKeys,
    user::User,
};

/// Which way out a mail takes (design.md, "Streams wake, items are the truth").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lane {
    /// A person waits for it: `deliver-mail`, woken by the stream.
    Now,
    /// One of many: `deliver-bulk`, at the account's own rate.
    Bulk,
}

impl Lane {
    /// Its name in items.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Now => "now",
            Self::Bulk => "bulk",
        }
    }
}

/// A mail that is due. Its key follows from what it is about, so that asking twice makes one mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DueMail {
    /// `INVITATION#GENERATION`, or another deterministic name.
    pub id: String,
    /// What it says.
    pub subject: MailSubject,
    /// Which way out.
    pub lane: Lane,
    /// When it was asked for.
    #[serde(with = "crate::time::fixed")]
    pub queued_at: Timestamp,
}

/// What a mail is about. The worker reads the rest when it renders, so a mail never tells old news.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "about", rename_all = "snake_case")]
pub enum MailSubject {
    /// An invitation of a generation; dropped when the invitation has moved on.
    Invitation {
        /// Who is invited.
        user_id: UserId,
        /// Which invitation.
        invitation_id: InvitationId,
        /// Which generation.
        generation: u32,
    },
    /// Somebody asked for a new password without signing in. Whether anybody signs in under that name is looked
    /// up when it is worked off: asking takes the same reads and writes for every name.
    ResetRequest {
        /// The sign-in name, as typed.
        login: String,
        /// From where.
        source: Option<String>,
    },
    /// A link to choose a new password; dropped when the reset has moved on or its time has passed.
    PasswordReset {
        /// Whose password.
        user_id: UserId,
        /// Which generation of the reset.
        generation: u32,
    },
    /// To a person behind whose password codes are guessed.
    CodesTried {
        /// Whose password.
        user_id: UserId,
        /// When it was noticed.
        #[serde(with = "crate::time::fixed")]
        at: Timestamp,
    },
    /// To a person whose password was changed.
    PasswordChanged {
        /// Whose.
        user_id: UserId,
        /// When.
        #[serde(with = "crate::time::fixed")]
        at: Timestamp,
    },
    /// To a person, that a program may act in their name from now on.
    ApiKeyCreated {
        /// Whose.
        user_id: UserId,
        /// What the key is for, as its maker says.
        name: String,
        /// When it was made.
        #[serde(with = "crate::time::fixed")]
        at: Timestamp,
        /// When it ends.
        #[serde(with = "crate::time::fixed")]
        expires_at: Timestamp,
    },
    /// A link to confirm a new address, to that address; dropped when the change has moved on or its time has passed.
    ConfirmEmail {
        /// Whose address.
        user_id: UserId,
        /// Which generation of the change.
        generation: u32,
    },
    /// That another address was asked for, to the present one.
    EmailChangeAsked {
        /// Whose address.
        user_id: UserId,
        /// Which generation of the change.
        generation: u32,
    },
    /// That the address is another now, to the former one.
    EmailChanged {
        /// Whose address.
        user_id: UserId,
        /// The former address.
        former: String,
        /// When.
        #[serde(with = "crate::time::fixed")]
        at: Timestamp,
    },
    /// The first password of an account, to change at the first sign-in; dropped once the person has one of
    /// their own, or was sent an invitation instead.
    FirstCredentials {
        /// Whose.
        user_id: UserId,
        /// The password, sealed ([`crate::token::TokenKeys::seal`]); gone with this item once the mail is taken.
        sealed: String,
        /// Until when it is good.
        #[serde(with = "crate::time::fixed")]
        until: Timestamp,
    },
    /// One of Rollcall's own events, to a person whom it concerns, as their settings allow.
    Notice {
        /// The person.
        user_id: UserId,
        /// How. A mail is followed by a text message where the settings say so.
        channel: Channel,
        /// What happened.
        event: Event,
    },
    /// A text message with a code ([`crate::token::TokenKeys::text_code`]); the code itself is stored nowhere.
    /// Dropped once the code is not good any more ([`crate::token::TEXT_CODE_LIFETIME`]).
    TextCode {
        /// Who wants to sign in, or to have codes sent.
        user_id: UserId,
        /// What the code answers: a sign-in, or a setting-up.
        challenge: String,
        /// Which sending of it.
        number: u32,
        /// Where to, E.164: of a number that is being set up, not yet the account's.
        phone: String,
    },
}

/// One of Rollcall's own events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// Invitations that the person sent have expired in one sweep.
    InvitationsExpired {
        /// Into which organization; none: of technicians.
        organization_id: Option<OrganizationId>,
        /// Who did not finish: the first [`NAMED`], who are named in the mail.
        people: Vec<UserId>,
        /// How many did not finish in all.
        total: usize,
    },
    /// Invitations that the person sent did not arrive or were taken for spam, within a few minutes.
    InvitationsUndelivered {
        /// Into which organization; none: of technicians.
        organization_id: Option<OrganizationId>,
        /// Who was not reached and why: the first [`NAMED`], who are named in the mail.
        people: Vec<Undelivered>,
        /// How many were not reached in all.
        total: usize,
    },
    /// An import that the person started has come to its end.
    ImportEnded {
        /// Into which organization; none: of technicians.
        organization_id: Option<OrganizationId>,
        /// The import.
        import_id: ImportId,
        /// Whether nothing of it was done.
        rejected: bool,
        /// People who were created.
        imported: u32,
        /// Rows of people who were there already.
        skipped: u32,
        /// Rows that could not be imported.
        failed: u32,
    },
}

/// People who are named in a mail; the rest is a number.
pub const NAMED: usize = 50;

/// Somebody whose invitation did not arrive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Undelivered {
    /// Who.
    pub user_id: UserId,
    /// What the mail service said.
    pub delivery: Delivery,
}

impl Event {
    /// Of which organization; none: of technicians.
    #[must_use]
    pub fn organization(&self) -> Option<&OrganizationId> {
        match self {
            Self::InvitationsExpired { organization_id, .. }
            | Self::InvitationsUndelivered { organization_id, .. }
            | Self::ImportEnded { organization_id, .. } => organization_id.as_ref(),
        }
    }

    /// What a person's settings look at.
    #[must_use]
    pub fn weight(&self) -> Weight<'_> {
        let (severity, priority) = match self {
            Self::InvitationsExpired { .. } => (Severity::Info, Priority::Low),
            Self::ImportEnded { rejected: false, failed: 0, .. } => (Severity::Info, Priority::Normal),
            Self::ImportEnded { .. } | Self::InvitationsUndelivered { .. } => (Severity::Warning, Priority::High),
        };
        Weight { severity, priority, organization: self.organization() }
    }
}

impl DueMail {
    /// The mail of an invitation's current generation.
    #[must_use]
    pub fn invitation(user_id: &UserId, invitation: &Invitation, lane: Lane) -> Self {
        Self {
            id: format!("{}#{}", invitation.id, invitation.generation),
            subject: MailSubject::Invitation {
                user_id: user_id.clone(),
                invitation_id: invitation.id.clone(),
                generation: invitation.generation,
            },
            lane,
            queued_at: invitation.queued_at,
        }
    }

    /// The mail of the password reset that the user has now; none when there is none.
    #[must_use]
    pub fn password_reset(user: &User) -> Option<Self> {
        let reset = user.password_reset.as_ref()?;
        Some(Self {
            id: format!("{}#{}", reset.id, reset.generation),
            subject: MailSubject::PasswordReset { user_id: user.id.clone(), generation: reset.generation },
            lane: Lane::Now,
            queued_at: reset.requested_at,
        })
    }

    /// That a person whose name nobody has looked up yet wants a new password. Asking again in the same
    /// millisecond is the same asking.
    #[must_use]
    pub fn reset_request(login: &str, source: Option<&str>, now: Timestamp) -> Self {
        Self {
            id: format!("reset#{}#{}", secret_hash(login), iso(now)),
            subject: MailSubject::ResetRequest { login: login.to_owned(), source: source.map(str::to_owned) },
            lane: Lane::Now,
            queued_at: now,
        }
    }

    /// The note to a person that somebody who knows their password guesses codes.
    #[must_use]
    pub fn codes_tried(user: &User, now: Timestamp) -> Self {
        Self {
            id: format!("codes#{}#{}", user.id, iso(now)),
            subject: MailSubject::CodesTried { user_id: user.id.clone(), at: now },
            lane: Lane::Now,
            queued_at: now,
        }
    }

    /// The note to a person whose password was changed by an edit of the user, which has the new version.
    #[must_use]
    pub fn password_changed(user: &User, now: Timestamp) -> Self {
        Self {
            id: format!("password#{}#{}", user.id, iso(now)),
            subject: MailSubject::PasswordChanged { user_id: user.id.clone(), at: now },
            lane: Lane::Now,
            queued_at: now,
        }
    }

    /// The note to a person that there is a new API key of theirs.
    #[must_use]
    pub fn api_key_created(key: &ApiKey) -> Self {
        Self {
            id: format!("api-key#{}", key.id),
            subject: MailSubject::ApiKeyCreated {
                user_id: key.user_id.clone(),
                name: key.name.clone(),
                at: key.created_at,
                expires_at: key.ends_at(),
            },
            lane: Lane::Now,
            queued_at: key.created_at,
        }
    }

    /// The two mails of the change of address that the user has now: the link to the new one, the note to the present one.
    #[must_use]
    pub fn email_change(user: &User) -> Vec<Self> {
        let Some(change) = &user.email_change else { return Vec::new() };
        let (user_id, generation) = (user.id.clone(), change.generation);
        let mail = |about: &str, subject| Self {
            id: format!("{}#{generation}#{about}", change.id),
            subject,
            lane: Lane::Now,
            queued_at: change.requested_at,
        };
        vec![
            mail("confirm", MailSubject::ConfirmEmail { user_id: user_id.clone(), generation }),
            mail("asked", MailSubject::EmailChangeAsked { user_id, generation }),
        ]
    }

    /// The note to the former address of a user who has another now.
    #[must_use]
    pub fn email_changed(user: &User, former: &str, now: Timestamp) -> Self {
        Self {
            id: format!("email#{}#{}", user.id, iso(now)),
            subject: MailSubject::EmailChanged { user_id: user.id.clone(), former: former.to_owned(), at: now },
            lane: Lane::Now,
            queued_at: now,
        }
    }

    /// The mail with a user's first password, which is good until then.
    #[must_use]
    pub fn first_credentials(
        user_id: &UserId,
        password: &str,
        until: Timestamp,
        now: Timestamp,
        keys: &TokenKeys,
        randomness: &impl Randomness,
    ) -> Self {
        let id = format!("credentials#{user_id}");
        let sealed = keys.seal(FIRST_PASSWORD, &sealed_for(user_id, &id), password, randomness);
        Self {
            subject: MailSubject::FirstCredentials { user_id: user_id.clone(), sealed, until },
            id,
            lane: Lane::Now,
            queued_at: now,
        }
    }

    /// A notice of an event: by mail first. The name says what it is about, so that work done again makes one.
    #[must_use]
    pub fn notice(name: String, user_id: &UserId, event: Event, lane: Lane, now: Timestamp) -> Self {
        Self {
            id: name,
            subject: MailSubject::Notice { user_id: user_id.clone(), channel: Channel::Mail, event },
            lane,
            queued_at: now,
        }
    }

    /// The text message that follows a notice; none for anything else.
    #[must_use]
    pub fn as_text(&self) -> Option<Self> {
        match &self.subject {
            MailSubject::Notice { user_id, channel: Channel::Mail, event } => Some(Self {
                id: format!("{}#text", self.id),
                subject: MailSubject::Notice { user_id: user_id.clone(), channel: Channel::Text, event: event.clone() },
                ..self.clone()
            }),
            _ => None,
        }
    }

    /// The sealed first password, opened.
    #[must_use]
    pub fn first_password(&self, keys: &TokenKeys) -> Option<String> {
        match &self.subject {
            MailSubject::FirstCredentials { user_id, sealed, .. } => {
                keys.open(FIRST_PASSWORD, &sealed_for(user_id, &self.id), sealed)
            }
            _ => None,
        }
    }

    /// The text message with a code, which a person waits for.
    #[must_use]
    pub fn text_code(user_id: &UserId, challenge: &str, number: u32, phone: &str, now: Timestamp) -> Self {
        Self {
            id: format!("{challenge}#{number}"),
            subject: MailSubject::TextCode {
                user_id: user_id.clone(),
                challenge: challenge.to_owned(),
                number,
                phone: phone.to_owned(),
            },
            lane: Lane::Now,
            queued_at: now,
        }
    }
}

/// What first passwords are sealed for.
const FIRST_PASSWORD: &str = "first password";

/// What a sealed first password is bound to: it opens nowhere else.
fn sealed_for(user_id: &UserId, mail_id: &str) -> String {
    format!("{user_id} {mail_id}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::SystemRandomness;

    #[test]
    fn a_first_password_waits_sealed_and_bound_to_its_person_and_mail() {
        let keys = TokenKeys::parse("a:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA").unwrap();
        let (ana, ben) = (UserId::derived(&["ana"]), UserId::derived(&["ben"]));
        let at = Timestamp::UNIX_EPOCH;
        let mail = DueMail::first_credentials(&ana, "correct horse", at, at, &keys, &SystemRandomness);
        assert!(!serde_json::to_string(&mail).unwrap().contains("horse"));
        assert_eq!(mail.first_password(&keys).as_deref(), Some("correct horse"));
        let mut moved = mail.clone();
        moved.id = format!("credentials#{ben}");
        assert_eq!(moved.first_password(&keys), None, "in another mail");
        if let MailSubject::FirstCredentials { user_id, .. } = &mut moved.subject {
            *user_id = ben;
        }
        assert_eq!(moved.first_password(&keys), None, "for another person");
    }

    #[test]
    fn events_weigh_what_they_ask_of_a_person() {
        use Priority as P;
        use Severity as S;
        let ended = |rejected, failed| Event::ImportEnded {
            organization_id: None,
            import_id: ImportId::derived(&["1"]),
            rejected,
            imported: 3,
            skipped: 1,
            failed,
        };
        let undelivered = Event::InvitationsUndelivered { organization_id: None, people: Vec::new(), total: 1 };
        let expired = Event::InvitationsExpired { organization_id: None, people: Vec::new(), total: 1 };
        for (name, event, severity, priority) in [
            ("an import without a fault", ended(false, 0), S::Info, P::Normal),
            ("one with failures", ended(false, 2), S::Warning, P::High),
            ("a rejected one", ended(true, 0), S::Warning, P::High),
            ("a bounce", undelivered, S::Warning, P::High),
            ("expiries", expired, S::Info, P::Low),
        ] {
            assert_eq!((event.weight().severity, event.weight().priority), (severity, priority), "{name}");
        }
    }
}
