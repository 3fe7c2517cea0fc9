//! What the runner of an import does to the table: guards, users, the flip, finishing, cleaning.

use async_recursion::async_recursion as boxed;
use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    time::Duration,
};

use aws_sdk_dynamodb::{
    operation::batch_write_item::BatchWriteItemError,
    types::{
        AttributeValue, BatchStatementErrorCodeEnum as Code, BatchStatementRequest, DeleteRequest, PutRequest,
        TransactWriteItem, Update, WriteRequest,
    },
};
use futures_util::{StreamExt as _, stream};
use jiff::Timestamp;
use rollcall_accounts::{
    Result,
    access::Account,
    audit::{AuditEvent, Origin},
    error::StoreError,
    ids::{ImportId, OrganizationId, UserId},
    import::{
        CHUNK_ROWS, Import, Outcome,
        existing::{Met, Settled, Settling},
        ports::{Claim, Held, PeekGuards, ReadExisting, RunImports},
        rows::{Finished, Place, PlacedIssue, StagedRow},
        undo::{Made, Stayed},
    },
    operations::edits::Written,
    user::User,
};
use rollcall_validation::identity::IdentityKey;

use crate::{
    Store,
    dispatch::Dispatch as _,
    failure::{internal, is_condition_failure},
    imports::{ISSUES, Undone, from_json, issues_items, made_item, undone_item},
    item::{self, Item, n, s},
    keys::{self, Key},
    visibility::Head,
    write::{Counts, finding_items, finding_keys, identities, user_item},
};

/// Most items of what was found while the rows of a chunk were reserved: a row has at most two sign-in names, each the
/// same as others', and may lack a role.
const RESERVE_PARTS: usize = 4 * CHUNK_ROWS / ISSUES;
/// Requests of 25 members that are under way at the same time.
const BATCHES: usize = 12;
/// Single writes that are under way at the same time.
const SINGLES: usize = 24;
/// Members of a BatchWriteItem or BatchExecuteStatement.
const MEMBERS: usize = 25;
/// Times that what the table leaves undone is asked for again; with doubling pauses about 13 s.
const TRIES: u32 = 9;
/// The first of these pauses.
const PAUSE: Duration = Duration::from_millis(25);

/// Runs all of it, so many at a time. On a failure the rest under way is awaited first: nothing of ours may
/// still arrive at the table after an answer was given.
async fn all<T, F>(work: Vec<F>, at_a_time: usize) -> Result<Vec<T>, StoreError>
where
    F: Future<Output = Result<T, StoreError>>,
{
    let answers: Vec<Result<T, StoreError>> = stream::iter(work).buffered(at_a_time).collect().await;
    answers.into_iter().collect()
}

/// What a guard's item says.
struct Guard {
    user_id: String,
    scope: String,
    import_id: Option<ImportId>,
    place: Option<Place>,
    row: u32,
}

impl Guard {
    fn of(item: &Item) -> Option<Self> {
        let number = |name| item::number(item, name).and_then(|number| u32::try_from(number).ok());
        Some(Self {
            user_id: item::text(item, "user_id")?.to_owned(),
            scope: item::text(item, "scope").unwrap_or_default().to_owned(),
            import_id: item::text(item, "import_id").and_then(|id| ImportId::parse(id).ok()),
            place: number("import_chunk").zip(number("import_index")).map(|(chunk, index)| Place { chunk, index }),
            row: number("import_row").unwrap_or(0),
        })
    }
}

impl Store {
    /// Puts and deletes, 25 a call, in no order; what the table leaves unprocessed is asked for again at
    /// growing intervals.
    #[boxed]
    pub(crate) async fn batch_write(&self, puts: Vec<Item>, deletes: Vec<Key>) -> Result<(), StoreError> {
        let mut requests = Vec::with_capacity(puts.len() + deletes.len());
        for put in puts {
            let put = PutRequest::builder().set_item(Some(put)).build();
            let put = put.map_err(|error| StoreError(error.to_string()))?;
            requests.push(WriteRequest::builder().put_request(put).build());
        }
        for key in deletes {
            let delete = DeleteRequest::builder().set_key(Some(key.attributes())).build();
            let delete = delete.map_err(|error| StoreError(error.to_string()))?;
            requests.push(WriteRequest::builder().delete_request(delete).build());
        }
        // A call takes 16 MB: parts of rows and reports go in groups that stay below it.
        let work: Vec<_> = requests.chunks(MEMBERS).map(|group| self.write_group(group.to_vec())).collect();
        all(work, BATCHES).await.map(drop)
    }

    async fn write_group(&self, mut group: Vec<WriteRequest>) -> Result<(), StoreError> {
        let mut pause = PAUSE;
        for _ in 0..TRIES {
            let answer = self.client.batch_write_item().request_items(&self.table, group.clone()).dispatch().await;
            match answer {
                Ok(answer) => {
                    group = answer.unprocessed_items.and_then(|mut map| map.remove(&self.table)).unwrap_or_default();
                }
                Err(error)
                    if matches!(
                        error.as_service_error(),
                        Some(
                            BatchWriteItemError::ProvisionedThroughputExceededException(_)
                                | BatchWriteItemError::ThrottlingException(_)
                                | BatchWriteItemError::RequestLimitExceeded(_)
                        )
                    ) => {}
                Err(error) => return Err(internal(error)),
            }
            if group.is_empty() {
                return Ok(());
            }
            tokio::time::sleep(pause).await;
            pause *= 2;
        }
        Err(StoreError("the table left a part of a batch undone every time".into()))
    }

    /// Guards by their key, read consistently.
    async fn guards(&self, identities: BTreeSet<&IdentityKey>) -> Result<HashMap<Key, Item>, StoreError> {
        let wanted: Vec<Key> = identities.into_iter().map(keys::guard).collect();
        let work: Vec<_> = wanted.chunks(100).map(|group| self.batch_get(group.to_vec())).collect();
        Ok(all(work, BATCHES).await?.into_iter().flatten().collect())
    }

    fn guard_of(&self, import: &ImportId, scope: &str, claim: &Claim) -> Item {
        let key = keys::guard(&claim.identity);
        Item::from([
            ("pk".to_owned(), s(key.pk)),
            ("sk".to_owned(), s(key.sk)),
            ("kind".to_owned(), s("guard")),
            ("user_id".to_owned(), s(claim.user_id.as_str())),
            ("scope".to_owned(), s(scope)),
            ("import_id".to_owned(), s(import.as_str())),
            ("import_chunk".to_owned(), n(claim.place.chunk)),
            ("import_index".to_owned(), n(claim.place.index)),
            ("import_row".to_owned(), n(claim.row)),
        ])
    }

    /// Runs statements, 25 a call, each on its own; says of each whether it took effect (`false`: there was an
    /// item already, or its condition failed). The table refuses a batch that names a key twice: the caller
    /// sees to that.
    async fn statements(&self, statement: &str, parameters: Vec<Vec<AttributeValue>>) -> Result<Vec<bool>, StoreError> {
        let requests = parameters
            .into_iter()
            .map(|parameters| {
                BatchStatementRequest::builder()
                    .statement(statement)
                    .set_parameters(Some(parameters))
                    .build()
                    .map_err(|error| StoreError(error.to_string()))
            })
            .collect::<Result<Vec<_>, StoreError>>()?;
        let work: Vec<_> = requests.chunks(MEMBERS).map(|group| self.statement_group(group)).collect();
        Ok(all(work, BATCHES).await?.into_iter().flatten().collect())
    }

    async fn statement_group(&self, requests: &[BatchStatementRequest]) -> Result<Vec<bool>, StoreError> {
        let mut done = vec![false; requests.len()];
        let mut open: Vec<usize> = (0..requests.len()).collect();
        let mut pause = PAUSE;
        for _ in 0..TRIES {
            let statements = open.iter().map(|index| requests[*index].clone()).collect();
            let answer = self
                .client
                .batch_execute_statement()
                .set_statements(Some(statements))
                .dispatch()
                .await
                .map_err(internal)?;
            let mut again = Vec::new();
            for (index, response) in open.iter().zip(answer.responses()) {
                match response.error().map(|error| error.code()) {
                    None => done[*index] = true,
                    Some(Some(Code::DuplicateItem | Code::ConditionalCheckFailed)) => {}
                    Some(Some(
                        Code::ThrottlingError
                        | Code::ProvisionedThroughputExceeded
                        | Code::RequestLimitExceeded
                        | Code::TransactionConflict
                        | Code::InternalServerError,
                    )) => again.push(*index),
                    Some(code) => {
                        let code = code.map_or("none", Code::as_str);
                        return Err(StoreError(format!("a statement about a guard was refused: {code}")));
                    }
                }
            }
            open = again;
            if open.is_empty() {
                return Ok(done);
            }
            tokio::time::sleep(pause).await;
            pause *= 2;
        }
        Err(StoreError("the table refused a part of the statements every time".into()))
    }

    /// Inserts guards, each only where none is; says of each whether it was inserted.
    async fn insert_guards(&self, import: &ImportId, scope: &str, claims: &[&Claim]) -> Result<Vec<bool>, StoreError> {
        const NAMES: [&str; 9] =
            ["pk", "sk", "kind", "user_id", "scope", "import_id", "import_chunk", "import_index", "import_row"];
        let fields = NAMES.map(|name| format!("'{name}': ?")).join(", ");
        let statement = format!("INSERT INTO \"{}\" VALUE {{{fields}}}", self.table);
        let parameters = claims
            .iter()
            .map(|claim| {
                let mut guard = self.guard_of(import, scope, claim);
                NAMES.iter().filter_map(|name| guard.remove(*name)).collect()
            })
            .collect();
        self.statements(&statement, parameters).await
    }

    /// Puts our guard over one that an import left which never counts; `false` when it is another by now.
    async fn take_over(
        &self,
        import: &ImportId,
        scope: &str,
        claim: &Claim,
        stale: &ImportId,
    ) -> Result<bool, StoreError> {
        let answer = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(self.guard_of(import, scope, claim)))
            .condition_expression("import_id = :stale")
            .expression_attribute_values(":stale", s(stale.as_str()))
            .dispatch()
            .await;
        match answer {
            Ok(_) => Ok(true),
            Err(error) if is_condition_failure(&error) => Ok(false),
            Err(error) => Err(internal(error)),
        }
    }

    /// What the guards that are there mean for these claims; `None`: the guard is gone, or belongs to an
    /// import that never counts (named).
    async fn judge(
        &self,
        import: Option<&ImportId>,
        scope: &str,
        claims: &[&Claim],
    ) -> Result<Vec<Judged>, StoreError> {
        let guards = self.guards(claims.iter().map(|claim| &claim.identity).collect()).await?;
        let guard = |claim: &Claim| guards.get(&keys::guard(&claim.identity)).and_then(Guard::of);
        let others: BTreeSet<ImportId> =
            claims.iter().filter_map(|claim| guard(claim)?.import_id).filter(|id| Some(id) != import).collect();
        let heads = self.heads(others).await?;
        Ok(claims
            .iter()
            .map(|claim| {
                let Some(guard) = guard(claim) else {
                    return Judged::Gone;
                };
                let here = Some(&guard).filter(|guard| guard.scope == scope);
                let taken = Held::Taken { here: here.and_then(|guard| UserId::parse(&guard.user_id).ok()) };
                Judged::Held(match guard.import_id {
                    None => taken,
                    Some(id) if Some(&id) == import => match guard.place {
                        _ if guard.user_id == claim.user_id.as_str() => Held::Ours,
                        Some(place) => Held::SameImport { place, row: guard.row },
                        None => taken,
                    },
                    Some(id) => match heads.get(&id) {
                        Some(Head::Committed { .. }) => taken,
                        Some(Head::Discarded) | None => return Judged::Stale(id),
                        Some(Head::Pending) => Held::Reserved,
                    },
                })
            })
            .collect())
    }

    /// A guard becomes an ordinary one: its holder needs no import any more.
    fn settle_guard(&self, identity: &IdentityKey, user: &UserId) -> Result<TransactWriteItem, StoreError> {
        let update = Update::builder()
            .table_name(&self.table)
            .set_key(Some(keys::guard(identity).attributes()))
            .update_expression("REMOVE import_id, import_chunk, import_index, import_row")
            .condition_expression("user_id = :user")
            .expression_attribute_values(":user", s(user.as_str()))
            .build()
            .map_err(|error| StoreError(error.to_string()))?;
        Ok(TransactWriteItem::builder().update(update).build())
    }
}

/// What a look at a guard said.
enum Judged {
    Held(Held),
    Gone,
    Stale(ImportId),
}

impl PeekGuards for Store {
    async fn peek(&self, organization: Option<&OrganizationId>, claims: &[Claim]) -> Result<Vec<Held>> {
        let scope = keys::scope(organization);
        let claims: Vec<&Claim> = claims.iter().collect();
        let judged = self.judge(None, &scope, &claims).await?;
        Ok(judged
            .into_iter()
            .map(|judged| match judged {
                Judged::Held(held) => held,
                Judged::Gone | Judged::Stale(_) => Held::Ours,
            })
            .collect())
    }
}

impl ReadExisting for Store {
    async fn existing_people(&self, ids: &[UserId]) -> Result<Vec<(UserId, Option<User>)>> {
        Ok(self.users_if_readable(ids).await?)
    }
}

impl RunImports for Store {
    async fn importer(&self, id: &UserId) -> Result<Option<Account>> {
        match self.user(id).await? {
            Some(user) => Ok(Some(self.account(user).await?)),
            None => Ok(None),
        }
    }

    async fn claim_people(&self, import: &ImportId, people: &[Met]) -> Result<Vec<Option<Met>>> {
        const NAMES: [&str; 6] = ["pk", "sk", "kind", "import_chunk", "import_index", "import_row"];
        let fields = NAMES.map(|name| format!("'{name}': ?")).join(", ");
        let statement = format!("INSERT INTO \"{}\" VALUE {{{fields}}}", self.table);
        let claims = people
            .iter()
            .map(|met| {
                let key = keys::import_person(import, &met.person);
                let place = [n(met.place.chunk), n(met.place.index), n(met.row)];
                [s(key.pk), s(key.sk), s("import_person")].into_iter().chain(place).collect()
            })
            .collect();
        let claimed = self.statements(&statement, claims).await?;
        let lost = people.iter().zip(&claimed).filter(|(_, claimed)| !**claimed);
        let found = self.batch_get(lost.map(|(met, _)| keys::import_person(import, &met.person)).collect()).await?;
        Ok(people
            .iter()
            .map(|met| {
                let item = found.get(&keys::import_person(import, &met.person))?;
                let number = |name| item::number(item, name).and_then(|number| u32::try_from(number).ok());
                let place = Place { chunk: number("import_chunk")?, index: number("import_index")? };
                let other = Met { place, row: number("import_row")?, person: met.person.clone() };
                (place != met.place).then_some(other)
            })
            .collect())
    }

    async fn settled(&self, import: &ImportId, people: &[UserId]) -> Result<BTreeMap<UserId, Settled>> {
        let found = self.batch_get(people.iter().map(|person| keys::import_person(import, person)).collect()).await?;
        let mut settled = BTreeMap::new();
        for person in people {
            let item = found.get(&keys::import_person(import, person));
            if let Some(text) = item.and_then(|item| item::text(item, "settled")) {
                settled.insert(person.clone(), from_json(text)?);
            }
        }
        Ok(settled)
    }

    async fn settle(&self, settling: &Settling) -> Result<bool> {
        Ok(self.transact(vec![self.settling(settling)?]).await?.is_ok())
    }

    async fn staged_rows(&self, import: &ImportId, chunk: u32) -> Result<Vec<StagedRow>> {
        Ok(self.read_rows(import, chunk).await?)
    }

    async fn reserve(&self, import: &Import, claims: &[Claim]) -> Result<Vec<Held>> {
        let id = &import.id;
        let scope = keys::scope(import.organization_id.as_ref());
        let mut held: Vec<Option<Held>> = vec![None; claims.len()];
        // Of two claims to one name only the first is inserted; the other then finds it held.
        let mut seen = HashSet::new();
        let mut insert: Vec<usize> = Vec::with_capacity(claims.len());
        let mut look: Vec<usize> = Vec::new();
        for (index, claim) in claims.iter().enumerate() {
            if seen.insert(claim.identity.as_str()) {
                insert.push(index);
            } else {
                look.push(index);
            }
        }
        for _ in 0..TRIES {
            let wanted: Vec<&Claim> = insert.iter().map(|index| &claims[*index]).collect();
            let inserted = self.insert_guards(id, &scope, &wanted).await?;
            for (index, inserted) in insert.iter().zip(inserted) {
                if inserted {
                    held[*index] = Some(Held::Ours);
                } else {
                    look.push(*index);
                }
            }
            insert.clear();
            let looked: Vec<&Claim> = look.iter().map(|index| &claims[*index]).collect();
            let judged = self.judge(Some(id), &scope, &looked).await?;
            let mut stale = Vec::new();
            for (index, judged) in std::mem::take(&mut look).into_iter().zip(judged) {
                match judged {
                    Judged::Held(found) => held[index] = Some(found),
                    Judged::Gone => insert.push(index),
                    Judged::Stale(other) => stale.push((index, other)),
                }
            }
            let work: Vec<_> =
                stale.iter().map(|(index, other)| self.take_over(id, &scope, &claims[*index], other)).collect();
            for ((index, _), taken) in stale.iter().zip(all(work, SINGLES).await?) {
                if taken {
                    held[*index] = Some(Held::Ours);
                } else {
                    look.push(*index);
                }
            }
            // Of claims to one name that was given up meanwhile, again only one at a time.
            let mut seen = HashSet::new();
            insert.retain(|index| {
                let first = seen.insert(claims[*index].identity.as_str());
                if !first {
                    look.push(*index);
                }
                first
            });
            if insert.is_empty() && look.is_empty() {
                return held
                    .into_iter()
                    .map(|held| held.ok_or_else(|| StoreError("a claim has no answer".into()).into()))
                    .collect();
            }
        }
        Err(StoreError("a sign-in name changed hands every time it was claimed".into()).into())
    }

    async fn release(&self, import: &ImportId, claims: &[(IdentityKey, UserId)]) -> Result<()> {
        let statement =
            format!("DELETE FROM \"{}\" WHERE pk = ? AND sk = ? AND import_id = ? AND user_id = ?", self.table);
        // Rows that want the same name are of different rounds: a batch names each key once.
        let mut rounds: Vec<Vec<Vec<AttributeValue>>> = Vec::new();
        let mut seen: HashMap<&str, usize> = HashMap::new();
        for (identity, user) in claims {
            let round = seen.entry(identity.as_str()).or_default();
            if rounds.len() == *round {
                rounds.push(Vec::new());
            }
            let key = keys::guard(identity);
            rounds[*round].push(vec![s(key.pk), s(key.sk), s(import.as_str()), s(user.as_str())]);
            *round += 1;
        }
        for round in rounds {
            self.statements(&statement, round).await?;
        }
        Ok(())
    }

    async fn put_issues(&self, import: &ImportId, chunk: u32, issues: &[PlacedIssue]) -> Result<()> {
        let puts = issues_items(import, chunk, "RESERVE", issues)?;
        // A slice that died may have found more that is over.
        let over = (puts.len()..RESERVE_PARTS).map(|part| format!("RESERVE#{part:05}"));
        let over = over.map(|occasion| keys::import_issues(import, chunk, &occasion)).collect();
        Ok(self.batch_write(puts, over).await?)
    }

    async fn add_issue(&self, import: &ImportId, issue: &PlacedIssue) -> Result<()> {
        let occasion =
            format!("OTHER#{:05}#{}#{}", issue.place.index, issue.issue.field, issue.issue.other_row.unwrap_or(0));
        let items = issues_items(import, issue.place.chunk, &occasion, std::slice::from_ref(issue))?;
        Ok(self.batch_write(items, Vec::new()).await?)
    }

    async fn chunk_issues(&self, import: &ImportId, chunk: u32) -> Result<Vec<PlacedIssue>> {
        self.read_issues(import, &format!("{chunk:05}#")).await
    }

    async fn write_users(&self, users: &[User]) -> Result<()> {
        let mut puts = Vec::with_capacity(users.len() * 8);
        for user in users {
            puts.push(user_item(user)?);
            puts.extend(finding_items(user));
        }
        Ok(self.batch_write(puts, Vec::new()).await?)
    }

    async fn keep_made(&self, import: &Import, chunk: u32, made: &[Made]) -> Result<()> {
        Ok(self.batch_write(vec![made_item(import, chunk, made)?], Vec::new()).await?)
    }

    async fn made(&self, import: &ImportId, chunk: u32) -> Result<Vec<Made>> {
        let item = self.item(&keys::import_made(import, chunk)).await?;
        Ok(item.as_ref().and_then(|item| item::text(item, "text")).map(from_json).transpose()?.unwrap_or_default())
    }

    async fn begin_undoing(&self, import: &ImportId, chunk: u32, there: &[Made]) -> Result<Vec<Made>> {
        let undone = Undone { there: there.to_vec(), ..Undone::default() };
        if self.transact(vec![self.put_new(undone_item(import, chunk, &undone)?)?]).await?.is_ok() {
            return Ok(undone.there);
        }
        let item = self.item(&keys::import_undo(import, chunk)).await?;
        let kept: Undone = from_json(item.as_ref().and_then(|item| item::text(item, "text")).unwrap_or_default())?;
        Ok(kept.there)
    }

    async fn keep_stayed(&self, import: &ImportId, chunk: u32, there: &[Made], stayed: &[Stayed]) -> Result<()> {
        let undone = Undone { there: there.to_vec(), stayed: stayed.to_vec() };
        Ok(self.batch_write(vec![undone_item(import, chunk, &undone)?], Vec::new()).await?)
    }

    async fn remove_user(&self, read: &User, event: &AuditEvent) -> Result<Written> {
        // One of very many: the deployment's trail tells of the undoing.
        self.erase(read, None, vec![self.audit_of_many(event)?]).await
    }

    async fn erase_users(&self, users: &[User]) -> Result<()> {
        let deletes = users
            .iter()
            .flat_map(|user| {
                let mut keys = finding_keys(user);
                keys.push(keys::user(&user.id));
                keys
            })
            .collect();
        Ok(self.batch_write(Vec::new(), deletes).await?)
    }

    async fn flip(&self, import: &mut Import, now: Timestamp) -> Result<bool> {
        let read = import.version;
        let origin = Origin { actor: Some(import.created_by.clone()), source: import.source.clone(), now };
        let scope = keys::scope(import.organization_id.as_ref());
        let mut pause = PAUSE;
        for _ in 0..TRIES {
            let seq = self.commit_sequence().await?;
            let mut next = import.clone();
            next.flip(seq + 1, now);
            next.version += 1;
            let event = origin.event(
                "import.committed",
                next.organization_id.as_ref(),
                next.id.as_str(),
                serde_json::Value::Null,
                serde_json::json!({"counts": next.counts, "commit_seq": next.commit_seq}),
            );
            let mut members = vec![
                self.replace_head(&next, read)?,
                self.next_in_sequence(seq)?,
                self.count(&scope, next.id.as_str(), Counts { users: i64::from(next.counts.imported), active: 0 })?,
            ];
            members.extend(self.audit(&event)?);
            let outcome = self.transact(members).await?;
            match outcome {
                Ok(()) => {
                    *import = next;
                    return Ok(true);
                }
                Err(failed) if failed.contains(&0) => return Ok(false),
                // Another import became visible at the same moment: the next number, then.
                Err(_) => {
                    tokio::time::sleep(pause).await;
                    pause *= 2;
                }
            }
        }
        Err(StoreError("other imports took the next number every time".into()).into())
    }

    async fn written_users(&self, ids: &[UserId]) -> Result<Vec<User>> {
        Ok(self.raw_users(ids).await?)
    }

    async fn finish_user(&self, finished: &Finished) -> Result<bool> {
        let user = &finished.user;
        let mut members = vec![self.replace_user(user, finished.read_version)?];
        for identity in identities(user) {
            members.push(self.settle_guard(&identity, &user.id)?);
        }
        if let Some(invitation) = finished.mail.as_ref().and(user.invitation.as_ref()) {
            let key = keys::invitation(&invitation.id);
            members.push(self.put_new(Item::from([
                ("pk".to_owned(), s(key.pk)),
                ("sk".to_owned(), s(key.sk)),
                ("kind".to_owned(), s("invitation")),
                ("user_id".to_owned(), s(user.id.as_str())),
            ]))?);
        }
        if let Some(mail) = &finished.mail {
            members.push(self.mail(mail)?);
        }
        if let Some(credential) = &finished.credential {
            members.push(self.put_credential(credential)?);
        }
        members.push(self.audit_of_many(&finished.event)?);
        match self.transact(members).await? {
            Ok(()) => Ok(true),
            Err(failed) if failed.contains(&0) => Ok(false),
            Err(failed) => Err(StoreError(format!(
                "a user's guard or invitation is not as an import left it (members {failed:?})"
            ))
            .into()),
        }
    }

    async fn clean(&self, import: &Import) -> Result<()> {
        let keeps_made = import.outcome == Some(Outcome::Finished);
        let import = &import.id;
        let own = keys::import_head(import).pk;
        let mut gone = self.partition_keys(&own, "TICK#").await?;
        gone.extend(self.partition_keys(&own, "CHUNK#").await?);
        gone.extend(self.partition_keys(&own, "PIECE#").await?);
        if !keeps_made {
            gone.extend(self.partition_keys(&own, "MADE#").await?);
        }
        for shard in 0..keys::SHARDS {
            let pk = keys::import_rows_partition(import, shard);
            gone.extend(self.partition_keys(&pk, "ROWS#").await?);
            gone.extend(self.partition_keys(&pk, "PERSON#").await?);
            gone.extend(self.partition_keys(&pk, "SOURCE#").await?);
        }
        Ok(self.batch_write(Vec::new(), gone).await?)
    }
}

impl Store {
    /// The row of a person is settled, if it was not yet.
    pub(crate) fn settling(&self, settling: &Settling) -> Result<TransactWriteItem, StoreError> {
        let text = serde_json::to_string(&settling.settled).map_err(|error| StoreError(error.to_string()))?;
        let update = Update::builder()
            .table_name(&self.table)
            .set_key(Some(keys::import_person(&settling.import, &settling.person).attributes()))
            .update_expression("SET settled = :settled")
            .condition_expression("attribute_exists(pk) AND attribute_not_exists(settled)")
            .expression_attribute_values(":settled", s(text))
            .build()
            .map_err(|error| StoreError(error.to_string()))?;
        Ok(TransactWriteItem::builder().update(update).build())
    }

    /// The commit sequence goes from `seq` to the next number, if it is still there.
    fn next_in_sequence(&self, seq: u64) -> Result<TransactWriteItem, StoreError> {
        let update = Update::builder()
            .table_name(&self.table)
            .set_key(Some(keys::commit_sequence().attributes()))
            .update_expression("SET #kind = :kind, #n = :next")
            .condition_expression("#n = :seq OR (attribute_not_exists(#n) AND :seq = :zero)")
            .expression_attribute_names("#kind", "kind")
            .expression_attribute_names("#n", "n")
            .expression_attribute_values(":kind", s("sequence"))
            .expression_attribute_values(":next", n(seq + 1))
            .expression_attribute_values(":seq", n(seq))
            .expression_attribute_values(":zero", n(0))
            .build()
            .map_err(|error| StoreError(error.to_string()))?;
        Ok(TransactWriteItem::builder().update(update).build())
    }
}
