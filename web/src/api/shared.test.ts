import { describe, expect, it } from "vitest";
import { Shared } from "./shared";

/** Answers that come when the test says so. */
function answers() {
  const open: { resolve: (value: string) => void; reject: (error: unknown) => void }[] = [];
  const load = () => new Promise<string>((resolve, reject) => open.push({ resolve, reject }));
  return { open, load };
}

describe("what is shared", () => {
  it("keeps the old data while it asks again, and when that fails", async () => {
    const { open, load } = answers();
    const shared = new Shared(load);
    const first = shared.refresh("a");
    expect(shared.get("a")).toMatchObject({ data: undefined, loading: true });
    open[0]?.resolve("old");
    await first;
    const second = shared.refresh("a");
    expect(shared.get("a")).toMatchObject({ data: "old", loading: true });
    open[1]?.reject(new Error("no"));
    await second;
    expect(shared.get("a")).toMatchObject({ data: "old", loading: false });
    expect(shared.get("a").problem?.detail).toBe("no");
  });

  it("drops an answer that a later question has overtaken", async () => {
    const { open, load } = answers();
    const shared = new Shared(load);
    const both = [shared.refresh("a"), shared.refresh("a")];
    open[1]?.resolve("new");
    open[0]?.resolve("old");
    await Promise.all(both);
    expect(shared.get("a").data).toBe("new");
  });

  it("forgets everything, answers under way too", async () => {
    const { open, load } = answers();
    const shared = new Shared(load);
    const asked = shared.refresh("a");
    shared.forget();
    open[0]?.resolve("somebody else's");
    await asked;
    expect(shared.get("a").data).toBeUndefined();
  });

  it("keeps keys apart", async () => {
    const shared = new Shared(async (key: string) => `of ${key}`);
    await Promise.all([shared.refresh("a"), shared.refresh("b")]);
    shared.patch("a", (text) => `${text}, patched`);
    expect([shared.get("a").data, shared.get("b").data]).toEqual(["of a, patched", "of b"]);
  });
});
