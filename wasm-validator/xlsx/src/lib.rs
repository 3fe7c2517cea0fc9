//! `rollcall-xlsx` for JavaScript. Workbooks go to and from the validator's module as tables: neither has the other's
//! code in it.

use rollcall_xlsx::{Limits, tables::Tables};
use wasm_bindgen::prelude::*;

/// Unpacks a workbook into tables.
#[wasm_bindgen]
#[must_use]
pub fn unpack(bytes: &[u8]) -> Vec<u8> {
    rollcall_xlsx::unpack(bytes, &Limits::default())
}

/// Makes a workbook of tables.
///
/// # Errors
/// Throws if the bytes are no tables.
#[wasm_bindgen]
pub fn pack(tables: &[u8]) -> Result<Vec<u8>, JsError> {
    let tables = Tables::read(tables).ok_or_else(|| JsError::new("these are no tables"))?;
    Ok(rollcall_xlsx::pack(&tables))
}
