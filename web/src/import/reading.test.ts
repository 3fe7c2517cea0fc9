import { describe, expect, test } from "vitest";
import { forget, headerKey, recall, remember, rememberedMapping } from "./columnMemory";
import { isRepaired, mappingOf, missingColumns, needsPerson, sheetColumns, withField } from "./reading";
import type { SheetInfo } from "./validator";

const FIELDS = ["first_name", "last_name", "email"];

/** A sheet with these titles, each read as the field behind the colon. */
function sheet(titles: string[], patch: Partial<SheetInfo["source"]> = {}): SheetInfo {
  const columns = titles.map((text, index) => {
    const [title = "", field] = text.split(":");
    return { index, title, field: field ?? null };
  });
  const at = (field: string) => columns.find((column) => column.field === field)?.index ?? null;
  return {
    profile: { id: "modern", version: 1, hash: "h" },
    source: { format: "text", encoding: "utf-8", delimiter: "\t", header: true, sheet: null, columns, ...patch },
    issues: FIELDS.filter((field) => at(field) === null).map((field) => ({
      field,
      column: null,
      code: "column_missing",
      severity: "error",
      params: {},
      message: "",
      correction: null,
    })),
    columns: FIELDS.map((field) => ({
      field,
      title: field,
      required: true,
      samples: [],
      index: at(field),
    })),
    unmapped: columns
      .filter((column) => column.field === null)
      .map(({ index, title }) => ({ index, title, samples: ["x"] })),
    fields: FIELDS.map((field) => ({ field, title: field, required: true, multiple: false, options: null })),
    needs_role: false,
    sheets: [],
  };
}

function store(): Pick<Storage, "getItem" | "setItem"> {
  const kept = new Map<string, string>();
  return { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => void kept.set(key, value) };
}

const detected = sheet(["Vorname:first_name", "Name:last_name", "Kontakt", "Büro"]);
const chosen = sheet(["Vorname:first_name", "Name:last_name", "Kontakt:email", "Büro"]);

describe("how a sheet is read", () => {
  test("its columns stand in its own order, under its own titles", () => {
    expect(
      sheetColumns(sheet(["E-Mail:email", "Note", "Last:last_name"])).map(({ title, field }) => [title, field]),
    ).toEqual([
      ["E-Mail", "email"],
      ["Note", null],
      ["Last", "last_name"],
    ]);
  });

  test("a field belongs to one column only", () => {
    expect(withField(sheetColumns(chosen), 3, "email")).toEqual(["first_name", "last_name", null, "email"]);
    expect(withField(sheetColumns(chosen), 2, null)).toEqual(["first_name", "last_name", null, null]);
  });

  test("a mapping says all of it, the worksheet too", () => {
    expect(mappingOf(sheet(["A:email"], { delimiter: null, sheet: "People" }))).toEqual({
      header: true,
      sheet: "People",
      columns: ["email"],
    });
  });

  test("a person is asked where a required column was not found and another is left", () => {
    expect(missingColumns(detected)).toEqual(["email"]);
    expect(needsPerson(detected)).toBe(true);
    expect(needsPerson(chosen)).toBe(false);
    expect(needsPerson(sheet(["A:first_name", "B:last_name"]))).toBe(false);
    expect(needsPerson(sheet(["A:first_name", "B:last_name", "Rollcall errors"]))).toBe(false);
  });

  test("a file of refused rows is known by its row numbers", () => {
    expect(isRepaired(sheet(["Email:email", "Rollcall row", "Rollcall errors"]))).toBe(true);
    expect(isRepaired(chosen)).toBe(false);
  });
});

describe("columns as last time", () => {
  test("are known by the set of titles, in any order, and by the organization", () => {
    const key = headerKey("acme", chosen);
    expect(headerKey("acme", sheet(["  KONTAKT * ", "Büro", "Name", "Vorname"]))).toBe(key);
    expect(headerKey("acme", sheet(["Kontakt", "Büro", "Name", "Vorname", "Rollcall row"]))).toBe(key);
    expect(headerKey("globex", chosen)).not.toBe(key);
    expect(headerKey("acme", sheet(["Kontakt", "Büro", "Name"]))).not.toBe(key);
    expect(headerKey("acme", sheet(["Kontakt", "Kontakt", "Büro", "Name", "Vorname"]))).not.toBe(key);
  });

  test("are nothing to go by without a header", () => {
    expect(headerKey("acme", sheet(["", "", ""]))).toBeNull();
    expect(headerKey("acme", sheet(["a", "b"], { header: false }))).toBeNull();
  });

  test("are read again wherever they stand now", () => {
    const memory = store();
    remember("k", chosen, memory);
    const known = recall("k", memory);
    expect(known).not.toBeNull();
    expect(rememberedMapping(sheet(["Büro", "Kontakt", "Vorname:first_name", "Name:last_name"]), known ?? {})).toEqual({
      header: true,
      delimiter: "\t",
      columns: [null, "email", "first_name", "last_name"],
    });
    expect(rememberedMapping(chosen, known ?? {})).toBeNull();
  });

  test("a field that the rules do not have is left out", () => {
    expect(rememberedMapping(detected, { vorname: "first_name", name: "nickname", kontakt: "email" })?.columns).toEqual(
      ["first_name", null, "email", null],
    );
  });

  test("are forgotten when wrong; the oldest when there are many", () => {
    const memory = store();
    for (let at = 0; at < 101; at++) remember(`k${at}`, chosen, memory);
    expect(recall("k0", memory)).toBeNull();
    expect(recall("k1", memory)).not.toBeNull();
    forget("k1", memory);
    expect(recall("k1", memory)).toBeNull();
    expect(recall("k2", memory)).not.toBeNull();
  });

  test("a store that is broken or closed remembers nothing and breaks nothing", () => {
    const closed: Pick<Storage, "getItem" | "setItem"> = {
      getItem: () => "{",
      setItem: () => {
        throw new Error("full");
      },
    };
    remember("k", chosen, closed);
    expect(recall("k", closed)).toBeNull();
  });
});
