//! The use cases, a file per operation.
