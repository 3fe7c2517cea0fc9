//! The operations, a file each: parse, call one use case, map.

pub mod cancel_import;
pub mod commit_import;
pub mod create_api_key;
pub mod create_organization;
pub mod get_import;
pub mod get_import_profile;
pub mod get_import_report;
pub mod get_me;
pub mod get_openapi;
pub mod list_import_profiles;
pub mod list_imports;
pub mod list_organizations;
pub mod list_roles;
pub mod list_users;
pub mod sign_in;
pub mod sign_out;
pub mod stage_chunk;
pub mod start_import;
pub mod verify_mfa;
