//! What several test programs need: the workspace as cargo sees it, its sources, and the template.

pub mod template;
pub mod workspace;
