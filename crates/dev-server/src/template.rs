//! Reads infra/template.yaml: the one place where table, index, routes, stream filters, schedules, policies and the
//! functions' environments are written down.
//!
//! CloudFormation's functions are resolved as the cloud would resolve them, for a stack whose account and region
//! are made up and whose secrets lie in the data folder.

use std::{collections::BTreeMap, time::Duration};

use serde_json::{Map, Value, json};
use serde_yaml_ng::Value as Yaml;

use crate::{
    pattern::{Pattern, PatternError},
    policy::{Policy, PolicyError},
};

/// The region that everything local claims to be in.
pub(crate) const REGION: &str = "eu-central-1";
/// The account that owns everything local.
pub(crate) const ACCOUNT: &str = "000000000000";

/// Why the template cannot be run here.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// It is no YAML.
    #[error("the template is not valid YAML")]
    Yaml(#[from] serde_yaml_ng::Error),
    /// Something that is needed is not there or has another form.
    #[error("template: {0}")]
    Unexpected(String),
    /// A reference leads nowhere.
    #[error("template: nothing is called {0}")]
    Unknown(String),
    /// A policy uses what is not understood here.
    #[error("template: policy of {function}")]
    Policy {
        /// Whose policy.
        function: String,
        /// What is not understood.
        source: PolicyError,
    },
    /// A filter or rule uses what is not understood here.
    #[error("template: event pattern of {function}")]
    Pattern {
        /// Whose pattern.
        function: String,
        /// What is not understood.
        source: PatternError,
    },
    /// A secret could not be made or read.
    #[error("the data folder's keys cannot be read")]
    Secret(#[from] std::io::Error),
}

/// Gives the value of a secret that the template declares: its logical id, length, and whether punctuation is left
/// out.
pub trait Secrets {
    /// The value; the same each time.
    ///
    /// # Errors
    /// When it cannot be kept.
    fn secret(&mut self, logical_id: &str, length: usize, letters_only: bool) -> std::io::Result<String>;
}

/// The template with every reference resolved, as far as it is run here.
#[derive(Debug)]
pub struct Deployment {
    /// The one table.
    pub table: Table,
    /// The API in front of the functions.
    pub api: Api,
    /// The functions by logical id.
    pub functions: BTreeMap<String, FunctionSpec>,
    /// What the mail service does.
    pub mail: MailSpec,
}

/// The table.
#[derive(Debug, Clone)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// The partition key's attribute, and that of each index by its name.
    pub partition_key: String,
    /// Index name to partition key attribute.
    pub indexes: BTreeMap<String, String>,
    /// A `CreateTable` request.
    pub create: Value,
}

/// The REST API.
#[derive(Debug, Clone)]
pub struct Api {
    /// Its stage, part of every path that functions see in the request context.
    pub stage: String,
    /// Media types whose bodies are passed as bytes.
    pub binary_media_types: Vec<String>,
    /// What the gateway itself answers, by response type such as `MISSING_AUTHENTICATION_TOKEN`.
    pub responses: BTreeMap<String, GatewayResponse>,
}

/// An answer of the gateway's own.
#[derive(Debug, Clone)]
pub struct GatewayResponse {
    /// `None`: the status of the failure.
    pub status: Option<u16>,
    /// Header names and values.
    pub headers: Vec<(String, String)>,
    /// The body, with `$context.requestId` still in it.
    pub body: String,
}

/// A function.
#[derive(Debug)]
pub struct FunctionSpec {
    /// Its logical id, also its access key id.
    pub logical_id: String,
    /// Its operation, such as `list-users`.
    pub operation: String,
    /// Its environment.
    pub environment: BTreeMap<String, String>,
    /// What it may do.
    pub policy: Policy,
    /// After which it is stopped.
    pub timeout: Duration,
    /// What calls it.
    pub trigger: Trigger,
}

/// What calls a function: exactly one thing.
#[derive(Debug)]
pub enum Trigger {
    /// A route of the API.
    Http(Route),
    /// The table's stream.
    Stream(StreamSource),
    /// The time.
    Schedule(Schedule),
    /// Events of the mail service.
    Rule(Rule),
}

/// A route of the API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// Upper case.
    pub method: String,
    /// With `{parameters}`.
    pub path: String,
}

/// How a function reads the stream.
#[derive(Debug, Clone)]
pub struct StreamSource {
    /// One of them must match.
    pub filters: Vec<Pattern>,
    /// At most so many records at once.
    pub batch_size: usize,
    /// So many batches of one shard at once.
    pub parallelization: usize,
    /// How often a failed batch is tried again.
    pub retries: u32,
    /// Whether a failed batch is halved.
    pub bisect: bool,
    /// Whether the function names the records that failed.
    pub reports_failures: bool,
    /// Logical id of the queue that takes what was given up.
    pub failure_destination: Option<String>,
}

/// When a function runs.
#[derive(Debug, Clone)]
pub struct Schedule {
    /// How often.
    pub every: Duration,
    /// How often a failed run is tried again.
    pub retries: u32,
    /// What the function is given, if not the scheduler's own event.
    pub input: Option<Value>,
    /// Logical id of the queue that takes what was given up.
    pub failure_destination: Option<String>,
}

/// Which events a function is called with.
#[derive(Debug, Clone)]
pub struct Rule {
    /// What they look like.
    pub pattern: Pattern,
    /// How often a failed call is tried again.
    pub retries: u32,
    /// Logical id of the queue that takes what was given up.
    pub failure_destination: Option<String>,
}

/// What the mail service does beyond sending.
#[derive(Debug, Clone)]
pub struct MailSpec {
    /// The configuration sets and the event types each publishes, such as `BOUNCE`.
    pub configuration_sets: BTreeMap<String, Vec<String>>,
    /// Which failures put an address on the suppression list: `BOUNCE`, `COMPLAINT`.
    pub suppressed_reasons: BTreeMap<String, Vec<String>>,
}

/// Reads a template and resolves it with the parameters given (others take their defaults).
///
/// # Errors
/// [`TemplateError`] when the template holds what cannot be run here.
pub fn deploy(
    text: &str,
    parameters: &BTreeMap<String, String>,
    secrets: &mut dyn Secrets,
) -> Result<Deployment, TemplateError> {
    let yaml: Yaml = serde_yaml_ng::from_str(text)?;
    let root = plain(&yaml)?;
    let mut stack = Stack::new(&root, parameters)?;
    stack.read_secrets(secrets)?;
    stack.deployment()
}

/// The operation of a function's logical id: `ListUsersFunction` is `list-users`.
#[must_use]
pub fn operation_of(logical_id: &str) -> Option<String> {
    let name = logical_id.strip_suffix("Function").filter(|name| !name.is_empty())?;
    let mut operation = String::new();
    for (position, letter) in name.chars().enumerate() {
        if letter.is_ascii_uppercase() && position > 0 {
            operation.push('-');
        }
        operation.push(letter.to_ascii_lowercase());
    }
    Some(operation)
}

/// YAML with short tags (`!Ref x`) as JSON with the long form (`{"Ref": "x"}`).
fn plain(yaml: &Yaml) -> Result<Value, TemplateError> {
    Ok(match yaml {
        Yaml::Null => Value::Null,
        Yaml::Bool(flag) => Value::Bool(*flag),
        Yaml::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => json!(whole),
            (None, Some(real)) => json!(real),
            (None, None) => Value::Null,
        },
        Yaml::String(text) => Value::String(text.clone()),
        Yaml::Sequence(values) => Value::Array(values.iter().map(plain).collect::<Result<_, _>>()?),
        Yaml::Mapping(mapping) => {
            let mut map = Map::new();
            for (key, value) in mapping {
                let key = match key {
                    Yaml::String(text) => text.clone(),
                    Yaml::Number(number) => number.to_string(),
                    Yaml::Bool(flag) => flag.to_string(),
                    _ => return Err(TemplateError::Unexpected("a key that is no text".into())),
                };
                map.insert(key, plain(value)?);
            }
            Value::Object(map)
        }
        Yaml::Tagged(tagged) => {
            let tag = tagged.tag.to_string();
            let tag = tag.trim_start_matches('!');
            let value = plain(&tagged.value)?;
            match tag {
                "Ref" | "Condition" => json!({ tag: value }),
                "GetAtt" => {
                    let parts = match &value {
                        Value::String(path) => match path.split_once('.') {
                            Some((id, attribute)) => json!([id, attribute]),
                            None => return Err(TemplateError::Unexpected(format!("!GetAtt {path}"))),
                        },
                        other => other.clone(),
                    };
                    json!({ "Fn::GetAtt": parts })
                }
                other => json!({ format!("Fn::{other}"): value }),
            }
        }
    })
}

struct Stack<'a> {
    resources: &'a Map<String, Value>,
    conditions: Map<String, Value>,
    globals: Value,
    parameters: BTreeMap<String, Value>,
    secrets: BTreeMap<String, String>,
}

impl<'a> Stack<'a> {
    fn new(root: &'a Value, given: &BTreeMap<String, String>) -> Result<Self, TemplateError> {
        let resources = root
            .get("Resources")
            .and_then(Value::as_object)
            .ok_or_else(|| TemplateError::Unexpected("no Resources".into()))?;
        let mut parameters = BTreeMap::new();
        for (name, declared) in root.get("Parameters").and_then(Value::as_object).into_iter().flatten() {
            let value = match (given.get(name), declared.get("Default")) {
                (Some(value), _) => Value::String(value.clone()),
                (None, Some(default)) => default.clone(),
                (None, None) => {
                    return Err(TemplateError::Unexpected(format!("parameter {name} has no value")));
                }
            };
            parameters.insert(name.clone(), value);
        }
        for name in given.keys() {
            if !parameters.contains_key(name) {
                return Err(TemplateError::Unknown(name.clone()));
            }
        }
        Ok(Self {
            resources,
            conditions: root.get("Conditions").and_then(Value::as_object).cloned().unwrap_or_default(),
            globals: root.get("Globals").cloned().unwrap_or(Value::Null),
            parameters,
            secrets: BTreeMap::new(),
        })
    }

    fn read_secrets(&mut self, secrets: &mut dyn Secrets) -> Result<(), TemplateError> {
        for (id, resource) in self.of_type("AWS::SecretsManager::Secret") {
            let generate = resource.pointer("/Properties/GenerateSecretString");
            let length = generate
                .and_then(|generate| generate.get("PasswordLength"))
                .and_then(Value::as_u64)
                .and_then(|length| usize::try_from(length).ok())
                .unwrap_or(32);
            let letters_only = generate
                .and_then(|generate| generate.get("ExcludePunctuation"))
                .and_then(Value::as_bool)
                .unwrap_or(false);
            let value = secrets.secret(id, length, letters_only)?;
            self.secrets.insert(id.to_owned(), value);
        }
        Ok(())
    }

    fn of_type(&self, wanted: &'static str) -> impl Iterator<Item = (&'a str, &'a Value)> + use<'a> {
        let resources: &'a Map<String, Value> = self.resources;
        resources
            .iter()
            .filter(move |(_, resource)| resource.get("Type").and_then(Value::as_str) == Some(wanted))
            .map(|(id, resource)| (id.as_str(), resource))
    }

    fn exists(&self, resource: &Value) -> Result<bool, TemplateError> {
        match resource.get("Condition").and_then(Value::as_str) {
            Some(name) => self.condition(name),
            None => Ok(true),
        }
    }

    fn properties(&self, resource: &Value) -> Result<Value, TemplateError> {
        self.resolve(resource.get("Properties").unwrap_or(&Value::Null))
    }

    // References and functions

    fn resolve(&self, value: &Value) -> Result<Value, TemplateError> {
        match value {
            Value::Array(values) => {
                let mut resolved = Vec::with_capacity(values.len());
                for value in values {
                    if !is_no_value(value) {
                        resolved.push(self.resolve(value)?);
                    }
                }
                Ok(Value::Array(resolved))
            }
            Value::Object(map) => {
                if let Some((name, operand)) = map.iter().next().filter(|_| map.len() == 1)
                    && (name == "Ref" || name == "Condition" || name.starts_with("Fn::"))
                    && !(name == "Condition" && operand.is_object())
                {
                    return self.function(name, operand);
                }
                let mut resolved = Map::new();
                for (name, value) in map {
                    if !is_no_value(value) {
                        resolved.insert(name.clone(), self.resolve(value)?);
                    }
                }
                Ok(Value::Object(resolved))
            }
            Value::String(text) => Ok(Value::String(self.dynamic(text)?)),
            other => Ok(other.clone()),
        }
    }

    fn function(&self, name: &str, operand: &Value) -> Result<Value, TemplateError> {
        let unexpected = || TemplateError::Unexpected(format!("{name} {operand}"));
        let operands = || operand.as_array().map(Vec::as_slice).ok_or_else(unexpected);
        match name {
            "Ref" => self.reference(operand.as_str().ok_or_else(unexpected)?),
            "Fn::GetAtt" => {
                let parts = operands()?;
                let id = parts.first().and_then(Value::as_str).ok_or_else(unexpected)?;
                let attribute = parts.get(1).and_then(Value::as_str).ok_or_else(unexpected)?;
                Ok(Value::String(self.attribute(id, attribute)?))
            }
            "Fn::Sub" => {
                let (text, variables) = match operand {
                    Value::String(text) => (text.as_str(), None),
                    Value::Array(parts) => (
                        parts.first().and_then(Value::as_str).ok_or_else(unexpected)?,
                        parts.get(1).and_then(Value::as_object),
                    ),
                    _ => return Err(unexpected()),
                };
                Ok(Value::String(self.substitute(text, variables)?))
            }
            "Fn::If" => {
                let parts = operands()?;
                let condition = parts.first().and_then(Value::as_str).ok_or_else(unexpected)?;
                let branch = if self.condition(condition)? { 1 } else { 2 };
                self.resolve(parts.get(branch).ok_or_else(unexpected)?)
            }
            "Fn::Join" => {
                let parts = operands()?;
                let separator = parts.first().and_then(Value::as_str).ok_or_else(unexpected)?;
                let values = self.resolve(parts.get(1).ok_or_else(unexpected)?)?;
                let texts: Vec<String> = values.as_array().ok_or_else(unexpected)?.iter().map(as_text).collect();
                Ok(Value::String(texts.join(separator)))
            }
            "Fn::Select" => {
                let parts = operands()?;
                let index = self.resolve(parts.first().ok_or_else(unexpected)?)?;
                let index: usize = as_text(&index).parse().map_err(|_| unexpected())?;
                let values = self.resolve(parts.get(1).ok_or_else(unexpected)?)?;
                values.get(index).cloned().ok_or_else(unexpected)
            }
            "Fn::Split" => {
                let parts = operands()?;
                let separator = parts.first().and_then(Value::as_str).ok_or_else(unexpected)?;
                let text = as_text(&self.resolve(parts.get(1).ok_or_else(unexpected)?)?);
                Ok(json!(text.split(separator).collect::<Vec<_>>()))
            }
            "Fn::Equals" | "Fn::Not" | "Fn::And" | "Fn::Or" | "Condition" => {
                Ok(Value::Bool(self.truth(&json!({ name: operand }))?))
            }
            _ => Err(unexpected()),
        }
    }

    fn condition(&self, name: &str) -> Result<bool, TemplateError> {
        let expression = self.conditions.get(name).ok_or_else(|| TemplateError::Unknown(name.to_owned()))?;
        self.truth(expression)
    }

    fn truth(&self, expression: &Value) -> Result<bool, TemplateError> {
        let unexpected = || TemplateError::Unexpected(format!("condition {expression}"));
        let (name, operand) = expression.as_object().and_then(|map| map.iter().next()).ok_or_else(unexpected)?;
        if name == "Condition" {
            return self.condition(operand.as_str().ok_or_else(unexpected)?);
        }
        let operands = operand.as_array().ok_or_else(unexpected)?;
        match name.as_str() {
            "Fn::Equals" => match operands.as_slice() {
                [left, right] => Ok(as_text(&self.resolve(left)?) == as_text(&self.resolve(right)?)),
                _ => Err(unexpected()),
            },
            "Fn::Not" => Ok(!self.truth(operands.first().ok_or_else(unexpected)?)?),
            "Fn::And" => operands.iter().try_fold(true, |all, one| Ok(self.truth(one)? && all)),
            "Fn::Or" => operands.iter().try_fold(false, |any, one| Ok(self.truth(one)? || any)),
            _ => Err(unexpected()),
        }
    }

    fn reference(&self, name: &str) -> Result<Value, TemplateError> {
        if let Some(value) = self.parameters.get(name) {
            return Ok(value.clone());
        }
        let pseudo = match name {
            "AWS::Region" => Some(REGION),
            "AWS::AccountId" => Some(ACCOUNT),
            "AWS::Partition" => Some("aws"),
            "AWS::URLSuffix" => Some("amazonaws.com"),
            "AWS::StackName" => Some("rollcall"),
            "AWS::StackId" => Some("arn:aws:cloudformation:eu-central-1:000000000000:stack/rollcall/local"),
            _ => None,
        };
        if let Some(value) = pseudo {
            return Ok(Value::String(value.to_owned()));
        }
        Ok(Value::String(self.physical_name(name)?))
    }

    /// A resource's name: the one it is given, or its logical id.
    fn physical_name(&self, id: &str) -> Result<String, TemplateError> {
        let resource = self.resources.get(id).ok_or_else(|| TemplateError::Unknown(id.to_owned()))?;
        for property in ["TableName", "FunctionName", "QueueName", "Name"] {
            // The name of an API is not what a reference to it gives.
            if property == "Name" && resource.get("Type").and_then(Value::as_str) == Some("AWS::Serverless::Api") {
                continue;
            }
            if let Some(name) = resource.pointer(&format!("/Properties/{property}")) {
                return Ok(as_text(&self.resolve(name)?));
            }
        }
        Ok(id.to_owned())
    }

    fn attribute(&self, id: &str, attribute: &str) -> Result<String, TemplateError> {
        let resource = self.resources.get(id).ok_or_else(|| TemplateError::Unknown(id.to_owned()))?;
        let name = self.physical_name(id)?;
        let arn = match resource.get("Type").and_then(Value::as_str).unwrap_or_default() {
            "AWS::DynamoDB::Table" => table_arn(&name),
            "AWS::Serverless::Function" => format!("arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}"),
            "AWS::SQS::Queue" => format!("arn:aws:sqs:{REGION}:{ACCOUNT}:{name}"),
            other => format!("arn:aws:{}:{REGION}:{ACCOUNT}:{name}", other.to_ascii_lowercase()),
        };
        match attribute {
            "Arn" => Ok(arn),
            "StreamArn" => Ok(format!("{arn}/stream/local")),
            "QueueName" => Ok(name),
            _ => Err(TemplateError::Unexpected(format!("attribute {id}.{attribute}"))),
        }
    }

    fn substitute(&self, text: &str, variables: Option<&Map<String, Value>>) -> Result<String, TemplateError> {
        let mut result = String::new();
        let mut rest = text;
        while let Some(start) = rest.find("${") {
            result.push_str(&rest[..start]);
            let after = &rest[start + 2..];
            let end = after.find('}').ok_or_else(|| TemplateError::Unexpected(format!("!Sub {text}")))?;
            let name = after[..end].trim();
            if let Some(literal) = name.strip_prefix('!') {
                result.push_str("${");
                result.push_str(literal);
                result.push('}');
            } else if let Some(value) = variables.and_then(|variables| variables.get(name)) {
                result.push_str(&as_text(&self.resolve(value)?));
            } else if let Some((id, attribute)) = name.split_once('.') {
                result.push_str(&self.attribute(id, attribute)?);
            } else {
                result.push_str(&as_text(&self.reference(name)?));
            }
            rest = &after[end + 1..];
        }
        result.push_str(rest);
        self.dynamic(&result)
    }

    /// Replaces `{{resolve:secretsmanager:SECRET:SecretString}}`.
    fn dynamic(&self, text: &str) -> Result<String, TemplateError> {
        const START: &str = "{{resolve:secretsmanager:";
        let mut result = String::new();
        let mut rest = text;
        while let Some(start) = rest.find(START) {
            result.push_str(&rest[..start]);
            let after = &rest[start + START.len()..];
            let end = after.find("}}").ok_or_else(|| TemplateError::Unexpected("an open {{resolve".into()))?;
            let name = after[..end].split(':').next().unwrap_or_default();
            let secret = self.secrets.get(name).ok_or_else(|| TemplateError::Unknown(name.to_owned()))?;
            result.push_str(secret);
            rest = &after[end + 2..];
        }
        result.push_str(rest);
        Ok(result)
    }

    // Resources

    fn deployment(&self) -> Result<Deployment, TemplateError> {
        let mut functions = BTreeMap::new();
        for (id, resource) in self.of_type("AWS::Serverless::Function") {
            if self.exists(resource)? {
                functions.insert(id.to_owned(), self.read_function(id, resource)?);
            }
        }
        Ok(Deployment { table: self.read_table()?, api: self.read_api()?, functions, mail: self.read_mail()? })
    }

    fn read_table(&self) -> Result<Table, TemplateError> {
        let (id, resource) =
            self.of_type("AWS::DynamoDB::Table").next().ok_or_else(|| TemplateError::Unexpected("no table".into()))?;
        let name = self.physical_name(id)?;
        let mut create = self.properties(resource)?;
        let hash_of = |schema: &Value| -> Option<String> {
            schema.as_array()?.iter().find_map(|key| {
                (key.get("KeyType")?.as_str()? == "HASH")
                    .then(|| key.get("AttributeName")?.as_str().map(str::to_owned))?
            })
        };
        let partition_key = create
            .get("KeySchema")
            .and_then(hash_of)
            .ok_or_else(|| TemplateError::Unexpected("the table's key".into()))?;
        let mut indexes = BTreeMap::new();
        for index in create.get("GlobalSecondaryIndexes").and_then(Value::as_array).into_iter().flatten() {
            if let (Some(name), Some(key)) =
                (index.get("IndexName").and_then(Value::as_str), index.get("KeySchema").and_then(hash_of))
            {
                indexes.insert(name.to_owned(), key);
            }
        }
        let object =
            create.as_object_mut().ok_or_else(|| TemplateError::Unexpected("the table's properties".into()))?;
        // What CloudFormation sets by calls of its own, or what has no meaning on one machine. Time to live is left
        // out on purpose: nothing may depend on it for meaning.
        object.retain(|name, _| {
            [
                "AttributeDefinitions",
                "KeySchema",
                "GlobalSecondaryIndexes",
                "LocalSecondaryIndexes",
                "StreamSpecification",
                "BillingMode",
            ]
            .contains(&name.as_str())
        });
        object.insert("TableName".into(), json!(name));
        if let Some(Value::Object(stream)) = object.get_mut("StreamSpecification") {
            stream.insert("StreamEnabled".into(), json!(true));
        }
        Ok(Table { name, partition_key, indexes, create })
    }

    fn read_api(&self) -> Result<Api, TemplateError> {
        let (_, resource) =
            self.of_type("AWS::Serverless::Api").next().ok_or_else(|| TemplateError::Unexpected("no API".into()))?;
        let properties = self.properties(resource)?;
        let mut responses = BTreeMap::new();
        for (name, declared) in properties.get("GatewayResponses").and_then(Value::as_object).into_iter().flatten() {
            let headers = declared
                .pointer("/ResponseParameters/Headers")
                .and_then(Value::as_object)
                .into_iter()
                .flatten()
                .map(|(header, value)| (header.clone(), as_text(value).trim_matches('\'').to_owned()))
                .collect();
            let body = declared.pointer("/ResponseTemplates/application~1json").map(as_text).unwrap_or_default();
            let status = declared.get("StatusCode").map(as_text).and_then(|status| status.parse().ok());
            responses.insert(name.clone(), GatewayResponse { status, headers, body });
        }
        Ok(Api {
            stage: properties.get("StageName").map(as_text).unwrap_or_default(),
            binary_media_types: properties
                .get("BinaryMediaTypes")
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
                .map(|media| as_text(media).replace("~1", "/"))
                .collect(),
            responses,
        })
    }

    fn read_mail(&self) -> Result<MailSpec, TemplateError> {
        let mut configuration_sets: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut suppressed_reasons = BTreeMap::new();
        for (id, resource) in self.of_type("AWS::SES::ConfigurationSet") {
            let name = self.physical_name(id)?;
            let reasons = resource.pointer("/Properties/SuppressionOptions/SuppressedReasons");
            suppressed_reasons.insert(name.clone(), reasons.map(text_list).unwrap_or_default());
            configuration_sets.entry(name).or_default();
        }
        for (_, resource) in self.of_type("AWS::SES::ConfigurationSetEventDestination") {
            let properties = self.properties(resource)?;
            let set = properties.get("ConfigurationSetName").map(as_text).unwrap_or_default();
            let destination = properties.get("EventDestination").unwrap_or(&Value::Null);
            if destination.get("Enabled") == Some(&json!(true)) && destination.get("EventBridgeDestination").is_some() {
                configuration_sets
                    .entry(set)
                    .or_default()
                    .extend(destination.get("MatchingEventTypes").map(text_list).unwrap_or_default());
            }
        }
        Ok(MailSpec { configuration_sets, suppressed_reasons })
    }

    fn read_function(&self, id: &str, resource: &Value) -> Result<FunctionSpec, TemplateError> {
        let properties = self.properties(resource)?;
        let globals = self.globals.get("Function").unwrap_or(&Value::Null);
        let mut environment = BTreeMap::new();
        let global_environment = self.resolve(globals.pointer("/Environment/Variables").unwrap_or(&Value::Null))?;
        let own_environment = properties.pointer("/Environment/Variables").cloned().unwrap_or(Value::Null);
        for variables in [&global_environment, &own_environment] {
            for (name, value) in variables.as_object().into_iter().flatten() {
                environment.insert(name.clone(), as_text(value));
            }
        }
        let timeout = properties.get("Timeout").or_else(|| globals.get("Timeout")).and_then(Value::as_u64).unwrap_or(3);
        let policy = Policy::parse(properties.get("Policies").unwrap_or(&Value::Null))
            .map_err(|source| TemplateError::Policy { function: id.to_owned(), source })?;
        let operation =
            operation_of(id).ok_or_else(|| TemplateError::Unexpected(format!("{id} is not called …Function")))?;
        Ok(FunctionSpec {
            logical_id: id.to_owned(),
            operation,
            environment,
            policy,
            timeout: Duration::from_secs(timeout),
            trigger: self.read_trigger(id, &properties)?,
        })
    }

    fn read_trigger(&self, id: &str, properties: &Value) -> Result<Trigger, TemplateError> {
        let events: Vec<&Value> =
            properties.get("Events").and_then(Value::as_object).into_iter().flat_map(Map::values).collect();
        let [event] = events.as_slice() else {
            return Err(TemplateError::Unexpected(format!("{id} must have exactly one event")));
        };
        let declared = event.get("Properties").unwrap_or(&Value::Null);
        let number = |name: &str| declared.get(name).and_then(Value::as_i64);
        // Endless (-1, also the default) is until the record is too old; here a finite number stands for that.
        let retries = |value: Option<i64>| value.and_then(|value| u32::try_from(value).ok()).unwrap_or(20);
        let queue = |pointer: &str| declared.pointer(pointer).map(|arn| queue_of(&as_text(arn)));
        let pattern_error = |source| TemplateError::Pattern { function: id.to_owned(), source };
        match event.get("Type").and_then(Value::as_str) {
            Some("Api") => {
                let text = |name: &str| {
                    declared
                        .get(name)
                        .and_then(Value::as_str)
                        .ok_or_else(|| TemplateError::Unexpected(format!("{id}: {name}")))
                };
                Ok(Trigger::Http(Route {
                    method: text("Method")?.to_ascii_uppercase(),
                    path: text("Path")?.to_owned(),
                }))
            }
            Some("DynamoDB") => {
                let mut filters = Vec::new();
                for filter in
                    declared.pointer("/FilterCriteria/Filters").and_then(Value::as_array).into_iter().flatten()
                {
                    let text = filter.get("Pattern").and_then(Value::as_str).unwrap_or_default();
                    let pattern: Value = serde_json::from_str(text)
                        .map_err(|_| TemplateError::Unexpected(format!("{id}: a filter that is no JSON")))?;
                    filters.push(Pattern::parse(&pattern).map_err(pattern_error)?);
                }
                let size = |name: &str, default: usize| {
                    number(name).and_then(|value| usize::try_from(value).ok()).unwrap_or(default)
                };
                Ok(Trigger::Stream(StreamSource {
                    filters,
                    batch_size: size("BatchSize", 100).max(1),
                    parallelization: size("ParallelizationFactor", 1).max(1),
                    retries: retries(number("MaximumRetryAttempts")),
                    bisect: declared.get("BisectBatchOnFunctionError") == Some(&json!(true)),
                    reports_failures: declared
                        .get("FunctionResponseTypes")
                        .is_some_and(|types| text_list(types).iter().any(|kind| kind == "ReportBatchItemFailures")),
                    failure_destination: queue("/DestinationConfig/OnFailure/Destination"),
                }))
            }
            Some("ScheduleV2") => {
                let expression = declared.get("ScheduleExpression").and_then(Value::as_str).unwrap_or_default();
                let input = match declared.get("Input") {
                    Some(Value::String(text)) => Some(
                        serde_json::from_str(text)
                            .map_err(|_| TemplateError::Unexpected(format!("{id}: Input is no JSON")))?,
                    ),
                    Some(other) => Some(other.clone()),
                    None => None,
                };
                Ok(Trigger::Schedule(Schedule {
                    every: rate(expression)
                        .ok_or_else(|| TemplateError::Unexpected(format!("{id}: schedule {expression}")))?,
                    retries: retries(declared.pointer("/RetryPolicy/MaximumRetryAttempts").and_then(Value::as_i64)),
                    input,
                    failure_destination: queue("/DeadLetterConfig/Arn"),
                }))
            }
            Some("EventBridgeRule") => Ok(Trigger::Rule(Rule {
                pattern: Pattern::parse(declared.get("Pattern").unwrap_or(&Value::Null)).map_err(pattern_error)?,
                retries: retries(declared.pointer("/RetryPolicy/MaximumRetryAttempts").and_then(Value::as_i64)),
                failure_destination: queue("/DeadLetterConfig/Arn"),
            })),
            other => Err(TemplateError::Unexpected(format!("{id}: event type {other:?}"))),
        }
    }
}

/// The ARN of a table.
#[must_use]
pub(crate) fn table_arn(name: &str) -> String {
    format!("arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{name}")
}

fn queue_of(arn: &str) -> String {
    arn.rsplit(':').next().unwrap_or(arn).to_owned()
}

/// `rate(5 minutes)`.
fn rate(expression: &str) -> Option<Duration> {
    let inner = expression.strip_prefix("rate(")?.strip_suffix(')')?;
    let (number, unit) = inner.trim().split_once(' ')?;
    let number: u64 = number.parse().ok().filter(|&number| number > 0)?;
    let seconds = match unit.trim().trim_end_matches('s') {
        "minute" => 60,
        "hour" => 3_600,
        "day" => 86_400,
        _ => return None,
    };
    Some(Duration::from_secs(number.checked_mul(seconds)?))
}

fn is_no_value(value: &Value) -> bool {
    value.get("Ref").and_then(Value::as_str) == Some("AWS::NoValue")
}

fn as_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

fn text_list(value: &Value) -> Vec<String> {
    match value {
        Value::Array(values) => values.iter().map(as_text).collect(),
        Value::Null => Vec::new(),
        single => vec![as_text(single)],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{Access, Decision};

    struct Fixed;

    impl Secrets for Fixed {
        fn secret(&mut self, logical_id: &str, length: usize, _letters_only: bool) -> std::io::Result<String> {
            Ok(format!("{logical_id}{length}"))
        }
    }

    const SMALL: &str = r#"
Parameters:
  Stage: {Type: String, Default: dev}
  PublicUrl: {Type: String}
Conditions:
  IsProduction: !Equals [!Ref Stage, prod]
  IsNot: !Not [!Condition IsProduction]
Globals:
  Function:
    Timeout: 15
    Environment:
      Variables:
        LOG: info
Resources:
  Table:
    Type: AWS::DynamoDB::Table
    Properties:
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{AttributeName: pk, AttributeType: S}, {AttributeName: d, AttributeType: S}]
      KeySchema: [{AttributeName: pk, KeyType: HASH}]
      GlobalSecondaryIndexes:
        - {IndexName: due, KeySchema: [{AttributeName: d, KeyType: HASH}], Projection: {ProjectionType: KEYS_ONLY}}
      StreamSpecification: {StreamViewType: NEW_AND_OLD_IMAGES}
      TimeToLiveSpecification: {AttributeName: ttl, Enabled: true}
  Key:
    Type: AWS::SecretsManager::Secret
    Properties: {GenerateSecretString: {PasswordLength: 42, ExcludePunctuation: true}}
  Queue: {Type: AWS::SQS::Queue}
  Set: {Type: AWS::SES::ConfigurationSet, Properties: {Name: !Sub "rollcall-${Stage}"}}
  SetEvents:
    Type: AWS::SES::ConfigurationSetEventDestination
    Properties:
      ConfigurationSetName: !Ref Set
      EventDestination: {Enabled: true, MatchingEventTypes: [DELIVERY], EventBridgeDestination: {EventBusArn: x}}
  Api:
    Type: AWS::Serverless::Api
    Properties:
      Name: !Sub "rollcall-${Stage}"
      StageName: !Ref Stage
      BinaryMediaTypes: [text~1csv]
      GatewayResponses:
        REQUEST_TOO_LARGE:
          StatusCode: 413
          ResponseParameters: {Headers: {Content-Type: "'application/problem+json'"}}
          ResponseTemplates: {application/json: "{}"}
  OnlyThereFunction:
    Type: AWS::Serverless::Function
    Condition: IsProduction
  GetThingFunction:
    Type: AWS::Serverless::Function
    Properties:
      Timeout: !If [IsNot, 29, 5]
      Environment:
        Variables:
          TABLE: !Ref Table
          URL: !Ref PublicUrl
          KEYS: !Sub "k1:{{resolve:secretsmanager:${Key}:SecretString}}A,${!Literal}"
          JOINED: !Join ["-", [a, !Ref "AWS::NoValue", !Select [1, !Split [",", "x,y"]]]]
      Policies:
        - Version: "2012-10-17"
          Statement:
            - {Effect: Allow, Action: [dynamodb:Query], Resource: !Sub "${Table.Arn}/index/due"}
            - {Effect: Allow, Action: dynamodb:GetItem, Resource: !GetAtt Table.Arn}
      Events:
        Http: {Type: Api, Properties: {RestApiId: !Ref Api, Method: get, Path: "/v1/things/{id}"}}
  RunFunction:
    Type: AWS::Serverless::Function
    Properties:
      Events:
        Stream:
          Type: DynamoDB
          Properties:
            Stream: !GetAtt Table.StreamArn
            BatchSize: 5
            FunctionResponseTypes: [ReportBatchItemFailures]
            FilterCriteria: {Filters: [{Pattern: '{"eventName":["INSERT"]}'}]}
            DestinationConfig: {OnFailure: {Type: SQS, Destination: !GetAtt Queue.Arn}}
  TickFunction:
    Type: AWS::Serverless::Function
    Properties:
      Events: {Schedule: {Type: ScheduleV2, Properties: {ScheduleExpression: rate(5 minutes), RetryPolicy: {MaximumRetryAttempts: 2}}}}
"#;

    fn small() -> Deployment {
        let parameters = BTreeMap::from([("PublicUrl".to_owned(), "http://127.0.0.1:1".to_owned())]);
        deploy(SMALL, &parameters, &mut Fixed).unwrap()
    }

    #[test]
    fn a_functions_environment_is_resolved_as_the_cloud_would() {
        let deployment = small();
        let function = &deployment.functions["GetThingFunction"];
        assert_eq!(function.operation, "get-thing");
        assert_eq!(function.timeout, Duration::from_secs(29));
        let expected = BTreeMap::from(
            [
                ("LOG", "info"),
                ("TABLE", "Table"),
                ("URL", "http://127.0.0.1:1"),
                ("KEYS", "k1:Key42A,${Literal}"),
                ("JOINED", "a-y"),
            ]
            .map(|(name, value)| (name.to_owned(), value.to_owned())),
        );
        assert_eq!(function.environment, expected);
        assert!(!deployment.functions.contains_key("OnlyThereFunction"));
    }

    #[test]
    fn policies_name_the_table_and_its_index() {
        let deployment = small();
        let policy = &deployment.functions["GetThingFunction"].policy;
        let arn = table_arn("Table");
        for (name, action, resource, decision) in [
            ("the table", "dynamodb:GetItem", arn.clone(), Decision::Allowed),
            ("the index", "dynamodb:Query", format!("{arn}/index/due"), Decision::Allowed),
            ("the table by the index's right", "dynamodb:Query", arn, Decision::NotAllowed),
        ] {
            assert_eq!(policy.decide(&Access::new(action, resource)), decision, "{name}");
        }
    }

    #[test]
    fn triggers_table_api_and_mail_are_read() {
        let deployment = small();
        match &deployment.functions["GetThingFunction"].trigger {
            Trigger::Http(route) => {
                assert_eq!((route.method.as_str(), route.path.as_str()), ("GET", "/v1/things/{id}"))
            }
            other => panic!("{other:?}"),
        }
        match &deployment.functions["RunFunction"].trigger {
            Trigger::Stream(stream) => {
                assert_eq!(stream.batch_size, 5);
                assert!(stream.reports_failures && !stream.bisect);
                assert_eq!(stream.failure_destination.as_deref(), Some("Queue"));
                assert!(stream.filters[0].matches(&json!({"eventName": "INSERT"})));
            }
            other => panic!("{other:?}"),
        }
        match &deployment.functions["TickFunction"].trigger {
            Trigger::Schedule(schedule) => {
                assert_eq!((schedule.every, schedule.retries), (Duration::from_secs(300), 2));
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(deployment.table.create["StreamSpecification"]["StreamEnabled"], json!(true));
        assert!(deployment.table.create.get("TimeToLiveSpecification").is_none());
        assert_eq!(deployment.table.indexes["due"], "d");
        assert_eq!(deployment.api.stage, "dev");
        assert_eq!(deployment.api.binary_media_types, ["text/csv"]);
        assert_eq!(deployment.api.responses["REQUEST_TOO_LARGE"].status, Some(413));
        assert_eq!(deployment.mail.configuration_sets["rollcall-dev"], ["DELIVERY"]);
    }

    #[test]
    fn what_cannot_be_resolved_is_an_error() {
        let none = BTreeMap::new();
        let given = BTreeMap::from([("PublicUrl".to_owned(), "u".to_owned())]);
        for (name, from, to, parameters) in [
            ("a parameter without a value", "", "", &none),
            ("a reference that leads nowhere", "!Ref Table", "!Ref Chair", &given),
            ("an unknown function", "!Ref Table", "!ImportValue Table", &given),
            ("an unknown schedule", "rate(5 minutes)", "cron(0 1 * * ? *)", &given),
            ("a filter that is no JSON", "'{\"eventName\":[\"INSERT\"]}'", "'{'", &given),
            ("not YAML", "Parameters:", "Parameters: : :", &given),
        ] {
            assert!(deploy(&SMALL.replace(from, to), parameters, &mut Fixed).is_err(), "{name}");
        }
    }

    #[test]
    fn rates() {
        for (text, seconds) in [
            ("rate(1 minute)", Some(60)),
            ("rate(5 minutes)", Some(300)),
            ("rate(2 hours)", Some(7_200)),
            ("rate(1 day)", Some(86_400)),
            ("rate(0 minutes)", None),
            ("rate(x)", None),
        ] {
            assert_eq!(rate(text).map(|rate| rate.as_secs()), seconds, "{text}");
        }
    }
}
