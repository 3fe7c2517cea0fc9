import { useMemo } from "react";
import { texts } from "../texts/en";
import { ComboField } from "./Combo";
import { SelectField } from "./controls";

const NONE = "";
const languages = new Intl.DisplayNames(undefined, { type: "language" });

/** A language by the name that the reader knows it by. */
export function languageName(tag: string): string {
  try {
    return languages.of(tag) ?? tag;
  } catch {
    return tag;
  }
}

interface Picker {
  label: string;
  value: string | null;
  onChange: (value: string | null) => void;
  hint?: string;
  error?: string | undefined;
  optional?: boolean;
}

export function LanguageField({ tags, ...p }: Picker & { tags: readonly string[] }) {
  const known = p.value && !tags.includes(p.value) ? [...tags, p.value] : tags;
  const options = known.map((id) => ({ id, name: languageName(id) })).sort((a, b) => a.name.localeCompare(b.name));
  return (
    <SelectField
      {...p}
      value={p.value ?? NONE}
      onChange={(id) => p.onChange(id === NONE ? null : id)}
      options={[{ id: NONE, name: texts.common.notSet }, ...options]}
    />
  );
}

/** Every time zone that the browser knows, by the names of its cities; typing narrows the list. */
export function TimeZoneField(p: Picker) {
  const options = useMemo(() => {
    const zones = new Set(Intl.supportedValuesOf("timeZone"));
    zones.add("UTC");
    if (p.value) zones.add(p.value);
    const named = [...zones].sort().map((id) => ({ id, name: zoneName(id), description: offset(id) }));
    return [{ id: NONE, name: texts.common.notSet }, ...named];
  }, [p.value]);
  return (
    <ComboField
      {...p}
      value={p.value ?? NONE}
      onChange={(id) => p.onChange(id === NONE ? null : id)}
      options={options}
      noMatch={texts.common.noTimeZone}
    />
  );
}

/** A time zone as people read it. */
export const zoneName = (id: string): string => id.replaceAll("_", " ");

/** How far from UTC it is just now, `UTC+1`. */
function offset(id: string): string {
  try {
    const parts = new Intl.DateTimeFormat("en", { timeZone: id, timeZoneName: "shortOffset" }).formatToParts();
    return parts.find(({ type }) => type === "timeZoneName")?.value.replace("GMT", "UTC") ?? "";
  } catch {
    return "";
  }
}
