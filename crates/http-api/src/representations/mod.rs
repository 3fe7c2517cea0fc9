//! The resources as JSON. Requests and responses have types of their own, apart from the domain's.

pub mod user;
