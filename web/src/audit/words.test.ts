// @vitest-environment happy-dom
import { describe, expect, test } from "vitest";
import { actionText, changedFields, fieldText, type Names, valueText } from "./words";

const names: Names = (id) => ({ role_1: "Night shift", org_1: "Acme", "property:badge": "Badge number" })[id];

describe("a value in words", () => {
  test.each([
    ["an identifier by its name", "roles", ["role_1", "technician"], "Night shift, technician"],
    ["an identifier that nobody knows as it is", "site", "ent_9", "ent_9"],
    ["nothing", "phone", null, "nothing"],
    ["an empty list", "groups", [], "nothing"],
    ["yes", "all_module_access", true, "yes"],
    ["a kind", "kind", "end_user", "End user"],
    ["a status", "status", "locked_out", "Locked out"],
    ["everywhere", "organizations", "all", "all organizations"],
    ["a language", "language", "de", "German"],
    ["a nested object", "anything", { a: 1 }, '{"a":1}'],
  ] as [string, string, unknown, string][])("%s", (_name, field, value, expected) => {
    expect(valueText(field, value, names)).toBe(expected);
  });
});

describe("what a changed value is called", () => {
  test.each([
    ["first_name", "First name"],
    ["properties.badge", "Badge number"],
    ["properties.shoe_size", "Shoe size"],
    ["invitation.status", "Invitation: status"],
    ["password_policy.min_length", "Password rules: min length"],
    ["something_new", "Something new"],
  ])("%s", (field, expected) => {
    expect(fieldText(field, names)).toBe(expected);
  });
});

test("an action that has no words of its own is still readable", () => {
  expect([actionText("user.created"), actionText("role.assigned_again")]).toEqual([
    "Created the account",
    "Role: assigned again",
  ]);
});

test("many changes are named up to three, and counted", () => {
  const changes = ["first_name", "last_name", "email", "phone", "roles"].map((field) => ({
    field,
    before: 1,
    after: 2,
  }));
  expect(changedFields(changes, names)).toBe("First name, Last name, Email and 2 more");
});
