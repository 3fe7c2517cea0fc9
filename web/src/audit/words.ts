import { texts as common } from "../texts/en";
import { languageName } from "../ui/pickers";
import { absoluteTime, count } from "../ui/time";
import { texts as users } from "../users/texts";
import type { Change } from "./changes";
import { texts as t } from "./texts";

/** Names of what events refer to by identifiers: roles, organizations, entries of lists, properties by their keys. */
export type Names = (id: string) => string | undefined;

const sentence = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
const plain = (name: string) => sentence(name.replaceAll("_", " "));

/** What was done. */
export function actionText(action: string): string {
  const known = t.actions[action];
  if (known) return known;
  const [subject = "", what = ""] = action.split(".");
  return `${t.subjects[subject] ?? plain(subject)}: ${what.replaceAll("_", " ")}`;
}

/** What a changed value is called: `properties.badge` by the property's name, `invitation.status` by its last part. */
export function fieldText(field: string, names: Names): string {
  const known = t.fields[field] ?? common.fields[field];
  if (known) return known;
  const parts = field.split(".");
  const last = parts.at(-1) ?? field;
  if (parts[0] === "properties") return names(`property:${last}`) ?? plain(last);
  const of = parts.length > 1 ? `${t.subjects[parts[0] ?? ""] ?? plain(parts[0] ?? "")}: ` : "";
  const name = t.fields[last] ?? common.fields[last] ?? plain(last);
  return of ? `${of}${name.toLowerCase()}` : name;
}

const INSTANT = /^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/;

/** A value as a person reads it. */
export function valueText(field: string, value: unknown, names: Names): string {
  if (value === null || value === undefined || value === "") return t.nothing;
  if (typeof value === "boolean") return value ? t.yes : t.no;
  if (typeof value === "number") return count(value);
  if (Array.isArray(value))
    return value.length === 0 ? t.nothing : value.map((each) => valueText(field, each, names)).join(", ");
  if (typeof value !== "string") return JSON.stringify(value);
  if (INSTANT.test(value)) return absoluteTime(value);
  const last = field.split(".").at(-1);
  if (last === "kind") return common.kinds[value] ?? value;
  if (last === "delivery") return common.delivery[value] ?? value;
  if (field === "status") return users.status[value] ?? value.replaceAll("_", " ");
  if (last === "language") return languageName(value);
  if ((last === "organizations" || last === "scope") && value === "all") return t.everywhere;
  return names(value) ?? value;
}

/** Which values changed, in a few words; the rest is counted. */
export function changedFields(changes: readonly Change[], names: Names, most = 3): string {
  const labels = [...new Set(changes.map((change) => fieldText(change.field, names)))];
  return t.changed(labels.slice(0, most).join(", "), Math.max(0, labels.length - most));
}
