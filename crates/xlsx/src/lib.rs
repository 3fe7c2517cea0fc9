//! Excel workbooks in and out. Pure: bytes in, bytes out, within limits that are checked before anything is unpacked.

mod refused;
pub mod tables;

pub use refused::{Refused, What};
