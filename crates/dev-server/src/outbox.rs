//! Every mail and text message that the local services took, kept in a file, with what happened to it.

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};

/// What a message is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageKind {
    /// A mail.
    #[default]
    Mail,
    /// A text message.
    Text,
}

/// A mail or text message as its service took it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// What it is.
    #[serde(default)]
    pub kind: MessageKind,
    /// The service's own id.
    pub id: String,
    /// The first recipient: an address, or a phone number.
    pub to: String,
    /// The sender.
    pub from: String,
    /// The subject; empty for a text message.
    pub subject: String,
    /// The body as text.
    pub text: String,
    /// The body as HTML.
    pub html: String,
    /// Every link in it, each once, in the order of the text.
    pub links: Vec<String>,
    /// When it was taken, by the moved clock.
    pub sent_at: Timestamp,
    /// The tags that come back with its events.
    pub tags: BTreeMap<String, String>,
    /// The configuration set it went through.
    pub configuration_set: Option<String>,
    /// What became of it so far.
    #[serde(default)]
    pub events: Vec<MailEvent>,
}

/// Something that happened to a mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailEvent {
    /// What.
    #[serde(rename = "type")]
    pub kind: MailEventKind,
    /// When, by the moved clock.
    pub at: Timestamp,
}

/// What can happen to a mail that was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailEventKind {
    /// The recipient's server took it.
    Delivered,
    /// The recipient's server refused it for good.
    Bounced,
    /// The recipient called it spam.
    Complained,
    /// Not tried: the address bounced or complained before.
    Suppressed,
}

impl MailEventKind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Bounced => "bounced",
            Self::Complained => "complained",
            Self::Suppressed => "suppressed",
        }
    }
}

/// Which mails to list.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct MailFilter {
    /// Only to this address.
    pub to: Option<String>,
    /// Only the newest so many.
    pub limit: Option<u32>,
}

/// The outbox. Clones share it.
#[derive(Debug, Clone)]
pub struct Outbox {
    connection: Arc<Mutex<Connection>>,
}

/// The outbox's file cannot be read or written.
#[derive(Debug, thiserror::Error)]
#[error("the outbox cannot be read or written")]
pub struct OutboxError(#[from] rusqlite::Error);

impl Outbox {
    pub(crate) fn open(file: &Path) -> Result<Self, OutboxError> {
        let connection = Connection::open(file)?;
        connection.execute_batch(
            "PRAGMA journal_mode = WAL;
             PRAGMA synchronous = OFF;
             CREATE TABLE IF NOT EXISTS messages (
                seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, recipient TEXT NOT NULL, json TEXT NOT NULL);
             CREATE INDEX IF NOT EXISTS messages_by_recipient ON messages (recipient, seq);
             CREATE TABLE IF NOT EXISTS events (
                seq INTEGER PRIMARY KEY AUTOINCREMENT, message TEXT NOT NULL, kind TEXT NOT NULL, at TEXT NOT NULL);
             CREATE INDEX IF NOT EXISTS events_by_message ON events (message, seq);
             CREATE TABLE IF NOT EXISTS suppressed (recipient TEXT PRIMARY KEY);",
        )?;
        Ok(Self { connection: Arc::new(Mutex::new(connection)) })
    }

    fn lock(&self) -> MutexGuard<'_, Connection> {
        // A panic elsewhere leaves SQLite's own state sound.
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn add(&self, message: &Message) -> Result<(), OutboxError> {
        let json = serde_json::to_string(message).unwrap_or_default();
        self.lock()
            .prepare_cached("INSERT INTO messages (id, recipient, json) VALUES (?1, ?2, ?3)")?
            .execute(params![message.id, message.to.to_lowercase(), json])?;
        Ok(())
    }

    /// One mail.
    ///
    /// # Errors
    /// [`OutboxError`].
    pub fn get(&self, id: &str) -> Result<Option<Message>, OutboxError> {
        let connection = self.lock();
        let json: Option<String> = connection
            .prepare_cached("SELECT json FROM messages WHERE id = ?1")?
            .query_row([id], |row| row.get(0))
            .optional()?;
        Ok(match json {
            Some(json) => read(&connection, &json)?,
            None => None,
        })
    }

    /// The mails, newest last.
    ///
    /// # Errors
    /// [`OutboxError`].
    pub fn list(&self, filter: &MailFilter) -> Result<Vec<Message>, OutboxError> {
        let mut after = 0;
        if let Some(limit) = filter.limit {
            let recipient = filter.to.as_ref().map(|to| to.to_lowercase());
            after = self
                .lock()
                .prepare_cached(
                    "SELECT seq FROM messages WHERE ?1 IS NULL OR recipient = ?1 ORDER BY seq DESC LIMIT 1 OFFSET ?2",
                )?
                .query_row(params![recipient, limit], |row| row.get(0))
                .optional()?
                .unwrap_or(0);
        }
        let mut messages = Vec::new();
        loop {
            let page = self.page(filter, after)?;
            let Some(&(last, _)) = page.last() else {
                return Ok(messages);
            };
            after = last;
            messages.extend(page.into_iter().map(|(_, message)| message));
        }
    }

    /// A few hundred mails after a position, oldest first: a long list is read without holding up the senders.
    pub(crate) fn page(&self, filter: &MailFilter, after: i64) -> Result<Vec<(i64, Message)>, OutboxError> {
        let connection = self.lock();
        let recipient = filter.to.as_ref().map(|to| to.to_lowercase());
        let mut statement = connection.prepare_cached(
            "SELECT seq, json FROM messages WHERE seq > ?1 AND (?2 IS NULL OR recipient = ?2) ORDER BY seq LIMIT 500",
        )?;
        let rows = statement
            .query_map(params![after, recipient], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<Result<Vec<(i64, String)>, _>>()?;
        let mut messages = Vec::with_capacity(rows.len());
        for (seq, json) in rows {
            if let Some(message) = read(&connection, &json)? {
                messages.push((seq, message));
            }
        }
        Ok(messages)
    }

    /// The ids of mails to which nothing has happened yet.
    pub(crate) fn without_events(&self) -> Result<Vec<String>, OutboxError> {
        let connection = self.lock();
        let mut statement = connection.prepare(
            "SELECT id FROM messages WHERE id NOT IN (SELECT message FROM events)
             AND coalesce(json ->> 'kind', 'mail') = 'mail' ORDER BY seq",
        )?;
        let ids = statement.query_map([], |row| row.get(0))?.collect::<Result<Vec<_>, _>>()?;
        Ok(ids)
    }

    pub(crate) fn happened(&self, id: &str, event: &MailEvent) -> Result<(), OutboxError> {
        self.lock().prepare_cached("INSERT INTO events (message, kind, at) VALUES (?1, ?2, ?3)")?.execute(params![
            id,
            event.kind.name(),
            event.at.to_string()
        ])?;
        Ok(())
    }

    pub(crate) fn suppress(&self, recipient: &str) -> Result<(), OutboxError> {
        self.lock()
            .prepare_cached("INSERT OR IGNORE INTO suppressed (recipient) VALUES (?1)")?
            .execute([recipient.to_lowercase()])?;
        Ok(())
    }

    pub(crate) fn is_suppressed(&self, recipient: &str) -> Result<bool, OutboxError> {
        let found = self
            .lock()
            .prepare_cached("SELECT 1 FROM suppressed WHERE recipient = ?1")?
            .exists([recipient.to_lowercase()])?;
        Ok(found)
    }
}

fn read(connection: &Connection, json: &str) -> Result<Option<Message>, OutboxError> {
    let Ok(mut message) = serde_json::from_str::<Message>(json) else {
        return Ok(None);
    };
    let mut statement = connection.prepare_cached("SELECT kind, at FROM events WHERE message = ?1 ORDER BY seq")?;
    let events = statement
        .query_map([&message.id], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<Vec<(String, String)>, _>>()?;
    message.events = events
        .into_iter()
        .filter_map(|(kind, at)| {
            Some(MailEvent {
                kind: serde_json::from_value(serde_json::Value::String(kind)).ok()?,
                at: at.parse().ok()?,
            })
        })
        .collect();
    Ok(Some(message))
}

/// The links of a mail: those of the text, then those that only the HTML has.
pub(crate) fn links(text: &str, html: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let in_text = text.split_whitespace().filter_map(|word| {
        let start = word.find("https://").or_else(|| word.find("http://"))?;
        let link = word[start..].trim_end_matches(['.', ',', ';', ':', '!', '?', ')', '>', ']', '"', '\'']);
        Some(link.to_owned())
    });
    let in_html = html.split("href=\"").skip(1).filter_map(|rest| {
        let link = rest.split('"').next()?.replace("&#x2f;", "/").replace("&#38;", "&").replace("&amp;", "&");
        link.starts_with("http").then_some(link)
    });
    for link in in_text.chain(in_html) {
        if !found.contains(&link) {
            found.push(link);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(id: &str, to: &str) -> Message {
        Message {
            kind: MessageKind::Mail,
            id: id.into(),
            to: to.into(),
            from: "Rollcall <no-reply@rollcall.example>".into(),
            subject: "s".into(),
            text: "t".into(),
            html: String::new(),
            links: Vec::new(),
            sent_at: Timestamp::UNIX_EPOCH,
            tags: BTreeMap::new(),
            configuration_set: None,
            events: Vec::new(),
        }
    }

    #[test]
    fn mails_and_what_became_of_them_survive_a_restart() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("mail.sqlite");
        let outbox = Outbox::open(&file).unwrap();
        for (id, to) in [("1", "a@x.example"), ("2", "b@x.example"), ("3", "A@x.example")] {
            outbox.add(&message(id, to)).unwrap();
        }
        let event = MailEvent { kind: MailEventKind::Bounced, at: Timestamp::UNIX_EPOCH };
        outbox.happened("2", &event).unwrap();
        outbox.suppress("B@x.example").unwrap();
        drop(outbox);

        let outbox = Outbox::open(&file).unwrap();
        let ids = |filter: MailFilter| {
            let list = outbox.list(&filter).unwrap();
            list.into_iter().map(|message| message.id).collect::<Vec<_>>()
        };
        let to = |to: &str, limit| MailFilter { to: Some(to.into()), limit };
        assert_eq!(ids(MailFilter::default()), ["1", "2", "3"]);
        assert_eq!(ids(MailFilter { to: None, limit: Some(2) }), ["2", "3"]);
        assert_eq!(ids(to("a@X.example", None)), ["1", "3"]);
        assert_eq!(ids(to("a@x.example", Some(1))), ["3"]);
        assert_eq!(outbox.get("2").unwrap().unwrap().events, [event]);
        assert_eq!(outbox.without_events().unwrap(), ["1", "3"]);
        assert!(outbox.is_suppressed("b@x.example").unwrap());
        assert!(outbox.get("9").unwrap().is_none());
    }

    #[test]
    fn links_are_found_once_each() {
        let text = "Open (https://a.example/invitations/x.y). Or https://a.example/help!";
        let html = r#"<a href="https://a.example/invitations/x.y">open</a> <a href="https://a.example/?a=1&amp;b=2">b</a> <a href="mailto:x@y">m</a>"#;
        assert_eq!(
            links(text, html),
            ["https://a.example/invitations/x.y", "https://a.example/help", "https://a.example/?a=1&b=2"]
        );
    }
}
