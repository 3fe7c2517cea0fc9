//! Users, roles, invitations, imports and sessions: types, state machines, use cases (a file per
//! operation, under [`operations`]) and the ports they need.
//!
//! Nothing here knows HTTP, DynamoDB or SES. Time is an argument ([`Timestamp`]), randomness a port
//! ([`random::Randomness`]).

pub mod access;
pub mod attempts;
pub mod audit;
pub mod correlation;
pub mod credential;
pub mod device;
pub mod error;
pub mod facet;
pub mod first_credentials;
pub mod idempotency;
pub mod ids;
pub mod import;
pub mod invitation;
pub mod lifecycle;
pub mod lists;
pub mod naming;
pub mod operations;
pub mod organization;
pub mod outbox;
pub mod password;
pub mod random;
pub mod roles;
pub mod seal;
pub mod settings;
pub mod time;
pub mod token;
pub mod totp;
pub mod user;

pub use error::{Error, Result};
pub use jiff::Timestamp;
