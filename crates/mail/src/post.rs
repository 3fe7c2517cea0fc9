//! Both ways out of the outbox in one.

use rollcall_accounts::{
    Result,
    operations::{
        delivery::{Allowance, Mailer, SendFailure, TextSender},
        letters::{Letter, TextMessage},
    },
};

use crate::{Ses, Sms};

/// Sends mails and text messages.
#[derive(Debug, Clone)]
pub struct Post {
    /// Mails.
    pub ses: Ses,
    /// Text messages.
    pub sms: Sms,
}

impl Mailer for Post {
    async fn send(&self, letter: &Letter) -> Result<(), SendFailure> {
        self.ses.send(letter).await
    }

    async fn allowance(&self) -> Result<Allowance> {
        self.ses.allowance().await
    }
}

impl TextSender for Post {
    async fn send_text(&self, text: &TextMessage) -> Result<(), SendFailure> {
        self.sms.send_text(text).await
    }
}
