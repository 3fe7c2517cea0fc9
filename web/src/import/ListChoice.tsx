import type { Entry, PropertyValue } from "../api";
import { CheckList, SelectField } from "../ui";
import { languageName } from "../ui/pickers";
import { PropertyField } from "../users/PropertyField";
import { assignTexts as t } from "./assignTexts";
import { propertyEntry, propertyText } from "./giving";
import type { FieldInfo } from "./validator";

/** Languages are listed by their code; a person reads their name. */
export function optionLabel(field: string, name: string): string {
  return field === "language" ? languageName(name) : name;
}

const NONE = "";

/** What a list column holds, to be chosen: one entry or several. */
export function ListChoice(p: {
  field: FieldInfo;
  value: readonly string[];
  onChange: (values: string[]) => void;
  /** Groups as the organization has them: whether they are active. */
  groups?: readonly Entry[] | undefined;
  /** Choosing nothing is a choice. */
  clearable: boolean;
}) {
  const { field, value, onChange } = p;
  const inactive = new Set(p.groups?.filter(({ active }) => active === false).map(({ name }) => name));
  const options = (field.options ?? []).map(({ name }) => ({
    id: name,
    name: optionLabel(field.field, name),
    ...(field.field === "groups" && inactive.has(name) ? { description: t.inactive } : {}),
  }));
  // What the sheet says and no list knows stays visible, so that it can be taken away.
  const unknown = value.filter((name) => !options.some(({ id }) => id === name)).map((id) => ({ id, name: id }));
  if (field.multiple)
    return (
      <CheckList
        label={field.title}
        options={[...unknown, ...options]}
        value={value}
        onChange={onChange}
        empty={t.empty}
        filterLabel={t.filter(field.title)}
        noMatch={t.noMatch}
      />
    );
  return (
    <SelectField
      label={field.title}
      value={value[0] ?? (p.clearable ? NONE : null)}
      onChange={(name) => onChange(name === NONE ? [] : [name])}
      options={[...(p.clearable ? [{ id: NONE, name: t.none }] : []), ...unknown, ...options]}
    />
  );
}

/** One property's value within a row's entries. */
export function PropertyChoice(p: {
  property: Entry;
  entries: readonly string[];
  label?: string;
  onChange: (entries: string[]) => void;
}) {
  const { property, entries } = p;
  const text = propertyText(entries, property.name);
  const others = entries.filter((entry) => propertyText([entry], property.name) === null);
  return (
    <PropertyField
      property={property}
      {...(p.label === undefined ? {} : { label: p.label })}
      value={text === null ? null : typed(property, text)}
      onChange={(value) => p.onChange(value === null ? others : [...others, propertyEntry(property.name, value)])}
    />
  );
}

/** A cell's text as the form has values of that type; what does not fit stays a text. */
function typed(property: Entry, text: string): PropertyValue {
  switch (property.type) {
    case "yes_no":
      return text === "yes" || (text !== "no" && text);
    case "list":
      return text
        .split("+")
        .map((part) => part.trim())
        .filter(Boolean);
    case "number":
      return text !== "" && Number.isFinite(Number(text)) ? Number(text) : text;
    default:
      return text;
  }
}
