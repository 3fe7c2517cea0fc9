//! The use cases, a file per operation.

pub mod bootstrap;
pub mod create_api_key;
pub mod create_organization;
pub mod get_me;
pub mod list_organizations;
pub mod list_roles;
pub mod sessions;
