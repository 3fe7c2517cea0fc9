//! infra/template.yaml as data. CloudFormation's short forms stay what they are: `!Ref X` is `{"!Ref": "X"}`.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use serde_yaml_ng::Value as Yaml;

use crate::workspace::{root, text};

/// The template.
pub struct Template(Value);

/// One function of the template.
pub struct Function<'a> {
    /// Its operation, `list-users`.
    pub operation: String,
    /// Its properties.
    pub properties: &'a Value,
}

/// One statement of a function's policy.
#[derive(Debug)]
pub struct Statement<'a> {
    /// `dynamodb:GetItem` and the like.
    pub actions: Vec<&'a str>,
    /// What they are allowed on.
    pub resources: Vec<&'a Value>,
    /// The whole statement.
    pub whole: &'a Value,
}

impl Template {
    /// Reads it.
    ///
    /// # Panics
    /// When it is no YAML.
    #[must_use]
    pub fn read() -> Self {
        let yaml: Yaml =
            serde_yaml_ng::from_str(&text(&root().join("infra/template.yaml"))).expect("infra/template.yaml is YAML");
        Self(plain(yaml))
    }

    /// Properties of a resource.
    ///
    /// # Panics
    /// When there is none of this name.
    #[must_use]
    pub fn properties(&self, logical_id: &str) -> &Value {
        let resource = &self.0["Resources"][logical_id];
        assert!(resource.is_object(), "the template has no resource {logical_id}");
        &resource["Properties"]
    }

    /// Logical ids of the resources of a type.
    #[must_use]
    pub fn of_type(&self, kind: &str) -> Vec<&str> {
        let resources = self.0["Resources"].as_object().into_iter().flatten();
        resources.filter(|(_, resource)| resource["Type"] == kind).map(|(id, _)| id.as_str()).collect()
    }

    /// What applies to all functions.
    #[must_use]
    pub fn globals(&self) -> &Value {
        &self.0["Globals"]["Function"]
    }

    /// The functions by their logical ids.
    ///
    /// # Panics
    /// When a function is not called after an operation.
    #[must_use]
    pub fn functions(&self) -> BTreeMap<&str, Function<'_>> {
        let resources = self.0["Resources"].as_object().expect("resources");
        let functions = resources.iter().filter(|(_, resource)| resource["Type"] == "AWS::Serverless::Function");
        functions
            .map(|(id, resource)| {
                let name = id.strip_suffix("Function").unwrap_or_else(|| panic!("{id} is called …Function"));
                (id.as_str(), Function { operation: kebab(name), properties: &resource["Properties"] })
            })
            .collect()
    }
}

impl<'a> Function<'a> {
    /// The one event that starts it: kind and properties.
    ///
    /// # Panics
    /// When there are more or none.
    #[must_use]
    pub fn event(&self) -> (&'a str, &'a Value) {
        let events = self.properties["Events"].as_object().expect("events");
        assert_eq!(events.len(), 1, "{} has exactly one event", self.operation);
        let event = &events.values().next().expect("one event");
        (event["Type"].as_str().expect("a type"), &event["Properties"])
    }

    /// Names and values of its own environment variables.
    #[must_use]
    pub fn variables(&self) -> BTreeMap<&'a str, &'a Value> {
        let variables = self.properties["Environment"]["Variables"].as_object();
        variables.into_iter().flatten().map(|(name, value)| (name.as_str(), value)).collect()
    }

    /// All statements of its policies.
    ///
    /// # Panics
    /// When a policy is a template's or a managed one's name instead of statements.
    #[must_use]
    pub fn statements(&self) -> Vec<Statement<'a>> {
        let policies = self.properties["Policies"].as_array();
        let statements = policies.into_iter().flatten().flat_map(|policy| {
            policy["Statement"]
                .as_array()
                .unwrap_or_else(|| panic!("{}: plain statements only, not {policy}", self.operation))
        });
        statements
            .map(|statement| Statement {
                actions: list(&statement["Action"])
                    .into_iter()
                    .map(|action| action.as_str().expect("an action"))
                    .collect(),
                resources: list(&statement["Resource"]),
                whole: statement,
            })
            .collect()
    }
}

/// One value or a list of them.
fn list(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(values) => values.iter().collect(),
        Value::Null => Vec::new(),
        one => vec![one],
    }
}

/// `ListUsers` as `list-users`.
fn kebab(name: &str) -> String {
    let mut kebab = String::new();
    for (at, letter) in name.char_indices() {
        if at > 0 && letter.is_ascii_uppercase() {
            kebab.push('-');
        }
        kebab.push(letter.to_ascii_lowercase());
    }
    kebab
}

fn plain(yaml: Yaml) -> Value {
    match yaml {
        Yaml::Tagged(tagged) => Value::Object(Map::from_iter([(tagged.tag.to_string(), plain(tagged.value))])),
        Yaml::Mapping(mapping) => {
            let name = |key: Yaml| key.as_str().map(str::to_owned).expect("keys are strings");
            Value::Object(mapping.into_iter().map(|(key, value)| (name(key), plain(value))).collect())
        }
        Yaml::Sequence(values) => Value::Array(values.into_iter().map(plain).collect()),
        other => serde_json::to_value(other).expect("a plain value"),
    }
}
