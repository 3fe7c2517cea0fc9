//! Imports: heads, staged rows, reports, listings.

use async_recursion::async_recursion as boxed;
use std::collections::BTreeMap;

use aws_sdk_dynamodb::{
    primitives::Blob,
    types::{AttributeValue, ConditionCheck, Put, TransactWriteItem},
};
use jiff::{SignedDuration, Timestamp};
use rollcall_accounts::{
    Error, Result,
    audit::AuditEvent,
    error::{Invalid, StoreError},
    ids::{ImportId, OrganizationId},
    import::{
        Import, ServerIssue,
        failed::FailedRow,
        ports::{
            Along, ChangeImports, Chunk, ChunkFacts, CreateImports, DueImport, DueImports, ImportOrganizations,
            ImportPage, ImportScope, KeepFailed, KeepReport, ListImports, Occasion, Piece, ReadChunks, ReadImports,
            ReadPieces, ReadReports, ReadSource, StageRows, StageSource, Staging,
        },
        rows::{Place, PlacedIssue, StagedRow},
        undo::{Made, Stayed},
    },
    organization::Organization,
    time::iso,
};
use serde::{Deserialize, Serialize};

use crate::{
    Store,
    dispatch::Dispatch as _,
    failure::{internal, is_condition_failure},
    item::{self, Item, n, s},
    keys::{self, Due, Key},
    write::key_of,
};

/// Most bytes of a part: an item holds 400 KB.
const PART_BYTES: usize = 300_000;
/// Most issues of an item; one has at most 300 bytes.
pub(crate) const ISSUES: usize = 1_000;
/// How long it is kept which rows became users: an import is staged for a day at most, runs for hours at most, and
/// can be undone for a day.
const MADE_KEPT: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Most bytes of a transaction (AWS: 4 MB), with room for keys and names.
const TRANSACTION_BYTES: usize = 3_900_000;

fn build_error(error: aws_sdk_dynamodb::error::BuildError) -> StoreError {
    StoreError(error.to_string())
}

/// The head's item, with its due key while there is something to do.
fn head_item(import: &Import) -> Result<Item, StoreError> {
    let mut item = item::to_item(&keys::import_head(&import.id), "import", import)?;
    if let Some(at) = import.due_at {
        item.extend(keys::due(Due::Import, import.id.as_str(), at));
    }
    Ok(item)
}

fn tick_item(import: &Import) -> Item {
    let key = keys::import_tick(&import.id, import.tick);
    let mut item = Item::from([
        ("pk".to_owned(), s(key.pk)),
        ("sk".to_owned(), s(key.sk)),
        ("kind".to_owned(), s("import_tick")),
        ("import_id".to_owned(), s(import.id.as_str())),
        ("n".to_owned(), n(import.tick)),
    ]);
    item.extend(item::correlation());
    item
}

/// A text in parts that each fit in an item.
fn parts(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = text;
    while rest.len() > PART_BYTES {
        let mut end = PART_BYTES;
        while !rest.is_char_boundary(end) {
            end -= 1;
        }
        let (part, others) = rest.split_at(end);
        parts.push(part);
        rest = others;
    }
    parts.push(rest);
    parts
}

fn part_item(key: Key, kind: &str, text: &str) -> Item {
    Item::from([
        ("pk".to_owned(), s(key.pk)),
        ("sk".to_owned(), s(key.sk)),
        ("kind".to_owned(), s(kind)),
        ("text".to_owned(), s(text)),
    ])
}

fn report_items(import: &ImportId, chunk: u32, report: &str) -> Vec<Item> {
    parts(report)
        .into_iter()
        .enumerate()
        .map(|(part, text)| {
            let key = keys::import_report(import, chunk, part);
            part_item(key, "import_report", text)
        })
        .collect()
}

/// What was found on an occasion: issues as JSON, since nobody asks the table about one of them; so many an item that
/// it fits.
pub(crate) fn issues_items(
    import: &ImportId,
    chunk: u32,
    occasion: &str,
    issues: &[PlacedIssue],
) -> Result<Vec<Item>, StoreError> {
    issues
        .chunks(ISSUES)
        .enumerate()
        .map(|(part, issues)| {
            let key = keys::import_issues(import, chunk, &format!("{occasion}#{part:05}"));
            Ok(part_item(key, "import_issues", &to_json(issues)?))
        })
        .collect()
}

/// Issues of rows that are not staged, so their place is none.
fn placed_nowhere(chunk: u32, issues: &[ServerIssue]) -> Vec<PlacedIssue> {
    let place = Place { chunk, index: u32::MAX };
    issues.iter().map(|issue| PlacedIssue { place, person: None, issue: issue.clone() }).collect()
}

fn to_json(value: &(impl Serialize + ?Sized)) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError(error.to_string()))
}

pub(crate) fn from_json<T: for<'de> Deserialize<'de>>(text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError(format!("a part is not of its shape: {error}")))
}

/// What was undone of a chunk.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct Undone {
    /// Its users that were there when it began.
    pub(crate) there: Vec<Made>,
    /// Who stayed.
    pub(crate) stayed: Vec<Stayed>,
}

/// That as an item.
pub(crate) fn undone_item(import: &ImportId, chunk: u32, undone: &Undone) -> Result<Item, StoreError> {
    Ok(part_item(keys::import_undo(import, chunk), "import_undo", &to_json(undone)?))
}

/// Which rows of a chunk became users, for as long as it matters; its end is the import's to say.
pub(crate) fn made_item(import: &Import, chunk: u32, made: &[Made]) -> Result<Item, StoreError> {
    let mut item = part_item(keys::import_made(&import.id, chunk), "import_made", &to_json(made)?);
    item.insert("ttl".to_owned(), n(import.created_at.as_second() + MADE_KEPT.as_secs()));
    Ok(item)
}

#[derive(Serialize, Deserialize)]
struct ChunkItem {
    number: u32,
    digest: String,
    rows: u32,
    refused: u32,
    without_role: Vec<u32>,
}

impl Store {
    /// Everything in a partition whose sort key begins so, in order, read consistently.
    #[boxed]
    pub(crate) async fn partition(&self, pk: &str, prefix: &str) -> Result<Vec<Item>, StoreError> {
        self.query_partition(pk, prefix, None).await
    }

    /// The keys of that only.
    #[boxed]
    pub(crate) async fn partition_keys(&self, pk: &str, prefix: &str) -> Result<Vec<Key>, StoreError> {
        let items = self.query_partition(pk, prefix, Some("pk, sk")).await?;
        Ok(items.iter().filter_map(|item| Some(Key::new(item::text(item, "pk")?, item::text(item, "sk")?))).collect())
    }

    async fn query_partition(&self, pk: &str, prefix: &str, projection: Option<&str>) -> Result<Vec<Item>, StoreError> {
        let mut items = Vec::new();
        let mut from = None;
        loop {
            let mut query = self
                .client
                .query()
                .table_name(&self.table)
                .consistent_read(true)
                .expression_attribute_values(":pk", s(pk))
                .set_projection_expression(projection.map(str::to_owned))
                .set_exclusive_start_key(from);
            query = if prefix.is_empty() {
                query.key_condition_expression("pk = :pk")
            } else {
                query
                    .key_condition_expression("pk = :pk AND begins_with(sk, :prefix)")
                    .expression_attribute_values(":prefix", s(prefix))
            };
            let answer = query.dispatch().await.map_err(internal)?;
            items.extend(answer.items.unwrap_or_default());
            from = answer.last_evaluated_key;
            if from.is_none() {
                return Ok(items);
            }
        }
    }

    /// The head over the version it was read at, as a transaction's member.
    pub(crate) fn replace_head(&self, import: &Import, read_version: u64) -> Result<TransactWriteItem, StoreError> {
        let put = Put::builder()
            .table_name(&self.table)
            .set_item(Some(head_item(import)?))
            .condition_expression("version = :read")
            .expression_attribute_values(":read", n(read_version))
            .build()
            .map_err(build_error)?;
        Ok(TransactWriteItem::builder().put(put).build())
    }
}

impl ReadImports for Store {
    async fn import(&self, id: &ImportId) -> Result<Option<Import>> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .set_key(Some(keys::import_head(id).attributes()))
            .consistent_read(true)
            .dispatch()
            .await
            .map_err(internal)?;
        Ok(answer.item.map(item::from_item).transpose()?)
    }
}

impl ImportOrganizations for Store {
    async fn import_organization(&self, id: &OrganizationId) -> Result<Option<Organization>> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .set_key(Some(keys::organization(id).attributes()))
            .consistent_read(true)
            .dispatch()
            .await
            .map_err(internal)?;
        Ok(answer.item.map(item::from_item).transpose()?)
    }

    async fn organizations_named(&self, names: &[String]) -> Result<Vec<(String, OrganizationId)>> {
        let mut wanted: Vec<Key> = names.iter().map(|name| keys::organization_name(name)).collect();
        wanted.sort_unstable();
        wanted.dedup();
        let found = self.batch_get(wanted).await?;
        Ok(names
            .iter()
            .filter_map(|name| {
                let guard = found.get(&keys::organization_name(name))?;
                let id = OrganizationId::parse(item::text(guard, "organization_id")?).ok()?;
                Some((name.clone(), id))
            })
            .collect())
    }
}

impl CreateImports for Store {
    async fn create_import(&self, import: &Import, event: &AuditEvent) -> Result<bool> {
        let scope = keys::scope(import.organization_id.as_ref());
        let mut members = vec![self.put_new(head_item(import)?)?];
        for listing in [keys::ALL_IMPORTS, scope.as_str()] {
            let key = keys::import_listing(listing, import.created_at, &import.id);
            members.push(self.put(Item::from([
                ("pk".to_owned(), s(key.pk)),
                ("sk".to_owned(), s(key.sk)),
                ("kind".to_owned(), s("import_listing")),
                ("import_id".to_owned(), s(import.id.as_str())),
            ]))?);
        }
        members.extend(self.audit(event)?);
        Ok(self.transact(members).await?.is_ok())
    }
}

impl ChangeImports for Store {
    async fn save_import(&self, import: &mut Import, along: &Along) -> Result<bool> {
        let read = import.version;
        let mut next = import.clone();
        next.version += 1;
        let saved = if along.tick || along.event.is_some() || along.mail.is_some() {
            let mut members = vec![self.replace_head(&next, read)?];
            if along.tick {
                members.push(self.put_new(tick_item(&next))?);
            }
            if let Some(event) = &along.event {
                members.extend(self.audit(event)?);
            }
            if let Some(mail) = &along.mail {
                members.push(self.mail(mail)?);
            }
            self.transact(members).await?.is_ok()
        } else {
            let answer = self
                .client
                .put_item()
                .table_name(&self.table)
                .set_item(Some(head_item(&next)?))
                .condition_expression("version = :read")
                .expression_attribute_values(":read", n(read))
                .dispatch()
                .await;
            match answer {
                Ok(_) => true,
                Err(error) if is_condition_failure(&error) => false,
                Err(error) => return Err(internal(error).into()),
            }
        };
        if saved {
            *import = next;
        }
        Ok(saved)
    }
}

impl StageRows for Store {
    async fn stage(&self, import: &ImportId, chunk: &Chunk) -> Result<Staging> {
        let facts = ChunkItem {
            number: chunk.number,
            digest: chunk.digest.clone(),
            rows: u32::try_from(chunk.rows.len()).map_err(Error::internal)?,
            refused: chunk.refused,
            without_role: chunk.without_role.clone(),
        };
        let header = keys::import_chunk(import, chunk.number);
        let rows = to_json(&chunk.rows)?;
        let mut items: Vec<Item> = parts(&rows)
            .into_iter()
            .enumerate()
            .map(|(part, text)| {
                let key = keys::import_rows(import, chunk.number, part);
                part_item(key, "import_rows", text)
            })
            .collect();
        if let Some(report) = &chunk.report {
            items.extend(report_items(import, chunk.number, report));
        }
        items.extend(issues_items(import, chunk.number, "STAGED", &placed_nowhere(chunk.number, &chunk.issues))?);
        let size: usize = items.iter().filter_map(|item| item::text(item, "text")).map(str::len).sum();
        if size > TRANSACTION_BYTES {
            return Err(Invalid::BodyTooLarge { limit: TRANSACTION_BYTES }.into());
        }
        let mut members =
            vec![self.still_staged(import)?, self.put_new(item::to_item(&header, "import_chunk", &facts)?)?];
        for item in items {
            members.push(self.put(item)?);
        }
        match self.transact(members).await? {
            Ok(()) => Ok(Staging::Stored),
            Err(failed) if failed.contains(&0) => Ok(Staging::Closed),
            Err(_) => Ok(self.staged_as(&header, &chunk.digest).await?.unwrap_or(Staging::Differs)),
        }
    }
}

impl Store {
    /// Goes on only while an import is staged.
    fn still_staged(&self, import: &ImportId) -> Result<TransactWriteItem, StoreError> {
        let open = ConditionCheck::builder()
            .table_name(&self.table)
            .set_key(Some(keys::import_head(import).attributes()))
            .condition_expression("phase = :staged")
            .expression_attribute_values(":staged", s("staged"))
            .build()
            .map_err(build_error)?;
        Ok(TransactWriteItem::builder().condition_check(open).build())
    }

    /// Whether what is staged under a key is the same; none where nothing is.
    async fn staged_as(&self, header: &Key, digest: &str) -> Result<Option<Staging>, StoreError> {
        let item = self.item(header).await?;
        let same = |item: Item| item::text(&item, "digest") == Some(digest);
        Ok(item.map(|item| if same(item) { Staging::Same } else { Staging::Differs }))
    }
}

impl StageSource for Store {
    async fn stage_piece(&self, import: &ImportId, piece: &Piece, bytes: &[u8]) -> Result<Staging> {
        let header = keys::import_piece(import, piece.number);
        if let Some(known) = self.staged_as(&header, &piece.digest).await? {
            return Ok(known);
        }
        // Larger than a transaction: the parts first, under names that nobody looks for before the header is there.
        let parts = (0_u32..).zip(bytes.chunks(PART_BYTES)).map(|(part, bytes)| {
            let key = keys::import_source(import, piece.number, part, &piece.digest);
            Item::from([
                ("pk".to_owned(), s(key.pk)),
                ("sk".to_owned(), s(key.sk)),
                ("kind".to_owned(), s("import_source")),
                ("bytes".to_owned(), AttributeValue::B(Blob::new(bytes))),
            ])
        });
        let parts: Vec<Item> = parts.collect();
        let written = parts.iter().map(key_of).collect();
        self.batch_write(parts, Vec::new()).await?;
        let members = vec![self.still_staged(import)?, self.put_new(item::to_item(&header, "import_piece", piece)?)?];
        match self.transact(members).await? {
            Ok(()) => Ok(Staging::Stored),
            Err(failed) if failed.contains(&0) => {
                // Cancelled or committed meanwhile: what came after it was cleaned up nobody else takes away.
                self.batch_write(Vec::new(), written).await?;
                Ok(Staging::Closed)
            }
            Err(_) => Ok(self.staged_as(&header, &piece.digest).await?.unwrap_or(Staging::Differs)),
        }
    }
}

impl ReadPieces for Store {
    async fn pieces(&self, import: &ImportId) -> Result<Vec<Piece>> {
        let pk = keys::import_head(import).pk;
        let items = self.partition(&pk, "PIECE#").await?;
        Ok(items.into_iter().map(item::from_item).collect::<Result<_, StoreError>>()?)
    }
}

impl ReadSource for Store {
    async fn source(&self, import: &ImportId, pieces: &[Piece]) -> Result<Vec<u8>> {
        let mut source = Vec::new();
        for piece in pieces {
            let parts = piece.bytes.div_ceil(PART_BYTES as u64);
            let parts = u32::try_from(parts).map_err(Error::internal)?;
            let wanted: Vec<Key> =
                (0..parts).map(|part| keys::import_source(import, piece.number, part, &piece.digest)).collect();
            let found = self.batch_get(wanted.clone()).await?;
            for key in wanted {
                let bytes = found.get(&key).and_then(|item| item.get("bytes")?.as_b().ok());
                let bytes = bytes.ok_or_else(|| StoreError("a part of a file is gone".into()))?;
                source.extend_from_slice(bytes.as_ref());
            }
        }
        Ok(source)
    }
}

impl ReadChunks for Store {
    async fn chunks(&self, import: &ImportId) -> Result<Vec<ChunkFacts>> {
        let pk = keys::import_head(import).pk;
        self.partition(&pk, "CHUNK#")
            .await?
            .into_iter()
            .map(|item| {
                let facts: ChunkItem = item::from_item(item)?;
                Ok(ChunkFacts {
                    number: facts.number,
                    rows: facts.rows,
                    refused: facts.refused,
                    without_role: facts.without_role,
                })
            })
            .collect()
    }
}

impl KeepReport for Store {
    async fn keep_report(&self, import: &ImportId, report: &str, issues: &[ServerIssue]) -> Result<()> {
        let mut puts = report_items(import, 0, report);
        puts.extend(issues_items(import, 0, "STAGED", &placed_nowhere(0, issues))?);
        Ok(self.batch_write(puts, Vec::new()).await?)
    }
}

impl KeepFailed for Store {
    async fn keep_failed(&self, import: &ImportId, chunk: u32, occasion: Occasion, rows: &[FailedRow]) -> Result<()> {
        if rows.is_empty() {
            return Ok(());
        }
        let text = to_json(rows)?;
        let puts = parts(&text).into_iter().enumerate().map(|(part, text)| {
            part_item(keys::import_failed(import, chunk, occasion.name(), part), "import_failed", text)
        });
        Ok(self.batch_write(puts.collect(), Vec::new()).await?)
    }
}

impl ReadReports for Store {
    async fn failed_rows(&self, import: &ImportId) -> Result<Vec<FailedRow>> {
        let mut texts: BTreeMap<String, String> = BTreeMap::new();
        for item in self.partition(&keys::import_failed_partition(import), "").await? {
            let (Some(sk), Some(text)) = (item::text(&item, "sk"), item::text(&item, "text")) else { continue };
            let (chunk_and_occasion, _) = sk.rsplit_once('#').unwrap_or((sk, ""));
            texts.entry(chunk_and_occasion.to_owned()).or_default().push_str(text);
        }
        let mut rows: Vec<FailedRow> = Vec::new();
        for text in texts.values() {
            rows.extend(from_json::<Vec<FailedRow>>(text)?);
        }
        Ok(rows)
    }

    async fn reports(&self, import: &ImportId) -> Result<Vec<String>> {
        let pk = keys::import_reports_partition(import);
        let mut reports: BTreeMap<String, String> = BTreeMap::new();
        for item in self.partition(&pk, "").await? {
            let (Some(sk), Some(text)) = (item::text(&item, "sk"), item::text(&item, "text")) else {
                continue;
            };
            let chunk = sk.split('#').next().unwrap_or_default().to_owned();
            reports.entry(chunk).or_default().push_str(text);
        }
        Ok(reports.into_values().collect())
    }

    async fn issues(&self, import: &ImportId) -> Result<Vec<PlacedIssue>> {
        self.read_issues(import, "").await
    }

    async fn stayed(&self, import: &ImportId) -> Result<Vec<Stayed>> {
        let mut stayed = Vec::new();
        for item in self.partition(&keys::import_undo_partition(import), "").await? {
            let undone: Undone = from_json(item::text(&item, "text").unwrap_or_default())?;
            stayed.extend(undone.stayed);
        }
        Ok(stayed)
    }
}

impl Store {
    #[boxed]
    pub(crate) async fn read_issues(&self, import: &ImportId, prefix: &str) -> Result<Vec<PlacedIssue>> {
        let pk = keys::import_issues_partition(import);
        let mut issues = Vec::new();
        for item in self.partition(&pk, prefix).await? {
            let more: Vec<PlacedIssue> = from_json(item::text(&item, "text").unwrap_or_default())?;
            issues.extend(more);
        }
        Ok(issues)
    }

    #[boxed]
    pub(crate) async fn read_rows(&self, import: &ImportId, chunk: u32) -> Result<Vec<StagedRow>, StoreError> {
        let pk = keys::import_rows_partition(import, chunk);
        let text: String = self
            .partition(&pk, &format!("ROWS#{chunk:05}#"))
            .await?
            .iter()
            .filter_map(|item| item::text(item, "text"))
            .collect();
        if text.is_empty() {
            return Ok(Vec::new());
        }
        from_json(&text)
    }
}

impl ListImports for Store {
    async fn list_imports(&self, scopes: &[ImportScope], after: Option<&str>, limit: usize) -> Result<ImportPage> {
        let mut entries: Vec<(String, ImportId)> = Vec::new();
        for scope in scopes {
            let listing = match scope {
                ImportScope::All => keys::ALL_IMPORTS.to_owned(),
                ImportScope::Organization(id) => keys::scope(Some(id)),
            };
            let query = self
                .client
                .query()
                .table_name(&self.table)
                .consistent_read(true)
                .scan_index_forward(false)
                .limit(i32::try_from(limit + 1).unwrap_or(i32::MAX))
                .expression_attribute_values(":pk", s(format!("IMPORTS#{listing}")));
            let query = match after {
                Some(after) => query
                    .key_condition_expression("pk = :pk AND sk < :after")
                    .expression_attribute_values(":after", s(after)),
                None => query.key_condition_expression("pk = :pk"),
            };
            let answer = query.dispatch().await.map_err(internal)?;
            entries.extend(answer.items().iter().filter_map(|item| {
                let id = ImportId::parse(item::text(item, "import_id")?).ok()?;
                Some((item::text(item, "sk")?.to_owned(), id))
            }));
        }
        entries.sort_by(|a, b| b.cmp(a));
        let more = entries.len() > limit;
        entries.truncate(limit);
        let next = more.then(|| entries.last().map(|(position, _)| position.clone())).flatten();
        let mut heads = self.batch_get(entries.iter().map(|(_, id)| keys::import_head(id)).collect()).await?;
        let imports = entries
            .iter()
            .filter_map(|(_, id)| {
                let key = keys::import_head(id);
                item::if_readable(&key, heads.remove(&key)?)
            })
            .collect();
        Ok(ImportPage { imports, next })
    }
}

impl DueImports for Store {
    async fn due_imports(&self, now: Timestamp, limit: usize) -> Result<Vec<DueImport>> {
        let due = self.due(Due::Import, now, limit).await?;
        let found: Vec<(ImportId, Timestamp)> = due
            .iter()
            .filter_map(|(pk, at)| Some((ImportId::parse(pk.strip_prefix("IMPORT#")?).ok()?, at.parse().ok()?)))
            .take(limit)
            .collect();
        let mut heads = self.batch_get(found.iter().map(|(id, _)| keys::import_head(id)).collect()).await?;
        Ok(found
            .into_iter()
            .filter_map(|(id, due_at)| {
                let key = keys::import_head(&id);
                let import = item::if_readable(&key, heads.remove(&key)?);
                Some(DueImport { id, due_at, import })
            })
            .collect())
    }

    async fn postpone_import(&self, found: &DueImport, due: Timestamp) -> Result<bool> {
        let update = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(keys::import_head(&found.id).attributes()))
            .update_expression("SET due_at = :due")
            .condition_expression("due_at = :found")
            .expression_attribute_values(":due", s(iso(due)))
            .expression_attribute_values(":found", s(iso(found.due_at)));
        match update.dispatch().await {
            Ok(_) => Ok(true),
            Err(error) if is_condition_failure(&error) => Ok(false),
            Err(error) => Err(internal(error).into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_fit_and_are_the_whole() {
        for text in [
            String::new(),
            "a".repeat(PART_BYTES),
            "a".repeat(PART_BYTES + 1),
            "é".repeat(PART_BYTES),
            format!("a{}", "李".repeat(PART_BYTES)),
        ] {
            let parts = parts(&text);
            assert!(parts.iter().all(|part| part.len() <= PART_BYTES));
            assert_eq!(parts.concat(), text);
        }
    }
}
