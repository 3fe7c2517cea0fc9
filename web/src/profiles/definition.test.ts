import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  type Base,
  type Definition,
  definitionOf,
  draftOf,
  kept,
  mistakes,
  ofKind,
  type ProfileDraft,
  readDefinition,
  roleList,
  withKind,
} from "./definition";

const built = (id: string): Base =>
  JSON.parse(readFileSync(new URL(`../../../crates/validation/profiles/${id}.json`, import.meta.url), "utf8")) as Base;
const everyId = ["modern", "technician", "end-user", "portal-user", "organization-user", "member"];
const member = built("member");

const changed = (change: (draft: ProfileDraft) => Partial<ProfileDraft>, base = member): Definition => {
  const draft = { ...draftOf(base, null), title: "Ours" };
  return definitionOf({ ...draft, ...change(draft) }, base);
};

test.each(everyId)("a profile made from %s that changes nothing says nothing", (id) => {
  const base = built(id);
  const draft = { ...draftOf(base, null), title: " Ours " };
  expect(definitionOf(draft, base)).toEqual({
    base: id,
    title: "Ours",
    ...(id === "modern" ? { kind: "end_user" } : {}),
  });
  expect([...mistakes(draft, base)]).toEqual([]);
});

test("only what is other than in the base is said", () => {
  expect(changed((draft) => ({ rows: "500", hours: "24", columns: draft.columns.slice(0, 7) }))).toEqual({
    base: "member",
    title: "Ours",
    limits: { rows: 500 },
    invitation: { expires_after_hours: 24 },
    columns: member.columns.slice(0, 7).map(({ field }) => ({ field })),
  });
});

test("a column says what is other in it, and one that is left out is not there", () => {
  const { columns } = changed((draft) => ({
    columns: draft.columns.map((column) =>
      column.field === "phone"
        ? { ...column, required: true, title: "Mobile", titles: ["Handy"], fallback: "" }
        : column.field === "first_name"
          ? { ...column, max: "20" }
          : { ...column, used: column.field !== "courses" },
    ),
  }));
  expect(columns?.map(({ field }) => field)).not.toContain("courses");
  expect(columns?.find(({ field }) => field === "phone")).toEqual({
    field: "phone",
    title: "Mobile",
    titles: ["Handy"],
    required: true,
  });
  expect(columns?.find(({ field }) => field === "first_name")).toEqual({
    field: "first_name",
    rule: { ...member.columns.find(({ field }) => field === "first_name")?.rule, max: 20 },
  });
});

test("a definition leads to the form and back", () => {
  const definition: Definition = {
    base: "portal-user",
    title: "Portal",
    columns: [
      { field: "email" },
      { field: "first_name", title: "Name" },
      { field: "user_type", default: "" },
      { field: "site", default: "Berlin" },
    ],
    limits: { rows: 100, bytes: 1048576 },
    invitation: { policy: "always" },
    mfa: "required",
    phone_at_acceptance: true,
    lists: { user_types: ["standard"] },
  };
  const base = built("portal-user");
  expect(definitionOf(draftOf(base, definition), base)).toEqual(definition);
});

test("what the form does not show stays as a definition has it", () => {
  const rule = { type: "text", allow: ["letters"], min: 1, max: 40 };
  const definition: Definition = {
    base: "organization-user",
    title: "Ours",
    columns: [{ field: "username" }, { field: "email" }, { field: "first_name", rule }, { field: "domain" }],
    lists: { properties: ["desk"] },
  };
  const base = built("organization-user");
  const draft = draftOf(base, definition);
  expect(definitionOf(draft, base)).toEqual(definition);
  const columns = draft.columns.map((column) => (column.field === "first_name" ? { ...column, max: "30" } : column));
  const changed = definitionOf({ ...draft, columns, roles: ["organization_user"] }, base);
  expect(changed.columns?.[2]).toEqual({ field: "first_name", rule: { ...rule, max: 30 } });
  expect(changed.lists).toEqual({ properties: ["desk"], [roleList(base)?.name ?? ""]: ["organization_user"] });
});

describe("what the form holds back", () => {
  test.each<{ name: string; change: Partial<ProfileDraft>; wrong: string }>([
    { name: "no name", change: { title: "  " }, wrong: "title" },
    { name: "more rows than the base", change: { rows: "10001" }, wrong: "rows" },
    { name: "no number of rows", change: { rows: "many" }, wrong: "rows" },
    { name: "a larger file", change: { megabytes: "51" }, wrong: "megabytes" },
    { name: "a longer invitation", change: { hours: "337" }, wrong: "hours" },
    { name: "no mode", change: { modes: [] }, wrong: "modes" },
    { name: "no role", change: { roles: [] }, wrong: "roles" },
  ])("$name", ({ change, wrong }) => {
    expect([...mistakes({ ...draftOf(member, null), title: "Ours", ...change }, member)]).toEqual([wrong]);
  });

  test("longer texts than the base, and a column without a title", () => {
    const draft = { ...draftOf(member, null), title: "Ours" };
    const columns = draft.columns.map((column) =>
      column.field === "username"
        ? { ...column, max: "51" }
        : column.field === "phone"
          ? { ...column, title: "" }
          : column,
    );
    expect([...mistakes({ ...draft, columns }, member)]).toEqual(["max:username", "title:phone"]);
  });
});

test("what rows may be is a role or a type", () => {
  expect(roleList(built("portal-user"))?.items.map(({ name }) => name)).toEqual(["Privileged", "Standard"]);
  expect(roleList(member)?.items).toHaveLength(4);
});

test("a base that makes any kind is as the kind that is chosen has it", () => {
  const modern = built("modern");
  const technicians = withKind({ ...draftOf(modern, null), title: "Ours", rows: "5" }, modern, "technician");
  expect([technicians.hours, technicians.mfa, technicians.roleNeeded]).toEqual(["24", true, false]);
  expect(definitionOf(technicians, modern)).toEqual({
    base: "modern",
    title: "Ours",
    kind: "technician",
    limits: { rows: 5 },
  });
  expect(roleList(ofKind(modern, "member"))?.items[0]?.name).toBe("Master");
});

test("every role of a closed list is no choice among them", () => {
  const lists = { roles: ["user", "master", "billing", "co_managed_user"] };
  expect(draftOf(member, { base: "member", title: "x", lists }).roles).toBeNull();
  expect(draftOf(member, { base: "member", title: "x", lists: { roles: ["user"] } }).roles).toEqual(["user"]);
});

test("what a row would lack a value without stays", () => {
  const [site] = built("portal-user").columns.filter(({ field }) => field === "site");
  const user = built("organization-user");
  const [domain, phone] = ["domain", "phone"].map((name) => user.columns.find(({ field }) => field === name));
  expect(site && kept(built("portal-user"), site)).toBe("default");
  expect([domain && kept(user, domain), phone && kept(user, phone)]).toEqual(["default", null]);
});

test("a file that is no profile is told from one that is", () => {
  expect(readDefinition('{"base":"modern","title":"x"}')).toEqual({ base: "modern", title: "x" });
  for (const json of ["", "[]", "null", '{"title":"x"}', "name,email"]) expect(readDefinition(json)).toBeNull();
});
