//! DynamoDB on the loopback interface: an embedded engine on a file, behind the functions' own policies.

use std::{
    collections::{HashMap, VecDeque},
    hash::{DefaultHasher, Hash as _, Hasher as _},
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc::SyncSender},
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, State},
    http::{HeaderMap, StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
    routing::post,
};
use dynoxide::{Database, DynoxideError};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value, json};

use crate::{
    access::{AccessControl, Refusal, access_key_id},
    crashes::{Crash, Crashes},
    faults::Dice,
    policy::Access,
    reads::Meter,
    template::{Table, table_arn},
};

/// What the service itself takes.
const LARGEST_BODY: usize = 16 * 1024 * 1024;

/// The engine and what stands in front of it.
pub(crate) struct DynamoDb {
    pub(crate) database: Database,
    pub(crate) table: Table,
    pub(crate) access: Arc<AccessControl>,
    pub(crate) dice: Arc<Dice>,
    pub(crate) crashes: Crashes,
    pub(crate) tokens: Tokens,
    pub(crate) meter: Arc<Meter>,
    /// Tells the stream's reader that something was written.
    pub(crate) written: SyncSender<()>,
}

/// Opens the file and creates the table if it is not there.
pub(crate) fn open(file: &Path, table: &Table) -> Result<Database, DynoxideError> {
    let database = Database::new(&file.to_string_lossy())?;
    database.enable_bulk_loading()?;
    if database.get_table_metadata(&table.name)?.is_none() {
        let request = serde_json::from_value(table.create.clone())
            .map_err(|error| DynoxideError::ValidationException(error.to_string()))?;
        database.create_table(request)?;
    }
    Ok(database)
}

/// `POST /`, as the SDK calls it.
pub(crate) fn router(service: Arc<DynamoDb>) -> Router {
    Router::new().route("/", post(handle)).layer(DefaultBodyLimit::max(LARGEST_BODY)).with_state(service)
}

async fn handle(State(service): State<Arc<DynamoDb>>, headers: HeaderMap, body: Bytes) -> Response {
    let operation = headers
        .get("x-amz-target")
        .and_then(|target| target.to_str().ok())
        .and_then(|target| target.strip_prefix("DynamoDB_20120810."))
        .unwrap_or_default();
    let caller = access_key_id(&headers).unwrap_or_default();
    let crash = service.crashes.count(caller);
    if crash == Some(Crash::BeforeCall) {
        service.crashes.strike(caller);
        return std::future::pending().await;
    }
    let answer = service.answer(operation, &headers, &body);
    if crash == Some(Crash::AfterCall) {
        service.crashes.strike(caller);
        return std::future::pending().await;
    }
    match answer {
        Ok(answer) => respond(StatusCode::OK, answer),
        Err(failure) => respond(failure.status, failure.body),
    }
}

fn respond(status: StatusCode, body: String) -> Response {
    (status, [(CONTENT_TYPE, "application/x-amz-json-1.0")], body).into_response()
}

/// An error as the service words it.
struct Failure {
    status: StatusCode,
    body: String,
}

impl Failure {
    fn coral(name: &str, message: &str) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            body: json!({"__type": format!("com.amazon.coral.service#{name}"), "Message": message}).to_string(),
        }
    }

    fn service(name: &str, message: &str) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            body: json!({"__type": format!("com.amazonaws.dynamodb.v20120810#{name}"), "message": message}).to_string(),
        }
    }
}

impl From<DynoxideError> for Failure {
    fn from(error: DynoxideError) -> Self {
        let status = StatusCode::from_u16(error.status_code()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        if status.is_server_error() {
            tracing::error!(%error, "the local database failed");
        }
        Self { status, body: error.to_json() }
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::UnknownCaller => {
                Self::coral("UnrecognizedClientException", "The security token included in the request is invalid.")
            }
            Refusal::Denied(message) => Self::coral("AccessDeniedException", &message),
        }
    }
}

impl DynamoDb {
    fn answer(&self, operation: &str, headers: &HeaderMap, body: &[u8]) -> Result<String, Failure> {
        let mut request: Value =
            serde_json::from_slice(body).map_err(|_| Failure::coral("SerializationException", "not JSON"))?;
        let accesses =
            self.accesses(operation, &request).ok_or_else(|| Failure::coral("UnknownOperationException", ""))?;
        self.access.check(headers, &accesses)?;
        let token = take_token(&mut request);
        if let Some(token) = &token
            && let Some(answer) = self.tokens.answer(operation, token, body)?
        {
            return Ok(answer);
        }
        let held_back = self.inject(operation, &mut request)?;
        self.meter.ask(&mut request);
        let asked = matches!(operation, "BatchGetItem").then(|| request.clone()).unwrap_or_default();
        let answer = self.run(operation, request)?;
        self.meter.note(operation, &asked, &answer);
        self.meter.enter(operation, &accesses, &answer);
        if let Some(token) = token {
            self.tokens.keep(operation, token, body, &answer);
        }
        if writes(operation) {
            // A full channel means that the reader is about to look anyway.
            let _ = self.written.try_send(());
        }
        Ok(match held_back {
            Some((member, items)) => with_unprocessed(&answer, member, items),
            None => answer,
        })
    }

    fn run(&self, operation: &str, request: Value) -> Result<String, Failure> {
        let db = &self.database;
        match operation {
            "GetItem" => call(request, |request| db.get_item(request)),
            "PutItem" => call(request, |request| db.put_item(request)),
            "UpdateItem" => call(request, |request| db.update_item(request)),
            "DeleteItem" => call(request, |request| db.delete_item(request)),
            "Query" => call(request, |request| db.query(request)),
            "Scan" => call(request, |request| db.scan(request)),
            "BatchGetItem" => call(request, |request| db.batch_get_item(request)),
            "BatchWriteItem" => call(request, |request| db.batch_write_item(request)),
            "TransactGetItems" => call(request, |request| db.transact_get_items(request)),
            "TransactWriteItems" => call(request, |request| db.transact_write_items(request)),
            "ExecuteStatement" => call(request, |request| db.execute_statement(request)),
            "BatchExecuteStatement" => call(request, |request| db.batch_execute_statement(request)),
            "ExecuteTransaction" => call(request, |request| db.execute_transaction(request)),
            "DescribeTable" => call(request, |request| db.describe_table(request)),
            _ => Err(Failure::coral("UnknownOperationException", "")),
        }
    }

    /// What a request asks for, action by action. `None` for an operation that is not served.
    fn accesses(&self, operation: &str, request: &Value) -> Option<Vec<Access>> {
        let action = format!("dynamodb:{operation}");
        Some(match operation {
            "GetItem" | "UpdateItem" | "DeleteItem" => vec![self.keyed(&action, request, request.get("Key"))],
            "PutItem" => vec![self.keyed(&action, request, request.get("Item"))],
            "DescribeTable" => vec![Access::new(action, arn_of(request))],
            "Scan" | "Query" => {
                let table = arn_of(request);
                let (resource, attribute) = match request.get("IndexName").and_then(Value::as_str) {
                    Some(index) => (
                        format!("{table}/index/{index}"),
                        self.table.indexes.get(index).unwrap_or(&self.table.partition_key),
                    ),
                    None => (table, &self.table.partition_key),
                };
                vec![Access {
                    leading_keys: queried_key(request, attribute).map(|key| vec![key]),
                    ..Access::new(action, resource)
                }]
            }
            "BatchGetItem" | "BatchWriteItem" => request
                .get("RequestItems")
                .and_then(Value::as_object)
                .into_iter()
                .flatten()
                .map(|(table, members)| {
                    let keys = match members.get("Keys") {
                        Some(keys) => list(keys).iter().map(|key| self.key_of(Some(key))).collect(),
                        None => list(members)
                            .iter()
                            .map(|member| {
                                self.key_of(
                                    member.pointer("/PutRequest/Item").or_else(|| member.pointer("/DeleteRequest/Key")),
                                )
                            })
                            .collect(),
                    };
                    Access { leading_keys: keys, ..Access::new(&*action, arn(table)) }
                })
                .collect(),
            "TransactWriteItems" | "TransactGetItems" => {
                let enclosing = if operation == "TransactGetItems" { "TransactGetItems" } else { "TransactWriteItems" };
                list(request.get("TransactItems").unwrap_or(&Value::Null))
                    .iter()
                    .filter_map(|member| member.as_object()?.iter().next())
                    .map(|(kind, member)| {
                        let action = match kind.as_str() {
                            "Put" => "dynamodb:PutItem",
                            "Update" => "dynamodb:UpdateItem",
                            "Delete" => "dynamodb:DeleteItem",
                            "Get" => "dynamodb:GetItem",
                            _ => "dynamodb:ConditionCheckItem",
                        };
                        Access {
                            enclosing_operation: Some(enclosing),
                            ..self.keyed(action, member, member.get("Item").or_else(|| member.get("Key")))
                        }
                    })
                    .collect()
            }
            "ExecuteStatement" => vec![self.statement(request, None)],
            "BatchExecuteStatement" => list(request.get("Statements").unwrap_or(&Value::Null))
                .iter()
                .map(|statement| self.statement(statement, None))
                .collect(),
            "ExecuteTransaction" => list(request.get("TransactStatements").unwrap_or(&Value::Null))
                .iter()
                .map(|statement| self.statement(statement, Some("ExecuteTransaction")))
                .collect(),
            _ => return None,
        })
    }

    fn keyed(&self, action: &str, request: &Value, item: Option<&Value>) -> Access {
        Access { leading_keys: self.key_of(item).map(|key| vec![key]), ..Access::new(action, arn_of(request)) }
    }

    fn key_of(&self, item: Option<&Value>) -> Option<String> {
        text_of(item?.get(&self.table.partition_key)?)
    }

    fn statement(&self, request: &Value, enclosing_operation: Option<&'static str>) -> Access {
        let text = request.get("Statement").and_then(Value::as_str).unwrap_or_default();
        let statement = Statement::read(text);
        let attribute = match &statement.index {
            Some(index) => self.table.indexes.get(index).unwrap_or(&self.table.partition_key),
            None => &self.table.partition_key,
        };
        let key = statement.key(attribute, list(request.get("Parameters").unwrap_or(&Value::Null)));
        let mut resource = arn(&statement.table);
        if let Some(index) = &statement.index {
            resource = format!("{resource}/index/{index}");
        }
        Access {
            leading_keys: key.map(|key| vec![key]),
            enclosing_operation,
            ..Access::new(statement.action, resource)
        }
    }

    /// By seed: refuses a write as if a transaction were going on, or holds back a part of a batch.
    fn inject(&self, operation: &str, request: &mut Value) -> Result<Option<(&'static str, Value)>, Failure> {
        if !self.dice.storage_fails() {
            return Ok(None);
        }
        match operation {
            "PutItem" | "UpdateItem" | "DeleteItem" => {
                Err(Failure::service("TransactionConflictException", "Transaction is ongoing for the item"))
            }
            "TransactWriteItems" => {
                let members = list(request.get("TransactItems").unwrap_or(&Value::Null)).len();
                let unlucky = self.dice.below(members);
                let reasons: Vec<Value> = (0..members)
                    .map(|member| {
                        if member == unlucky {
                            json!({"Code": "TransactionConflict", "Message": "Transaction is ongoing for the item"})
                        } else {
                            json!({"Code": "None"})
                        }
                    })
                    .collect();
                Err(Failure {
                    status: StatusCode::BAD_REQUEST,
                    body: json!({
                        "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
                        "Message": "Transaction cancelled, please refer cancellation reasons for specific reasons",
                        "CancellationReasons": reasons,
                    })
                    .to_string(),
                })
            }
            "BatchWriteItem" => Ok(self.hold_back(request, None).map(|items| ("UnprocessedItems", items))),
            "BatchGetItem" => Ok(self.hold_back(request, Some("Keys")).map(|items| ("UnprocessedKeys", items))),
            _ => Ok(None),
        }
    }

    /// Takes the tail off a batch; what is left is still worth running.
    fn hold_back(&self, request: &mut Value, member: Option<&str>) -> Option<Value> {
        let (table, entry) = request.get_mut("RequestItems")?.as_object_mut()?.iter_mut().next()?;
        let mut rest = entry.clone();
        let items = match member {
            Some(name) => entry.get_mut(name)?.as_array_mut()?,
            None => entry.as_array_mut()?,
        };
        if items.len() < 2 {
            return None;
        }
        let tail = items.split_off(1 + self.dice.below(items.len() - 1));
        match member {
            Some(name) => *rest.get_mut(name)? = Value::Array(tail),
            None => rest = Value::Array(tail),
        }
        Some(json!({ table.as_str(): rest }))
    }
}

/// Answers to requests with a client token: the same token again changes nothing and gets the first answer.
///
/// The engine does the same, but looks at every token of the last ten minutes each time, and the SDK makes a token
/// for every transaction.
#[derive(Default)]
pub(crate) struct Tokens {
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    answers: HashMap<String, Answer>,
    /// Oldest first.
    order: VecDeque<(Instant, String)>,
}

struct Answer {
    request: u64,
    answer: String,
}

impl Tokens {
    /// As long as the service itself remembers.
    const MEMORY: Duration = Duration::from_secs(600);

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn answer(&self, operation: &str, token: &str, body: &[u8]) -> Result<Option<String>, Failure> {
        match self.lock().answers.get(&format!("{operation} {token}")) {
            None => Ok(None),
            Some(kept) if kept.request == fingerprint(body) => Ok(Some(kept.answer.clone())),
            Some(_) => Err(Failure::service(
                "IdempotentParameterMismatchException",
                "The provided client token was used with other parameters",
            )),
        }
    }

    fn keep(&self, operation: &str, token: String, body: &[u8], answer: &str) {
        let now = Instant::now();
        let name = format!("{operation} {token}");
        let mut kept = self.lock();
        while kept.order.front().is_some_and(|(at, _)| now.saturating_duration_since(*at) > Self::MEMORY) {
            if let Some((_, forgotten)) = kept.order.pop_front() {
                kept.answers.remove(&forgotten);
            }
        }
        kept.order.push_back((now, name.clone()));
        kept.answers.insert(name, Answer { request: fingerprint(body), answer: answer.to_owned() });
    }
}

fn fingerprint(body: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    body.hash(&mut hasher);
    hasher.finish()
}

fn take_token(request: &mut Value) -> Option<String> {
    match request.as_object_mut()?.remove("ClientRequestToken")? {
        Value::String(token) => Some(token),
        _ => None,
    }
}

fn call<Q: DeserializeOwned, A: Serialize>(
    request: Value,
    run: impl FnOnce(Q) -> Result<A, DynoxideError>,
) -> Result<String, Failure> {
    let request = serde_json::from_value(request).map_err(|error| {
        let text = error.to_string();
        let message = text.strip_prefix("VALIDATION:").unwrap_or(&text);
        Failure::coral("ValidationException", message)
    })?;
    let answer = run(request)?;
    serde_json::to_string(&answer).map_err(|_| Failure::coral("InternalServerError", ""))
}

fn with_unprocessed(answer: &str, member: &str, items: Value) -> String {
    let mut answer: Map<String, Value> = serde_json::from_str(answer).unwrap_or_default();
    match answer.get_mut(member).and_then(Value::as_object_mut) {
        Some(already) if !already.is_empty() => {
            for (table, more) in items.as_object().cloned().unwrap_or_default() {
                match (already.get_mut(&table).and_then(Value::as_array_mut), more) {
                    (Some(list), Value::Array(more)) => list.extend(more),
                    (_, more) => {
                        already.insert(table, more);
                    }
                }
            }
        }
        _ => {
            answer.insert(member.to_owned(), items);
        }
    }
    Value::Object(answer).to_string()
}

fn writes(operation: &str) -> bool {
    !matches!(operation, "GetItem" | "Query" | "Scan" | "BatchGetItem" | "TransactGetItems" | "DescribeTable")
}

fn arn_of(request: &Value) -> String {
    arn(request.get("TableName").and_then(Value::as_str).unwrap_or_default())
}

/// A table is named by its name or its ARN.
fn arn(table: &str) -> String {
    if table.starts_with("arn:") { table.to_owned() } else { table_arn(table) }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// `{"S": "x"}`, or a number, as text.
fn text_of(attribute: &Value) -> Option<String> {
    attribute.get("S").or_else(|| attribute.get("N"))?.as_str().map(str::to_owned)
}

/// The partition key that a key condition names: `pk = :pk`, `#p = :pk`, in either order of its parts.
fn queried_key(request: &Value, attribute: &str) -> Option<String> {
    let condition = request.get("KeyConditionExpression")?.as_str()?;
    let tokens = tokens(condition);
    let name_of = |token: &Token| match token {
        Token::Word(word) if word.starts_with('#') => {
            request.pointer("/ExpressionAttributeNames")?.get(word)?.as_str().map(str::to_owned)
        }
        Token::Word(word) => Some(word.clone()),
        _ => None,
    };
    let value_of = |token: &Token| match token {
        Token::Word(word) if word.starts_with(':') => text_of(request.get("ExpressionAttributeValues")?.get(word)?),
        _ => None,
    };
    tokens.windows(3).find_map(|window| {
        (window[1] == Token::Sign('=')).then_some(())?;
        if name_of(&window[0]).as_deref() == Some(attribute) {
            value_of(&window[2])
        } else if name_of(&window[2]).as_deref() == Some(attribute) {
            value_of(&window[0])
        } else {
            None
        }
    })
}

/// A PartiQL statement, as far as its policy is concerned.
struct Statement {
    action: &'static str,
    table: String,
    index: Option<String>,
    tokens: Vec<Token>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    /// A bare or double-quoted word.
    Word(String),
    /// A text in single quotes.
    Text(String),
    /// `?`, by its position among them.
    Parameter(usize),
    Sign(char),
}

impl Statement {
    fn read(text: &str) -> Self {
        let tokens = tokens(text);
        let word = |position: usize| match tokens.get(position) {
            Some(Token::Word(word)) => word.as_str(),
            _ => "",
        };
        let after = |keyword: &str| {
            tokens
                .iter()
                .position(|token| matches!(token, Token::Word(word) if word.eq_ignore_ascii_case(keyword)))
                .map_or(usize::MAX, |position| position.saturating_add(1))
        };
        let (action, at) = match word(0).to_ascii_uppercase().as_str() {
            "INSERT" => ("dynamodb:PartiQLInsert", after("INTO")),
            "UPDATE" => ("dynamodb:PartiQLUpdate", 1),
            "DELETE" => ("dynamodb:PartiQLDelete", after("FROM")),
            _ => ("dynamodb:PartiQLSelect", after("FROM")),
        };
        let table = word(at).to_owned();
        let index = match (at.checked_add(1).and_then(|next| tokens.get(next)), at.checked_add(2)) {
            (Some(Token::Sign('.')), Some(next)) => Some(word(next).to_owned()),
            _ => None,
        };
        Self { action, table, index, tokens }
    }

    /// The partition key in `VALUE {'pk': ?}` or `WHERE pk = ?`.
    fn key(&self, attribute: &str, parameters: &[Value]) -> Option<String> {
        self.tokens.windows(3).find_map(|window| {
            let named = match (&window[0], &window[1]) {
                (Token::Text(name), Token::Sign(':')) => name == attribute,
                (Token::Word(name), Token::Sign('=')) => name == attribute,
                _ => false,
            };
            if !named {
                return None;
            }
            match &window[2] {
                Token::Text(text) => Some(text.clone()),
                Token::Parameter(position) => text_of(parameters.get(*position)?),
                _ => None,
            }
        })
    }
}

fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut parameters = 0;
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            quote @ ('\'' | '"') => {
                let mut inner = String::new();
                while let Some(letter) = letters.next() {
                    if letter == quote {
                        // A doubled quote stands for itself.
                        if letters.peek() == Some(&quote) {
                            letters.next();
                        } else {
                            break;
                        }
                    }
                    inner.push(letter);
                }
                tokens.push(if quote == '"' { Token::Word(inner) } else { Token::Text(inner) });
            }
            '?' => {
                tokens.push(Token::Parameter(parameters));
                parameters += 1;
            }
            letter if letter.is_whitespace() => {}
            letter if is_word(letter) => {
                let mut word = String::from(letter);
                while let Some(&next) = letters.peek() {
                    if !is_word(next) || next == ':' {
                        break;
                    }
                    word.push(next);
                    letters.next();
                }
                // In PartiQL `{'pk': ?}` the colon stands alone, in an expression it begins `:value`.
                tokens.push(if word == ":" { Token::Sign(':') } else { Token::Word(word) });
            }
            sign => tokens.push(Token::Sign(sign)),
        }
    }
    tokens
}

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || matches!(letter, '_' | '-' | '#' | ':')
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::faults::Faults;

    fn service() -> (DynamoDb, tempfile::TempDir) {
        let dir = tempfile::tempdir().unwrap();
        let table = Table {
            name: "t".into(),
            partition_key: "pk".into(),
            indexes: BTreeMap::from([("due".to_owned(), "due_pk".to_owned())]),
            create: json!({
                "TableName": "tbl", "BillingMode": "PAY_PER_REQUEST",
                "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
                "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
            }),
        };
        let database = open(&dir.path().join("d.sqlite"), &table).unwrap();
        let (written, _) = std::sync::mpsc::sync_channel(1);
        let service = DynamoDb {
            database,
            table,
            access: Arc::new(AccessControl::default()),
            dice: Arc::new(Dice::new(Faults::none())),
            crashes: Crashes::default(),
            meter: Arc::default(),
            tokens: Tokens::default(),
            written,
        };
        (service, dir)
    }

    fn asked(operation: &str, request: &Value) -> Vec<String> {
        let (service, _dir) = service();
        service
            .accesses(operation, request)
            .unwrap()
            .into_iter()
            .map(|access| {
                let resource = access.resource.rsplit(':').next().unwrap_or_default().to_owned();
                let keys = access.leading_keys.map_or("unknown".to_owned(), |keys| keys.join(","));
                let within = access.enclosing_operation.map(|name| format!(" in {name}")).unwrap_or_default();
                format!("{} {resource} [{keys}]{within}", access.action)
            })
            .collect()
    }

    #[test]
    fn every_request_is_the_actions_that_the_cloud_checks() {
        let key = json!({"pk": {"S": "USER#1"}});
        for (name, operation, request, expected) in [
            ("get", "GetItem", json!({"TableName": "t", "Key": key}), vec!["dynamodb:GetItem table/t [USER#1]"]),
            ("put", "PutItem", json!({"TableName": "t", "Item": key}), vec!["dynamodb:PutItem table/t [USER#1]"]),
            (
                "query",
                "Query",
                json!({"TableName": "t", "KeyConditionExpression": "#p = :p AND begins_with(sk, :s)",
                    "ExpressionAttributeNames": {"#p": "pk"},
                    "ExpressionAttributeValues": {":p": {"S": "ORG#1"}, ":s": {"S": "U"}}}),
                vec!["dynamodb:Query table/t [ORG#1]"],
            ),
            (
                "query of an index",
                "Query",
                json!({"TableName": "t", "IndexName": "due", "KeyConditionExpression": "due_pk=:p and due_at <= :n",
                    "ExpressionAttributeValues": {":p": {"S": "MAIL#3"}, ":n": {"S": "2026"}}}),
                vec!["dynamodb:Query table/t/index/due [MAIL#3]"],
            ),
            (
                "a batch",
                "BatchWriteItem",
                json!({"RequestItems": {"t": [{"PutRequest": {"Item": key}}, {"DeleteRequest": {"Key": {"pk": {"S": "B"}}}}]}}),
                vec!["dynamodb:BatchWriteItem table/t [USER#1,B]"],
            ),
            (
                "a batch of reads",
                "BatchGetItem",
                json!({"RequestItems": {"t": {"Keys": [key]}}}),
                vec!["dynamodb:BatchGetItem table/t [USER#1]"],
            ),
            (
                "a transaction, by member",
                "TransactWriteItems",
                json!({"TransactItems": [
                    {"Put": {"TableName": "t", "Item": key}}, {"Update": {"TableName": "t", "Key": key}},
                    {"Delete": {"TableName": "t", "Key": key}}, {"ConditionCheck": {"TableName": "t", "Key": key}}]}),
                vec![
                    "dynamodb:PutItem table/t [USER#1] in TransactWriteItems",
                    "dynamodb:UpdateItem table/t [USER#1] in TransactWriteItems",
                    "dynamodb:DeleteItem table/t [USER#1] in TransactWriteItems",
                    "dynamodb:ConditionCheckItem table/t [USER#1] in TransactWriteItems",
                ],
            ),
            (
                "PartiQL",
                "BatchExecuteStatement",
                json!({"Statements": [
                    {"Statement": "INSERT INTO \"t\" VALUE {'kind': ?, 'pk': ?}", "Parameters": [{"S": "guard"}, {"S": "EMAIL#a"}]},
                    {"Statement": "SELECT * FROM \"t\".\"due\" WHERE due_pk = 'MAIL#1'"},
                    {"Statement": "DELETE FROM t WHERE pk = ? AND sk = ?", "Parameters": [{"S": "X"}, {"S": "Y"}]},
                    {"Statement": "update t set a = ? where pk=?", "Parameters": [{"S": "1"}, {"S": "Z"}]}]}),
                vec![
                    "dynamodb:PartiQLInsert table/t [EMAIL#a]",
                    "dynamodb:PartiQLSelect table/t/index/due [MAIL#1]",
                    "dynamodb:PartiQLDelete table/t [X]",
                    "dynamodb:PartiQLUpdate table/t [Z]",
                ],
            ),
            ("a scan has no keys", "Scan", json!({"TableName": "t"}), vec!["dynamodb:Scan table/t [unknown]"]),
        ] {
            assert_eq!(asked(operation, &request), expected, "{name}");
        }
    }

    #[test]
    fn a_batch_is_held_back_in_part_only() {
        let (mut service, _dir) = service();
        service.dice = Arc::new(Dice::new(Faults { storage_per_mille: 1_000, ..Faults::seeded(3) }));
        let members: Vec<Value> =
            (0..25).map(|n| json!({"PutRequest": {"Item": {"pk": {"S": n.to_string()}}}})).collect();
        let mut request = json!({"RequestItems": {"t": members}});
        let Ok(Some((member, held))) = service.inject("BatchWriteItem", &mut request) else {
            panic!("nothing was held back");
        };
        assert_eq!(member, "UnprocessedItems");
        let (kept, held) = (list(&request["RequestItems"]["t"]).len(), list(&held["t"]).len());
        assert!(kept >= 1 && held >= 1 && kept + held == 25, "{kept} and {held}");
        assert!(service.inject("PutItem", &mut json!({})).is_err());
    }

    #[test]
    fn a_client_token_gets_the_first_answer_again() {
        let tokens = Tokens::default();
        tokens.keep("TransactWriteItems", "t".into(), b"a", "{}");
        for (name, operation, token, body, expected) in [
            ("the same request", "TransactWriteItems", "t", "a", Ok(Some("{}".to_owned()))),
            ("another token", "TransactWriteItems", "u", "a", Ok(None)),
            ("another operation", "ExecuteTransaction", "t", "a", Ok(None)),
            ("another request", "TransactWriteItems", "t", "b", Err(400)),
        ] {
            let answer = tokens.answer(operation, token, body.as_bytes()).map_err(|failure| failure.status.as_u16());
            assert_eq!(answer, expected, "{name}");
        }
    }
}
