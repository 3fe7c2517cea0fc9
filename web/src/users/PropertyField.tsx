import { type ReactNode, useState } from "react";
import type { Entry, PropertyValue } from "../api/types";
import { CheckList } from "../ui/CheckList";
import { Field, SelectField } from "../ui/controls";
import { texts as t } from "./texts";

const NONE = "";
const YES = "yes";
const NO = "no";

/** One of an organization's own properties, by its type. Whether a value fits is the server's to say. */
export function PropertyField(p: {
  property: Entry;
  label?: string;
  value: PropertyValue | null;
  onChange: (value: PropertyValue | null) => void;
  error?: ReactNode;
}) {
  const { property, value } = p;
  const label = p.label ?? property.name;
  const shared = { label, error: p.error, optional: true };
  const notSet = { id: NONE, name: t.form.notSet };
  switch (property.type) {
    case "yes_no":
      return (
        <SelectField
          {...shared}
          value={value === true ? YES : value === false ? NO : NONE}
          onChange={(id) => p.onChange(id === NONE ? null : id === YES)}
          options={[notSet, { id: YES, name: t.details.yes }, { id: NO, name: t.details.no }]}
        />
      );
    case "choice":
      return (
        <SelectField
          {...shared}
          value={typeof value === "string" ? value : NONE}
          onChange={(id) => p.onChange(id === NONE ? null : id)}
          options={[notSet, ...(property.choices ?? []).map((name) => ({ id: name, name }))]}
        />
      );
    case "list":
      return (
        <CheckList
          {...shared}
          value={Array.isArray(value) ? value : []}
          onChange={p.onChange}
          options={(property.choices ?? []).map((name) => ({ id: name, name }))}
          empty={t.form.emptyList}
          filterLabel={t.form.filterOptions(label)}
          noMatch={t.form.noOption}
        />
      );
    case "number":
      return <NumberField {...shared} value={value} onChange={p.onChange} />;
    default:
      return (
        <Field
          {...shared}
          type={property.type === "date" ? "date" : "text"}
          autoComplete="off"
          value={typeof value === "string" ? value : ""}
          onChange={(text) => p.onChange(text === "" ? null : text)}
        />
      );
  }
}

/** What is typed stays as it is typed; what is told is a number where it is one, else the text for the server to judge. */
function NumberField(p: {
  label: string;
  optional: boolean;
  error: ReactNode;
  value: PropertyValue | null;
  onChange: (value: PropertyValue | null) => void;
}) {
  const [typed, setTyped] = useState("");
  const told = p.value === null ? "" : String(p.value);
  return (
    <Field
      {...p}
      inputMode="decimal"
      autoComplete="off"
      value={parsed(typed) === p.value ? typed : told}
      onChange={(text) => {
        setTyped(text);
        p.onChange(parsed(text));
      }}
    />
  );
}

function parsed(text: string): number | string | null {
  if (text.trim() === "") return null;
  return Number.isFinite(Number(text)) ? Number(text) : text;
}
