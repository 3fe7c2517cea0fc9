//! What several test programs need: the workspace as cargo sees it, its sources, the template, and the
//! running system.

pub mod imports;
pub mod system;
pub mod template;
pub mod workspace;
