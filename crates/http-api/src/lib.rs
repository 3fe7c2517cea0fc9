//! `http::Request` to use case to `http::Response`: the calls, the answers, the one error map and the
//! route table. Knows no Lambda and no DynamoDB.
//!
//! A module per operation under [`operations`]: it parses, calls one use case, maps.

pub mod auth;
pub mod call;
pub mod cursor;
mod device;
pub mod idempotency;
pub mod openapi;
pub mod operations;
pub mod problem;
pub mod reply;
pub mod representations;
pub mod routes;
pub mod table;

pub use call::Call;
pub use problem::Problem;
pub use reply::Reply;
pub use routes::{ROUTES, Route};

/// What an operation answers.
pub type Answer = Result<Reply, Problem>;
