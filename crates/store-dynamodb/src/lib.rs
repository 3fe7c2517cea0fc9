//! The ports of `rollcall-accounts` on one DynamoDB table. The only crate that knows keys and items;
//! docs/DATA_MODEL.md lists them with their access patterns. No operation scans.
//!
//! A module per capability, each implementing the ports of the operations that need it, so that a function
//! is granted just the calls of the modules it uses.

mod api_keys;
mod attempts;
mod authenticate;
mod bootstrap;
mod credentials;
mod dispatch;
pub mod failure;
mod idempotency;
mod imports;
mod imports_run;
mod invitations;
pub mod item;
pub mod keys;
mod listing;
mod lists;
mod organizations;
mod outbox;
mod password_resets;
mod profiles;
mod roles;
mod sessions;
mod trails;
mod user_writes;
mod users;
mod visibility;
mod write;

use std::time::Duration;

use aws_sdk_dynamodb::{
    Client,
    config::{Builder, timeout::TimeoutConfig},
};

/// Longest try of a call.
const ATTEMPT: Duration = Duration::from_secs(10);
/// Longest call, tried again. A lease that outlasts a function's time by this much (rollcall-accounts'
/// `import::LEASE`) outlasts everything that the function has sent.
const CALL: Duration = Duration::from_secs(25);

/// The table. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    pub(crate) client: Client,
    pub(crate) table: String,
    pub(crate) heads: visibility::HeadCache,
}

impl Store {
    /// The store on a table of that name, reached by that configuration (a [`Client`] is made of it).
    #[must_use]
    pub fn new(sdk: &aws_types::SdkConfig, table: &str) -> Self {
        let timeouts = TimeoutConfig::builder().operation_attempt_timeout(ATTEMPT).operation_timeout(CALL).build();
        let config = Builder::from(sdk).timeout_config(timeouts).retry_classifier(failure::RetryConflicts).build();
        Self { client: Client::from_conf(config), table: table.to_owned(), heads: visibility::HeadCache::default() }
    }
}
