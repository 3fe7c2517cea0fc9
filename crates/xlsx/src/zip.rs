//! ZIP archives (PKWARE's APPNOTE 6.3.10): the directory first, then one entry at a time through a window. Nothing is
//! unpacked before its size in the directory was found to be within the limits, and nothing beyond that size.

use std::{
    cell::Cell,
    io::{self, BufRead, Read},
    rc::Rc,
};

use miniz_oxide::{
    DataFormat, MZFlush, MZStatus,
    inflate::stream::{InflateState, inflate},
};

use crate::{Limits, Refused, crc::Crc, refused::What};

const END: &[u8] = b"PK\x05\x06";
const END_LENGTH: usize = 22;
const END_64: &[u8] = b"PK\x06\x06";
const LOCATOR_64: &[u8] = b"PK\x06\x07";
const LOCATOR_64_LENGTH: usize = 20;
const ENTRY: &[u8] = b"PK\x01\x02";
const LOCAL: &[u8] = b"PK\x03\x04";
/// How much is unpacked at a time.
const WINDOW: usize = 32 * 1024;
/// Most bytes between two events of a reader: what is longer is no text that a person wrote.
const STRETCH: usize = 4 << 20;

#[derive(Debug, Clone)]
pub(crate) struct Entry {
    /// With `/` between folders, in lower case: names of parts are compared without regard to case (ECMA-376-2, 9.1.1.1).
    pub(crate) name: String,
    encrypted: bool,
    method: u16,
    crc: u32,
    packed: u64,
    size: u64,
    offset: u64,
}

/// An archive's directory.
#[derive(Debug)]
pub(crate) struct Archive<'a> {
    bytes: &'a [u8],
    pub(crate) entries: Vec<Entry>,
    limits: Limits,
    /// What was unpacked, or promised to be.
    unpacked: u64,
    /// Events in all parts so far.
    events: Rc<Cell<u64>>,
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at.checked_add(2)?)?.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(bytes.get(at..at.checked_add(8)?)?.try_into().ok()?))
}

fn slice(bytes: &[u8], from: u64, length: u64) -> Option<&[u8]> {
    let from = usize::try_from(from).ok()?;
    bytes.get(from..from.checked_add(usize::try_from(length).ok()?)?)
}

/// Where the directory is.
struct Directory {
    entries: u64,
    size: u64,
    offset: u64,
}

impl Directory {
    fn find(bytes: &[u8]) -> Option<Self> {
        // The end of the directory is followed by a comment of at most 65,535 bytes.
        let last = bytes.len().checked_sub(END_LENGTH)?;
        let first = last.saturating_sub(usize::from(u16::MAX));
        let end = (first..=last).rev().find(|at| {
            let comment = u16_at(bytes, at + 20).map(usize::from);
            bytes[*at..].starts_with(END) && comment.is_some_and(|length| at + END_LENGTH + length <= bytes.len())
        })?;
        let found = Self {
            entries: u64::from(u16_at(bytes, end + 10)?),
            size: u64::from(u32_at(bytes, end + 12)?),
            offset: u64::from(u32_at(bytes, end + 16)?),
        };
        let full = found.entries == u64::from(u16::MAX)
            || found.size == u64::from(u32::MAX)
            || found.offset == u64::from(u32::MAX);
        if !full {
            return Some(found);
        }
        let locator = end.checked_sub(LOCATOR_64_LENGTH).filter(|at| bytes[*at..].starts_with(LOCATOR_64));
        let Some(locator) = locator else { return Some(found) };
        let end = usize::try_from(u64_at(bytes, locator + 8)?).ok()?;
        if !bytes.get(end..)?.starts_with(END_64) {
            return None;
        }
        Some(Self {
            entries: u64_at(bytes, end + 32)?,
            size: u64_at(bytes, end + 40)?,
            offset: u64_at(bytes, end + 48)?,
        })
    }
}

impl Entry {
    /// Reads the entry at the beginning of these bytes; answers its length too.
    fn read(bytes: &[u8]) -> Option<(Self, usize)> {
        if !bytes.starts_with(ENTRY) {
            return None;
        }
        let (name, extra) = (usize::from(u16_at(bytes, 28)?), usize::from(u16_at(bytes, 30)?));
        let comment = usize::from(u16_at(bytes, 32)?);
        let text = bytes.get(46..46 + name)?;
        let mut entry = Self {
            name: String::from_utf8_lossy(text).replace('\\', "/").trim_start_matches('/').to_ascii_lowercase(),
            encrypted: u16_at(bytes, 8)? & 1 == 1,
            method: u16_at(bytes, 10)?,
            crc: u32_at(bytes, 16)?,
            packed: u64::from(u32_at(bytes, 20)?),
            size: u64::from(u32_at(bytes, 24)?),
            offset: u64::from(u32_at(bytes, 42)?),
        };
        entry.widen(bytes.get(46 + name..46 + name + extra)?);
        Some((entry, 46 + name + extra + comment))
    }

    /// Takes the numbers that have no room in 32 bits from the extra field (APPNOTE 4.5.3).
    fn widen(&mut self, mut extra: &[u8]) -> Option<()> {
        loop {
            let (id, length) = (u16_at(extra, 0)?, usize::from(u16_at(extra, 2)?));
            let field = extra.get(4..4 + length)?;
            if id == 1 {
                let mut at = 0;
                for number in [&mut self.size, &mut self.packed, &mut self.offset] {
                    if *number == u64::from(u32::MAX) {
                        *number = u64_at(field, at)?;
                        at += 8;
                    }
                }
                return Some(());
            }
            extra = &extra[4 + length..];
        }
    }
}

impl<'a> Archive<'a> {
    pub(crate) fn open(bytes: &'a [u8], limits: &Limits) -> Result<Self, Refused> {
        let directory = Directory::find(bytes).ok_or(Refused::Damaged)?;
        if directory.entries > limits.entries {
            return Err(Refused::TooLarge { what: What::Entries, limit: limits.entries });
        }
        let mut rest = slice(bytes, directory.offset, directory.size).ok_or(Refused::Damaged)?;
        let mut entries = Vec::new();
        for _ in 0..directory.entries {
            let (entry, length) = Entry::read(rest).ok_or(Refused::Damaged)?;
            entries.push(entry);
            rest = rest.get(length..).ok_or(Refused::Damaged)?;
        }
        Ok(Self { bytes, entries, limits: *limits, unpacked: 0, events: Rc::default() })
    }

    /// Whether there is such an entry.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.entries.iter().any(|entry| entry.name == name)
    }

    /// Begins to unpack an entry; nothing if there is none of that name.
    pub(crate) fn part(&mut self, name: &str) -> Result<Option<Part<'a>>, Refused> {
        let mut named = self.entries.iter().filter(|entry| entry.name == name);
        let Some(entry) = named.next() else { return Ok(None) };
        // Of two with one name nobody can say which one another program reads.
        if named.next().is_some() {
            return Err(Refused::Damaged);
        }
        if entry.encrypted {
            return Err(Refused::Encrypted);
        }
        let unpacked = self.unpacked.saturating_add(entry.size);
        if unpacked > self.limits.unpacked {
            return Err(Refused::TooLarge { what: What::Unpacked, limit: self.limits.unpacked });
        }
        self.unpacked = unpacked;
        let packed = self.packed(entry).ok_or(Refused::Damaged)?;
        let state = match entry.method {
            0 => None,
            8 => Some(InflateState::new_boxed(DataFormat::Raw)),
            _ => return Err(Refused::Damaged),
        };
        Ok(Some(Part {
            packed,
            state,
            window: Vec::new(),
            at: 0,
            crc: Crc::new(),
            expected: entry.crc,
            left: entry.size,
            stretch: STRETCH,
            events: Rc::clone(&self.events),
            limits: self.limits,
            ended: false,
        }))
    }

    fn packed(&self, entry: &Entry) -> Option<&'a [u8]> {
        let local = slice(self.bytes, entry.offset, 30)?;
        if !local.starts_with(LOCAL) {
            return None;
        }
        let names = u64::from(u16_at(local, 26)?) + u64::from(u16_at(local, 28)?);
        slice(self.bytes, entry.offset.checked_add(30)?.checked_add(names)?, entry.packed)
    }
}

/// An entry that is being unpacked.
pub(crate) struct Part<'a> {
    packed: &'a [u8],
    /// Nothing: it is not compressed.
    state: Option<Box<InflateState>>,
    window: Vec<u8>,
    at: usize,
    crc: Crc,
    expected: u32,
    /// How much is still to come, by the directory.
    left: u64,
    /// How much may come before the next event.
    stretch: usize,
    events: Rc<Cell<u64>>,
    limits: Limits,
    /// The compressed stream is at its end.
    ended: bool,
}

impl Part<'_> {
    /// An event begins.
    pub(crate) fn event(&mut self) -> Result<(), Refused> {
        self.stretch = STRETCH;
        self.events.set(self.events.get() + 1);
        if self.events.get() > self.limits.events {
            return Err(Refused::TooLarge { what: What::Cells, limit: self.limits.cells });
        }
        Ok(())
    }

    /// Unpacks the next stretch. False where it is damaged: at the end, size and checksum must be what the directory says.
    fn unpack(&mut self) -> bool {
        self.at = 0;
        self.window.resize(WINDOW, 0);
        let length = match &mut self.state {
            Some(_) if self.ended => 0,
            Some(state) => {
                let result = inflate(state, self.packed, &mut self.window, MZFlush::None);
                self.packed = self.packed.get(result.bytes_consumed..).unwrap_or_default();
                match result.status {
                    Ok(MZStatus::StreamEnd) => self.ended = true,
                    Ok(_) if result.bytes_written > 0 => {}
                    _ => return false,
                }
                result.bytes_written
            }
            None => {
                let length = self.packed.len().min(WINDOW);
                let (now, later) = self.packed.split_at(length);
                self.window[..length].copy_from_slice(now);
                self.packed = later;
                length
            }
        };
        self.window.truncate(length);
        self.crc.add(&self.window);
        let Some(left) = u64::try_from(length).ok().and_then(|length| self.left.checked_sub(length)) else {
            return false;
        };
        self.left = left;
        length > 0 || (self.left == 0 && self.crc.value() == self.expected)
    }
}

impl BufRead for Part<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        // What goes on too long is given up.
        if self.stretch == 0 || (self.at >= self.window.len() && !self.unpack()) {
            return Err(io::ErrorKind::InvalidData.into());
        }
        Ok(&self.window[self.at..])
    }

    fn consume(&mut self, amount: usize) {
        self.at += amount;
        self.stretch = self.stretch.saturating_sub(amount);
    }
}

impl Read for Part<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let here = self.fill_buf()?;
        let length = here.len().min(into.len());
        into[..length].copy_from_slice(&here[..length]);
        self.consume(length);
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE_32: [u8; 4] = u32::MAX.to_le_bytes();

    /// An archive of one entry that is not compressed, written as for more than 4 GiB.
    fn wide(name: &str, text: &[u8]) -> Vec<u8> {
        let size = (text.len() as u64).to_le_bytes();
        let lengths = [(name.len() as u16).to_le_bytes(), 28_u16.to_le_bytes()].concat();
        let common =
            [&[45, 0, 0, 8, 0, 0, 0, 0, 0x21, 0], &Crc::of(text).to_le_bytes()[..], &NONE_32, &NONE_32].concat();
        let extra = [&[9, 9, 0, 0][..], &[1, 0, 20, 0], &size, &size, &[0; 4]].concat();
        let local = [LOCAL, &common, &lengths, name.as_bytes(), &extra, text].concat();
        let offset = 0_u64.to_le_bytes();
        let extra = [&[9, 9, 0, 0][..], &[1, 0, 24, 0], &size, &size, &offset].concat();
        let lengths = [(name.len() as u16).to_le_bytes(), (extra.len() as u16).to_le_bytes()].concat();
        let directory = [ENTRY, &[45, 0], &common, &lengths, &[0; 10], &NONE_32, name.as_bytes(), &extra].concat();
        let at = (local.len() as u64).to_le_bytes();
        let length = (directory.len() as u64).to_le_bytes();
        let one = 1_u64.to_le_bytes();
        let end_64 = [END_64, &44_u64.to_le_bytes(), &[45, 0, 45, 0], &[0; 8], &one, &one, &length, &at].concat();
        let end_at = ((local.len() + directory.len()) as u64).to_le_bytes();
        let locator = [LOCATOR_64, &[0; 4], &end_at, &[1, 0, 0, 0]].concat();
        let end = [END, &[0; 4], &[0xff; 4], &NONE_32, &NONE_32, &[7, 0], b"comment"].concat();
        [local, directory, end_64, locator, end].concat()
    }

    #[test]
    fn archives_for_more_than_four_gibibytes_are_read() {
        let bytes = wide("A/B.xml", b"<x/>");
        let mut archive = Archive::open(&bytes, &Limits::default()).unwrap();
        let mut text = String::new();
        archive.part("a/b.xml").unwrap().unwrap().read_to_string(&mut text).unwrap();
        assert_eq!(text, "<x/>");
        for length in 0..bytes.len() {
            assert!(Archive::open(&bytes[..length], &Limits::default()).is_err(), "{length}");
        }
    }

    #[test]
    fn of_two_entries_with_one_name_none_is_believed() {
        let bytes = wide("a", b"x");
        let mut archive = Archive::open(&bytes, &Limits::default()).unwrap();
        archive.entries.push(archive.entries[0].clone());
        assert!(matches!(archive.part("a"), Err(Refused::Damaged)));
    }
}
