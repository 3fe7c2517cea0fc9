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

use super::start_import::{claims_of, grantable, once_each, same_person};
use crate::{
    Error, Result,
    access::{Actor, Via},
    audit::Origin,
    ids::{ImportId, InvitationId, UserId},
    import::{
        Import, OnExisting, Outcome, Phase, Severity, Turn, Undo, Visibility,
        existing::{Deciding, Decision, Met, Settled, Settling, changed_people, foreseen, sort_out},
        failed::FailedRow,
        ports::{Along, Claim, Held, Occasion, RunImports},
        rows::{Place, PlacedIssue, StagedRow, finish, user_id, user_of},
        undo::{Made, Stayed, stays},
    },
    operations::{create_user::summary, edits::Written},
    outbox::{DueMail, Event, Lane},
    random::Randomness,
    roles::{Permission, Role, RoleBook, RoleId},
    token::TokenKeys,
    user::User,
};

/// Time that must be left for another chunk to be begun.
const FOR_A_CHUNK: Duration = Duration::from_secs(8);
/// Users that are finished at the same time.
const FINISHING: usize = 24;
/// Users that are removed at the same time: each also changes one of the few counters of its scope.
const REMOVING: usize = 6;
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
    keys: &TokenKeys,
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
    let ran = slice(ports, keys, randomness, pace, &mut import).await;
    if ran.is_err() && import.visibility == Visibility::Committed {
        // What is sent after the flip is sent under conditions and cannot do harm late, so another try need
        // not wait for the lease. Before it, it must.
        let released = release(ports, pace, &import).await;
        tracing::warn!(import = %id, released = released.is_ok(), "a slice failed after the flip");
    }
    ran
}

/// Gives back the lease of a slice that failed. The head stays as it is in the table: what the slice has counted, or
/// would have saved next with the audit trail and a mail, is done by the next one.
async fn release(ports: &impl RunImports, pace: &impl Pace, failed: &Import) -> Result<()> {
    if let Some(mut import) = ports.import(&failed.id).await?
        && import.epoch == failed.epoch
        && import.lease_until.is_some()
    {
        import.let_go(pace.now());
        ports.save_import(&mut import, &Along::default()).await?;
    }
    Ok(())
}

async fn slice(
    ports: &impl RunImports,
    keys: &TokenKeys,
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
        let mut chunk_done = true;
        match import.phase {
            Phase::Staged | Phase::Done => return Ok(Ran::Nothing),
            Phase::Flip => {
                if !ports.flip(import, pace.now()).await? && !recover(ports, import, epoch).await? {
                    return Ok(Ran::Lost);
                }
                continue;
            }
            Phase::Reserve => reserve(ports, pace, import).await?,
            Phase::Write => write(ports, import).await?,
            Phase::Finish => chunk_done = finish_chunk(ports, keys, randomness, pace, import).await?,
            Phase::RollBack => roll_back(ports, import).await?,
            Phase::Undo => undo_chunk(ports, pace, import).await?,
            Phase::Clean => {
                ports.clean(import).await?;
                import.done(pace.now());
                along.event = Some(ended(import, pace.now()));
                along.mail = notice(import, pace.now());
            }
        }
        let done = import.phase == Phase::Done;
        if !done && chunk_done {
            import.chunk_done();
        }
        let hand_on = !done && (!chunk_done || pace.time_left() < FOR_A_CHUNK);
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

/// What whoever imports may not do any more: rows are looked at when they are sent, and their import may run a day later.
fn barred(
    import: &Import,
    actor: Option<&Actor>,
    book: &RoleBook,
    row: &StagedRow,
) -> Option<(&'static str, &'static str)> {
    let organization = import.organization_id.as_ref();
    let Some(actor) = actor.filter(|actor| actor.require_in(Permission::ImportsWrite, organization).is_ok()) else {
        return Some(("email", "importer_not_allowed"));
    };
    let given: Vec<&str> = match import.options.role.as_deref() {
        Some(role) if !row.has_role() => vec![role],
        _ => row.given.roles.iter().map(RoleId::as_str).collect(),
    };
    let roles = given.into_iter().map(|id| book.find_assignable(import.user_kind, id));
    let barred = |role: Option<Role<'_>>| role.is_none_or(|role| grantable(actor, role).is_err());
    roles.into_iter().any(barred).then_some(("role", "role_not_grantable"))
}

/// Takes the guards of a chunk and collects all that stands in the way.
async fn reserve(ports: &impl RunImports, pace: &impl Pace, import: &mut Import) -> Result<()> {
    let chunk = import.next_chunk;
    let rows = ports.staged_rows(&import.id, chunk).await?;
    let claims: Vec<Claim> = places(chunk, &rows).flat_map(|(place, row)| claims_of(&import.id, place, row)).collect();
    let held = ports.reserve(import, &claims).await?;
    let mut others = Vec::new();
    for (claim, held) in claims.iter().zip(&held) {
        if let Held::SameImport { place, row } = held {
            // Duplicates refuse all rows concerned; the other may be of a chunk that is done.
            let mut other = PlacedIssue::error(*place, *row, claim.field, "duplicate_in_import");
            other.issue.other_row = Some(claim.row);
            others.push(other);
        }
    }
    let (mut issues, people) = sort_out(&claims, &held);
    let there: BTreeSet<Place> = people.iter().map(|met| met.place).collect();
    if import.role_required && import.options.role.is_none() {
        let lacking = places(chunk, &rows).filter(|(place, row)| !row.has_role() && !there.contains(place));
        issues.extend(lacking.map(|(place, row)| PlacedIssue::error(place, row.row, "role", "role_required")));
    }
    let actor = acting(ports, &import.created_by).await?;
    let book = ports.role_book(import.organization_id.as_ref()).await?;
    for (place, row) in places(chunk, &rows).filter(|(place, _)| !there.contains(place)) {
        if let Some((field, code)) = barred(import, actor.as_ref(), &book, row) {
            issues.push(PlacedIssue::error(place, row.row, field, code));
        }
    }
    let (people, twice) = once_each(people);
    issues.extend(twice);
    let mut alone = Vec::with_capacity(people.len());
    for (met, other) in people.iter().zip(ports.claim_people(&import.id, &people).await?) {
        match other {
            Some(other) => {
                issues.push(same_person(met, other.row));
                others.push(same_person(&other, met.row));
            }
            None => alone.push(met.clone()),
        }
    }
    issues.extend(meet(ports, pace, import, (actor.as_ref(), &book), &rows, &alone).await?);
    for other in others {
        if other.place.chunk == chunk {
            issues.push(other);
        } else {
            ports.add_issue(&import.id, &other).await?;
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

/// What a row's person is to expect.
fn wish(import: &Import, row: &StagedRow) -> OnExisting {
    row.on_existing.unwrap_or(import.options.on_existing)
}

/// Who imports or undoes, as they are now; none who may do nothing any more.
async fn acting(ports: &impl RunImports, id: &UserId) -> Result<Option<Actor>> {
    let account = ports.importer(id).await?;
    // Only what the account may do matters here, not how it came in.
    Ok(account.and_then(|account| Actor::new(account, Via::ApiKey)))
}

/// What is to become of the people of a chunk who are there already.
async fn meet(
    ports: &impl RunImports,
    pace: &impl Pace,
    import: &Import,
    (actor, book): (Option<&Actor>, &RoleBook),
    rows: &[StagedRow],
    people: &[Met],
) -> Result<Vec<PlacedIssue>> {
    let row_of = |met: &Met| usize::try_from(met.place.index).ok().and_then(|index| rows.get(index));
    let looked_at: Vec<UserId> = people
        .iter()
        .filter(|met| row_of(met).is_some_and(|row| wish(import, row).permission().is_some()))
        .map(|met| met.person.clone())
        .collect();
    let mut read = BTreeMap::new();
    for group in looked_at.chunks(READ_TOGETHER) {
        read.extend(ports.existing_people(group).await?);
    }
    let deciding = Deciding { actor, book, kind: import.user_kind, valid_hours: import.valid_hours, now: pace.now() };
    Ok(foreseen(&deciding, import.options.on_existing, people, &read, |met| row_of(met).cloned()))
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
    let mut made = Vec::with_capacity(rows.len());
    let mut given_up = Vec::new();
    let (mut skipped, mut failed) = (0, Vec::new());
    for (place, row) in places(chunk, &rows) {
        match verdicts.get(&place.index) {
            None => {
                users.push(user_of(import, place, row));
                made.push(Made { index: place.index, row: row.row });
            }
            Some(verdict) => {
                match verdict {
                    Severity::Skipped => skipped += 1,
                    Severity::Error => failed.push(FailedRow::of(row)),
                    // Counted once it is done.
                    Severity::Updated | Severity::Invited | Severity::AddedToGroup => {}
                }
                given_up
                    .extend(claims_of(&import.id, place, row).into_iter().map(|claim| (claim.identity, claim.user_id)));
            }
        }
    }
    ports.release(&import.id, &given_up).await?;
    ports.write_users(&users).await?;
    ports.keep_made(import, chunk, &made).await?;
    import.counts.imported += count(users.len())?;
    ports.keep_failed(&import.id, chunk, Occasion::Running, &failed).await?;
    import.counts.skipped += skipped;
    import.counts.failed += count(failed.len())?;
    Ok(())
}

/// Does what the rows of a chunk want done to people who are there already: per person one transaction, which says
/// that it was done, so that a slice done again does nothing twice. What cannot be done any more is said of its row.
async fn change_people(
    ports: &impl RunImports,
    randomness: &impl Randomness,
    pace: &impl Pace,
    import: &mut Import,
    rows: &[StagedRow],
) -> Result<()> {
    let issues = ports.chunk_issues(&import.id, import.next_chunk).await?;
    // What settled a row is no reason to leave it out when a slice is done again; another row's claim on its person is.
    let refused: BTreeSet<Place> = issues
        .iter()
        .filter(|issue| issue.issue.severity == Severity::Error && issue.person.is_none())
        .map(|issue| issue.place)
        .collect();
    let people: Vec<Met> = issues
        .iter()
        .filter(|issue| issue.issue.severity.changes_a_person() && !refused.contains(&issue.place))
        .filter_map(|issue| Some(Met { place: issue.place, row: issue.issue.row, person: issue.person.clone()? }))
        .collect();
    if people.is_empty() {
        return Ok(());
    }
    let ids: Vec<UserId> = people.iter().map(|met| met.person.clone()).collect();
    let mut settled = BTreeMap::new();
    for group in ids.chunks(READ_TOGETHER) {
        settled.extend(ports.settled(&import.id, group).await?);
    }
    let actor = acting(ports, &import.created_by).await?;
    let book = ports.role_book(import.organization_id.as_ref()).await?;
    let head = &*import;
    let work: Vec<_> = people
        .iter()
        .filter(|met| !settled.contains_key(&met.person))
        .filter_map(|met| Some((met, rows.get(usize::try_from(met.place.index).ok()?)?)))
        .map(|(met, row)| async {
            let done = change_person(ports, randomness, pace, head, (actor.as_ref(), &book), met, row).await?;
            Ok::<_, Error>((met.person.clone(), done))
        })
        .collect();
    settled.extend(stream::iter(work).buffer_unordered(FINISHING).try_collect::<Vec<_>>().await?);
    let mut failed = Vec::new();
    for met in &people {
        let Some(settled) = settled.get(&met.person) else { continue };
        match settled.severity {
            Severity::Updated | Severity::Invited | Severity::AddedToGroup => {
                import.counts.updated += 1;
                continue;
            }
            Severity::Skipped => import.counts.skipped += 1,
            Severity::Error => {
                import.counts.failed += 1;
                let row = usize::try_from(met.place.index).ok().and_then(|index| rows.get(index));
                failed.extend(row.map(FailedRow::of));
            }
        }
        // It was foreseen otherwise before the flip.
        ports.add_issue(&import.id, &settled.issue(met)).await?;
    }
    ports.keep_failed(&import.id, import.next_chunk, Occasion::Changing, &failed).await
}

async fn change_person(
    ports: &impl RunImports,
    randomness: &impl Randomness,
    pace: &impl Pace,
    import: &Import,
    (actor, book): (Option<&Actor>, &RoleBook),
    met: &Met,
    row: &StagedRow,
) -> Result<Settled> {
    let id = &met.person;
    let leave = async |settled: Settled| -> Result<Option<Settled>> {
        let settling = Settling { import: import.id.clone(), person: id.clone(), settled };
        if ports.settle(&settling).await? {
            return Ok(Some(settling.settled));
        }
        Ok(ports.settled(&import.id, std::slice::from_ref(id)).await?.remove(id))
    };
    for _ in 0..READ_AGAIN {
        let settled = match ports.user_to_edit(id).await? {
            None => leave(Settled::refused("email", "user_not_found")).await?,
            Some(read) => {
                let now = pace.now();
                let deciding = Deciding { actor, book, kind: import.user_kind, valid_hours: import.valid_hours, now };
                match (deciding.decide(wish(import, row), row, &read, || InvitationId::random(randomness)), actor) {
                    (Decision::Leave(settled), _) => leave(settled).await?,
                    (Decision::Change(_), None) => leave(Settled::refused("email", "permission_denied")).await?,
                    (Decision::Change(change), Some(actor)) => {
                        let (edit, settled) = change.edit(import, actor, &read, met.row, now);
                        match ports.write_edit(&read, &edit).await {
                            Ok(Written::Done) => Some(settled),
                            // Somebody edited the person, or a slice that died here had done it.
                            Ok(Written::Changed) => {
                                ports.settled(&import.id, std::slice::from_ref(id)).await?.remove(id)
                            }
                            Ok(Written::Taken(conflict)) => leave(Settled::refused("email", conflict.code())).await?,
                            // The importer's own rights were changed in this moment.
                            Err(Error::NotAuthenticated) => {
                                leave(Settled::refused("email", "permission_denied")).await?
                            }
                            Err(error) => return Err(error),
                        }
                    }
                }
            }
        };
        if let Some(settled) = settled {
            return Ok(settled);
        }
    }
    Err(Error::internal("a person was edited every time an import wanted to change them"))
}

/// Finishes the users of a chunk: per user one transaction. `false`: the slice's time was over before the chunk was.
async fn finish_chunk(
    ports: &impl RunImports,
    keys: &TokenKeys,
    randomness: &impl Randomness,
    pace: &impl Pace,
    import: &mut Import,
) -> Result<bool> {
    let chunk = import.next_chunk;
    let rows = ports.staged_rows(&import.id, chunk).await?;
    let passwords: BTreeMap<UserId, Option<&str>> =
        places(chunk, &rows).map(|(place, row)| (user_id(&import.id, place), row.password.as_deref())).collect();
    let ids: Vec<UserId> = passwords.keys().cloned().collect();
    let head = &*import;
    for group in ids.chunks(READ_TOGETHER) {
        // Hashing takes its time; who is finished is not finished again by the next slice.
        if head.options.credentials.is_some() && pace.time_left() < FOR_A_CHUNK {
            return Ok(false);
        }
        let users = ports.written_users(group).await?;
        let work: Vec<_> = users
            .into_iter()
            .map(|user| {
                let password = passwords.get(&user.id).copied().flatten();
                finish_one(ports, keys, randomness, pace, head, user, password)
            })
            .collect();
        stream::iter(work).buffer_unordered(FINISHING).try_collect::<Vec<()>>().await?;
    }
    change_people(ports, randomness, pace, import, &rows).await?;
    Ok(true)
}

async fn finish_one(
    ports: &impl RunImports,
    keys: &TokenKeys,
    randomness: &impl Randomness,
    pace: &impl Pace,
    import: &Import,
    user: User,
    password: Option<&str>,
) -> Result<()> {
    let id = user.id.clone();
    let mut current = Some(user);
    for _ in 0..READ_AGAIN {
        let Some(user) = current else {
            // Deleted meanwhile: never made again.
            return Ok(());
        };
        let Some(finished) = finish(import, user, password, keys, randomness, pace.now()) else {
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
        let refused = places(chunk, &rows).filter(|(place, _)| verdicts.get(&place.index) == Some(&Severity::Error));
        let failed: Vec<FailedRow> = refused.map(|(_, row)| FailedRow::of(row)).collect();
        ports.keep_failed(&import.id, chunk, Occasion::Running, &failed).await?;
        import.counts.failed += count(failed.len())?;
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

/// Takes back the users of a chunk who never registered, one by one under conditions; who registers in that moment
/// stays. A slice that is done again counts whom it finds gone as removed, if they were there when it first began.
async fn undo_chunk(ports: &impl RunImports, pace: &impl Pace, import: &mut Import) -> Result<()> {
    let (chunk, Some(undo)) = (import.next_chunk, import.undo.clone()) else {
        return Err(Error::internal("an import is undone that nobody wants undone"));
    };
    let mut there = ports.made(&import.id, chunk).await?;
    let mut users = BTreeMap::new();
    for group in there.chunks(READ_TOGETHER) {
        let ids: Vec<UserId> = group.iter().map(|made| made.user(&import.id, chunk)).collect();
        users.extend(ports.written_users(&ids).await?.into_iter().map(|user| (user.id.clone(), user)));
    }
    there.retain(|made| users.contains_key(&made.user(&import.id, chunk)));
    let there = ports.begin_undoing(&import.id, chunk, &there).await?;
    let actor = acting(ports, &undo.by).await?;
    let book = ports.role_book(import.organization_id.as_ref()).await?;
    let head = &*import;
    let work: Vec<_> = there
        .iter()
        .map(|made| {
            let user = users.get(&made.user(&head.id, chunk)).cloned();
            remove_one(ports, pace, head, &undo, (actor.as_ref(), &book), *made, user)
        })
        .collect();
    let reasons: Vec<Option<Stayed>> = stream::iter(work).buffer_unordered(REMOVING).try_collect().await?;
    let mut stayed: Vec<Stayed> = reasons.into_iter().flatten().collect();
    let removed = there.len() - stayed.len();
    let issues = ports.chunk_issues(&import.id, chunk).await?;
    stayed.extend(changed_people(issues).map(|(row, user_id)| Stayed { row, user_id, reason: Stayed::UPDATED.into() }));
    stayed.sort_unstable();
    ports.keep_stayed(&import.id, chunk, &there, &stayed).await?;
    if let Some(undo) = &mut import.undo {
        undo.removed += count(removed)?;
        undo.stayed += count(stayed.len())?;
    }
    Ok(())
}

async fn remove_one(
    ports: &impl RunImports,
    pace: &impl Pace,
    import: &Import,
    undo: &Undo,
    (actor, book): (Option<&Actor>, &RoleBook),
    made: Made,
    user: Option<User>,
) -> Result<Option<Stayed>> {
    let mut current = user;
    for _ in 0..READ_AGAIN {
        let Some(user) = current else { return Ok(None) };
        if let Some(reason) = stays(actor, book, &user) {
            return Ok(Some(Stayed { row: made.row, user_id: user.id, reason: reason.into() }));
        }
        let origin = Origin { actor: Some(undo.by.clone()), source: undo.source.clone(), now: pace.now() };
        let mut before = summary(&user);
        before["status"] = serde_json::json!(user.status.name());
        before["import_id"] = serde_json::json!(import.id);
        let (organization, id) = (user.organization_id.clone(), user.id.clone());
        let after = serde_json::json!({"undone_import": import.id, "row": made.row});
        let event = origin.event("user.deleted", organization.as_ref(), id.as_str(), before, after);
        if ports.remove_user(&user, &event).await? == Written::Done {
            return Ok(None);
        }
        current = ports.written_users(std::slice::from_ref(&id)).await?.pop();
    }
    Err(Error::internal("a user was edited every time an undo wanted to remove it"))
}

fn ended(import: &Import, now: Timestamp) -> crate::audit::AuditEvent {
    let (by, source) = match &import.undo {
        Some(undo) => (&undo.by, &undo.source),
        None => (&import.created_by, &import.source),
    };
    let origin = Origin { actor: Some(by.clone()), source: source.clone(), now };
    let action = match import.outcome {
        Some(Outcome::Rejected) => "import.rejected",
        Some(Outcome::Cancelled) => "import.rolled_back",
        Some(Outcome::Undone) => "import.undone",
        _ => "import.finished",
    };
    origin.event(
        action,
        import.organization_id.as_ref(),
        import.id.as_str(),
        serde_json::Value::Null,
        match &import.undo {
            Some(undo) => serde_json::json!({"removed": undo.removed, "stayed": undo.stayed}),
            None => serde_json::json!({"counts": import.counts, "problem": import.problem}),
        },
    )
}

/// What the importer is told of the end. One that was cancelled or undone was so by somebody who looked at it.
fn notice(import: &Import, now: Timestamp) -> Option<DueMail> {
    if matches!(import.outcome, Some(Outcome::Cancelled | Outcome::Undone)) {
        return None;
    }
    let event = Event::ImportEnded {
        organization_id: import.organization_id.clone(),
        import_id: import.id.clone(),
        rejected: import.outcome == Some(Outcome::Rejected),
        imported: import.counts.imported,
        skipped: import.counts.skipped + import.counts.updated,
        failed: import.counts.failed,
    };
    Some(DueMail::notice(format!("{}#ended", import.id), &import.created_by, event, Lane::Now, now))
}

fn count(number: usize) -> Result<u32> {
    u32::try_from(number).map_err(Error::internal)
}
