//! Excel workbooks in and out. Pure: bytes in, bytes out, within limits that are checked before anything is unpacked.

mod crc;
mod limits;
mod number;
mod read;
mod refused;
pub mod tables;
mod write;
mod xml;
mod zip;

pub use limits::Limits;
pub use read::unpack;
pub use refused::{Refused, What};
pub use write::pack;
