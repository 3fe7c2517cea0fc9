import { describe, expect, test } from "vitest";
import type { User } from "../api/types";
import { may } from "./may";
import { administrator, everything, person, role } from "./testing";

const roles = [role("technician"), role("strong", { permissions: ["roles.write"] })];

describe("what is offered for an account", () => {
  test.each([
    ["pending", {}, everything, ["deactivate"]],
    [
      "active with a second factor",
      { status: "active", mfa: "enrolled" },
      everything,
      ["reset-password", "reset-mfa", "deactivate"],
    ],
    ["active without", { status: "active" }, everything, ["reset-password", "deactivate"]],
    ["locked", { status: "locked_out" }, everything, ["unlock", "reset-password", "deactivate"]],
    ["deactivated", { status: "deactivated" }, everything, ["activate"]],
    ["one's own", { id: "me", status: "active" }, everything, []],
    ["the Root Master's", { root: true, status: "active" }, everything, []],
    ["of somebody who holds more", { roles: ["strong"], status: "active" }, everything, []],
    ["to somebody who may only read", { status: "active" }, ["users.read"], []],
  ] as [string, Partial<User>, string[], string[]][])("%s", (_name, who, permissions, expected) => {
    expect(may(administrator(permissions), person("u", who), roles).account).toEqual(expected);
  });
});

test("nobody deletes themselves, the Root Master, or without the permission", () => {
  const of = (who: Partial<User>, permissions = everything) =>
    may(administrator(permissions), person("u", who), roles).remove;
  expect([of({}), of({ id: "me" }), of({ root: true }), of({}, ["users.write"])]).toEqual([true, false, false, false]);
});

test("who looks after some organizations does not touch who looks after all", () => {
  const me = { ...administrator(), organizations: ["org_1"] };
  expect(may(me, person("u"), roles).edit).toBe(false);
  expect(may(me, person("u", { organizations: ["org_1"] }), roles).edit).toBe(true);
});
