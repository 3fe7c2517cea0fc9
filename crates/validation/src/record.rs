//! Rows as the API takes them.

use std::{collections::BTreeMap, fmt};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error, MapAccess, Visitor},
    ser::SerializeMap as _,
};

use crate::Value;

/// A row as the API takes it: `{"row":7,"first_name":"Ana","role":["Technician"]}`. `row` is the number that it had in
/// its sheet; without one it is the row's place in the list. `on_existing` is the server's: what happens to this person
/// if they are there already.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Record {
    /// Number in the sheet that it came from.
    pub row: Option<u32>,
    /// What the caller wants of this row if its person is there already; nothing that the validator looks at.
    pub on_existing: Option<String>,
    /// Values by the name of the field.
    pub values: BTreeMap<String, Value>,
}

impl<'de> Deserialize<'de> for Record {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;

        impl<'de> Visitor<'de> for Members {
            type Value = Record;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of texts and lists of texts by field")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Record, A::Error> {
                let mut record = Record::default();
                while let Some(name) = map.next_key::<String>()? {
                    if name == "row" {
                        record.row = map.next_value()?;
                        continue;
                    }
                    if name == "on_existing" {
                        record.on_existing = map.next_value()?;
                        continue;
                    }
                    // null is as good as absent.
                    if let Some(value) = map.next_value::<Option<Value>>()?
                        && record.values.insert(name, value).is_some()
                    {
                        return Err(A::Error::custom("a field is given twice"));
                    }
                }
                Ok(record)
            }
        }

        deserializer.deserialize_map(Members)
    }
}

impl Serialize for Record {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if let Some(row) = self.row {
            map.serialize_entry("row", &row)?;
        }
        if let Some(wish) = &self.on_existing {
            map.serialize_entry("on_existing", wish)?;
        }
        for (name, value) in &self.values {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_read_and_written() {
        let json = r#"{"row":7,"on_existing":"skip","first_name":"Ana","role":["Technician"]}"#;
        let record: Record = serde_json::from_str(json).unwrap();
        assert_eq!((record.row, record.on_existing.as_deref()), (Some(7), Some("skip")));
        assert_eq!(record.values["role"], Value::List(vec!["Technician".into()]));
        assert_eq!(serde_json::to_string(&record).unwrap(), json);
    }

    #[test]
    fn null_is_as_good_as_absent_and_anything_else_is_refused() {
        assert_eq!(serde_json::from_str::<Record>(r#"{"row":null,"phone":null}"#).unwrap(), Record::default());
        for json in [r#"{"phone":49}"#, r#"{"role":[1]}"#, "[]", r#"{"row":-1}"#, r#"{"a":"1","a":"2"}"#] {
            assert!(serde_json::from_str::<Record>(json).is_err(), "{json}");
        }
    }
}
