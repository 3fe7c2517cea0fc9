//! What a due mail or text message says, at the moment it is sent: so it never tells old news.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use jiff::{SignedDuration, Timestamp};

use super::{
    create_user::ReadOrganization,
    delivery::{Claimed, Handed, HandedOutcome, ReadPeople},
};
use crate::{
    Result,
    ids::{OrganizationId, UserId},
    invitation::{Delivery, Invitation, InvitationStatus},
    outbox::{DueMail, Event, MailSubject, NAMED},
    settings::{Channel, Told},
    token::{Purpose, TEXT_CODE_LIFETIME, TokenKeys},
    user::{LinkStatus, User, UserStatus},
};

/// A mail's content, before it is rendered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Address.
    pub to: String,
    /// Where an answer goes, if somewhere.
    pub reply_to: Option<String>,
    /// The recipient's language, BCP 47.
    pub language: Option<String>,
    /// Names and values that come back with the mail service's events.
    pub tags: Vec<(&'static str, String)>,
    /// What it says.
    pub content: Content,
}

/// A person who is named in a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// Name.
    pub name: String,
    /// Address.
    pub email: String,
    /// What became of their invitation's mail, where that is what the mail is about.
    pub delivery: Option<Delivery>,
}

/// What a mail says.
#[derive(Clone, PartialEq, Eq)]
pub enum Content {
    /// An invitation.
    Invitation {
        /// The invited person.
        name: String,
        /// Into which organization; none for technicians.
        organization: Option<String>,
        /// Who invited.
        inviter: Option<String>,
        /// The inviter's address.
        inviter_email: Option<String>,
        /// The link.
        link: String,
        /// When it ends.
        expires_at: Timestamp,
        /// Whether it replaces an earlier one.
        replaces: bool,
    },
    /// A link to choose a new password.
    PasswordReset {
        /// The person.
        name: String,
        /// The administrator who reset it; none when somebody asked on the sign-in page.
        by: Option<String>,
        /// Whether the former password is void already.
        void: bool,
        /// The link.
        link: String,
        /// When it ends.
        expires_at: Timestamp,
    },
    /// That somebody who knows the person's password guesses codes.
    CodesTried {
        /// The person.
        name: String,
        /// When it was noticed.
        at: Timestamp,
        /// Where one asks for another password.
        link: String,
    },
    /// That the password was changed.
    PasswordChanged {
        /// The person.
        name: String,
        /// When.
        at: Timestamp,
        /// Where one signs in, or asks for a new password.
        link: String,
    },
    /// That there is a new API key of the person's.
    ApiKeyCreated {
        /// The person.
        name: String,
        /// What it is for.
        key: String,
        /// When it was made.
        at: Timestamp,
        /// When it ends.
        expires_at: Timestamp,
        /// Where it can be ended before.
        link: String,
    },
    /// A link to confirm a new address, to that address.
    ConfirmEmail {
        /// The person.
        name: String,
        /// The new address.
        email: String,
        /// The link.
        link: String,
        /// When it ends.
        expires_at: Timestamp,
    },
    /// That another address was asked for, to the present one.
    EmailChangeAsked {
        /// The person.
        name: String,
        /// The new address.
        email: String,
        /// Who asked, when it was somebody else.
        by: Option<String>,
        /// Until when it may be confirmed.
        expires_at: Timestamp,
    },
    /// That the address is another now, to the former one.
    EmailChanged {
        /// The person.
        name: String,
        /// The address now.
        email: String,
        /// When.
        at: Timestamp,
    },
    /// A first password.
    FirstCredentials {
        /// The person.
        name: String,
        /// Of which organization.
        organization: Option<String>,
        /// What to sign in as.
        login: String,
        /// The password.
        password: String,
        /// Where to sign in.
        link: String,
        /// Until when the password is good.
        until: Timestamp,
    },
    /// To an inviter: whose invitations expired.
    InvitationsExpired {
        /// The inviter.
        name: String,
        /// Into which organization.
        organization: Option<String>,
        /// At most [`NAMED`].
        people: Vec<Named>,
        /// How many there are in all.
        total: usize,
        /// Where they can be resent.
        link: String,
    },
    /// To an inviter: whose invitations did not arrive.
    InvitationsUndelivered {
        /// The inviter.
        name: String,
        /// Into which organization.
        organization: Option<String>,
        /// At most [`NAMED`].
        people: Vec<Named>,
        /// How many there are in all.
        total: usize,
        /// Where addresses can be mended.
        link: String,
    },
    /// To an importer: what became of the import.
    ImportEnded {
        /// The importer.
        name: String,
        /// Into which organization.
        organization: Option<String>,
        /// Whether nothing of it was done.
        rejected: bool,
        /// People who were created.
        imported: u32,
        /// Rows of people who were there already.
        skipped: u32,
        /// Rows that could not be imported.
        failed: u32,
        /// Where its report is.
        link: String,
    },
}

impl std::fmt::Debug for Content {
    /// Only what it is about: contents hold passwords and links.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Invitation { .. } => "Invitation",
            Self::PasswordReset { .. } => "PasswordReset",
            Self::CodesTried { .. } => "CodesTried",
            Self::PasswordChanged { .. } => "PasswordChanged",
            Self::ApiKeyCreated { .. } => "ApiKeyCreated",
            Self::ConfirmEmail { .. } => "ConfirmEmail",
            Self::EmailChangeAsked { .. } => "EmailChangeAsked",
            Self::EmailChanged { .. } => "EmailChanged",
            Self::FirstCredentials { .. } => "FirstCredentials",
            Self::InvitationsExpired { .. } => "InvitationsExpired",
            Self::InvitationsUndelivered { .. } => "InvitationsUndelivered",
            Self::ImportEnded { .. } => "ImportEnded",
        })
    }
}

/// A text message's content, before it is put into words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextMessage {
    /// Phone number, E.164.
    pub to: String,
    /// The recipient's language, BCP 47.
    pub language: Option<String>,
    /// What it says.
    pub content: TextContent,
}

/// What a text message says.
#[derive(Clone, PartialEq, Eq)]
pub enum TextContent {
    /// A code to sign in with.
    Code(String),
    /// Invitations expired.
    InvitationsExpired {
        /// Into which organization.
        organization: Option<String>,
        /// How many.
        total: usize,
    },
    /// Invitations did not arrive.
    InvitationsUndelivered {
        /// Into which organization.
        organization: Option<String>,
        /// How many.
        total: usize,
    },
    /// An import came to its end.
    ImportEnded {
        /// Into which organization.
        organization: Option<String>,
        /// Whether nothing of it was done.
        rejected: bool,
        /// People who were created.
        imported: u32,
        /// Rows that could not be imported.
        failed: u32,
    },
}

impl std::fmt::Debug for TextContent {
    /// Only what it is about: a code is nothing for a log.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Code(_) => "Code",
            Self::InvitationsExpired { .. } => "InvitationsExpired",
            Self::InvitationsUndelivered { .. } => "InvitationsUndelivered",
            Self::ImportEnded { .. } => "ImportEnded",
        })
    }
}

/// What letters are written with: the deployment's address and keys, and names that many letters of one run share.
#[derive(Debug)]
pub struct Desk {
    url: String,
    keys: TokenKeys,
    names: Mutex<Names>,
}

#[derive(Debug, Default)]
struct Names {
    organizations: HashMap<OrganizationId, Option<String>>,
    people: HashMap<UserId, Option<(String, String)>>,
}

/// What a due mail comes to.
pub(crate) enum Written {
    /// A mail to hand over, and what follows once it is taken.
    Letter(Box<Letter>, After),
    /// A text message to hand over.
    Text(TextMessage),
    /// Sent before; only the record is missing.
    Recorded(Handed),
    /// Not before that time.
    Later(Timestamp),
    /// No mail any more, or no mail at all; perhaps something else instead.
    Nothing(Option<Box<DueMail>>),
    /// A request to work off.
    Reset {
        /// The sign-in name.
        login: String,
        /// From where.
        source: Option<String>,
    },
}

/// What follows on a mail that was taken.
pub(crate) enum After {
    /// Nothing: it leaves the outbox.
    Nothing,
    /// It is recorded on its invitation.
    Record(Handed),
    /// Another one becomes due.
    Then(Box<DueMail>),
}

impl Desk {
    /// A desk of the deployment whose pages are at `url`.
    #[must_use]
    pub fn new(url: &str, keys: TokenKeys) -> Self {
        Self { url: url.trim_end_matches('/').to_owned(), keys, names: Mutex::default() }
    }

    async fn organization(&self, ports: &impl ReadOrganization, id: Option<&OrganizationId>) -> Result<Option<String>> {
        let Some(id) = id else { return Ok(None) };
        let known = self.names(|names| names.organizations.get(id).cloned());
        if let Some(name) = known {
            return Ok(name);
        }
        let name = ports.read_organization(id).await?.map(|organization| organization.name);
        self.names(|names| names.organizations.insert(id.clone(), name.clone()));
        Ok(name)
    }

    /// Name and address.
    async fn person(&self, ports: &impl ReadPeople, id: &UserId) -> Result<Option<(String, String)>> {
        let known = self.names(|names| names.people.get(id).cloned());
        if let Some(person) = known {
            return Ok(person);
        }
        let people = ports.read_people(std::slice::from_ref(id)).await?;
        let person = people.into_iter().next().map(|user| (user.name(), user.email));
        self.names(|names| names.people.insert(id.clone(), person.clone()));
        Ok(person)
    }

    fn names<T>(&self, take: impl FnOnce(&mut Names) -> T) -> T {
        take(&mut self.names.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) async fn write(
        &self,
        ports: &(impl ReadOrganization + ReadPeople),
        claimed: &Claimed,
    ) -> Result<Written> {
        let user_id = match &claimed.mail.subject {
            MailSubject::ResetRequest { login, source } => {
                return Ok(Written::Reset { login: login.clone(), source: source.clone() });
            }
            MailSubject::Invitation { user_id, .. }
            | MailSubject::PasswordReset { user_id, .. }
            | MailSubject::CodesTried { user_id, .. }
            | MailSubject::PasswordChanged { user_id, .. }
            | MailSubject::ApiKeyCreated { user_id, .. }
            | MailSubject::ConfirmEmail { user_id, .. }
            | MailSubject::EmailChangeAsked { user_id, .. }
            | MailSubject::EmailChanged { user_id, .. }
            | MailSubject::FirstCredentials { user_id, .. }
            | MailSubject::Notice { user_id, .. }
            | MailSubject::TextCode { user_id, .. } => user_id,
        };
        let Some(user) = ports.read_person(user_id).await? else { return Ok(Written::Nothing(None)) };
        match &claimed.mail.subject {
            MailSubject::Invitation { invitation_id, generation, .. } => match &user.invitation {
                Some(invitation)
                    if invitation.id == *invitation_id
                        && invitation.generation == *generation
                        && invitation.status == InvitationStatus::Pending
                        && invitation.sent_at.is_none() =>
                {
                    self.invitation(ports, claimed, &user, invitation).await
                }
                // A newer generation has its own mail; revoked, finished and recorded ones need none.
                _ => Ok(Written::Nothing(None)),
            },
            MailSubject::Notice { channel, event, .. } => self.notice(ports, claimed, &user, *channel, event).await,
            MailSubject::TextCode { challenge, number, phone, .. } => {
                let good_until = claimed.mail.queued_at.saturating_add(TEXT_CODE_LIFETIME).unwrap_or(Timestamp::MAX);
                if claimed.at >= good_until {
                    return Ok(Written::Nothing(None));
                }
                Ok(Written::Text(TextMessage {
                    to: phone.clone(),
                    language: user.language,
                    content: TextContent::Code(self.keys.text_code(challenge, *number)),
                }))
            }
            subject => Ok(match self.about_oneself(ports, claimed, &user, subject).await? {
                Some((to, content)) => letter(&user, to, content, After::Nothing),
                None => Written::Nothing(None),
            }),
        }
    }

    /// What a person is told of their own account, and where; none when it is not so any more.
    async fn about_oneself(
        &self,
        ports: &(impl ReadOrganization + ReadPeople),
        claimed: &Claimed,
        user: &User,
        subject: &MailSubject,
    ) -> Result<Option<(String, Content)>> {
        let (name, email) = (user.name(), user.email.clone());
        Ok(match subject {
            MailSubject::PasswordReset { generation, .. } => {
                let reset = user.password_reset.as_ref().filter(|reset| {
                    reset.generation == *generation && reset.status_at(claimed.at) == LinkStatus::Pending
                });
                let Some(reset) = reset.filter(|_| user.status == UserStatus::Active) else { return Ok(None) };
                let by = match &reset.requested_by {
                    Some(by) => self.person(ports, by).await?.map(|(name, _)| name),
                    None => None,
                };
                let token = self.keys.issue(Purpose::PasswordReset, reset.id.as_str(), reset.generation);
                let content = Content::PasswordReset {
                    name,
                    by,
                    void: reset.requested_by.is_some(),
                    link: format!("{}/password-resets/{token}", self.url),
                    expires_at: reset.expires_at,
                };
                Some((email, content))
            }
            MailSubject::CodesTried { at, .. } => {
                Some((email, Content::CodesTried { name, at: *at, link: format!("{}/forgot-password", self.url) }))
            }
            MailSubject::PasswordChanged { at, .. } => {
                Some((email, Content::PasswordChanged { name, at: *at, link: format!("{}/", self.url) }))
            }
            MailSubject::ApiKeyCreated { name: key, at, expires_at, .. } => {
                let link = format!("{}/account/api-keys", self.url);
                let content = Content::ApiKeyCreated { name, key: key.clone(), at: *at, expires_at: *expires_at, link };
                Some((email, content))
            }
            MailSubject::ConfirmEmail { generation, .. } | MailSubject::EmailChangeAsked { generation, .. } => {
                let change = user.email_change.as_ref().filter(|change| {
                    change.generation == *generation && change.status_at(claimed.at) == LinkStatus::Pending
                });
                let Some(change) = change else { return Ok(None) };
                if matches!(subject, MailSubject::ConfirmEmail { .. }) {
                    let token = self.keys.issue(Purpose::EmailChange, change.id.as_str(), change.generation);
                    let content = Content::ConfirmEmail {
                        name,
                        email: change.email.clone(),
                        link: format!("{}/email-changes/{token}", self.url),
                        expires_at: change.expires_at,
                    };
                    Some((change.email.clone(), content))
                } else {
                    let by = match &change.requested_by {
                        by if *by == user.id => None,
                        by => self.person(ports, by).await?.map(|(name, _)| name),
                    };
                    let content = Content::EmailChangeAsked {
                        name,
                        email: change.email.clone(),
                        by,
                        expires_at: change.expires_at,
                    };
                    Some((email, content))
                }
            }
            MailSubject::EmailChanged { former, at, .. } => {
                Some((former.clone(), Content::EmailChanged { name, email, at: *at }))
            }
            MailSubject::FirstCredentials { until, .. } => {
                let waits = user.status == UserStatus::Invited && user.invitation.is_none() && claimed.at < *until;
                let password = claimed.mail.first_password(&self.keys).filter(|_| waits);
                let Some(password) = password else { return Ok(None) };
                let content = Content::FirstCredentials {
                    name,
                    organization: self.organization(ports, user.organization_id.as_ref()).await?,
                    login: user.username.clone().unwrap_or_else(|| email.clone()),
                    password,
                    link: format!("{}/", self.url),
                    until: *until,
                };
                Some((email, content))
            }
            MailSubject::Invitation { .. }
            | MailSubject::ResetRequest { .. }
            | MailSubject::Notice { .. }
            | MailSubject::TextCode { .. } => None,
        })
    }

    /// An event, to a person who has something to do in Rollcall, as their settings allow.
    async fn notice(
        &self,
        ports: &(impl ReadOrganization + ReadPeople),
        claimed: &Claimed,
        user: &User,
        channel: Channel,
        event: &Event,
    ) -> Result<Written> {
        if user.status != UserStatus::Active || !user.has_duties() {
            return Ok(Written::Nothing(None));
        }
        let settings = &user.settings.notifications;
        let zone = user.settings.zone();
        let told = |channel| settings.delivery(event.weight(), channel, &zone, claimed.at);
        let text = claimed
            .mail
            .as_text()
            .filter(|_| user.phone.is_some() && told(Channel::Text) != Told::Never)
            .map(|text| Box::new(DueMail { queued_at: claimed.at, ..text }));
        match told(channel) {
            Told::Never => return Ok(Written::Nothing(text)),
            Told::At(at) => return Ok(Written::Later(at)),
            Told::Now => {}
        }
        let organization = self.organization(ports, event.organization()).await?;
        match (channel, &user.phone) {
            (Channel::Mail, _) => {
                let content = self.event(ports, user, organization, event).await?;
                Ok(letter(user, user.email.clone(), content, text.map_or(After::Nothing, After::Then)))
            }
            (Channel::Text, Some(phone)) => Ok(Written::Text(TextMessage {
                to: phone.clone(),
                language: user.language.clone(),
                content: in_short(organization, event),
            })),
            (Channel::Text, None) => Ok(Written::Nothing(None)),
        }
    }

    async fn event(
        &self,
        ports: &impl ReadPeople,
        user: &User,
        organization: Option<String>,
        event: &Event,
    ) -> Result<Content> {
        let name = user.name();
        let users = |filter: &str| {
            let scope = event.organization().map(|id| format!("&organization={id}")).unwrap_or_default();
            format!("{}/users?{filter}{scope}", self.url)
        };
        Ok(match event {
            Event::InvitationsExpired { people, total, .. } => {
                let people = ports.read_people(&people[..people.len().min(NAMED)]).await?;
                let named = |user: User| Named { name: user.name(), email: user.email, delivery: None };
                Content::InvitationsExpired {
                    name,
                    organization,
                    people: people.into_iter().map(named).collect(),
                    total: *total,
                    link: users("invitation=expired"),
                }
            }
            Event::InvitationsUndelivered { people, total, .. } => {
                let ids: Vec<UserId> = people.iter().take(NAMED).map(|person| person.user_id.clone()).collect();
                let why: HashMap<&UserId, Delivery> =
                    people.iter().map(|person| (&person.user_id, person.delivery)).collect();
                let first = people.first().map_or(Delivery::Bounced, |person| person.delivery);
                let read = ports.read_people(&ids).await?;
                Content::InvitationsUndelivered {
                    name,
                    organization,
                    people: read
                        .into_iter()
                        .map(|user| Named {
                            name: user.name(),
                            delivery: why.get(&user.id).copied(),
                            email: user.email,
                        })
                        .collect(),
                    total: *total,
                    link: users(&format!("delivery={}", first.name())),
                }
            }
            Event::ImportEnded { import_id, rejected, imported, skipped, failed, .. } => Content::ImportEnded {
                name,
                organization,
                rejected: *rejected,
                imported: *imported,
                skipped: *skipped,
                failed: *failed,
                link: format!("{}/imports/{import_id}", self.url),
            },
        })
    }

    async fn invitation(
        &self,
        ports: &(impl ReadOrganization + ReadPeople),
        claimed: &Claimed,
        user: &User,
        invitation: &Invitation,
    ) -> Result<Written> {
        let valid = SignedDuration::from_hours(i64::from(invitation.valid_hours));
        let ends = |sent_at: Timestamp| sent_at.saturating_add(valid).unwrap_or(Timestamp::MAX);
        let handed = |sent_at| Handed {
            user_id: user.id.clone(),
            invitation_id: invitation.id.clone(),
            generation: invitation.generation,
            outcome: HandedOutcome::Taken { sent_at, expires_at: ends(sent_at) },
        };
        if invitation.delivery != Delivery::Queued {
            // The mail service has reported on it: it was sent, by the worker before us, which then died.
            return Ok(Written::Recorded(handed(claimed.before.unwrap_or(claimed.at))));
        }
        let organization = self.organization(ports, user.organization_id.as_ref()).await?;
        let (inviter, inviter_email) = self.person(ports, &invitation.invited_by).await?.unzip();
        let token = self.keys.issue(Purpose::Invitation, invitation.id.as_str(), invitation.generation);
        let letter = Letter {
            to: user.email.clone(),
            reply_to: inviter_email.clone(),
            language: user.language.clone(),
            tags: vec![
                ("invitation", invitation.id.to_string()),
                ("generation", invitation.generation.to_string()),
                ("user", user.id.to_string()),
            ],
            content: Content::Invitation {
                name: user.name(),
                organization,
                inviter,
                inviter_email,
                link: format!("{}/invitations/{token}", self.url),
                expires_at: ends(claimed.at),
                replaces: invitation.generation > 1,
            },
        };
        Ok(Written::Letter(Box::new(letter), After::Record(handed(claimed.at))))
    }
}

fn letter(user: &User, to: String, content: Content, after: After) -> Written {
    let letter = Letter {
        to,
        reply_to: None,
        language: user.language.clone(),
        tags: vec![("user", user.id.to_string())],
        content,
    };
    Written::Letter(Box::new(letter), after)
}

fn in_short(organization: Option<String>, event: &Event) -> TextContent {
    match event {
        Event::InvitationsExpired { total, .. } => TextContent::InvitationsExpired { organization, total: *total },
        Event::InvitationsUndelivered { total, .. } => {
            TextContent::InvitationsUndelivered { organization, total: *total }
        }
        Event::ImportEnded { rejected, imported, failed, .. } => {
            TextContent::ImportEnded { organization, rejected: *rejected, imported: *imported, failed: *failed }
        }
    }
}
