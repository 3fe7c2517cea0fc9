//! Makes the tables of `phone-automaton` from libphonenumber's metadata.
//!
//! What a numbering plan says in regular expressions is a finite question about digits, so it is answered here once and
//! for all: [`compile`] makes one automaton of all of them, [`encode`] writes it down in few bytes.

pub mod compile;
pub mod dag;
pub mod encode;
pub mod metadata;
pub mod pattern;

use thiserror::Error;

pub use encode::{Encoded, Source};

/// What the metadata has that this generator does not know.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Failure {
    /// The bytes are not what they should be.
    #[error("the metadata should have {0} here")]
    Metadata(&'static str),
    /// A regular expression with something in it that no pattern had before.
    #[error("the pattern {0} has something new in it")]
    Pattern(String),
    /// A replacement with something in it that none had before.
    #[error("the rule {0} has something new in it")]
    Rule(String),
}

/// Makes the files that are committed in `phone-automaton/src/generated`.
///
/// # Errors
/// If the metadata has something in it that this generator does not know.
pub fn generate(source: Source<'_>) -> Result<Encoded, Failure> {
    encode::encode(&compile::compile(&metadata::read(source.bytes)?)?, source)
}
