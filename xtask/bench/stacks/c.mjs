// (c) PapaParse, zod, google-libphonenumber.
import google from "google-libphonenumber";
import Papa from "papaparse";
import { z } from "zod";
import { ACCEPTED, CORRECTED, clean, columns, duplicates, LETTERS, longerThan, REFUSED, roles, withoutApostrophe } from "./rules.mjs";

const { PhoneNumberFormat, PhoneNumberUtil } = google;
const util = PhoneNumberUtil.getInstance();

const text = z.string().transform(clean);
const name = text.pipe(
  z
    .string()
    .min(1)
    .refine((value) => !longerThan(value, 150))
    .regex(LETTERS),
);

const phone = text.transform((value, context) => {
  const typed = withoutApostrophe(value);
  if (typed === "") return { typed, number: "" };
  try {
    const number = util.parse(typed);
    if (util.isValidNumber(number)) return { typed, number: util.format(number, PhoneNumberFormat.E164) };
  } catch {
    // Not even a number by its looks.
  }
  context.addIssue({ code: "custom", message: "phone_not_valid" });
  return z.NEVER;
});

const role = text.transform((value, context) => {
  const names = roles(value);
  if (names) return names;
  context.addIssue({ code: "custom", message: "role_unknown" });
  return z.NEVER;
});

const Person = z.object({ first_name: name, last_name: name, email: text.pipe(z.email().max(64)), phone, role });

export function check(bytes) {
  const { data } = Papa.parse(new TextDecoder().decode(bytes), { skipEmptyLines: "greedy" });
  const [header, ...rows] = data;
  const at = columns(header);
  const statuses = new Uint8Array(rows.length);
  const issues = [];
  const people = [];
  const seen = new Map();
  rows.forEach((cells, row) => {
    const given = {
      first_name: cells[at.first_name] ?? "",
      last_name: cells[at.last_name] ?? "",
      email: cells[at.email] ?? "",
      phone: cells[at.phone] ?? "",
      role: cells[at.role] ?? "",
    };
    const { success, data: person, error } = Person.safeParse(given);
    if (success) {
      const same =
        person.first_name === given.first_name &&
        person.last_name === given.last_name &&
        person.email === given.email &&
        person.phone.typed === given.phone;
      statuses[row] = same ? ACCEPTED : CORRECTED;
      people.push({ ...person, phone: person.phone.number });
    } else {
      statuses[row] = REFUSED;
      for (const issue of error.issues) issues.push([row, issue.path[0], issue.code === "custom" ? issue.message : issue.code]);
      people.push(given);
    }
    const wrong = success ? undefined : error.issues.find((issue) => issue.path[0] === "email");
    if (!wrong) duplicates(seen, clean(given.email), row, statuses, issues);
  });
  return { statuses, issues, people };
}
