import {
  api,
  asProblem,
  type CredentialMode,
  type ImportOptions,
  type ImportRow,
  isAbort,
  type OnExisting,
} from "../api";
import { type RefusedRow, refusedRows } from "./report";
import type { SheetSession } from "./session";
import { CHUNK_ROWS } from "./upload";

/** Somebody of the sheet who is here already. */
export interface HerePerson {
  readonly row: number;
  readonly name: string;
  readonly email: string;
  /** Their row names a group. */
  readonly grouped: boolean;
  /** Their row names a role; who is here needs none. */
  readonly roled: boolean;
}

/** What the server said of a sheet's people, and what was chosen for single rows. */
export interface Here {
  /** After how many edits of the sheet it was asked: later ones make it stale. */
  readonly edits: number;
  readonly asked: number;
  readonly people: readonly HerePerson[];
  /** Rows with a choice of their own. */
  readonly own: ReadonlyMap<number, OnExisting>;
}

/** What can be done about people who are here; the last only where rows can name groups. */
export const ways: readonly OnExisting[] = ["refuse", "skip", "update", "invite", "add_to_group"];

export type Tally = Readonly<Record<OnExisting, number>>;

/** How many of those who are here are dealt with in which way. */
export function tallyOf(here: Pick<Here, "people" | "own">, all: OnExisting): Tally {
  const tally = { refuse: 0, skip: 0, update: 0, invite: 0, add_to_group: 0 };
  for (const { row } of here.people) tally[here.own.get(row) ?? all] += 1;
  return tally;
}

/** One row dealt with in its own way; the way of all others is no exception. */
export function withOwn(here: Here, row: number, way: OnExisting, all: OnExisting): Here {
  const own = new Map(here.own);
  if (way === all) own.delete(row);
  else own.set(row, way);
  return { ...here, own };
}

/**
 * A row as it is handed over: with its own way, where it has one, and with a password only where those of the rows
 * are to be used.
 */
export function toSend(row: ImportRow, here: Here | null, passwords: boolean): ImportRow {
  const { password, ...rest } = row;
  const way = here?.own.get(Number(row.row));
  return {
    ...rest,
    ...(password === undefined || !passwords ? {} : { password }),
    ...(way === undefined ? {} : { on_existing: way }),
  };
}

/** Whether the passwords of the rows are to be used. */
export const givesPasswords = (credentials: CredentialMode): boolean => credentials.startsWith("specify");

export function personOf(row: ImportRow): HerePerson {
  const word = (field: string) => (typeof row[field] === "string" ? row[field] : "");
  const named = (field: string) => (row[field]?.toString() ?? "") !== "";
  return {
    row: Number(row.row),
    name: [word("first_name"), word("last_name")].filter((part) => part !== "").join(" ") || word("username"),
    email: word("email"),
    grouped: named("groups"),
    roled: named("role") || named("user_type"),
  };
}

/** The calls that asking makes; the API client's, or a test's. */
export type HereApi = Pick<typeof api, "tryImport">;

export interface Asked {
  readonly people: readonly HerePerson[];
  /** What else the server says against rows; nothing about people of other organizations but that. */
  readonly refused: readonly RefusedRow[];
}

const AT_A_TIME = 3;

/**
 * Asks the server, a thousand rows at a time, who is here already. It compares and keeps nothing; `signal` ends it
 * between two requests.
 */
export async function askWho(
  rows: { readonly total: number; readonly profileHash: string; read(start: number, n: number): Promise<ImportRow[]> },
  options: ImportOptions,
  progress: (rows: number) => void,
  signal: AbortSignal,
  ports: HereApi = api,
): Promise<Asked> {
  const starts = Array.from({ length: Math.ceil(rows.total / CHUNK_ROWS) }, (_, at) => at * CHUNK_ROWS);
  const people: HerePerson[] = [];
  const refused: RefusedRow[] = [];
  let done = 0;
  const ask = async () => {
    for (let start = starts.shift(); start !== undefined; start = starts.shift()) {
      const some = await rows.read(start, CHUNK_ROWS);
      const body = { profile_hash: rows.profileHash, rows: some };
      const answer = await ports.tryImport({ ...options, on_existing: "skip" }, body, signal);
      const found = refusedRows(answer);
      const here = new Set(found.filter(({ code }) => code === ALREADY).map(({ row }) => row));
      people.push(...some.filter((row) => here.has(Number(row.row))).map(personOf));
      // Roles that are missing are counted by the wizard itself.
      refused.push(...found.filter(({ code, leftOut }) => code !== ALREADY && code !== "role_required" && !leftOut));
      done += some.length;
      progress(done);
    }
  };
  await Promise.all(
    Array.from({ length: AT_A_TIME }, () =>
      ask().catch((error: unknown) => {
        starts.length = 0;
        throw isAbort(error) ? error : asProblem(error);
      }),
    ),
  );
  return { people: people.sort((a, b) => a.row - b.row), refused };
}

export const ALREADY = "already_exists";

/** The people of these rows, where the server named them after the import had begun. */
export async function peopleOfRows(session: SheetSession, wanted: ReadonlySet<number>): Promise<HerePerson[]> {
  const people: HerePerson[] = [];
  const { counts } = session.snapshot();
  const total = counts.accepted + counts.corrected;
  for (let start = 0; start < total && people.length < wanted.size; start += CHUNK_ROWS) {
    const some = await session.records(start, CHUNK_ROWS);
    people.push(...some.filter((row) => wanted.has(Number(row.row))).map(personOf));
  }
  return people;
}
