import { type ApiProblem, api, asProblem, type Import, type ImportOptions, type ImportRow, isAbort } from "../api";

/** The API takes so many rows in one request; more go in chunks of as many. */
export const CHUNK_ROWS = 1000;
const AT_A_TIME = 3;
const ATTEMPTS = 5;

/** The calls an upload makes; the API client's, or a test's. */
export type UploadApi = Pick<typeof api, "startImport" | "stageImport" | "putChunk" | "commitImport" | "cancelImport">;

export interface Rows {
  readonly total: number;
  readonly profileHash: string;
  read(start: number, count: number): Promise<ImportRow[]>;
}

/**
 * One attempt to hand an import over. It can be stopped by a lost connection and taken up again: the idempotency key
 * and what has arrived are kept, so nothing is sent or created twice.
 */
export class Upload {
  readonly #rows: Rows;
  readonly #options: ImportOptions;
  readonly #api: UploadApi;
  readonly #key: string;
  readonly #pause: (milliseconds: number) => Promise<void>;
  readonly #abort = new AbortController();
  readonly #arrived = new Set<number>();
  #staged: Import | null = null;

  constructor(
    rows: Rows,
    options: ImportOptions,
    ports: { api?: UploadApi; key?: string; pause?: (milliseconds: number) => Promise<void> } = {},
  ) {
    this.#rows = rows;
    this.#options = options;
    this.#api = ports.api ?? api;
    this.#key = ports.key ?? crypto.randomUUID();
    this.#pause = ports.pause ?? ((milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)));
  }

  /** Sends what has not arrived yet, and commits. Throws an ApiProblem, or the abort of `cancel`. */
  async run(progress: (rowsSent: number) => void): Promise<Import> {
    const { total, profileHash } = this.#rows;
    const { signal } = this.#abort;
    if (total <= CHUNK_ROWS) {
      const rows = await this.#rows.read(0, total);
      const body = { profile_hash: profileHash, rows };
      const started = await this.#patiently(() => this.#api.startImport(this.#options, body, this.#key, signal));
      progress(total);
      return started;
    }
    const chunks = Math.ceil(total / CHUNK_ROWS);
    const plan = { profile_hash: profileHash, chunks, total_rows: total };
    const staged =
      this.#staged ?? (await this.#patiently(() => this.#api.stageImport(this.#options, plan, this.#key, signal)));
    this.#staged = staged;
    const open = Array.from({ length: chunks }, (_, chunk) => chunk).filter((chunk) => !this.#arrived.has(chunk));
    const sender = async () => {
      for (let chunk = open.shift(); chunk !== undefined; chunk = open.shift()) {
        const number = chunk;
        const rows = await this.#rows.read(number * CHUNK_ROWS, CHUNK_ROWS);
        await this.#patiently(() => this.#api.putChunk(staged.id, number, rows, signal));
        this.#arrived.add(number);
        progress(Math.min(total, this.#arrived.size * CHUNK_ROWS));
      }
    };
    await Promise.all(Array.from({ length: AT_A_TIME }, sender));
    return this.#patiently(() => this.#api.commitImport(staged.id, signal));
  }

  /** Gives up: what was staged is thrown away on the server too. */
  async cancel(): Promise<void> {
    this.#abort.abort();
    if (this.#staged !== null) await this.#api.cancelImport(this.#staged.id).catch(() => undefined);
  }

  async #patiently<T>(call: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await call();
      } catch (error) {
        if (isAbort(error)) throw error;
        const problem: ApiProblem = asProblem(error);
        if (!problem.transient || attempt >= ATTEMPTS || this.#abort.signal.aborted) throw problem;
        await this.#pause(250 * 2 ** attempt);
      }
    }
  }
}
