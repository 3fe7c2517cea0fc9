//! CRC-32 as ZIP archives carry it (ISO 3309), eight bytes at a time.

use std::sync::OnceLock;

type Tables = [[u32; 256]; 8];

fn tables() -> &'static Tables {
    // Made when first needed: as a constant they would be downloaded.
    static TABLES: OnceLock<Box<Tables>> = OnceLock::new();
    TABLES.get_or_init(|| {
        let mut tables = Box::new([[0; 256]; 8]);
        for (byte, entry) in (0_u32..).zip(&mut tables[0]) {
            *entry = (0..8).fold(byte, |crc, _| if crc & 1 == 1 { 0xedb8_8320 ^ (crc >> 1) } else { crc >> 1 });
        }
        for table in 1..8 {
            for byte in 0..256 {
                let before = tables[table - 1][byte];
                tables[table][byte] = (before >> 8) ^ tables[0][index(before, 0)];
            }
        }
        tables
    })
}

/// A byte of a number as an index.
fn index(number: u32, byte: usize) -> usize {
    usize::from(number.to_le_bytes()[byte])
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Crc(u32);

impl Crc {
    pub(crate) fn new() -> Self {
        Self(!0)
    }

    pub(crate) fn add(&mut self, bytes: &[u8]) {
        let tables = tables();
        let mut crc = self.0;
        let mut eights = bytes.chunks_exact(8);
        for eight in &mut eights {
            let low = crc ^ u32::from_le_bytes([eight[0], eight[1], eight[2], eight[3]]);
            crc = (0..4)
                .fold(0, |crc, at| crc ^ tables[7 - at][index(low, at)] ^ tables[3 - at][usize::from(eight[4 + at])]);
        }
        for byte in eights.remainder() {
            crc = (crc >> 8) ^ tables[0][index(crc, 0) ^ usize::from(*byte)];
        }
        self.0 = crc;
    }

    pub(crate) fn value(self) -> u32 {
        !self.0
    }

    pub(crate) fn of(bytes: &[u8]) -> u32 {
        let mut crc = Self::new();
        crc.add(bytes);
        crc.value()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_values_are_the_known_ones() {
        for (bytes, expected) in [
            (&b""[..], 0),
            (b"123456789", 0xcbf4_3926),
            (b"The quick brown fox jumps over the lazy dog", 0x414f_a339),
            (&[0; 32], 0x190a_55ad),
        ] {
            assert_eq!(Crc::of(bytes), expected);
            let mut apart = Crc::new();
            bytes.chunks(3).for_each(|part| apart.add(part));
            assert_eq!(apart.value(), expected);
        }
    }
}
