// The validator's second module, which reads workbooks, alone and with the first.
import { unpack } from "@rollcall/xlsx";
import { check } from "./rollcall.mjs";

export { load, loadMore } from "./rollcall.mjs";
/** A workbook's rows as verdicts. */
export const verdicts = check;
/** A workbook's rows as the first module takes them: bytes in, bytes out. */
export { unpack };

/** The cells of the first worksheet as texts, where JavaScript wants them. */
export function cells(bytes) {
  const tables = unpack(bytes);
  const decoder = new TextDecoder();
  let at = 1;
  const number = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = tables[at++];
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  };
  const text = () => {
    const length = number();
    at += length;
    // Short ASCII is quicker made here than by the decoder.
    let made = "";
    for (let place = at - length; place < at; place += 1) {
      if (tables[place] > 0x7f) return decoder.decode(tables.subarray(at - length, at));
      made += String.fromCharCode(tables[place]);
    }
    return made;
  };
  number(); // size
  number(); // not refused
  number(); // a sheet
  text();
  number(); // hidden
  number(); // not refused
  const end = at + 4 + new DataView(tables.buffer, tables.byteOffset + at).getUint32(0, true);
  at += 4;
  const rows = [];
  while (at < end) {
    number(); // lines since the row before
    rows.push(Array.from({ length: number() }, text));
  }
  return rows;
}
