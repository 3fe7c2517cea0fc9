//! Made by `cargo xtask phone-metadata`.

/// libphonenumber's version of the metadata.
pub const METADATA_VERSION: &str = "9.0.42";
/// Where the metadata is from.
pub const METADATA_SOURCE: &str = "rlibphonenumber 2.2.15";
/// FNV-1a of the metadata's bytes.
pub const METADATA_HASH: &str = "deaf9870d9f74dae";
/// Unicode's version of the characters' categories.
pub const UNICODE_VERSION: &str = "18.0.0";
pub(crate) const STATES: usize = 5678;
pub(crate) const SINKS: usize = 20;
pub(crate) const HEIGHTS: usize = 19;
pub(crate) const TARGETS: usize = 24660;
pub(crate) const FAR_TARGETS: usize = 1637;
pub(crate) const PLANS: usize = 254;
pub(crate) const OUTCOMES: usize = 49;
pub(crate) const DIGITS: usize = 77;
pub(crate) const ENDS: usize = 1240;
pub(crate) static TABLES: &[u8; 47505] = include_bytes!("tables.bin");
