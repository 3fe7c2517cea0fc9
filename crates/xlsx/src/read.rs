//! Workbooks (ECMA-376) to tables. What a person sees counts: values, not formulas; sheets in their order.

use std::collections::BTreeMap;

use crate::{
    Limits, Refused,
    number::{self, Style},
    refused::What,
    tables::{RowsWriter, TablesWriter},
    xml::{Node, Xml},
    zip::Archive,
};

/// As many rows and columns as a worksheet has (ECMA-376-1, 18.3.1.73; Excel's specifications).
const ROWS: u32 = 1_048_576;
const COLUMNS: u32 = 16_384;
/// More formats than Excel has room for.
const STYLES: usize = 1 << 16;
/// More than the sheets that are read can need.
const RELATIONS: usize = 1 << 12;
/// Longer than any name of a sheet, which has 31 characters.
const NAME: usize = 255;

/// Unpacks a workbook into [`tables`](crate::tables): its worksheets, or why it is not read.
#[must_use]
pub fn unpack(bytes: &[u8], limits: &Limits) -> Vec<u8> {
    let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    tables(bytes, size, limits).unwrap_or_else(|refused| TablesWriter::refuse(size, &refused))
}

fn tables(bytes: &[u8], size: u64, limits: &Limits) -> Result<Vec<u8>, Refused> {
    let mut workbook = Workbook::open(bytes, limits)?;
    let mut tables = TablesWriter::new(size);
    for sheet in std::mem::take(&mut workbook.sheets) {
        let mut rows = tables.sheet(&sheet.name, sheet.hidden);
        match workbook.rows(&sheet.part, &mut rows) {
            Ok(()) => rows.finish(),
            // A sheet that is too large spoils no other.
            Err(refused @ Refused::TooLarge { .. }) => rows.refuse(&refused),
            Err(refused) => return Err(refused),
        }
    }
    Ok(tables.finish())
}

struct Sheet {
    name: String,
    hidden: bool,
    part: String,
}

struct Workbook<'a> {
    archive: Archive<'a>,
    limits: Limits,
    sheets: Vec<Sheet>,
    strings: Strings,
    styles: Vec<Style>,
    from_1904: bool,
    /// Bytes that are kept of all cells so far.
    text: u64,
}

/// What one part says of another.
struct Relation {
    /// The last part of the type's address: `worksheet`, `styles`.
    kind: String,
    target: String,
}

/// Formats that are packed in the same way, by a part that they have.
const OTHERS: [(&str, &str); 6] = [
    ("index/document.iwa", "numbers"),
    ("index.zip", "numbers"),
    ("meta-inf/manifest.mf", "jar"),
    ("androidmanifest.xml", "apk"),
    ("meta-inf/container.xml", "epub"),
    ("doc.kml", "kmz"),
];

/// What a `mimetype` entry names.
const MIMETYPES: [(&str, &str); 4] = [
    ("application/vnd.oasis.opendocument.spreadsheet", "ods"),
    ("application/vnd.oasis.opendocument.text", "odt"),
    ("application/vnd.oasis.opendocument.presentation", "odp"),
    ("application/epub+zip", "epub"),
];

fn not_a_workbook(format: &str) -> Refused {
    Refused::NotAWorkbook { format: format.to_owned() }
}

/// What an archive without a document is.
fn other_format(archive: &mut Archive<'_>) -> Result<&'static str, Refused> {
    if let Some(mut part) = archive.part("mimetype")? {
        let mut text = String::new();
        std::io::Read::read_to_string(&mut part, &mut text).map_err(|_| Refused::Damaged)?;
        if let Some((_, format)) = MIMETYPES.iter().find(|(mimetype, _)| text.trim() == *mimetype) {
            return Ok(format);
        }
    }
    Ok(OTHERS.iter().find(|(part, _)| archive.has(part)).map_or("zip", |(_, format)| format))
}

impl<'a> Workbook<'a> {
    fn open(bytes: &'a [u8], limits: &Limits) -> Result<Self, Refused> {
        let mut archive = Archive::open(bytes, limits)?;
        let root = relations(&mut archive, "")?;
        let main =
            root.into_values().find(|relation| relation.kind == "officedocument").map(|relation| relation.target);
        let Some(main) = main else { return Err(not_a_workbook(other_format(&mut archive)?)) };
        for (folder, format) in [("word/", "docx"), ("ppt/", "pptx"), ("visio/", "vsdx")] {
            if main.starts_with(folder) {
                return Err(not_a_workbook(format));
            }
        }
        if main.ends_with(".bin") {
            return Err(not_a_workbook("xlsb"));
        }
        let mut workbook = Self {
            archive,
            limits: *limits,
            sheets: Vec::new(),
            strings: Strings::default(),
            styles: Vec::new(),
            from_1904: false,
            text: 0,
        };
        let relations = relations(&mut workbook.archive, &main)?;
        workbook.read_sheets(&main, &relations)?;
        for relation in relations.values() {
            match relation.kind.as_str() {
                "sharedstrings" => workbook.strings = Strings::read(workbook.xml(&relation.target)?, limits)?,
                "styles" => workbook.styles = styles(workbook.xml(&relation.target)?)?,
                _ => {}
            }
        }
        Ok(workbook)
    }

    fn xml(&mut self, part: &str) -> Result<Xml<'a>, Refused> {
        self.archive.part(part)?.map(Xml::new).ok_or(Refused::Damaged)
    }

    fn read_sheets(&mut self, main: &str, relations: &BTreeMap<String, Relation>) -> Result<(), Refused> {
        let mut xml = self.xml(main)?;
        loop {
            match xml.next()? {
                Node::Start(element) => match element.name() {
                    "workbookPr" => element.attributes(|name, value| {
                        if name == "date1904" {
                            self.from_1904 = is_true(value);
                        }
                    })?,
                    "sheet" => {
                        let mut sheet = Sheet { name: String::new(), hidden: false, part: String::new() };
                        let mut kind = "";
                        element.attributes(|name, value| match name {
                            "name" => sheet.name = unescaped(value),
                            "state" => sheet.hidden = value != "visible",
                            // With a prefix of any name: it is the relation's, `sheetId` another thing.
                            name if name.ends_with(":id") => {
                                if let Some(relation) = relations.get(value) {
                                    kind = &relation.kind;
                                    sheet.part.clone_from(&relation.target);
                                }
                            }
                            _ => {}
                        })?;
                        if sheet.name.len() > NAME {
                            return Err(Refused::Damaged);
                        }
                        match kind {
                            "worksheet" => self.sheets.push(sheet),
                            // Charts and the like have no rows.
                            "chartsheet" | "dialogsheet" | "xlmacrosheet" | "xlintlmacrosheet" => {}
                            _ => return Err(Refused::Damaged),
                        }
                        if u64::try_from(self.sheets.len()).unwrap_or(u64::MAX) > self.limits.sheets {
                            return Err(Refused::TooLarge { what: What::Sheets, limit: self.limits.sheets });
                        }
                    }
                    _ => {}
                },
                Node::Over => return Ok(()),
                _ => {}
            }
        }
    }

    /// Reads the rows of a worksheet.
    fn rows(&mut self, part: &str, into: &mut RowsWriter<'_>) -> Result<(), Refused> {
        let mut xml = self.xml(part)?;
        let mut rows = RowReader {
            limits: &self.limits,
            strings: &self.strings,
            styles: &self.styles,
            from_1904: self.from_1904,
            text: &mut self.text,
            line: 0,
            texts: String::new(),
            cells: Vec::new(),
            next: 0,
            counted: 0,
            rows: into,
        };
        let mut cell = Cell::default();
        let mut inside = Inside::Sheet;
        let mut value = String::new();
        // Runs that say how the others are pronounced.
        let mut phonetic = false;
        let mut is_text = false;
        loop {
            match xml.next()? {
                Node::Start(element) => match (inside, element.name()) {
                    (Inside::Sheet, "sheetData") => inside = Inside::Data,
                    (Inside::Data, "row") => {
                        let mut line = None;
                        element.attributes(|name, text| {
                            if name == "r" {
                                line = Some(text.parse::<u32>().unwrap_or(0));
                            }
                        })?;
                        rows.begin(line)?;
                        inside = Inside::Row;
                    }
                    (Inside::Row, "c") => {
                        cell = Cell { column: rows.next, ..Cell::default() };
                        let mut wrong = None;
                        element.attributes(|name, text| match name {
                            "r" => match column(text) {
                                Ok(column) => cell.column = column,
                                Err(refused) => wrong = Some(refused),
                            },
                            "t" => cell.kind = Kind::parse(text),
                            "s" => cell.style = text.parse().unwrap_or(0),
                            _ => {}
                        })?;
                        if let Some(refused) = wrong {
                            return Err(refused);
                        }
                        value.clear();
                        inside = Inside::Cell;
                    }
                    (Inside::Cell, "v" | "t") => is_text = !phonetic,
                    (Inside::Cell, "rPh") => phonetic = true,
                    _ => {}
                },
                Node::End(name) => match (inside, name.name()) {
                    (Inside::Data, "sheetData") => inside = Inside::Sheet,
                    (Inside::Row, "row") => {
                        rows.end()?;
                        inside = Inside::Data;
                    }
                    (Inside::Cell, "c") => {
                        rows.cell(&cell, &value)?;
                        inside = Inside::Row;
                    }
                    (Inside::Cell, "v" | "t") => is_text = false,
                    (Inside::Cell, "rPh") => phonetic = false,
                    _ => {}
                },
                Node::Text(text) if is_text => {
                    value.push_str(&text);
                    within(value.len(), self.limits.text)?;
                }
                Node::Over => return Ok(()),
                Node::Text(_) | Node::Other => {}
            }
        }
    }
}

fn within(text: usize, limit: u64) -> Result<(), Refused> {
    if u64::try_from(text).unwrap_or(u64::MAX) > limit {
        return Err(Refused::TooLarge { what: What::Unpacked, limit });
    }
    Ok(())
}

fn is_true(text: &str) -> bool {
    matches!(text, "1" | "true" | "on")
}

/// Reads what a part says of others, by their ids. The root's own (`""`) are of the archive.
fn relations(archive: &mut Archive<'_>, part: &str) -> Result<BTreeMap<String, Relation>, Refused> {
    let (folder, name) = part.rsplit_once('/').map_or(("", part), |(folder, name)| (folder, name));
    let slash = if folder.is_empty() { "" } else { "/" };
    let mut relations = BTreeMap::new();
    let Some(part) = archive.part(&format!("{folder}{slash}_rels/{name}.rels"))? else { return Ok(relations) };
    let mut xml = Xml::new(part);
    loop {
        match xml.next()? {
            Node::Start(element) if element.name() == "Relationship" => {
                let mut id = String::new();
                let mut relation = Relation { kind: String::new(), target: String::new() };
                element.attributes(|name, value| match name {
                    "Id" => value.clone_into(&mut id),
                    "Type" => relation.kind = value.rsplit('/').next().unwrap_or_default().to_ascii_lowercase(),
                    "Target" => relation.target = resolve(folder, value),
                    _ => {}
                })?;
                relations.insert(id, relation);
                if relations.len() > RELATIONS {
                    return Err(Refused::Damaged);
                }
            }
            Node::Over => return Ok(relations),
            _ => {}
        }
    }
}

/// The name of a part, from the folder of the one that names it.
fn resolve(folder: &str, target: &str) -> String {
    let target = target.replace('\\', "/").to_ascii_lowercase();
    let mut parts: Vec<&str> = if target.starts_with('/') { Vec::new() } else { folder.split('/').collect() };
    for part in target.split('/') {
        match part {
            ".." => {
                parts.pop();
            }
            "." | "" => {}
            part => parts.push(part),
        }
    }
    parts.retain(|part| !part.is_empty());
    parts.join("/")
}

/// Texts that cells share.
#[derive(Default)]
struct Strings {
    text: String,
    ends: Vec<u32>,
}

impl Strings {
    fn get(&self, index: usize) -> Option<&str> {
        let end = *self.ends.get(index)?;
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before]);
        self.text.get(start as usize..end as usize)
    }

    fn read(mut xml: Xml<'_>, limits: &Limits) -> Result<Self, Refused> {
        let mut strings = Self::default();
        let (mut inside, mut phonetic, mut is_text) = (false, false, false);
        let mut text = String::new();
        loop {
            match xml.next()? {
                Node::Start(element) => match element.name() {
                    "si" => inside = true,
                    "rPh" => phonetic = true,
                    "t" => is_text = inside && !phonetic,
                    _ => {}
                },
                Node::End(name) => match name.name() {
                    "si" => {
                        strings.text.push_str(&unescaped(&text));
                        // Without a text they take room too.
                        within(strings.text.len().saturating_add(strings.ends.len() * 8), limits.text)?;
                        strings.ends.push(u32::try_from(strings.text.len()).map_err(|_| Refused::Damaged)?);
                        text.clear();
                        inside = false;
                    }
                    "rPh" => phonetic = false,
                    "t" => is_text = false,
                    _ => {}
                },
                Node::Text(more) if is_text => {
                    text.push_str(&more);
                    within(text.len(), limits.text)?;
                }
                Node::Over => return Ok(strings),
                Node::Text(_) | Node::Other => {}
            }
        }
    }
}

/// `_x000D_` is how a workbook writes what XML cannot (ECMA-376-1, 22.9.2.19, ST_Xstring).
fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("_x") {
        let escaped = rest.get(at + 2..at + 7).and_then(|code| code.strip_suffix('_'));
        let escaped = escaped.filter(|code| code.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let c = escaped.and_then(|code| u32::from_str_radix(code, 16).ok()).and_then(char::from_u32);
        let (until, after) = if c.is_some() { (at, at + 7) } else { (at + 2, at + 2) };
        out.push_str(&rest[..until]);
        out.extend(c);
        rest = &rest[after..];
    }
    out + rest
}

/// How each style shows numbers.
fn styles(mut xml: Xml<'_>) -> Result<Vec<Style>, Refused> {
    let mut formats: BTreeMap<u32, Style> = BTreeMap::new();
    let mut ids = Vec::new();
    let mut in_cells = false;
    loop {
        match xml.next()? {
            Node::Start(element) => match element.name() {
                "numFmt" => {
                    let (mut id, mut style) = (None, Style::Number);
                    element.attributes(|name, value| match name {
                        "numFmtId" => id = value.parse().ok(),
                        "formatCode" => style = number::parse(value),
                        _ => {}
                    })?;
                    formats.extend(id.map(|id| (id, style)));
                }
                "cellXfs" => in_cells = true,
                "xf" if in_cells => {
                    let mut format = 0;
                    element.attributes(|name, value| {
                        if name == "numFmtId" {
                            format = value.parse().unwrap_or(0);
                        }
                    })?;
                    ids.push(format);
                }
                _ => {}
            },
            Node::End(_) if ids.len().max(formats.len()) > STYLES => return Err(Refused::Damaged),
            Node::End(name) if name.name() == "cellXfs" => in_cells = false,
            Node::Over => {
                let style = |id: u32| formats.get(&id).cloned().unwrap_or_else(|| number::built_in(id));
                return Ok(ids.into_iter().map(style).collect());
            }
            _ => {}
        }
    }
}

/// Where in a worksheet the reader is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Inside {
    Sheet,
    Data,
    Row,
    Cell,
}

/// What the value of a cell is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Kind {
    #[default]
    Number,
    Shared,
    Text,
    Boolean,
    /// A date as text.
    Date,
    /// As it stands.
    Plain,
}

impl Kind {
    fn parse(name: &str) -> Self {
        match name {
            "n" | "" => Self::Number,
            "s" => Self::Shared,
            "str" | "inlineStr" => Self::Text,
            "b" => Self::Boolean,
            "d" => Self::Date,
            _ => Self::Plain,
        }
    }
}

#[derive(Debug, Clone, Copy, Default)]
struct Cell {
    column: u32,
    kind: Kind,
    style: usize,
}

/// The column, from 0, of a reference such as `AB12`.
fn column(reference: &str) -> Result<u32, Refused> {
    let letters = reference.bytes().take_while(u8::is_ascii_alphabetic);
    let number = letters.fold(0_u32, |number, letter| {
        number.saturating_mul(26).saturating_add(u32::from(letter.to_ascii_uppercase() - b'A') + 1)
    });
    match number {
        0 => Err(Refused::Damaged),
        1..=COLUMNS => Ok(number - 1),
        _ => Err(Refused::TooLarge { what: What::Columns, limit: COLUMNS.into() }),
    }
}

/// Puts rows together.
struct RowReader<'a, 'b> {
    limits: &'a Limits,
    strings: &'a Strings,
    styles: &'a [Style],
    from_1904: bool,
    text: &'a mut u64,
    line: u32,
    /// The texts of the row, and which columns they are of.
    texts: String,
    cells: Vec<(u32, std::ops::Range<usize>)>,
    /// The column of a cell that does not say its own: the one after the last, however empty that was.
    next: u32,
    counted: u64,
    rows: &'a mut RowsWriter<'b>,
}

impl RowReader<'_, '_> {
    fn begin(&mut self, line: Option<u32>) -> Result<(), Refused> {
        let line = line.unwrap_or(self.line.saturating_add(1));
        if line <= self.line {
            return Err(Refused::Damaged);
        }
        if line > ROWS {
            return Err(Refused::TooLarge { what: What::Rows, limit: ROWS.into() });
        }
        self.line = line;
        self.next = 0;
        Ok(())
    }

    /// Counts bytes that are kept.
    fn keep(&mut self, bytes: usize) -> Result<(), Refused> {
        *self.text = self.text.saturating_add(u64::try_from(bytes).unwrap_or(u64::MAX));
        if *self.text > self.limits.text {
            return Err(Refused::TooLarge { what: What::Unpacked, limit: self.limits.text });
        }
        Ok(())
    }

    fn cell(&mut self, cell: &Cell, value: &str) -> Result<(), Refused> {
        if cell.column >= COLUMNS {
            return Err(Refused::TooLarge { what: What::Columns, limit: COLUMNS.into() });
        }
        self.next = cell.column + 1;
        if value.is_empty() {
            return Ok(());
        }
        let start = self.texts.len();
        match cell.kind {
            Kind::Shared => {
                let index = value.trim().parse().map_err(|_| Refused::Damaged)?;
                self.texts.push_str(self.strings.get(index).ok_or(Refused::Damaged)?);
            }
            Kind::Text => self.texts.push_str(&unescaped(value)),
            Kind::Boolean => self.texts.push_str(if is_true(value.trim()) { "TRUE" } else { "FALSE" }),
            Kind::Number => {
                let style = self.styles.get(cell.style).unwrap_or(&Style::Number);
                self.texts.push_str(&number::text(value, style, self.from_1904));
            }
            Kind::Date => self.texts.push_str(value.trim().trim_end_matches("T00:00:00")),
            Kind::Plain => self.texts.push_str(value.trim()),
        }
        if self.texts.len() > start {
            self.keep(self.texts.len() - start)?;
            self.cells.push((cell.column, start..self.texts.len()));
            if self.cells.len() > COLUMNS as usize {
                return Err(Refused::Damaged);
            }
        }
        Ok(())
    }

    fn end(&mut self) -> Result<(), Refused> {
        // Excel writes them in order; of two in one place the last counts.
        self.cells.sort_by_key(|(column, _)| *column);
        let Some((last, _)) = self.cells.last() else { return Ok(()) };
        let width = last + 1;
        self.counted += u64::from(width);
        if self.counted > self.limits.cells {
            return Err(Refused::TooLarge { what: What::Cells, limit: self.limits.cells });
        }
        self.keep(width as usize)?;
        let mut cells = self.cells.iter().peekable();
        let mut text = |column: u32| {
            let mut text = "";
            while let Some((_, range)) = cells.next_if(|(at, _)| *at == column) {
                text = &self.texts[range.clone()];
            }
            text
        };
        self.rows.row(self.line, (0..width as usize).map(|column| text(column as u32)));
        self.cells.clear();
        self.texts.clear();
        Ok(())
    }
}
