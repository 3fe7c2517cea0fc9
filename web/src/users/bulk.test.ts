// @vitest-environment happy-dom
import { afterEach, describe, expect, test, vi } from "vitest";
import { ApiProblem } from "../api/problem";
import type { User } from "../api/types";
import { applyTo, type BulkChange, forecast, type Outcome, planFor, runBulk, tally } from "./bulk";
import { administrator, invitation, person, role } from "./testing";

const roles = [
  role("technician"),
  role("billing_only", { permissions: [] }),
  role("strong", { permissions: ["roles.write"] }),
  role("organization_user", { kinds: ["end_user"], permissions: [] }),
  role("master", { kinds: ["member"] }),
  role("user", { kinds: ["member"], permissions: [] }),
];
const at = { me: administrator(), roles };
const endUser: Partial<User> = {
  kind: "end_user",
  organization_id: "org_1",
  organizations: ["org_1"],
  roles: ["organization_user"],
};

describe("a change comes to", () => {
  test.each([
    [
      "a role beside the others, for a technician",
      {},
      { what: "roles", how: "add", ids: ["billing_only"] },
      { roles: ["technician", "billing_only"] },
    ],
    [
      "a role in the place of the one, for a member",
      { kind: "member", roles: ["user"] },
      { what: "roles", how: "add", ids: ["master"] },
      { roles: ["master"] },
    ],
    ["nothing where they have it", {}, { what: "roles", how: "add", ids: ["technician"] }, "already"],
    [
      "nothing where the role is for others",
      {},
      { what: "roles", how: "add", ids: ["organization_user"] },
      "other_kind",
    ],
    [
      "nothing where a member would get two",
      { kind: "member", roles: ["user"] },
      { what: "roles", how: "replace", ids: ["user", "master"] },
      "one_role",
    ],
    [
      "nothing where an end user would be without a role",
      endUser,
      { what: "roles", how: "remove", ids: ["organization_user"] },
      "needs_role",
    ],
    ["nothing for oneself", { id: "me" }, { what: "roles", how: "add", ids: ["billing_only"] }, "off_own"],
    ["nothing for the Root Master", { root: true }, { what: "roles", how: "add", ids: ["billing_only"] }, "off_root"],
    ["nothing where one gives more than one holds", {}, { what: "roles", how: "add", ids: ["strong"] }, "off_more"],
    [
      "nothing where they hold more than oneself",
      { roles: ["strong"] },
      { what: "roles", how: "remove", ids: ["strong"] },
      "off_more",
    ],
    [
      "one more group",
      { ...endUser, groups: ["g1"] },
      { what: "groups", how: "add", ids: ["g2"] },
      { groups: ["g1", "g2"] },
    ],
    [
      "one group less",
      { ...endUser, groups: ["g1", "g2"] },
      { what: "groups", how: "remove", ids: ["g1"] },
      { groups: ["g2"] },
    ],
    ["nothing for technicians, who have no lists", {}, { what: "site", id: "s1" }, "no_lists"],
    ["back to HQ", { ...endUser, site: "s1" }, { what: "site", id: null }, { site: null }],
    [
      "one property",
      { ...endUser, properties: { a: 1 } },
      { what: "property", key: "b", value: "x" },
      { properties: { b: "x" } },
    ],
  ] as [string, Partial<User>, BulkChange, object | string][])("%s", (_name, who, change, expected) => {
    const plan = planFor(person("u", who), change, at);
    expect(plan.do === "skip" ? plan.why : plan.do === "patch" ? plan.patch : plan).toEqual(expected);
  });

  test.each([
    ["an invitation again", {}, { what: "invitation", act: "invite" }, "resend"],
    ["a first invitation", { status: "created", invitation: null }, { what: "invitation", act: "invite" }, "send"],
    ["none for the registered", { status: "active" }, { what: "invitation", act: "invite" }, "nothing_to_send"],
    ["one taken back", {}, { what: "invitation", act: "revoke" }, "revoke"],
    [
      "none taken back that is over",
      { invitation: { ...invitation, status: "expired" } },
      { what: "invitation", act: "revoke" },
      "nothing_to_revoke",
    ],
    ["an account switched off", { status: "active" }, { what: "account", act: "deactivate" }, "deactivate"],
    ["not one that is off", { status: "deactivated" }, { what: "account", act: "deactivate" }, "state"],
    ["never one's own", { id: "me", status: "active" }, { what: "account", act: "deactivate" }, "off_own"],
    ["an unlocked account", { status: "locked_out" }, { what: "account", act: "unlock" }, "unlock"],
    ["not the Root Master gone", { root: true }, { what: "delete" }, "off_root"],
    ["an account gone", {}, { what: "delete" }, "delete"],
  ] as [string, Partial<User>, BulkChange, string][])("%s", (_name, who, change, expected) => {
    const plan = planFor(person("u", who), change, at);
    expect(plan.do === "skip" ? plan.why : "act" in plan ? plan.act : plan.do).toBe(expected);
  });
});

test("a confirmation counts who will be changed and why others are not", () => {
  const people = [person("a"), person("b", { roles: ["billing_only"] }), person("me"), person("c", { ...endUser })];
  const { changed, skipped } = forecast(people, { what: "roles", how: "add", ids: ["billing_only"] }, at);
  expect(changed.map((user) => user.id)).toEqual(["a"]);
  expect([...skipped]).toEqual([
    ["already", 1],
    ["off_own", 1],
    ["other_kind", 1],
  ]);
});

const answer = (status: number, body: object) =>
  new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json" } });

describe("doing it to one person", () => {
  afterEach(() => vi.unstubAllGlobals());
  const change: BulkChange = { what: "roles", how: "add", ids: ["billing_only"] };

  test("who was changed meanwhile gets it on top of what they are now", async () => {
    const sent: [string, string | null, unknown][] = [];
    const answers = [
      answer(412, { code: "version_conflict" }),
      answer(200, person("u", { roles: ["technician", "custom"], version: 9 })),
      answer(200, person("u", { version: 10 })),
    ];
    vi.stubGlobal("fetch", async (_url: string, init: RequestInit) => {
      sent.push([
        init.method ?? "",
        new Headers(init.headers).get("if-match"),
        init.body ? JSON.parse(String(init.body)) : null,
      ]);
      return answers.shift();
    });
    expect((await applyTo(person("u"), change, at)).status).toBe("done");
    expect(sent).toEqual([
      ["PATCH", '"3"', { roles: ["technician", "billing_only"] }],
      ["GET", null, null],
      ["PATCH", '"9"', { roles: ["technician", "custom", "billing_only"] }],
    ]);
  });

  test("a refusal is kept with its reason", async () => {
    vi.stubGlobal("fetch", async () => answer(409, { code: "root_master", detail: "no" }));
    const outcome = await applyTo(person("u"), change, at);
    expect(outcome.status === "refused" && outcome.problem.code).toBe("root_master");
  });

  test("who needs nothing is not asked for", async () => {
    vi.stubGlobal("fetch", async () => expect.unreachable());
    expect(await applyTo(person("u", { roles: ["billing_only"] }), change, at)).toEqual({
      status: "skipped",
      why: "already",
    });
  });
});

describe("doing it to many", () => {
  const people = Array.from({ length: 10 }, (_, i) => person(`u${i}`));
  const refused = (status: number): Outcome => ({ status: "refused", problem: new ApiProblem(status, { code: "x" }) });
  const watch = () => {
    const outcomes = new Map<string, Outcome>(people.map((user) => [user.id, { status: "waiting" }]));
    const pauses: number[] = [];
    return {
      outcomes,
      pauses,
      runner: {
        pause: async (turn: number) => void pauses.push(turn),
        onOutcome: (id: string, outcome: Outcome) => void outcomes.set(id, outcome),
        goOn: async () => true,
      },
    };
  };

  test("goes on after a refusal, and never more than four at once", async () => {
    const { outcomes, runner } = watch();
    let busy = 0;
    let most = 0;
    await runBulk(
      people,
      async (user) => {
        busy += 1;
        most = Math.max(most, busy);
        await Promise.resolve();
        busy -= 1;
        return user.id === "u1" ? refused(409) : { status: "done", user };
      },
      runner,
    );
    expect(most).toBe(4);
    expect(tally(outcomes.values())).toEqual({ total: 10, done: 9, skipped: 0, refused: 1, stopped: 0, settled: 10 });
  });

  test("tries again what only a limit stopped, and gives up after three", async () => {
    const { outcomes, pauses, runner } = watch();
    const tries = new Map<string, number>();
    await runBulk(
      people.slice(0, 2),
      async (user) => {
        const turn = (tries.get(user.id) ?? 0) + 1;
        tries.set(user.id, turn);
        return user.id === "u0" && turn === 2 ? { status: "done", user } : refused(429);
      },
      runner,
    );
    expect([outcomes.get("u0")?.status, outcomes.get("u1")?.status]).toEqual(["done", "refused"]);
    expect([...tries.values(), pauses.length]).toEqual([2, 3, 3]);
  });

  test("what has begun is finished when it is stopped; the rest is not begun", async () => {
    const { outcomes, runner } = watch();
    let stop = false;
    await runBulk(
      people,
      async (user) => {
        stop = true;
        return { status: "done", user };
      },
      { ...runner, goOn: async () => !stop },
    );
    const { done, stopped } = tally(outcomes.values());
    expect([done + stopped, done >= 1, stopped >= 6]).toEqual([10, true, true]);
  });

  test("nothing is begun while the person is being asked", async () => {
    const { outcomes, runner } = watch();
    let answer: (goOn: boolean) => void = () => {};
    const asked = new Promise<boolean>((resolve) => {
      answer = resolve;
    });
    const running = runBulk(people, async (user) => ({ status: "done", user }), { ...runner, goOn: () => asked });
    await Promise.resolve();
    expect(tally(outcomes.values()).settled).toBe(0);
    answer(true);
    await running;
    expect(tally(outcomes.values()).done).toBe(10);
  });
});
