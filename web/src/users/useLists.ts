import type { Entry, Id, ListName, PropertyType, PropertyValue } from "../api/types";
import { useCan } from "../console/session";
import { useEntries } from "../lists/useEntries";
import { texts } from "./texts";

export type Lists = Record<ListName, Entry[] | undefined>;

/** The lists that an organization's people refer to. Each is undefined until it is there, or where it may not be seen. */
export function useLists(organization: Id | null | undefined): Lists {
  const of = useCan()("lists.read") ? organization : null;
  return {
    groups: useEntries("groups", of).entries,
    sites: useEntries("sites", of).entries,
    properties: useEntries("properties", of).entries,
    courses: useEntries("courses", of).entries,
    services: useEntries("services", of).entries,
  };
}

const numbers = new Intl.NumberFormat();
const dates = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeZone: "UTC" });

/** A property's value as a person reads it. */
export function propertyText(value: PropertyValue, type?: PropertyType): string {
  if (typeof value === "boolean") return value ? texts.details.yes : texts.details.no;
  if (typeof value === "number") return numbers.format(value);
  if (Array.isArray(value)) return value.join(", ");
  return type === "date" && !Number.isNaN(Date.parse(value)) ? dates.format(new Date(value)) : value;
}
