//! The workbook: the sheet to fill in, how that is done, and the lists to choose from.

use rollcall_validation::{Expects, Profile, SheetColumn};
use rust_xlsxwriter::{
    Color, DataValidation, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Formula, Note, Workbook,
    Worksheet,
};

use crate::{NotWritten, explain, title};

/// The sheet to fill in: the first one, which reading prefers.
const PEOPLE: &str = "People";
const HOW_TO: &str = "How to";
/// The sheet of what there is to choose from.
pub(crate) const LISTS: &str = "Lists";

const REQUIRED: Color = Color::RGB(0x00CF_E2FF);
const OPTIONAL: Color = Color::RGB(0x00EC_EFF3);
const LINE: Color = Color::RGB(0x009A_A5B1);

pub(crate) fn write(profile: &Profile) -> Result<Vec<u8>, NotWritten> {
    let columns: Vec<SheetColumn<'_>> = profile.sheet_columns().collect();
    let lists: Vec<&SheetColumn<'_>> = columns.iter().filter(|column| !names(column).is_empty()).collect();
    let mut workbook = Workbook::new();
    workbook.set_properties(&properties(profile)?);
    people(workbook.add_worksheet(), profile, &columns, &lists)?;
    how_to(workbook.add_worksheet(), profile, &columns)?;
    if !lists.is_empty() {
        list_names(workbook.add_worksheet(), &lists)?;
    }
    workbook.save_to_buffer().map_err(NotWritten::because)
}

/// Without the moment of writing: the same profile gives the same file.
fn properties(profile: &Profile) -> Result<DocProperties, NotWritten> {
    let created = ExcelDateTime::from_ymd(2026, 1, 1).map_err(NotWritten::because)?;
    Ok(DocProperties::new()
        .set_title(profile.title())
        .set_author("Rollcall")
        .set_comment(format!("{} version {}, {}", profile.id(), profile.version(), profile.hash()))
        .set_creation_datetime(&created))
}

/// Of a column of names those there are.
fn names<'a>(column: &SheetColumn<'a>) -> &'a [rollcall_validation::Named] {
    match column.expects {
        Expects::Names { known: Some(known), .. } => known,
        _ => &[],
    }
}

/// Characters of a line of a rule.
const RULE_CHARACTERS: usize = 85;
/// The number format `@`.
const TEXT: u8 = 49;

/// Excel turns no text into a number, a date or a formula.
fn text() -> Format {
    Format::new().set_num_format_index(TEXT).set_align(FormatAlign::Top)
}

fn header(required: bool) -> Format {
    text()
        .set_bold()
        .set_align(FormatAlign::VerticalCenter)
        .set_background_color(if required { REQUIRED } else { OPTIONAL })
        .set_border_bottom(FormatBorder::Thin)
        .set_border_bottom_color(LINE)
}

fn people(
    sheet: &mut Worksheet,
    profile: &Profile,
    columns: &[SheetColumn<'_>],
    lists: &[&SheetColumn<'_>],
) -> Result<(), NotWritten> {
    sheet.set_name(PEOPLE).map_err(NotWritten::because)?;
    for (at, column) in (0_u16..).zip(columns) {
        let title = title(column);
        let width = f64::from(u16::try_from(title.chars().count()).unwrap_or(u16::MAX).clamp(14, 40)) + 6.0;
        sheet.set_column_format(at, &text()).map_err(NotWritten::because)?;
        sheet.set_column_width(at, width).map_err(NotWritten::because)?;
        sheet.write_string_with_format(0, at, &title, &header(column.required)).map_err(NotWritten::because)?;
        sheet.insert_note(0, at, &note(profile, column)).map_err(NotWritten::because)?;
        if let Some(place) = lists.iter().position(|list| list.field == column.field)
            && let Some(choice) = choice(column, place)?
        {
            sheet.add_data_validation(1, at, profile.row_limit(), at, &choice).map_err(NotWritten::because)?;
        }
    }
    sheet.set_row_height(0, 22).map_err(NotWritten::because)?;
    sheet.set_freeze_panes(1, 0).map_err(NotWritten::because)?;
    sheet.set_landscape().set_print_fit_to_pages(1, 0).set_repeat_rows(0, 0).map_err(NotWritten::because)?;
    sheet.set_active(true);
    Ok(())
}

fn note(profile: &Profile, column: &SheetColumn<'_>) -> Note {
    let text = explain::column(profile, column).join("\n");
    let lines = text.lines().map(|line| line.chars().count().div_ceil(38)).sum::<usize>();
    let height = u32::try_from(lines).unwrap_or(u32::MAX).clamp(2, 20) * 20 + 10;
    Note::new(text).set_author("Rollcall").add_author_prefix(false).set_width(280).set_height(height)
}

/// The names to choose from. Where several may stand in a cell a choice is only a beginning, so nothing is refused.
fn choice(column: &SheetColumn<'_>, place: usize) -> Result<Option<DataValidation>, NotWritten> {
    let Expects::Names { multiple, with_value: false, .. } = column.expects else {
        return Ok(None);
    };
    let letters = rust_xlsxwriter::utility::column_number_to_name(u16::try_from(place).map_err(NotWritten::because)?);
    let last = names(column).len() + 1;
    let list = Formula::new(format!("={LISTS}!${letters}$2:${letters}${last}"));
    let choice = DataValidation::new().allow_list_formula(list);
    let choice = if multiple {
        choice
            .show_error_message(false)
            .set_input_message("Several names are separated by semicolons.")
            .map_err(NotWritten::because)?
    } else {
        choice
            .set_error_title("Not in the list")
            .and_then(|choice| choice.set_error_message(format!("Choose one of those on the sheet “{LISTS}”.")))
            .map_err(NotWritten::because)?
    };
    Ok(Some(choice))
}

fn how_to(sheet: &mut Worksheet, profile: &Profile, columns: &[SheetColumn<'_>]) -> Result<(), NotWritten> {
    sheet.set_name(HOW_TO).map_err(NotWritten::because)?;
    let wrapped = text().set_text_wrap();
    let bold = text().set_bold();
    for (at, width) in [(0, 24.0), (1, 12.0), (2, 90.0)] {
        sheet.set_column_width(at, width).map_err(NotWritten::because)?;
    }
    let mut row = 0;
    let mut tall: Vec<(u32, usize)> = Vec::new();
    let mut write = |cells: [&str; 3], formats: [&Format; 3]| {
        for ((column, cell), format) in (0_u16..).zip(cells).zip(formats) {
            if !cell.is_empty() {
                sheet.write_string_with_format(row, column, cell, format).map_err(NotWritten::because)?;
            }
        }
        // Not every program finds the height of wrapped text by itself.
        tall.push((row, cells[2].chars().count().div_ceil(RULE_CHARACTERS)));
        row += 1;
        Ok(())
    };
    let title_format = text().set_bold().set_font_size(14);
    write([profile.title(), "", ""], [&title_format, &wrapped, &wrapped])?;
    let intro = [
        format!("Fill in the sheet “{PEOPLE}”, one row for each person. Leave its first row as it is."),
        "Columns may stand in any order, and optional ones may be left out. Titles with * are required.".to_owned(),
        "Point at a title to read what the column may hold; it also stands below.".to_owned(),
    ];
    for said in intro.into_iter().chain(explain::sheet(profile)) {
        write([&said, "", ""], [&text(), &wrapped, &wrapped])?;
    }
    write(["", "", ""], [&wrapped, &wrapped, &wrapped])?;
    let head = header(false);
    write(["Column", "Required", "What it may hold"], [&head, &head, &head])?;
    for column in columns {
        let said = explain::column(profile, column).split_off(1).join(" ");
        let default = column.default.map(|default| format!("An empty cell means {default}. "));
        let said = format!("{}{said}", default.unwrap_or_default());
        write([column.title, if column.required { "yes" } else { "no" }, &said], [&bold, &wrapped, &wrapped])?;
    }
    for (row, lines) in tall.into_iter().filter(|(_, lines)| *lines > 1) {
        let lines = u32::try_from(lines).map_err(NotWritten::because)?;
        sheet.set_row_height(row, 15 * lines).map_err(NotWritten::because)?;
    }
    sheet.set_landscape().set_print_fit_to_pages(1, 0);
    Ok(())
}

fn list_names(sheet: &mut Worksheet, lists: &[&SheetColumn<'_>]) -> Result<(), NotWritten> {
    sheet.set_name(LISTS).map_err(NotWritten::because)?;
    for (at, column) in (0_u16..).zip(lists) {
        sheet.set_column_format(at, &text()).map_err(NotWritten::because)?;
        sheet.set_column_width(at, 32).map_err(NotWritten::because)?;
        sheet.write_string_with_format(0, at, column.title, &header(false)).map_err(NotWritten::because)?;
        for (row, named) in (1_u32..).zip(names(column)) {
            sheet.write_string_with_format(row, at, &named.name, &text()).map_err(NotWritten::because)?;
        }
    }
    sheet.set_freeze_panes(1, 0).map_err(NotWritten::because)?;
    Ok(())
}
