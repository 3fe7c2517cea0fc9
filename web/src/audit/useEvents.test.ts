import { describe, expect, test } from "vitest";
import type { AuditEvent } from "../api/types";
import { refreshed } from "./useEvents";

const event = (id: string) => ({ id }) as AuditEvent;
const ids = (events: AuditEvent[]) => events.map(({ id }) => id);

describe("news of the trail", () => {
  test("stand before what is shown, which stays", () => {
    expect(ids(refreshed([event("2"), event("1")], [event("3"), event("2")], "c").items)).toEqual(["3", "2", "1"]);
  });
  test("begin the list anew where they do not reach it any more", () => {
    const anew = refreshed([event("1")], [event("9"), event("8")], "c");
    expect([ids(anew.items), anew.cursor]).toEqual([["9", "8"], "c"]);
  });
  test("keep everything where the first page is the only one", () => {
    expect(ids(refreshed([], [event("1")], null).items)).toEqual(["1"]);
  });
});
