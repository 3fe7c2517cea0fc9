// @vitest-environment happy-dom
import { describe, expect, test } from "vitest";
import type { Invitation, User } from "../api/types";
import { personState } from "../ui/status";
import { possible } from "./actions";
import { patchOf } from "./EditUser";
import { timelineOf } from "./UserPanel";
import { refreshed } from "./useUserList";

const invitation: Invitation = {
  status: "pending",
  delivery: "delivered",
  generation: 1,
  queued_at: "2026-11-21T09:00:00.000Z",
  sent_at: "2026-11-21T09:00:01.000Z",
  delivery_at: "2026-11-21T09:00:02.000Z",
  expires_at: "2026-11-22T09:00:01.000Z",
  registered_at: null,
  valid_hours: 24,
};

const person = (id: string, change: Partial<User> = {}): User => ({
  id,
  kind: "technician",
  organization_id: null,
  name: "Ana Meyer",
  first_name: "Ana",
  last_name: "Meyer",
  email: "ana@example.com",
  username: null,
  phone: "+4915123456789",
  roles: ["technician"],
  permissions: [],
  organizations: "all",
  groups: [],
  courses: [],
  services: [],
  all_module_access: false,
  modules: null,
  status: "invited",
  locked_until: null,
  mfa: "not_enrolled",
  email_change: null,
  password_reset: null,
  invitation,
  properties: {},
  site: null,
  language: null,
  time_zone: null,
  created_at: "2026-11-21T09:00:00.000Z",
  created_by: null,
  root: false,
  last_sign_in_at: null,
  import_id: null,
  version: 3,
  ...change,
});

describe("where a person stands", () => {
  test.each([
    ["a delivered invitation is pending", {}, "pending"],
    ["nobody asked them yet", { status: "created", invitation: null }, "not_invited"],
    ["a mail that came back", { invitation: { ...invitation, delivery: "bounced" } }, "bounced"],
    ["marked as spam", { invitation: { ...invitation, delivery: "complained" } }, "bounced"],
    ["the time is over", { invitation: { ...invitation, status: "expired" } }, "expired"],
    ["taken back", { invitation: { ...invitation, status: "revoked" } }, "revoked"],
    ["finished", { status: "active", invitation: { ...invitation, status: "registered" } }, "registered"],
    ["locked out after registering", { status: "locked_out" }, "locked_out"],
    ["deactivated", { status: "deactivated" }, "deactivated"],
  ] as [string, Partial<User>, string][])("%s", (_name, change, expected) => {
    expect(personState(person("u", change))).toBe(expected);
  });
});

describe("what can be done about an invitation", () => {
  test.each([
    ["pending: again, or taken back", {}, ["resend", "revoke"]],
    ["never invited: send", { status: "created", invitation: null }, ["send"]],
    ["revoked: send anew", { invitation: { ...invitation, status: "revoked" } }, ["send"]],
    ["expired: again", { invitation: { ...invitation, status: "expired" } }, ["resend"]],
    ["registered: nothing", { status: "active" }, []],
  ] as [string, Partial<User>, string[]][])("%s", (_name, change, expected) => {
    expect(possible(person("u", change))).toEqual(expected);
  });
});

test("an edit sends only what was changed, and null for a phone that was emptied", () => {
  const user = person("u");
  const texts = { first_name: "Ana", last_name: "Meyer-García", email: "ana@example.com", phone: " " };
  expect(patchOf(user, { texts, roles: ["technician"] })).toEqual({ last_name: "Meyer-García", phone: null });
});

test("the timeline of a bounced invitation says so and when", () => {
  const steps = timelineOf(person("u", { invitation: { ...invitation, delivery: "bounced" } }));
  expect(steps.map((step) => step.key)).toEqual(["created", "queued", "sent", "bounced", "expires"]);
  expect(steps.find((step) => step.key === "bounced")?.at).toBe(invitation.delivery_at);
});

test("a fresh first page replaces a list of one page, and only updates rows of a longer one", () => {
  const loaded = (n: number) => ({
    at: "loaded" as const,
    users: Array.from({ length: n }, (_, i) => person(`u${i}`)),
    cursor: null,
    more: "idle" as const,
  });
  const news = [person("new"), person("u1", { name: "Bea" })];
  const short = refreshed(loaded(2), news, null);
  expect(short.at === "loaded" && short.users.map((user) => user.id)).toEqual(["new", "u1"]);
  const long = refreshed(loaded(150), news, "c");
  expect(long.at === "loaded" && [long.users.length, long.users[1]?.name, long.cursor]).toEqual([150, "Bea", null]);
});
