//! Lists.

use serde::Serialize;
use utoipa::ToSchema;

/// One page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Page<T> {
    /// What is listed. May be fewer than `limit`, even none, while there is a next page.
    pub items: Vec<T>,
    /// Ask again with `?cursor=` and the same filters; null at the end.
    pub next_cursor: Option<String>,
}

impl<T> Page<T> {
    /// A list that has one page only.
    #[must_use]
    pub fn whole(items: Vec<T>) -> Self {
        Self { items, next_cursor: None }
    }
}
