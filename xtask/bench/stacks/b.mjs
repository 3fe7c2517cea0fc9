// (b) uDSV, said to be the fastest reader there is, validator, libphonenumber-js with full metadata.
import { parsePhoneNumberFromString } from "libphonenumber-js/max";
import { inferSchema, initParser } from "udsv";
import isEmail from "validator/es/lib/isEmail.js";
import { checkRows } from "./rules.mjs";

export function check(bytes) {
  const text = new TextDecoder().decode(bytes);
  const schema = inferSchema(text);
  const rows = initParser(schema).stringArrs(text);
  const header = schema.cols.map((column) => column.name);
  return checkRows(header, rows, (email) => isEmail(email, { allow_utf8_local_part: false }), e164);
}

function e164(text) {
  const number = parsePhoneNumberFromString(text);
  return number?.isValid() ? number.number : undefined;
}
