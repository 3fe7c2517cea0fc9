// The end-user profile's rules as they are written in plain JavaScript: what all stacks have in common. How sheets are
// read and how addresses and numbers are checked is each stack's own.

export const ACCEPTED = 0;
export const CORRECTED = 1;
export const REFUSED = 2;

const TITLES = new Map([
  ["first name", "first_name"],
  ["last name", "last_name"],
  ["email", "email"],
  ["phone", "phone"],
  ["role", "role"],
]);

const ROLES = new Map(
  [
    "Organization Admin",
    "Organization View Only Admin",
    "Organization Billing Admin",
    "Organization User",
    "Privileged",
    "Standard",
  ].map((name) => [name.toLowerCase(), name]),
);

const BEYOND_ASCII = /[^\0-\x7f]/;
export const LETTERS = /^[\p{L}\p{M}]+$/u;

/** Where each field stands. */
export function columns(header) {
  const places = {};
  header.forEach((title, place) => {
    const field = TITLES.get(title.trim().toLowerCase());
    if (field) places[field] = place;
  });
  return places;
}

/** Without blanks around it, composed. Most cells are as they should be: then it is the same string. */
export function clean(cell) {
  const text = cell.trim();
  return BEYOND_ASCII.test(text) ? text.normalize("NFC") : text;
}

/** Excel's way to say that it is text. */
export function withoutApostrophe(phone) {
  return phone.startsWith("'") ? phone.slice(1).trimStart() : phone;
}

/** The known names in a cell, or nothing if one is unknown. */
export function roles(text) {
  if (text === "") return [];
  const one = ROLES.get(text.toLowerCase());
  if (one) return [one];
  const names = [];
  for (const part of text.split(/[;|,]/)) {
    const trimmed = part.trim();
    if (trimmed === "") continue;
    const name = ROLES.get(trimmed.toLowerCase());
    if (!name) return undefined;
    if (!names.includes(name)) names.push(name);
  }
  return names;
}

/** Code points are what is counted; a short string has no more of them than units. */
export function longerThan(text, limit) {
  return text.length > limit && [...text].length > limit;
}

function name(text) {
  if (text === "") return "required";
  if (longerThan(text, 150)) return "too_long";
  return LETTERS.test(text) ? undefined : "character_not_allowed";
}

/**
 * Checks all rows. `isEmail` takes a text, `e164` answers a number or nothing.
 *
 * @returns a byte for each row, what is wrong as [row, field, code], and the rows as they would be imported
 */
export function checkRows(header, rows, isEmail, e164) {
  const at = columns(header);
  const statuses = new Uint8Array(rows.length);
  const issues = [];
  const people = [];
  const seen = new Map();
  for (let row = 0; row < rows.length; row += 1) {
    const cells = rows[row];
    const given = [cells[at.first_name] ?? "", cells[at.last_name] ?? "", cells[at.email] ?? "", cells[at.phone] ?? ""];
    const first = clean(given[0]);
    const last = clean(given[1]);
    const email = clean(given[2]);
    const typed = clean(given[3]);
    const phone = withoutApostrophe(typed);
    const refuse = (field, code) => {
      issues.push([row, field, code]);
      statuses[row] = REFUSED;
    };
    if (first !== given[0] || last !== given[1] || email !== given[2] || phone !== given[3]) statuses[row] = CORRECTED;
    const firstIssue = name(first);
    if (firstIssue) refuse("first_name", firstIssue);
    const lastIssue = name(last);
    if (lastIssue) refuse("last_name", lastIssue);
    if (email === "") refuse("email", "required");
    else if (longerThan(email, 64)) refuse("email", "email_too_long");
    else if (!isEmail(email)) refuse("email", "email_not_valid");
    else duplicates(seen, email, row, statuses, issues);
    const number = phone === "" ? "" : e164(phone);
    if (number === undefined) refuse("phone", "phone_not_valid");
    const names = roles(clean(cells[at.role] ?? ""));
    if (!names) refuse("role", "role_unknown");
    people.push({ first_name: first, last_name: last, email, phone: number, role: names });
  }
  return { statuses, issues, people };
}

/** Whoever has the same address is refused, the first one too. */
export function duplicates(seen, email, row, statuses, issues) {
  const key = email.toLowerCase();
  const first = seen.get(key);
  if (first === undefined) {
    seen.set(key, row);
    return;
  }
  for (const one of [Math.abs(first), row]) {
    // What is negative was said before. Row 0 may be said twice, which changes nothing.
    if (one === row || first >= 0) {
      issues.push([one, "email", "duplicate_in_file"]);
      statuses[one] = REFUSED;
    }
  }
  seen.set(key, -Math.abs(first));
}
