import { expect, test } from "vitest";
import { joinedCsv } from "./export";

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (parts: Uint8Array[]) => parts.map((part) => new TextDecoder().decode(part)).join("");

test("pages of an export become one file with one header", () => {
  const pages = [
    '\ufeffname,"note\nof two lines"\r\nA,1\r\n',
    '\ufeffname,"note\nof two lines"\r\nB,2\r\n',
    '\ufeffname,"note\nof two lines"\r\n',
  ];
  expect(text(joinedCsv(pages.map(bytes)))).toBe('name,"note\nof two lines"\r\nA,1\r\nB,2\r\n');
});
