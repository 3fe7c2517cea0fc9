// @vitest-environment happy-dom
import { describe, expect, test } from "vitest";
import type { User } from "../api/types";
import { personState } from "../ui/status";
import { newUserOf } from "./AddUserDialog";
import { possible } from "./actions";
import { emptyDraft } from "./draft";
import { timelineOf } from "./panel/timeline";
import { invitation, person } from "./testing";
import { refreshed } from "./useUserList";

describe("where a person stands", () => {
  test.each([
    ["a delivered invitation is pending", {}, "pending"],
    ["nobody asked them yet", { status: "created", invitation: null }, "not_invited"],
    ["has a first password that waits", { invitation: null }, "first_password"],
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

describe("a new user is sent with", () => {
  const draft = { ...emptyDraft, first_name: "Ana", last_name: "Meyer", email: "ana@example.com", roles: ["r"] };
  const core = { profile: "modern", first_name: "Ana", last_name: "Meyer", email: "ana@example.com", roles: ["r"] };
  const link = { mode: "link", password: "", invite: true } as const;

  test("a technician's scope and permissions, and no lists", () => {
    const filled = { ...draft, organizations: ["org_1"], permissions: ["users.read"], groups: ["g"], site: "s" };
    expect(newUserOf("technician", undefined, filled, link)).toEqual({
      ...core,
      kind: "technician",
      organizations: ["org_1"],
      permissions: ["users.read"],
      invite: true,
    });
  });

  test("what was filled in of an end user, and the way to the first password", () => {
    const filled = { ...draft, username: "ana", groups: ["g"], properties: { a: 7, b: null, c: "", d: [], e: false } };
    expect(
      newUserOf("end_user", "org_1", filled, { mode: "generate_and_mail", password: "unsent", invite: true }),
    ).toEqual({
      ...core,
      kind: "end_user",
      organization_id: "org_1",
      username: "ana",
      groups: ["g"],
      properties: { a: 7, e: false },
      credentials: { mode: "generate_and_mail" },
    });
  });

  test.each([true, false, null])("all module access where somebody decided on it: %s", (all_module_access) => {
    const sent = newUserOf("end_user", "org_1", { ...draft, all_module_access }, link);
    expect(sent.all_module_access).toBe(all_module_access ?? undefined);
  });

  test("a password only where one is specified", () => {
    const { credentials } = newUserOf("end_user", "org_1", draft, {
      mode: "specify_only",
      password: "three words",
      invite: true,
    });
    expect(credentials).toEqual({ mode: "specify_only", password: "three words" });
  });
});

test("the timeline of a bounced invitation says so and when", () => {
  const steps = timelineOf(person("u", { invitation: { ...invitation, delivery: "bounced" } }));
  expect(steps.map((step) => step.key)).toEqual(["created", "queued", "sent", "bounced", "expires"]);
  expect(steps.find((step) => step.key === "bounced")?.at).toBe(invitation.delivery_at);
});

test("a fresh first page replaces a list that it reaches the end of, and only updates rows of a longer one", () => {
  const shown = (n: number) => Array.from({ length: n }, (_, i) => person(`u${i}`));
  const news = [person("new"), person("u1", { name: "Bea" })];
  const ids = (users: User[]) => users.map((user) => user.id);
  expect(ids(refreshed(shown(2), news, null).items)).toEqual(["new", "u1"]);
  expect(ids(refreshed(shown(2), news, "c").items)).toEqual(["new", "u1"]);
  // Pages may be short: more may be shown than the first one holds.
  const long = refreshed(shown(3), news, "c");
  expect([ids(long.items), long.items[1]?.name, "cursor" in long]).toEqual([["u0", "u1", "u2"], "Bea", false]);
});
