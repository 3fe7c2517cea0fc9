//! The resources as JSON. Requests and responses have types of their own, apart from the domain's.

pub mod api_key;
pub mod audit;
pub mod import;
pub mod invitation;
pub mod organization;
pub mod page;
pub mod problem;
pub mod role;
pub mod session;
pub mod user;
