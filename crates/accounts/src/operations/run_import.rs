//! One bounded slice of an import: takes the lease, works chunk by chunk, hands on.
//!
//! Before the flip a slice that dies is carried on or rolled back; after it, only carried on. Everything a
//! slice writes has a key that follows from the import and the row, so doing it again changes nothing.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use jiff::Timestamp;

use super::start_import::{claims_of, issue_of};
use crate::{
    Error, Result,
    audit::Origin,
    ids::{ImportId, InvitationId, UserId},
    import::{
        Import, Outcome, Phase, Severity, Turn, Visibility,
        ports::{Along, Claim, Held, RunImports},
        rows::{Place, PlacedIssue, StagedRow, finish, user_id, user_of},
    },
    outbox::{DueMail, Event, Lane},
    random::Randomness,
    user::User,
};

/// Time that must be left for another chunk to be begun.
const FOR_A_CHUNK: Duration = Duration::from_secs(8);
/// Users that are finished at the same time.
const FINISHING: usize = 24;
/// Users that are read together.
const READ_TOGETHER: usize = 100;
/// Times that a user who is edited at the very moment is read again.
const READ_AGAIN: u32 = 5;

/// The clock of a slice and how much of it is left.
pub trait Pace {
    /// The moment.
    fn now(&self) -> Timestamp;
    /// Real time left for this slice.
    fn time_left(&self) -> Duration;
}

/// What a slice came to, for the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ran {
    /// The tick is not the cursor's, or nothing is left to do.
    Nothing,
    /// Another runner works.
    Busy,
    /// The lease was lost on the way; whoever has it goes on.
    Lost,
    /// Work is left; the next tick is in the table.
    HandedOn,
    /// Nothing is left to do.
    Done,
}

/// Runs a slice for a tick.
///
/// # Errors
/// Internal ones: the tick may be repeated, and the sweep asks again in any case.
pub async fn run_import(
    ports: &impl RunImports,
    randomness: &impl Randomness,
    pace: &impl Pace,
    id: &ImportId,
    tick: u64,
) -> Result<Ran> {
    let Some(mut import) = ports.import(id).await? else {
        return Ok(Ran::Nothing);
    };
    match import.turn(tick, pace.now()) {
        Turn::Nothing => return Ok(Ran::Nothing),
        Turn::Busy => return Ok(Ran::Busy),
        Turn::Mine => import.take(pace.now()),
    }
    if !ports.save_import(&mut import, &Along::default()).await? {
        return Ok(Ran::Busy);
    }
    let ran = slice(ports, randomness, pace, &mut import).await;
    if ran.is_err() && import.visibility == Visibility::Committed {
        // What is sent after the flip is sent under conditions and cannot do harm late, so another try need
        // not wait for the lease. Before it, it must.
        import.let_go(pace.now());
        let released = ports.save_import(&mut import, &Along::default()).await;
        tracing::warn!(import = %id, released = released.is_ok(), "a slice failed after the flip");
    }
    ran
}

async fn slice(
    ports: &impl RunImports,
    randomness: &impl Randomness,
    pace: &impl Pace,
    import: &mut Import,
) -> Result<Ran> {
    let epoch = import.epoch;
    loop {
        if !import.is_leased(pace.now()) {
            return Ok(Ran::Lost);
        }
        let mut along = Along::default();
        match import.phase {
            Phase::Staged | Phase::Done => return Ok(Ran::Nothing),
            Phase::Flip => {
                if !ports.flip(import, pace.now()).await? && !recover(ports, import, epoch).await? {
                    return Ok(Ran::Lost);
                }
                continue;
            }
            Phase::Reserve => reserve(ports, import).await?,
            Phase::Write => write(ports, import).await?,
            Phase::Finish => finish_chunk(ports, randomness, pace, import).await?,
            Phase::RollBack => roll_back(ports, import).await?,
            Phase::Clean => {
                ports.clean(&import.id).await?;
                import.done(pace.now());
                along.event = Some(ended(import, pace.now()));
                along.mail = notice(import, pace.now());
            }
        }
        let done = import.phase == Phase::Done;
        if !done {
            import.chunk_done();
        }
        let hand_on = !done && pace.time_left() < FOR_A_CHUNK;
        if hand_on {
            import.hand_on(pace.now());
            along.tick = true;
        }
        if !ports.save_import(import, &along).await? {
            if recover(ports, import, epoch).await? {
                continue;
            }
            return Ok(Ran::Lost);
        }
        if done {
            return Ok(Ran::Done);
        }
        if hand_on {
            return Ok(Ran::HandedOn);
        }
    }
}

/// The head was changed under the runner: by somebody who wants it to stop (`true`: go on with what is now
/// to do) or by another runner (`false`).
async fn recover(ports: &impl RunImports, import: &mut Import, epoch: u64) -> Result<bool> {
    let Some(current) = ports.import(&import.id).await? else {
        return Ok(false);
    };
    *import = current;
    let asked_to_stop = import.epoch == epoch
        && import.lease_until.is_some()
        && import.cancel_requested
        && import.visibility == Visibility::Pending;
    if !asked_to_stop {
        return Ok(false);
    }
    import.discard(Outcome::Cancelled, None);
    ports.save_import(import, &Along::default()).await
}

fn places(chunk: u32, rows: &[StagedRow]) -> impl Iterator<Item = (Place, &StagedRow)> {
    (0_u32..).zip(rows).map(move |(index, row)| (Place { chunk, index }, row))
}

/// Takes the guards of a chunk and collects all that stands in the way.
async fn reserve(ports: &impl RunImports, import: &mut Import) -> Result<()> {
    let chunk = import.next_chunk;
    let rows = ports.staged_rows(&import.id, chunk).await?;
    let needs_role = import.role_required && import.options.role.is_none();
    let mut issues = Vec::new();
    let mut claims: Vec<Claim> = Vec::with_capacity(rows.len());
    for (place, row) in places(chunk, &rows) {
        if needs_role && !row.has_role() {
            issues.push(PlacedIssue::error(place, row.row, "role", "role_required"));
        } else {
            claims.extend(claims_of(&import.id, place, row));
        }
    }
    let held = ports.reserve(import, &claims).await?;
    for (claim, held) in claims.iter().zip(&held) {
        let Some(issue) = issue_of(claim, held, import.options.on_existing) else {
            continue;
        };
        issues.push(PlacedIssue { place: claim.place, issue });
        if let Held::SameImport { place, row } = held {
            // Duplicates refuse all rows concerned; the other may be of a chunk that is done.
            let mut other = PlacedIssue::error(*place, *row, claim.field, "duplicate_in_import");
            other.issue.other_row = Some(claim.row);
            if place.chunk == chunk {
                issues.push(other);
            } else {
                ports.add_issue(&import.id, &other).await?;
            }
        }
    }
    issues.sort_by(|a, b| (a.place, &a.issue.field).cmp(&(b.place, &b.issue.field)));
    issues.dedup();
    let refused: BTreeSet<Place> =
        issues.iter().filter(|issue| issue.issue.severity == Severity::Error).map(|issue| issue.place).collect();
    ports.put_issues(&import.id, chunk, &issues).await?;
    import.conflicts += count(refused.len())?;
    Ok(())
}

/// What is to become of the rows of a chunk that have issues.
fn verdicts(issues: &[PlacedIssue]) -> BTreeMap<u32, Severity> {
    let mut verdicts = BTreeMap::new();
    for issue in issues {
        let verdict = verdicts.entry(issue.place.index).or_insert(issue.issue.severity);
        if issue.issue.severity == Severity::Error {
            *verdict = Severity::Error;
        }
    }
    verdicts
}

/// Writes the users of a chunk; rows that do not become users give their guards up.
async fn write(ports: &impl RunImports, import: &mut Import) -> Result<()> {
    let chunk = import.next_chunk;
    let rows = ports.staged_rows(&import.id, chunk).await?;
    let verdicts = verdicts(&ports.chunk_issues(&import.id, chunk).await?);
    let mut users = Vec::with_capacity(rows.len());
    let mut given_up = Vec::new();
    let (mut skipped, mut failed) = (0, 0);
    for (place, row) in places(chunk, &rows) {
        match verdicts.get(&place.index) {
            None => users.push(user_of(import, place, row)),
            Some(verdict) => {
                match verdict {
                    Severity::Skipped => skipped += 1,
                    Severity::Error => failed += 1,
                }
                given_up
                    .extend(claims_of(&import.id, place, row).into_iter().map(|claim| (claim.identity, claim.user_id)));
            }
        }
    }
    ports.release(&import.id, &given_up).await?;
    ports.write_users(&users).await?;
    import.counts.imported += count(users.len())?;
    import.counts.skipped += skipped;
    import.counts.failed += failed;
    Ok(())
}

/// Finishes the users of a chunk: per user one transaction.
async fn finish_chunk(
    ports: &impl RunImports,
    randomness: &impl Randomness,
    pace: &impl Pace,
    import: &Import,
) -> Result<()> {
    let chunk = import.next_chunk;
    let rows = ports.staged_rows(&import.id, chunk).await?;
    let ids: Vec<UserId> = places(chunk, &rows).map(|(place, _)| user_id(&import.id, place)).collect();
    for group in ids.chunks(READ_TOGETHER) {
        let users = ports.written_users(group).await?;
        let work: Vec<_> = users.into_iter().map(|user| finish_one(ports, randomness, pace, import, user)).collect();
        stream::iter(work).buffer_unordered(FINISHING).try_collect::<Vec<()>>().await?;
    }
    Ok(())
}

async fn finish_one(
    ports: &impl RunImports,
    randomness: &impl Randomness,
    pace: &impl Pace,
    import: &Import,
    user: User,
) -> Result<()> {
    let id = user.id.clone();
    let mut current = Some(user);
    for _ in 0..READ_AGAIN {
        let Some(user) = current else {
            // Deleted meanwhile: never made again.
            return Ok(());
        };
        let invitation = InvitationId::random(randomness);
        let Some(finished) = finish(import, user, invitation, pace.now()) else {
            return Ok(());
        };
        if ports.finish_user(&finished).await? {
            return Ok(());
        }
        current = ports.written_users(std::slice::from_ref(&id)).await?.pop();
    }
    Err(Error::internal("a user was edited every time an import wanted to finish it"))
}

/// Takes back what a chunk wrote.
async fn roll_back(ports: &impl RunImports, import: &mut Import) -> Result<()> {
    let chunk = import.next_chunk;
    let rows = ports.staged_rows(&import.id, chunk).await?;
    if import.outcome == Some(Outcome::Rejected) {
        let verdicts = verdicts(&ports.chunk_issues(&import.id, chunk).await?);
        let refused = verdicts
            .iter()
            .filter(|(index, verdict)| **verdict == Severity::Error && (**index as usize) < rows.len())
            .count();
        import.counts.failed += count(refused)?;
    }
    if import.wrote {
        let users: Vec<User> = places(chunk, &rows).map(|(place, row)| user_of(import, place, row)).collect();
        ports.erase_users(&users).await?;
    }
    let claims: Vec<_> = places(chunk, &rows)
        .flat_map(|(place, row)| claims_of(&import.id, place, row))
        .map(|claim| (claim.identity, claim.user_id))
        .collect();
    ports.release(&import.id, &claims).await
}

fn ended(import: &Import, now: Timestamp) -> crate::audit::AuditEvent {
    let origin = Origin { actor: Some(import.created_by.clone()), source: import.source.clone(), now };
    let action = match import.outcome {
        Some(Outcome::Rejected) => "import.rejected",
        Some(Outcome::Cancelled) => "import.rolled_back",
        _ => "import.finished",
    };
    origin.event(
        action,
        import.organization_id.as_ref(),
        import.id.as_str(),
        serde_json::Value::Null,
        serde_json::json!({"counts": import.counts, "problem": import.problem}),
    )
}

/// What the importer is told of the end. One that was cancelled was so by somebody who looked at it.
fn notice(import: &Import, now: Timestamp) -> Option<DueMail> {
    if import.outcome == Some(Outcome::Cancelled) {
        return None;
    }
    let event = Event::ImportEnded {
        organization_id: import.organization_id.clone(),
        import_id: import.id.clone(),
        rejected: import.outcome == Some(Outcome::Rejected),
        imported: import.counts.imported,
        skipped: import.counts.skipped,
        failed: import.counts.failed,
    };
    Some(DueMail::notice(format!("{}#ended", import.id), &import.created_by, event, Lane::Now, now))
}

fn count(number: usize) -> Result<u32> {
    u32::try_from(number).map_err(Error::internal)
}
