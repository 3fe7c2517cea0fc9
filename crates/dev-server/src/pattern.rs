//! Event patterns, as stream filters (`FilterCriteria`) and EventBridge rules use them.

use serde_json::Value;

/// A parsed pattern: an object whose leaves list what a value may be.
#[derive(Debug, Clone)]
pub struct Pattern(Node);

#[derive(Debug, Clone)]
enum Node {
    /// Every member must match, and of each `$or` one alternative.
    Object { members: Vec<(String, Node)>, alternatives: Vec<Node> },
    /// One of the matchers must match.
    Leaf(Vec<Matcher>),
}

#[derive(Debug, Clone)]
enum Matcher {
    Equals(Value),
    EqualsIgnoreCase(String),
    Prefix(String),
    Suffix(String),
    Exists(bool),
    AnythingBut(Vec<Value>),
    AnythingButPrefix(String),
    Numeric(Vec<(Comparison, f64)>),
}

#[derive(Debug, Clone, Copy)]
enum Comparison {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// A pattern that this server does not understand; starting with it would pass or lose events silently.
#[derive(Debug, thiserror::Error)]
#[error("event pattern not understood at {0}")]
pub struct PatternError(String);

impl Pattern {
    /// Parses a pattern.
    ///
    /// # Errors
    /// When it is not an object, or uses a comparison that is not known here.
    pub fn parse(pattern: &Value) -> Result<Self, PatternError> {
        Ok(Self(parse_node(pattern, "$")?))
    }

    /// Whether an event passes.
    #[must_use]
    pub fn matches(&self, event: &Value) -> bool {
        matches_node(&self.0, Some(event))
    }
}

fn parse_node(value: &Value, at: &str) -> Result<Node, PatternError> {
    match value {
        Value::Object(map) => {
            let mut members = Vec::new();
            let mut alternatives = Vec::new();
            for (name, child) in map {
                if name == "$or" {
                    let Value::Array(options) = child else {
                        return Err(PatternError(format!("{at}.$or")));
                    };
                    for option in options {
                        alternatives.push(parse_node(option, &format!("{at}.$or"))?);
                    }
                } else {
                    let at = format!("{at}.{name}");
                    members.push((name.clone(), parse_node(child, &at)?));
                }
            }
            Ok(Node::Object { members, alternatives })
        }
        Value::Array(options) => {
            Ok(Node::Leaf(options.iter().map(|option| parse_matcher(option, at)).collect::<Result<_, _>>()?))
        }
        _ => Err(PatternError(at.to_owned())),
    }
}

fn parse_matcher(value: &Value, at: &str) -> Result<Matcher, PatternError> {
    let refuse = || PatternError(at.to_owned());
    let Value::Object(map) = value else {
        return if value.is_array() { Err(refuse()) } else { Ok(Matcher::Equals(value.clone())) };
    };
    let Some((name, operand)) = map.iter().next().filter(|_| map.len() == 1) else {
        return Err(refuse());
    };
    let text = || operand.as_str().map(str::to_owned).ok_or_else(refuse);
    Ok(match name.as_str() {
        "prefix" => Matcher::Prefix(text()?),
        "suffix" => Matcher::Suffix(text()?),
        "equals-ignore-case" => Matcher::EqualsIgnoreCase(text()?.to_lowercase()),
        "exists" => Matcher::Exists(operand.as_bool().ok_or_else(refuse)?),
        "anything-but" => match operand {
            Value::Array(values) => Matcher::AnythingBut(values.clone()),
            Value::Object(inner) => match inner.get("prefix").and_then(Value::as_str) {
                Some(prefix) if inner.len() == 1 => Matcher::AnythingButPrefix(prefix.to_owned()),
                _ => return Err(refuse()),
            },
            single => Matcher::AnythingBut(vec![single.clone()]),
        },
        "numeric" => {
            let parts = operand.as_array().ok_or_else(refuse)?;
            let mut comparisons = Vec::new();
            for pair in parts.chunks(2) {
                let comparison = match pair[0].as_str() {
                    Some("=") => Comparison::Equal,
                    Some("<") => Comparison::Less,
                    Some("<=") => Comparison::LessOrEqual,
                    Some(">") => Comparison::Greater,
                    Some(">=") => Comparison::GreaterOrEqual,
                    _ => return Err(refuse()),
                };
                let number = pair.get(1).and_then(Value::as_f64).ok_or_else(refuse)?;
                comparisons.push((comparison, number));
            }
            Matcher::Numeric(comparisons)
        }
        _ => return Err(refuse()),
    })
}

fn matches_node(node: &Node, value: Option<&Value>) -> bool {
    match node {
        Node::Object { members, alternatives } => {
            members.iter().all(|(name, child)| matches_node(child, value.and_then(|value| value.get(name))))
                && (alternatives.is_empty() || alternatives.iter().any(|option| matches_node(option, value)))
        }
        Node::Leaf(matchers) => matchers.iter().any(|matcher| match value {
            // An array in the event matches when one of its elements does.
            Some(Value::Array(elements)) => match matcher {
                Matcher::Exists(wanted) => *wanted,
                _ => elements.iter().any(|element| matches_value(matcher, element)),
            },
            Some(value) => matches_value(matcher, value),
            None => matches!(matcher, Matcher::Exists(false)),
        }),
    }
}

fn matches_value(matcher: &Matcher, value: &Value) -> bool {
    let text = value.as_str();
    match matcher {
        Matcher::Equals(wanted) => wanted == value,
        Matcher::EqualsIgnoreCase(wanted) => text.is_some_and(|text| text.to_lowercase() == *wanted),
        Matcher::Prefix(prefix) => text.is_some_and(|text| text.starts_with(prefix)),
        Matcher::Suffix(suffix) => text.is_some_and(|text| text.ends_with(suffix)),
        Matcher::Exists(wanted) => *wanted,
        Matcher::AnythingBut(values) => !values.contains(value),
        Matcher::AnythingButPrefix(prefix) => text.is_some_and(|text| !text.starts_with(prefix)),
        Matcher::Numeric(comparisons) => value.as_f64().is_some_and(|number| {
            comparisons.iter().all(|(comparison, bound)| match comparison {
                Comparison::Equal => number == *bound,
                Comparison::Less => number < *bound,
                Comparison::LessOrEqual => number <= *bound,
                Comparison::Greater => number > *bound,
                Comparison::GreaterOrEqual => number >= *bound,
            })
        }),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_event_passes_when_every_member_matches() {
        let tick = json!({"eventName": ["INSERT"], "dynamodb": {"NewImage": {"kind": {"S": ["import_tick"]}}}});
        let insert =
            json!({"eventName": "INSERT", "dynamodb": {"NewImage": {"kind": {"S": "import_tick"}, "n": {"N": "7"}}}});
        let tags = json!({"detail": {"mail": {"tags": {"set": ["a", "b"]}}}});
        for (name, pattern, event, passes) in [
            ("all members match", tick.clone(), insert.clone(), true),
            ("another event name", tick.clone(), json!({"eventName": "MODIFY", "dynamodb": insert["dynamodb"]}), false),
            (
                "another kind",
                tick.clone(),
                json!({"eventName": "INSERT", "dynamodb": {"NewImage": {"kind": {"S": "mail"}}}}),
                false,
            ),
            ("no new image", tick, json!({"eventName": "INSERT", "dynamodb": {}}), false),
            ("one of several values", json!({"a": ["x", "y"]}), json!({"a": "y"}), true),
            ("an array in the event", json!({"detail": {"mail": {"tags": {"set": ["b"]}}}}), tags, true),
            ("prefix", json!({"a": [{"prefix": "in"}]}), json!({"a": "insert"}), true),
            ("prefix that differs", json!({"a": [{"prefix": "in"}]}), json!({"a": "out"}), false),
            ("suffix", json!({"a": [{"suffix": ".csv"}]}), json!({"a": "x.csv"}), true),
            ("exists", json!({"a": [{"exists": true}]}), json!({"a": 1}), true),
            ("exists but is not there", json!({"a": [{"exists": true}]}), json!({}), false),
            ("must not exist", json!({"a": {"b": [{"exists": false}]}}), json!({"a": {}}), true),
            ("anything but", json!({"a": [{"anything-but": ["x"]}]}), json!({"a": "y"}), true),
            ("anything but this", json!({"a": [{"anything-but": "x"}]}), json!({"a": "x"}), false),
            ("numeric range", json!({"a": [{"numeric": [">", 1, "<=", 5]}]}), json!({"a": 5}), true),
            ("out of range", json!({"a": [{"numeric": [">", 1, "<=", 5]}]}), json!({"a": 6}), false),
            ("or", json!({"$or": [{"a": ["x"]}, {"b": ["y"]}]}), json!({"b": "y"}), true),
            ("neither", json!({"$or": [{"a": ["x"]}, {"b": ["y"]}]}), json!({"b": "z"}), false),
        ] {
            let pattern = Pattern::parse(&pattern).unwrap();
            assert_eq!(pattern.matches(&event), passes, "{name}");
        }
    }

    #[test]
    fn what_is_not_understood_is_refused_at_the_start() {
        for (name, pattern) in [
            ("a bare value", json!({"a": "x"})),
            ("an unknown comparison", json!({"a": [{"cidr": "10.0.0.0/8"}]})),
            ("two comparisons in one", json!({"a": [{"prefix": "a", "suffix": "b"}]})),
            ("a nested list", json!({"a": [["x"]]})),
        ] {
            assert!(Pattern::parse(&pattern).is_err(), "{name}");
        }
    }
}
