// (a) PapaParse, validator, libphonenumber-js with the metadata that decides whether a number is valid.
import { parsePhoneNumberFromString } from "libphonenumber-js/max";
import Papa from "papaparse";
import isEmail from "validator/es/lib/isEmail.js";
import { checkRows } from "./rules.mjs";

export function check(bytes) {
  const { data } = Papa.parse(new TextDecoder().decode(bytes), { skipEmptyLines: "greedy" });
  const [header, ...rows] = data;
  return checkRows(header, rows, isAddress, e164);
}

export function isAddress(email) {
  return isEmail(email, { allow_utf8_local_part: false });
}

export function e164(text) {
  const number = parsePhoneNumberFromString(text);
  return number?.isValid() ? number.number : undefined;
}
