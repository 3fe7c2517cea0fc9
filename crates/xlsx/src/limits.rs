//! How much is read at most.

/// How much is read at most. What goes beyond is refused, not cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Entries of the archive.
    pub entries: u64,
    /// Bytes of all parts that are read, unpacked; the directory's own figures are believed only as an upper bound.
    pub unpacked: u64,
    /// Bytes that are kept of all worksheets: the texts of all cells, since one long text may stand in many, and one for
    /// each cell, since all worksheets together may have far more empty ones than one may.
    pub text: u64,
    /// Beginnings, ends and texts of elements in all parts that are read: what reading costs, however little is in them.
    /// Beyond it there are said to be too many cells.
    pub events: u64,
    /// Worksheets.
    pub sheets: u64,
    /// Cells of one worksheet, the empty ones before the last of a row counted too: one cell far out costs a row of them.
    pub cells: u64,
}

impl Default for Limits {
    /// What 100,000 people with twenty columns need, several times over: 4,000,000 cells, 192 MiB of XML, 64 MiB of text,
    /// ten events for each cell, 256 sheets, 4,096 entries. A person sees none of them; a hostile file meets them before it
    /// has cost much.
    fn default() -> Self {
        Self { entries: 4096, unpacked: 192 << 20, text: 64 << 20, events: 40_000_000, sheets: 256, cells: 4_000_000 }
    }
}
