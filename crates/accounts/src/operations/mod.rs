//! The use cases, a file per operation.

pub mod sessions;
