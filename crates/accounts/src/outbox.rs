//! Mail that is due: an item written in the transaction that causes it (transactional outbox).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    ids::{InvitationId, UserId},
    invitation::Invitation,
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
    /// To an inviter: which of their invitations expired in a sweep.
    ExpiryDigest {
        /// The inviter.
        user_id: UserId,
        /// Who did not finish: the first 50, who are named in the mail.
        expired: Vec<UserId>,
        /// How many did not finish in all.
        total: usize,
    },
    /// A link to choose a new password; dropped when the reset has moved on or its time has passed.
    PasswordReset {
        /// Whose password.
        user_id: UserId,
        /// Which generation of the reset.
        generation: u32,
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
