//! The stable codes of issues. What a code says never changes; new ones may come.

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal;)*) => {
        $($(#[$doc])* pub const $name: &str = $code;)*
        /// All of them.
        pub const ALL: &[&str] = &[$($code),*];
    };
}

codes! {
    /// The file holds nothing.
    EMPTY = "empty";
    /// There is a header and nothing under it.
    NO_ROWS = "no_rows";
    /// The bytes are no text.
    NOT_TEXT = "not_text";
    /// The bytes are an Excel workbook.
    XLSX_NOT_SUPPORTED = "xlsx_not_supported";
    /// A workbook as Excel wrote them until 2003.
    XLS_NOT_SUPPORTED = "xls_not_supported";
    /// A workbook that is protected by a password.
    WORKBOOK_ENCRYPTED = "workbook_encrypted";
    /// A workbook that was cut off, changed on its way, or written wrongly.
    WORKBOOK_DAMAGED = "workbook_damaged";
    /// A workbook with more in it than anybody reads.
    WORKBOOK_TOO_LARGE = "workbook_too_large";
    /// The document of another program, or some other archive.
    NOT_A_WORKBOOK = "not_a_workbook";
    /// The workbook has no worksheet of that name.
    SHEET_UNKNOWN = "sheet_unknown";
    /// The file is larger than the profile allows.
    TOO_LARGE = "too_large";
    /// There are more rows than the profile allows.
    TOO_MANY_ROWS = "too_many_rows";
    /// There are more columns than anybody reads.
    TOO_MANY_COLUMNS = "too_many_columns";
    /// The sheet lacks a required column.
    COLUMN_MISSING = "column_missing";
    /// Part of the file is UTF-8, part is Windows-1252.
    ENCODINGS_MIXED = "encodings_mixed";
    /// There are lines above the header; they are not read as people.
    ROWS_BEFORE_HEADER = "rows_before_header";
    /// A row repeats the titles, or says what belongs under them.
    HEADER_REPEATED = "header_repeated";
    /// A row counts or sums up the others, or ends the list.
    LOOKS_LIKE_TOTAL = "looks_like_total";
    /// Two columns have titles of the same meaning; the second is left out.
    COLUMN_REPEATED = "column_repeated";
    /// A row has more cells than the sheet has columns.
    TOO_MANY_CELLS = "too_many_cells";
    /// A row names a field that the profile does not have.
    FIELD_UNKNOWN = "field_unknown";
    /// The same sign-in name stands in other rows.
    DUPLICATE_IN_FILE = "duplicate_in_file";

    /// A required cell is empty.
    REQUIRED = "required";
    /// The text is too short.
    TOO_SHORT = "too_short";
    /// The text is too long.
    TOO_LONG = "too_long";
    /// A character that may not stand here.
    CHARACTER_NOT_ALLOWED = "character_not_allowed";
    /// There is no letter in a name.
    LETTER_MISSING = "letter_missing";
    /// A control character, NUL among them.
    CONTROL_CHARACTER = "control_character";
    /// An invisible character that changes the direction of writing.
    DIRECTION_CONTROL = "direction_control";
    /// A line break in a cell that is one line.
    LINE_BREAK = "line_break";
    /// A spreadsheet would run it.
    FORMULA = "formula";
    /// A spreadsheet's error in place of a value.
    EXCEL_ERROR = "excel_error";
    /// Typographic quotes that a word processor put in.
    SMART_QUOTES = "smart_quotes";
    /// A quotation mark that is never closed, or not doubled within a quoted cell.
    QUOTE_NOT_CLOSED = "quote_not_closed";

    /// Corrected: blanks at the ends.
    BLANKS_TRIMMED = "blanks_trimmed";
    /// Corrected: non-breaking and other special blanks.
    BLANKS_NORMALIZED = "blanks_normalized";
    /// Corrected: characters without width.
    INVISIBLE_REMOVED = "invisible_removed";
    /// Corrected: the apostrophe that tells Excel that a cell is text.
    EXCEL_APOSTROPHE = "excel_apostrophe";
    /// Corrected: `="..."`, by which exports keep Excel from changing a value.
    EXCEL_TEXT_FORMULA = "excel_text_formula";
    /// Corrected: letters and accents that were apart.
    UNICODE_NORMALIZED = "unicode_normalized";

    /// No email address.
    EMAIL_NOT_VALID = "email_not_valid";
    /// An address that is too long.
    EMAIL_TOO_LONG = "email_too_long";
    /// More than 64 octets before the `@` (RFC 5321, 4.5.3.1.1).
    EMAIL_LOCAL_TOO_LONG = "email_local_too_long";
    /// No `@`.
    EMAIL_AT_MISSING = "email_at_missing";
    /// Nothing before the `@`.
    EMAIL_LOCAL_MISSING = "email_local_missing";
    /// Several addresses, or several `@`.
    EMAIL_SEVERAL = "email_several";
    /// A name beside the address, or `mailto:`.
    EMAIL_DISPLAY_NAME = "email_display_name";
    /// A blank in it.
    EMAIL_BLANK = "email_blank";
    /// A character beyond ASCII where the profile takes ASCII only.
    EMAIL_NOT_ASCII = "email_not_ascii";
    /// A character that no address has.
    EMAIL_CHARACTER = "email_character";
    /// Dots at an end or in a row.
    EMAIL_DOTS = "email_dots";
    /// A character that the profile does not allow at the ends.
    EMAIL_EDGE = "email_edge";
    /// A domain of one label, or none.
    EMAIL_DOMAIN_INCOMPLETE = "email_domain_incomplete";
    /// A domain that cannot be.
    EMAIL_DOMAIN_NOT_VALID = "email_domain_not_valid";
    /// A quoted part.
    EMAIL_QUOTED = "email_quoted";
    /// A well-known domain, mistyped.
    EMAIL_DOMAIN_TYPO = "email_domain_typo";
    /// An IP address for a domain.
    EMAIL_DOMAIN_LITERAL = "email_domain_literal";
    /// A comment in parentheses.
    EMAIL_COMMENT = "email_comment";

    /// Not a number in use by its country's numbering plan.
    PHONE_NOT_VALID = "phone_not_valid";
    /// Fewer digits than any number of that country has.
    PHONE_TOO_SHORT = "phone_too_short";
    /// More digits than any number of that country has.
    PHONE_TOO_LONG = "phone_too_long";
    /// A number that Excel destroyed: `5.58E+12`.
    PHONE_SCIENTIFIC_NOTATION = "phone_scientific_notation";
    /// A number that a program wrote as one with decimals: `491701234567.0`, `4.91701234567E+11`.
    PHONE_DECIMAL = "phone_decimal";
    /// The `+` was lost.
    PHONE_PLUS_LOST = "phone_plus_lost";
    /// The leading zero was lost.
    PHONE_ZERO_LOST = "phone_zero_lost";
    /// No country code.
    PHONE_COUNTRY_CODE_MISSING = "phone_country_code_missing";
    /// A national number of the default country, where the country code is wanted.
    PHONE_NATIONAL = "phone_national";
    /// No country has this code.
    PHONE_COUNTRY_CODE_UNKNOWN = "phone_country_code_unknown";
    /// `00` in place of `+`.
    PHONE_INTERNATIONAL_PREFIX = "phone_international_prefix";
    /// A character that may not stand in a phone number.
    PHONE_CHARACTER = "phone_character";
    /// Letters in place of digits.
    PHONE_LETTERS = "phone_letters";
    /// An extension.
    PHONE_EXTENSION = "phone_extension";
    /// Several numbers.
    PHONE_SEVERAL = "phone_several";

    /// First and last name stand in each other's place.
    NAMES_SWAPPED = "names_swapped";
    /// First and last name stand in one cell.
    FULL_NAME_IN_ONE_CELL = "full_name_in_one_cell";

    /// One name only.
    ONE_ONLY = "one_only";
    /// No course of that name.
    COURSE_UNKNOWN = "course_unknown";
    /// No domain of that name.
    DOMAIN_UNKNOWN = "domain_unknown";
    /// No access group of that name.
    GROUP_UNKNOWN = "group_unknown";
    /// No language of that name.
    LANGUAGE_UNKNOWN = "language_unknown";
    /// No organization of that name.
    ORGANIZATION_UNKNOWN = "organization_unknown";
    /// No property of that name.
    PROPERTY_UNKNOWN = "property_unknown";
    /// No role of that name.
    ROLE_UNKNOWN = "role_unknown";
    /// No site of that name.
    SITE_UNKNOWN = "site_unknown";
    /// No user type of that name.
    USER_TYPE_UNKNOWN = "user_type_unknown";
}
