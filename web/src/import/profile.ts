import type { CredentialMode, UserKind } from "../api";
import type { Mode } from "./flow";
import { sheetTexts } from "./sheetTexts";
import { count, texts } from "./texts";

/**
 * What the wizard tells about a profile before a sheet is open. The profile is data that the validator understands;
 * here it is only read aloud.
 */
export interface ProfileFacts {
  readonly id: string;
  /** Those that can be filled: an optional list without entries is left out. */
  readonly columns: readonly ColumnFacts[];
  readonly rowLimit: number | null;
  /** The largest file, in bytes. */
  readonly byteLimit: number | null;
  /** The first is the default. */
  readonly modes: readonly Mode[];
  readonly invitations: "always" | "opt_in" | "never" | "by_credential_mode";
  readonly expiresAfterHours: number | null;
  readonly rolesRequired: boolean;
  /** A row that says nothing of a role still gets one, or is refused in the sheet. */
  readonly roleSettled: boolean;
  /** Ways to a first sign-in; the first is the default. */
  readonly credentials: readonly CredentialMode[];
}

export interface ColumnFacts {
  readonly field: string;
  readonly title: string;
  readonly required: boolean;
  /** What may stand in it, in a few words. */
  readonly rule: string | null;
}

type Json = Readonly<Record<string, unknown>>;

/** For a profile that makes any kind, as it is for the one asked for. */
export function profileFacts(json: string, kind: UserKind): ProfileFacts {
  const profile = object(JSON.parse(json));
  const own = list(profile.kinds)
    .map(object)
    .find((each) => each.kind === kind);
  const invitation = object(own?.invitation ?? profile.invitation);
  const role = object(own?.role ?? profile.role);
  const lists = new Map(
    list(profile.lists)
      .map(object)
      .map((each) => [text(each.name) ?? "", list(each.items).map((item) => text(object(item).name) ?? "")]),
  );
  return {
    id: text(profile.id) ?? "",
    columns: list(profile.columns)
      .map(object)
      .filter((column) => column.required === true || fillable(object(column.rule), lists))
      .map((column) => ({
        field: text(column.field) ?? "",
        title: text(column.title) ?? "",
        required: column.required === true,
        rule: columnWords(column, lists, text(profile.default_country)),
      })),
    rowLimit: number(object(profile.limits).rows),
    byteLimit: number(object(profile.limits).bytes),
    modes: list(profile.modes).filter((mode): mode is Mode => mode === "atomic" || mode === "partial"),
    invitations: (text(invitation.policy) ?? "never") as ProfileFacts["invitations"],
    expiresAfterHours: number(invitation.expires_after_hours),
    rolesRequired: role.required_at_commit === true,
    roleSettled: list(profile.columns)
      .map(object)
      .some((column) => column.field === role.column && (column.required === true || text(column.default) !== null)),
    credentials: list(profile.credentials).filter((mode): mode is CredentialMode => typeof mode === "string"),
  };
}

const regions = new Intl.DisplayNames(undefined, { type: "region" });

type Lists = ReadonlyMap<string, readonly string[]>;

function fillable(rule: Json, lists: Lists): boolean {
  return rule.type !== "list" || lists.get(text(rule.list) ?? "")?.length !== 0;
}

/** A column's rule, and what stands for an empty cell. */
function columnWords(column: Json, lists: Lists, defaultCountry: string | null): string | null {
  const t = sheetTexts.source;
  const usual = text(column.default);
  const empty = usual !== null ? t.empty(usual) : column.default_first === true ? t.emptyFirst : null;
  const rule = fillable(object(column.rule), lists) ? ruleWords(object(column.rule), lists, defaultCountry) : t.noneYet;
  const words = [rule, empty].filter((part) => part !== null).join("; ");
  return words === "" ? null : words;
}

function ruleWords(rule: Json, lists: Lists, defaultCountry: string | null): string | null {
  const t = texts.rules;
  const max = number(rule.max);
  switch (rule.type) {
    case "text": {
      const allowed = list(rule.allow).filter((each) => typeof each === "string");
      const names = [...new Set(allowed.map((each) => t.characters[each] ?? each.replaceAll("_", " ")))];
      const what = allowed.length === 1 ? t.only(names[0] ?? "") : t.several(names);
      return max === null ? what : `${what}, ${t.atMost(count(max))}`;
    }
    case "email":
      return [rule.unicode === true ? t.anyScript : t.ascii, ...(max === null ? [] : [t.atMost(count(max))])].join(
        ", ",
      );
    case "phone":
      return [
        rule.national === true && defaultCountry !== null
          ? t.national(regions.of(defaultCountry) ?? defaultCountry)
          : t.countryCode,
        ...(rule.digits_and_blanks_only === true ? [t.digitsAndBlanks] : []),
      ].join(", ");
    case "list": {
      const names = lists.get(text(rule.list) ?? "");
      const which =
        names === undefined
          ? null
          : names.length > 4
            ? t.andMore(names.slice(0, 3), names.length - 3)
            : names.join(", ");
      if (rule.multiple !== true) return which;
      return which === null ? sheetTexts.source.several : `${which} (${t.severalNames})`;
    }
    case "secret":
      return max === null ? null : t.atMost(count(max));
    default:
      return null;
  }
}

function object(value: unknown): Json {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function text(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

function number(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}

const megabyte = 1024 * 1024;
const sizes = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });

/** "10 MB", as file managers count them. */
function sizeWords(bytes: number): string {
  return bytes < megabyte ? `${sizes.format(bytes / 1024)} KB` : `${sizes.format(bytes / megabyte)} MB`;
}

/** "up to 50 MB"; "under 10 MB" where the limit is one byte less. */
export function byteLimitWords(bytes: number): string {
  const t = sheetTexts.source;
  return (bytes + 1) % megabyte === 0 ? t.under(sizeWords(bytes + 1)) : t.upTo(sizeWords(bytes));
}

/** What a profile asks for, in a breath: under its name where profiles are chosen. */
export function profileNote(facts: ProfileFacts): string {
  const required = facts.columns.filter((column) => column.required).map((column) => column.title);
  return sheetTexts.source.needs(required);
}
