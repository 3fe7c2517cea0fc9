//! Why bytes are not read as a workbook.

use std::fmt;

/// What there is too much of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// Bytes, once unpacked.
    Unpacked,
    /// Cells.
    Cells,
    /// Columns.
    Columns,
    /// Rows.
    Rows,
    /// Sheets.
    Sheets,
    /// Entries of the archive.
    Entries,
}

impl What {
    pub(crate) const ALL: [Self; 6] =
        [Self::Unpacked, Self::Cells, Self::Columns, Self::Rows, Self::Sheets, Self::Entries];

    /// The name in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unpacked => "unpacked",
            Self::Cells => "cells",
            Self::Columns => "columns",
            Self::Rows => "rows",
            Self::Sheets => "sheets",
            Self::Entries => "entries",
        }
    }

    pub(crate) fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|what| what.as_str() == name)
    }
}

/// Why bytes are not read as a workbook, or one of its sheets is not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// A password is needed to read it.
    Encrypted,
    /// Cut off, changed on its way, or written wrongly.
    Damaged,
    /// More than anybody reads.
    TooLarge {
        /// Of what.
        what: What,
        /// How much would be read.
        limit: u64,
    },
    /// Another kind of file that is packed in the same way.
    NotAWorkbook {
        /// Which, as its file name would end: `ods`, `docx`; `zip` if it is not known.
        format: String,
    },
}

impl Refused {
    /// Stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Encrypted => "workbook_encrypted",
            Self::Damaged => "workbook_damaged",
            Self::TooLarge { .. } => "workbook_too_large",
            Self::NotAWorkbook { .. } => "not_a_workbook",
        }
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Encrypted => f.write_str("the workbook is protected by a password"),
            Self::Damaged => f.write_str("the workbook is damaged"),
            Self::TooLarge { what, limit } => write!(f, "the workbook has more than {limit} {}", what.as_str()),
            Self::NotAWorkbook { format } => write!(f, "not a workbook but {format}"),
        }
    }
}

impl std::error::Error for Refused {}
