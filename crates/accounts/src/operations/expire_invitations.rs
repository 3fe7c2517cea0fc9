//! Turns expiry, which is exact at reading, into state, audit entry and a digest to each inviter.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::{
    Error, Result,
    audit::{AuditEvent, Origin},
    ids::{InvitationId, OrganizationId, UserId},
    invitation::{Invitation, InvitationStatus},
    outbox::{DueMail, Event, Lane, NAMED},
    user::User,
};

/// Invitations looked for at a time.
const BATCH: usize = 400;
/// Fewer found than this and there are no more: the index is asked shard by shard, an eighth of a batch each.
const ALL_FOUND: usize = BATCH / 8;
/// How long a digest waits for more to be added in the same run.
const DIGEST_DELAY: SignedDuration = SignedDuration::from_secs(60);
/// When a user that cannot be read is looked at again: late enough to stand in nobody's way in the index.
const AGAIN: SignedDuration = SignedDuration::from_hours(1);
/// Invitations of one transaction: five items each and the digest, of at most 100.
const GROUP: usize = 19;

/// An invitation whose expiry is due, and who it is for.
#[derive(Debug, Clone)]
pub struct DueExpiry {
    /// The invitation.
    pub invitation_id: InvitationId,
    /// When it is due, by the index.
    pub due_at: Timestamp,
    /// Who it is for.
    pub invited: Invited,
}

/// Who an invitation is for.
#[derive(Debug, Clone)]
pub enum Invited {
    /// This user.
    User(Box<User>),
    /// Somebody who is gone, or does not count.
    Nobody,
    /// Somebody whose record cannot be read, which the log tells of.
    Unreadable,
}

/// What a run did.
#[derive(Debug, Default)]
pub struct Run {
    /// Invitations that expired.
    pub expired: usize,
    /// Invitations that stay as they are because their user's record cannot be read.
    pub unreadable: usize,
    /// The first failure of the store, if there was one: the run is then to be reported as failed.
    pub failure: Option<Error>,
}

impl Run {
    /// Keeps the first failure.
    fn note<T>(&mut self, outcome: Result<T>) -> Option<T> {
        outcome.map_err(|error| self.failure.get_or_insert(error)).ok()
    }
}

/// An invitation that becomes expired.
#[derive(Debug, Clone)]
pub struct Expiry {
    /// Whose.
    pub user_id: UserId,
    /// The invitation as read.
    pub invitation: Invitation,
    /// The audit event.
    pub event: AuditEvent,
}

/// Finds and writes expiries.
#[expect(async_fn_in_trait, reason = "used with static dispatch only; functions require Send where they spawn")]
pub trait ExpireInvitations {
    /// Invitations whose time ends by `now`, at most about `limit`.
    async fn due_expiries(&self, now: Timestamp, limit: usize) -> Result<Vec<DueExpiry>>;
    /// Writes these expiries and the digest, due at `digest_due` (over what an earlier call wrote of it, unless
    /// it is on its way already), in one transaction.
    async fn write_expiries(
        &self,
        expiries: &[Expiry],
        digest: &DueMail,
        digest_due: Timestamp,
    ) -> Result<ExpiriesWritten>;
    /// Corrects a due key that leads to nothing (`None`) or to a later time, if it still is as found.
    async fn correct_expiry(&self, found: &DueExpiry, due: Option<Timestamp>) -> Result<()>;
}

/// What became of a group of expiries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExpiriesWritten {
    /// They are written.
    Done,
    /// Nothing is: those at these positions are not as they were read.
    Changed(Vec<usize>),
    /// Nothing is: the digest is on its way, the rest needs another.
    DigestGone,
}

/// Expires what is due until there is nothing more or `go_on` says no. An invitation whose user cannot be read, or whose
/// writing fails, keeps no other one waiting.
///
/// # Errors
/// Those of the store as due invitations are looked for; what was not done is still due.
pub async fn expire_invitations(
    ports: &impl ExpireInvitations,
    now: Timestamp,
    go_on: &impl Fn() -> bool,
) -> Result<Run> {
    let origin = Origin { actor: None, source: None, now };
    let mut digests: BTreeMap<Told, Digest> = BTreeMap::new();
    let mut run = Run::default();
    loop {
        let due = ports.due_expiries(now, BATCH).await?;
        let all = due.len() < ALL_FOUND;
        let mut by_inviter: BTreeMap<Told, Vec<Expiry>> = BTreeMap::new();
        for found in due {
            let correct = match expiry(&found, &origin) {
                Ok(expiry) => {
                    let told = (expiry.invitation.invited_by.clone(), expiry.event.organization_id.clone());
                    by_inviter.entry(told).or_default().push(expiry);
                    continue;
                }
                Err(correct) => correct,
            };
            run.unreadable += usize::from(matches!(found.invited, Invited::Unreadable));
            run.note(ports.correct_expiry(&found, correct).await);
        }
        let mut progress = 0;
        for (told, expiries) in by_inviter {
            let digest = digests.entry(told.clone()).or_insert_with(|| Digest::new(told, now));
            let groups = expiries.chunks(GROUP);
            let last = groups.len() - 1;
            for (number, group) in groups.enumerate() {
                if !go_on() {
                    run.expired += progress;
                    return Ok(run);
                }
                let complete = all && number == last;
                let due = if complete { now } else { now.saturating_add(DIGEST_DELAY).unwrap_or(now) };
                let written = write_group(ports, group.to_vec(), digest, due).await;
                progress += run.note(written).unwrap_or_default();
            }
        }
        run.expired += progress;
        // The index lags behind the table; a round of what is done already is the last one.
        if progress == 0 || !go_on() {
            return Ok(run);
        }
    }
}

/// The expiry of what is due, or what its due time should have been.
fn expiry(found: &DueExpiry, origin: &Origin) -> Result<Expiry, Option<Timestamp>> {
    let user = match &found.invited {
        Invited::User(user) => user,
        Invited::Nobody => return Err(None),
        Invited::Unreadable => return Err(Some(origin.now.saturating_add(AGAIN).unwrap_or(Timestamp::MAX))),
    };
    let invitation = user
        .invitation
        .as_ref()
        .filter(|invitation| invitation.id == found.invitation_id && invitation.status == InvitationStatus::Pending)
        .ok_or(None)?;
    match invitation.expires_at {
        Some(end) if end <= origin.now => Ok(Expiry {
            user_id: user.id.clone(),
            invitation: invitation.clone(),
            event: origin.event(
                "invitation.expired",
                user.organization_id.as_ref(),
                user.id.as_str(),
                json!({"status": InvitationStatus::Pending.name(), "generation": invitation.generation}),
                json!({"status": InvitationStatus::Expired.name()}),
            ),
        }),
        later => Err(later),
    }
}

async fn write_group(
    ports: &impl ExpireInvitations,
    mut group: Vec<Expiry>,
    digest: &mut Digest,
    due: Timestamp,
) -> Result<usize> {
    while !group.is_empty() {
        let next = digest.with(&group);
        match ports.write_expiries(&group, &next.mail(), due).await? {
            ExpiriesWritten::Done => {
                *digest = next;
                return Ok(group.len());
            }
            ExpiriesWritten::Changed(positions) => {
                let mut position = 0;
                group.retain(|_| {
                    position += 1;
                    !positions.contains(&(position - 1))
                });
            }
            ExpiriesWritten::DigestGone => *digest = digest.next_part(),
        }
    }
    Ok(0)
}

/// Who is told of expiries, and of which organization's (none: of technicians): settings are by organization.
type Told = (UserId, Option<OrganizationId>);

/// An inviter's digest of one run, growing with every group that is written.
#[derive(Debug, Clone)]
struct Digest {
    told: Told,
    now: Timestamp,
    part: u32,
    expired: Vec<UserId>,
    total: usize,
}

impl Digest {
    fn new(told: Told, now: Timestamp) -> Self {
        Self { told, now, part: 0, expired: Vec::new(), total: 0 }
    }

    fn next_part(&self) -> Self {
        Self { part: self.part + 1, ..Self::new(self.told.clone(), self.now) }
    }

    fn with(&self, group: &[Expiry]) -> Self {
        let mut next = self.clone();
        let room = NAMED.saturating_sub(next.expired.len());
        next.expired.extend(group.iter().take(room).map(|expiry| expiry.user_id.clone()));
        next.total += group.len();
        next
    }

    fn mail(&self) -> DueMail {
        let (inviter, organization) = &self.told;
        let scope = organization.as_ref().map_or("@technicians", OrganizationId::as_str);
        let event = Event::InvitationsExpired {
            organization_id: organization.clone(),
            people: self.expired.clone(),
            total: self.total,
        };
        let name = format!("expired#{inviter}#{scope}#{}#{}", crate::time::iso(self.now), self.part);
        DueMail::notice(name, inviter, event, Lane::Bulk, self.now)
    }
}
