//! The resources as JSON. Requests and responses have types of their own, apart from the domain's.

pub mod api_key;
pub mod audit;
pub mod entry;
pub mod import;
pub mod invitation;
pub mod mailed_link;
pub mod me;
pub mod organization;
pub mod page;
pub mod problem;
pub mod role;
pub mod session;
pub mod user;

use serde::{Deserialize, Deserializer};

/// Tells `null` from absent.
fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}
