import type { UserKind } from "../api";
import type { Mode } from "./flow";
import { count, texts } from "./texts";

/**
 * What the wizard tells about a profile before a sheet is open. The profile is data that the validator understands;
 * here it is only read aloud.
 */
export interface ProfileFacts {
  readonly id: string;
  /** Those that can be filled: a list without entries is left out. */
  readonly columns: readonly ColumnFacts[];
  readonly rowLimit: number | null;
  /** The first is the default. */
  readonly modes: readonly Mode[];
  readonly invitations: "always" | "opt_in" | "never" | "by_credential_mode";
  readonly expiresAfterHours: number | null;
  readonly rolesRequired: boolean;
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
      .filter((column) => fillable(object(column.rule), lists))
      .map((column) => ({
        field: text(column.field) ?? "",
        title: text(column.title) ?? "",
        required: column.required === true,
        rule: ruleWords(object(column.rule), lists, text(profile.default_country)),
      })),
    rowLimit: number(object(profile.limits).rows),
    modes: list(profile.modes).filter((mode): mode is Mode => mode === "atomic" || mode === "partial"),
    invitations: (text(invitation.policy) ?? "never") as ProfileFacts["invitations"],
    expiresAfterHours: number(invitation.expires_after_hours),
    rolesRequired: role.required_at_commit === true,
  };
}

const regions = new Intl.DisplayNames(undefined, { type: "region" });

type Lists = ReadonlyMap<string, readonly string[]>;

function fillable(rule: Json, lists: Lists): boolean {
  return rule.type !== "list" || lists.get(text(rule.list) ?? "")?.length !== 0;
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
      return which === null ? t.severalNames : `${which} (${t.severalNames})`;
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
