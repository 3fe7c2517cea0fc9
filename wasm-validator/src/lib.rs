//! `rollcall-validation` for JavaScript: conversions and nothing else. The package's own files in `js/` say when the
//! module is loaded and hold the types of the documents that go in and out as JSON.

use rollcall_validation::{
    Profile, Rows,
    sheet::{self, Filter},
};
use wasm_bindgen::prelude::*;

/// Checks a sheet; answers the report as canonical JSON.
///
/// # Errors
/// Throws if the profile is unknown or cannot be read.
#[wasm_bindgen]
pub fn check(bytes: &[u8], profile: &str, rows: Option<String>) -> Result<String, JsError> {
    Ok(rollcall_validation::check_json(bytes, &parsed(profile)?, None, which(rows.as_deref())?))
}

/// Checks a sheet; answers a byte for each row.
///
/// # Errors
/// Throws if the profile is unknown or cannot be read.
#[wasm_bindgen]
pub fn verdicts(bytes: &[u8], profile: &str) -> Result<Vec<u8>, JsError> {
    Ok(rollcall_validation::verdicts(bytes, &parsed(profile)?))
}

/// The same of a workbook that the other module unpacked.
///
/// # Errors
/// Throws if the profile is unknown or cannot be read.
#[wasm_bindgen(js_name = verdictsOfTables)]
pub fn verdicts_of_tables(tables: &[u8], profile: &str) -> Result<Vec<u8>, JsError> {
    Ok(rollcall_validation::verdicts_of_tables(tables, &parsed(profile)?))
}

/// Checks a workbook that the other module unpacked.
///
/// # Errors
/// Throws if the profile is unknown or cannot be read.
#[wasm_bindgen(js_name = checkTables)]
pub fn check_tables(
    tables: &[u8],
    profile: &str,
    rows: Option<String>,
    sheet: Option<String>,
) -> Result<String, JsError> {
    let rows = which(rows.as_deref())?;
    Ok(rollcall_validation::check_tables_json(tables, &parsed(profile)?, sheet.as_deref(), rows))
}

/// Whether bytes begin as workbooks do, which the other module unpacks.
#[wasm_bindgen(js_name = isArchive)]
#[must_use]
pub fn is_archive(start: &[u8]) -> bool {
    rollcall_validation::is_archive(start)
}

/// Ids of the built-in profiles.
#[wasm_bindgen]
#[must_use]
pub fn profiles() -> Vec<String> {
    Profile::built_in_ids().iter().map(|id| (*id).to_owned()).collect()
}

/// A built-in profile's JSON.
///
/// # Errors
/// Throws if there is none of this id.
#[wasm_bindgen(js_name = builtInProfile)]
pub fn built_in_profile(id: &str) -> Result<String, JsError> {
    Profile::built_in(id)
        .map(|profile| profile.to_json())
        .ok_or_else(|| JsError::new("there is no built-in profile of that id"))
}

/// Checks one value, for forms; answers JSON.
///
/// # Errors
/// Throws if the profile is unknown or cannot be read.
#[wasm_bindgen(js_name = checkField)]
pub fn check_field(profile: &str, field: &str, text: &str) -> Result<String, JsError> {
    Ok(rollcall_validation::check_field(&parsed(profile)?, field, text).to_json())
}

/// A sheet that stays in the module's memory while a person edits it.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Sheet(sheet::Sheet);

#[wasm_bindgen]
impl Sheet {
    /// Reads a sheet.
    ///
    /// # Errors
    /// Throws if profile or mapping cannot be read.
    pub fn parse(bytes: &[u8], profile: &str, mapping: Option<String>) -> Result<Self, JsError> {
        Ok(Self(sheet::Sheet::parse(bytes, &parsed(profile)?, mapping.as_deref())?))
    }

    /// Reads a workbook that the other module unpacked.
    ///
    /// # Errors
    /// Throws if profile or mapping cannot be read.
    #[wasm_bindgen(js_name = parseTables)]
    pub fn parse_tables(tables: &[u8], profile: &str, mapping: Option<String>) -> Result<Self, JsError> {
        Ok(Self(sheet::Sheet::parse_tables(tables, &parsed(profile)?, mapping.as_deref())?))
    }

    /// An empty sheet to type into.
    ///
    /// # Errors
    /// Throws if the profile cannot be read.
    pub fn blank(profile: &str, rows: u32) -> Result<Self, JsError> {
        Ok(Self(sheet::Sheet::blank(&parsed(profile)?, rows)))
    }

    /// Columns, fields, source and file issues.
    #[must_use]
    pub fn info(&self) -> String {
        self.0.info_json()
    }

    /// How many rows there are of which status.
    #[must_use]
    pub fn counts(&self) -> String {
        self.0.counts_json()
    }

    /// A byte for each row.
    #[must_use]
    pub fn statuses(&self) -> Vec<u8> {
        self.0.statuses()
    }

    /// Positions of the rows that a filter leaves.
    ///
    /// # Errors
    /// Throws if there is no such filter.
    pub fn indices(&self, filter: &str) -> Result<Vec<u32>, JsError> {
        Ok(self.0.indices(filter_of(filter)?))
    }

    /// The rows at these positions.
    #[must_use]
    pub fn window(&self, positions: &[u32]) -> String {
        self.0.window_json(positions)
    }

    /// Types into a cell.
    #[wasm_bindgen(js_name = setCell)]
    pub fn set_cell(&mut self, position: u32, field: &str, text: &str) -> String {
        self.0.set_cell(position, field, text).to_json()
    }

    /// Keeps a cell's original text.
    #[wasm_bindgen(js_name = refuseCorrection)]
    pub fn refuse_correction(&mut self, position: u32, field: &str) -> String {
        self.0.refuse_correction(position, field).to_json()
    }

    /// Takes the suggested correction of a refused cell.
    #[wasm_bindgen(js_name = takeCorrection)]
    pub fn take_correction(&mut self, position: u32, field: &str) -> String {
        self.0.take_correction(position, field).to_json()
    }

    /// Takes the same kind of correction everywhere.
    #[wasm_bindgen(js_name = fixAll)]
    pub fn fix_all(&mut self, code: &str, field: &str) -> String {
        self.0.fix_all(code, field).to_json()
    }

    /// Removes rows.
    pub fn remove(&mut self, positions: &[u32]) -> String {
        self.0.remove(positions).to_json()
    }

    /// Gives names to rows.
    ///
    /// # Errors
    /// Throws if the names are no JSON array of strings.
    pub fn assign(&mut self, field: &str, values: &str, positions: Option<Vec<u32>>) -> Result<String, JsError> {
        let names = texts(values)?;
        Ok(self.0.assign(field, &names, positions.as_deref()).to_json())
    }

    /// Pastes a block.
    ///
    /// # Errors
    /// Throws if the fields are no JSON array of strings.
    pub fn paste(&mut self, position: u32, fields: &str, text: &str) -> Result<String, JsError> {
        let fields = texts(fields)?;
        Ok(self.0.paste(position, &fields, text).to_json())
    }

    /// Adds empty rows.
    #[wasm_bindgen(js_name = addRows)]
    pub fn add_rows(&mut self, count: u32) -> String {
        self.0.add_rows(count).to_json()
    }

    /// Takes the last edit back.
    pub fn undo(&mut self) -> String {
        self.0.undo().to_json()
    }

    /// Makes it again.
    pub fn redo(&mut self) -> String {
        self.0.redo().to_json()
    }

    /// The next row under a filter, or -1.
    ///
    /// # Errors
    /// Throws if there is no such filter.
    pub fn next(&self, position: i32, filter: &str, backwards: bool) -> Result<i32, JsError> {
        let found = self.0.next(u32::try_from(position).ok(), filter_of(filter)?, backwards);
        Ok(found.and_then(|position| i32::try_from(position).ok()).unwrap_or(-1))
    }

    /// Good rows as the API takes them.
    #[must_use]
    pub fn records(&self, start: u32, count: u32) -> String {
        self.0.records_json(start, count)
    }

    /// The report of the sheet as it is now.
    ///
    /// # Errors
    /// Throws unless `rows` is `issues`, `all` or not given.
    #[wasm_bindgen(js_name = reportJson)]
    pub fn report_json(&self, rows: Option<String>) -> Result<String, JsError> {
        Ok(self.0.report_json(which(rows.as_deref())?))
    }

    /// The refused rows as CSV, to be repaired and read again.
    #[wasm_bindgen(js_name = refusedCsv)]
    #[must_use]
    pub fn refused_csv(&self) -> Vec<u8> {
        self.0.refused_table().to_csv()
    }

    /// The refused rows as tables, of which the other module makes a workbook.
    #[wasm_bindgen(js_name = refusedTables)]
    #[must_use]
    pub fn refused_tables(&self) -> Vec<u8> {
        self.0.refused_table().to_tables()
    }

    /// How many rows were removed.
    #[wasm_bindgen(js_name = removedCount)]
    #[must_use]
    pub fn removed_count(&self) -> u32 {
        self.0.removed_count()
    }
}

fn parsed(profile: &str) -> Result<Profile, JsError> {
    Ok(Profile::parse(profile)?)
}

fn texts(json: &str) -> Result<Vec<String>, JsError> {
    rollcall_validation::names_of_json(json).ok_or_else(|| JsError::new("not a JSON array of strings"))
}

fn which(rows: Option<&str>) -> Result<Rows, JsError> {
    match rows {
        None | Some("issues") => Ok(Rows::Issues),
        Some("all") => Ok(Rows::All),
        Some(_) => Err(JsError::new("rows must be \"issues\" or \"all\"")),
    }
}

fn filter_of(name: &str) -> Result<Filter, JsError> {
    Filter::parse(name)
        .ok_or_else(|| JsError::new("a filter is \"all\", \"problems\", \"corrected\" or \"without_role\""))
}
