import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Me } from "../api/types";
import { patchOf, saveMine } from "./saving";

interface Draft {
  language: string | null;
  phone: string | null;
  idle_minutes: number;
}
const draftOf = (me: Me): Draft => ({
  language: me.settings.language,
  phone: me.user.phone,
  idle_minutes: me.settings.idle_minutes,
});
const mine = (version: number, change: Partial<Draft> = {}): Me => {
  const { phone = "+441", language = "en", idle_minutes = 60 } = change;
  return { user: { version, phone }, settings: { language, idle_minutes } } as unknown as Me;
};

/** A server that holds one version of the account and takes edits made on it. */
let held: Me;
const sent: { version: string | null; body: unknown }[] = [];

beforeEach(() => {
  sent.length = 0;
  vi.stubGlobal("fetch", async (_path: string, init: RequestInit) => {
    const version = (init.headers as Headers).get("if-match");
    sent.push({ version, body: JSON.parse(String(init.body)) });
    if (version !== `"${held.user.version}"`)
      return Response.json({ code: "version_conflict", title: "changed" }, { status: 412 });
    return Response.json(mine(held.user.version + 1));
  });
});
afterEach(() => vi.unstubAllGlobals());

test("only what differs is sent", () => {
  const base = draftOf(mine(1));
  expect(patchOf(base, { ...base, phone: null })).toEqual({ phone: null });
  expect(patchOf(base, base)).toEqual({});
});

describe("somebody else edits the account meanwhile", () => {
  const draft = { ...draftOf(mine(1)), language: "de" };

  test("nobody did: one request, on the version that was read", async () => {
    held = mine(1);
    await saveMine(mine(1), draft, draftOf, async () => held);
    expect(sent).toEqual([{ version: '"1"', body: { language: "de" } }]);
  });

  test("something else was edited: the change is made on the newest version", async () => {
    held = mine(4, { phone: "+442" });
    await saveMine(mine(1), draft, draftOf, async () => held);
    expect(sent.at(-1)).toEqual({ version: '"4"', body: { language: "de" } });
  });

  test("the very same was edited: the person decides", async () => {
    held = mine(4, { language: "fr" });
    await expect(saveMine(mine(1), draft, draftOf, async () => held)).rejects.toMatchObject({
      code: "version_conflict",
    });
    expect(sent).toHaveLength(1);
  });
});
