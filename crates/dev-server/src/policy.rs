//! Evaluates a function's own policy statements as the cloud does: an explicit deny wins, and what no statement
//! allows is refused.

use serde_json::Value;

/// The statements of one function.
#[derive(Debug, Clone, Default)]
pub struct Policy {
    statements: Vec<Statement>,
}

#[derive(Debug, Clone)]
struct Statement {
    allows: bool,
    actions: Vec<String>,
    resources: Vec<String>,
    conditions: Vec<Condition>,
}

#[derive(Debug, Clone)]
struct Condition {
    set: SetOperator,
    operator: Operator,
    if_exists: bool,
    key: ConditionKey,
    values: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum SetOperator {
    Single,
    ForAllValues,
    ForAnyValue,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    Equals,
    NotEquals,
    Like,
    NotLike,
    Null,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ConditionKey {
    LeadingKeys,
    EnclosingOperation,
    FromAddress,
}

/// What is asked for: one action on one resource, with what conditions may look at.
#[derive(Debug, Clone)]
pub struct Access {
    /// Such as `dynamodb:PutItem`.
    pub action: String,
    /// An ARN, or `*` for an action without a resource.
    pub resource: String,
    /// The partition keys that the request names; `None` when they could not be read from it.
    pub leading_keys: Option<Vec<String>>,
    /// The transaction that this is a member of.
    pub enclosing_operation: Option<&'static str>,
    /// The sender of a mail.
    pub from_address: Option<String>,
}

impl Access {
    /// An action on a resource, without anything for conditions to look at.
    #[must_use]
    pub fn new(action: impl Into<String>, resource: impl Into<String>) -> Self {
        Self {
            action: action.into(),
            resource: resource.into(),
            leading_keys: None,
            enclosing_operation: None,
            from_address: None,
        }
    }
}

/// The answer to an [`Access`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// A statement allows it and none denies it.
    Allowed,
    /// No statement allows it.
    NotAllowed,
    /// A statement denies it.
    Denied,
}

/// A statement that this server does not understand; ignoring it would allow or refuse other than the cloud does.
#[derive(Debug, thiserror::Error)]
#[error("policy statement not understood: {0}")]
pub struct PolicyError(String);

impl Policy {
    /// Reads the `Policies` list of a function, whose references are resolved.
    ///
    /// # Errors
    /// When it holds anything but policy documents of plain statements.
    pub fn parse(policies: &Value) -> Result<Self, PolicyError> {
        let mut statements = Vec::new();
        for document in list(policies) {
            let Some(found) = document.get("Statement") else {
                return Err(PolicyError("only policy documents with plain statements are allowed".into()));
            };
            for statement in list(found) {
                statements.push(Statement::parse(statement)?);
            }
        }
        Ok(Self { statements })
    }

    /// Every action on every resource that a statement allows.
    pub(crate) fn allowed(&self) -> impl Iterator<Item = (&str, &str)> {
        self.statements.iter().filter(|statement| statement.allows).flat_map(|statement| {
            let resources = statement.resources.iter().map(String::as_str);
            resources.flat_map(|resource| statement.actions.iter().map(move |action| (action.as_str(), resource)))
        })
    }

    /// Decides one access.
    #[must_use]
    pub fn decide(&self, access: &Access) -> Decision {
        let mut decision = Decision::NotAllowed;
        for statement in &self.statements {
            if statement.applies(access) {
                if !statement.allows {
                    return Decision::Denied;
                }
                decision = Decision::Allowed;
            }
        }
        decision
    }
}

impl Statement {
    fn parse(value: &Value) -> Result<Self, PolicyError> {
        let allows = match value.get("Effect").and_then(Value::as_str) {
            Some("Allow") => true,
            Some("Deny") => false,
            _ => return Err(PolicyError("Effect".into())),
        };
        if let Some(object) = value.as_object()
            && let Some(name) = object
                .keys()
                .find(|name| !["Sid", "Effect", "Action", "Resource", "Condition"].contains(&name.as_str()))
        {
            return Err(PolicyError(name.clone()));
        }
        let mut conditions = Vec::new();
        if let Some(Value::Object(operators)) = value.get("Condition") {
            for (operator, keys) in operators {
                let Value::Object(keys) = keys else {
                    return Err(PolicyError(operator.clone()));
                };
                for (key, values) in keys {
                    conditions.push(Condition::parse(operator, key, values)?);
                }
            }
        }
        Ok(Self {
            allows,
            actions: texts(value.get("Action"), "Action")?,
            resources: texts(value.get("Resource"), "Resource")?,
            conditions,
        })
    }

    fn applies(&self, access: &Access) -> bool {
        // Actions are compared without regard to case, resources with it.
        self.actions.iter().any(|action| wildcard(&action.to_ascii_lowercase(), &access.action.to_ascii_lowercase()))
            && self.resources.iter().any(|resource| wildcard(resource, &access.resource))
            && self.conditions.iter().all(|condition| condition.holds(access, self.allows))
    }
}

impl Condition {
    fn parse(operator: &str, key: &str, values: &Value) -> Result<Self, PolicyError> {
        let (set, rest) = match operator.split_once(':') {
            Some(("ForAllValues", rest)) => (SetOperator::ForAllValues, rest),
            Some(("ForAnyValue", rest)) => (SetOperator::ForAnyValue, rest),
            Some(_) => return Err(PolicyError(operator.to_owned())),
            None => (SetOperator::Single, operator),
        };
        let (name, if_exists) = match rest.strip_suffix("IfExists") {
            Some(name) => (name, true),
            None => (rest, false),
        };
        let operator = match name {
            "StringEquals" => Operator::Equals,
            "StringNotEquals" => Operator::NotEquals,
            "StringLike" => Operator::Like,
            "StringNotLike" => Operator::NotLike,
            "Null" => Operator::Null,
            _ => return Err(PolicyError(operator.to_owned())),
        };
        let key = match key.to_ascii_lowercase().as_str() {
            "dynamodb:leadingkeys" => ConditionKey::LeadingKeys,
            "dynamodb:enclosingoperation" => ConditionKey::EnclosingOperation,
            "ses:fromaddress" => ConditionKey::FromAddress,
            _ => return Err(PolicyError(key.to_owned())),
        };
        Ok(Self { set, operator, if_exists, key, values: texts(Some(values), "Condition")? })
    }

    /// Whether the condition holds. What cannot be read from a request never helps it: a condition on keys that are
    /// not known fails in an allowing statement and holds in a denying one.
    fn holds(&self, access: &Access, allows: bool) -> bool {
        let present: Vec<&str> = match self.key {
            ConditionKey::LeadingKeys => match &access.leading_keys {
                Some(keys) => keys.iter().map(String::as_str).collect(),
                None => return !allows,
            },
            ConditionKey::EnclosingOperation => access.enclosing_operation.into_iter().collect(),
            ConditionKey::FromAddress => access.from_address.as_deref().into_iter().collect(),
        };
        if self.operator == Operator::Null {
            let wanted_absent = self.values.iter().any(|value| value == "true");
            return present.is_empty() == wanted_absent;
        }
        let one = |value: &str| match self.operator {
            Operator::Equals => self.values.iter().any(|wanted| wanted == value),
            Operator::NotEquals => self.values.iter().all(|wanted| wanted != value),
            Operator::Like => self.values.iter().any(|wanted| wildcard(wanted, value)),
            Operator::NotLike => !self.values.iter().any(|wanted| wildcard(wanted, value)),
            Operator::Null => false,
        };
        match self.set {
            SetOperator::ForAllValues => present.iter().all(|value| one(value)),
            SetOperator::ForAnyValue => present.iter().any(|value| one(value)),
            SetOperator::Single if present.is_empty() => {
                self.if_exists || matches!(self.operator, Operator::NotEquals | Operator::NotLike)
            }
            SetOperator::Single => present.iter().all(|value| one(value)),
        }
    }
}

fn list(value: &Value) -> &[Value] {
    match value {
        Value::Array(values) => values,
        Value::Null => &[],
        single => std::slice::from_ref(single),
    }
}

fn texts(value: Option<&Value>, name: &str) -> Result<Vec<String>, PolicyError> {
    let value = value.ok_or_else(|| PolicyError(format!("{name} is missing")))?;
    list(value)
        .iter()
        .map(|value| match value {
            Value::String(text) => Ok(text.clone()),
            Value::Bool(flag) => Ok(flag.to_string()),
            _ => Err(PolicyError(name.to_owned())),
        })
        .collect()
}

/// IAM's patterns: `*` is any text, `?` one character.
fn wildcard(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut p, mut t) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                retry = Some((p, t));
                p += 1;
            }
            Some(&c) if c == '?' || c == text[t] => {
                p += 1;
                t += 1;
            }
            _ => match retry {
                Some((star, from)) => {
                    retry = Some((star, from + 1));
                    p = star + 1;
                    t = from + 1;
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|&c| c == '*')
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const TABLE: &str = "arn:aws:dynamodb:eu-central-1:000000000000:table/t";

    fn keyed(action: &str, keys: Option<&[&str]>) -> Access {
        Access {
            leading_keys: keys.map(|keys| keys.iter().map(|&key| key.to_owned()).collect()),
            ..Access::new(action, TABLE)
        }
    }

    #[test]
    fn what_no_statement_allows_is_refused() {
        let policy = Policy::parse(&json!([{"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": ["dynamodb:GetItem", "dynamodb:Batch*"], "Resource": TABLE},
            {"Effect": "Allow", "Action": "dynamodb:Query", "Resource": [format!("{TABLE}/index/due")]},
            {"Effect": "Allow", "Action": "ses:*", "Resource": "*"},
            {"Effect": "Deny", "Action": "ses:DeleteIdentity", "Resource": "*"},
        ]}]))
        .unwrap();
        for (name, action, resource, decision) in [
            ("listed", "dynamodb:GetItem", TABLE, Decision::Allowed),
            ("case does not matter in actions", "dynamodb:getitem", TABLE, Decision::Allowed),
            ("by wildcard", "dynamodb:BatchWriteItem", TABLE, Decision::Allowed),
            ("not listed", "dynamodb:PutItem", TABLE, Decision::NotAllowed),
            ("the index does not open the table", "dynamodb:Query", TABLE, Decision::NotAllowed),
            (
                "another table",
                "dynamodb:GetItem",
                "arn:aws:dynamodb:eu-central-1:000000000000:table/t2",
                Decision::NotAllowed,
            ),
            ("denied although allowed", "ses:DeleteIdentity", "*", Decision::Denied),
        ] {
            assert_eq!(policy.decide(&Access::new(action, resource)), decision, "{name}");
        }
        let index = Access::new("dynamodb:Query", format!("{TABLE}/index/due"));
        assert_eq!(policy.decide(&index), Decision::Allowed);
    }

    #[test]
    fn conditions_look_at_keys_and_transactions() {
        let policy = Policy::parse(&json!([{"Statement": [
            {"Effect": "Allow", "Action": "dynamodb:PutItem", "Resource": "*",
             "Condition": {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["SESSION#*", "AUDIT"]}}},
            {"Effect": "Allow", "Action": "dynamodb:DeleteItem", "Resource": "*",
             "Condition": {"StringEquals": {"dynamodb:EnclosingOperation": "TransactWriteItems"}}},
        ]}]))
        .unwrap();
        let transacted =
            Access { enclosing_operation: Some("TransactWriteItems"), ..Access::new("dynamodb:DeleteItem", TABLE) };
        for (name, access, decision) in [
            ("a key that is listed", keyed("dynamodb:PutItem", Some(&["SESSION#1", "AUDIT"])), Decision::Allowed),
            ("one key that is not", keyed("dynamodb:PutItem", Some(&["SESSION#1", "USER#1"])), Decision::NotAllowed),
            ("keys that cannot be read", keyed("dynamodb:PutItem", None), Decision::NotAllowed),
            ("within a transaction", transacted, Decision::Allowed),
            ("outside of one", keyed("dynamodb:DeleteItem", Some(&["X"])), Decision::NotAllowed),
        ] {
            assert_eq!(policy.decide(&access), decision, "{name}");
        }
    }

    #[test]
    fn statements_that_are_not_understood_are_refused() {
        for (name, policy) in [
            ("a SAM policy template", json!([{"DynamoDBCrudPolicy": {"TableName": "t"}}])),
            ("a managed policy's name", json!(["AmazonDynamoDBFullAccess"])),
            ("NotAction", json!([{"Statement": [{"Effect": "Allow", "NotAction": "x", "Resource": "*"}]}])),
            (
                "an unknown condition key",
                json!([{"Statement": [{"Effect": "Allow", "Action": "x", "Resource": "*",
                "Condition": {"StringEquals": {"aws:SourceVpc": "v"}}}]}]),
            ),
            (
                "an unknown operator",
                json!([{"Statement": [{"Effect": "Allow", "Action": "x", "Resource": "*",
                "Condition": {"IpAddress": {"dynamodb:LeadingKeys": "v"}}}]}]),
            ),
        ] {
            assert!(Policy::parse(&policy).is_err(), "{name}");
        }
    }

    #[test]
    fn wildcards() {
        for (pattern, text, matches) in [
            ("*", "", true),
            ("a*c", "abbc", true),
            ("a*c*", "abcd", true),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("a*b*c", "aXbYbZc", true),
            ("abc", "abcd", false),
        ] {
            assert_eq!(wildcard(pattern, text), matches, "{pattern} {text}");
        }
    }
}
