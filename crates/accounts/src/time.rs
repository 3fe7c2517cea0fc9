//! How moments are written: ISO 8601, UTC, milliseconds, always 24 characters, so that text order is time order.

use jiff::Timestamp;

/// Milliseconds since the epoch, for comparing and rounding.
#[must_use]
pub fn truncate(moment: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(moment.as_millisecond()).unwrap_or(moment)
}

/// `2026-11-21T18:03:00.000Z`.
#[must_use]
pub fn iso(moment: Timestamp) -> String {
    format!("{:.3}", truncate(moment))
}

/// serde for a [`Timestamp`] in the fixed-width form.
pub mod fixed {
    use jiff::Timestamp;
    use serde::{Deserialize, Deserializer, Serializer, de::Error as _};

    /// Writes the fixed-width form.
    ///
    /// # Errors
    /// Those of the serializer.
    pub fn serialize<S: Serializer>(moment: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&super::iso(*moment))
    }

    /// Reads any RFC 3339 moment.
    ///
    /// # Errors
    /// When the text is none.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }

    /// The same for an optional moment.
    pub mod option {
        use jiff::Timestamp;
        use serde::{Deserialize, Deserializer, Serializer, de::Error as _};

        /// Writes the fixed-width form or null.
        ///
        /// # Errors
        /// Those of the serializer.
        pub fn serialize<S: Serializer>(moment: &Option<Timestamp>, serializer: S) -> Result<S::Ok, S::Error> {
            match moment {
                Some(moment) => serializer.serialize_str(&super::super::iso(*moment)),
                None => serializer.serialize_none(),
            }
        }

        /// Reads any RFC 3339 moment or null.
        ///
        /// # Errors
        /// When the text is none.
        pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
            Option::<String>::deserialize(deserializer)?.map(|text| text.parse().map_err(D::Error::custom)).transpose()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_have_fixed_width() {
        let moment: Timestamp = "2026-11-21T18:03:00Z".parse().unwrap();
        assert_eq!(iso(moment), "2026-11-21T18:03:00.000Z");
        assert_eq!(iso(Timestamp::from_nanosecond(1_000_001).unwrap()), "1970-01-01T00:00:00.001Z");
    }
}
