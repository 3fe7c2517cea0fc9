import { ApiProblem, api, asProblem, type Import, type ImportRow, isAbort } from "../api";
import type { KeptUpload, Shelf } from "./shelf";
import { handOver } from "./uploadTexts";

/** The API takes so many rows in one request; more go in chunks of as many. */
export const CHUNK_ROWS = 1000;
const AT_A_TIME = 3;
const ATTEMPTS = 5;

/** The calls an upload makes; the API client's, or a test's. */
export type UploadApi = Pick<
  typeof api,
  "startImport" | "stageImport" | "import" | "putChunk" | "commitImport" | "cancelImport"
>;

/** Runs work that only one tab may do at a time for this upload. */
export type Hold = <T>(key: string, work: () => Promise<T>) => Promise<T>;

export interface UploadPorts {
  api?: UploadApi;
  pause?: (milliseconds: number) => Promise<void>;
  hold?: Hold;
}

const lockName = (key: string) => `rollcall-upload-${key}`;

const holdInBrowser: Hold = (key, work) =>
  navigator.locks.request(lockName(key), { ifAvailable: true }, (lock) => {
    if (lock === null)
      throw new ApiProblem(409, {
        code: "upload_elsewhere",
        title: handOver.elsewhereTitle,
        detail: handOver.elsewhereBody,
      });
    return work();
  });

/** Whether an upload is on its way in this tab or another. */
export async function uploadsUnderWay(): Promise<(key: string) => boolean> {
  const { held } = await navigator.locks.query();
  const names = new Set(held?.map((lock) => lock.name));
  return (key) => names.has(lockName(key));
}

/** Whether it can be taken up again as it is: who is signed out can after signing in. */
export const canGoOn = ({ transient, code }: ApiProblem): boolean =>
  transient || code === "upload_elsewhere" || code === "not_authenticated";

export const rowsInChunk = (total: number, chunk: number): number =>
  Math.max(0, Math.min(CHUNK_ROWS, total - chunk * CHUNK_ROWS));

/** How many rows are in these chunks. */
export const rowsIn = (upload: Pick<KeptUpload, "total">, chunks: readonly number[]): number =>
  chunks.reduce((sum, chunk) => sum + rowsInChunk(upload.total, chunk), 0);

/** Puts every row on the shelf, so that from here on nothing is lost. */
export async function pack(
  upload: KeptUpload,
  shelf: Shelf,
  read: (start: number, count: number) => Promise<ImportRow[]>,
  progress: (rows: number) => void,
): Promise<KeptUpload> {
  await shelf.put(upload);
  for (let chunk = 0; chunk < upload.chunks; chunk++) {
    await shelf.putRows(upload.key, chunk, await read(chunk * CHUNK_ROWS, CHUNK_ROWS));
    progress(Math.min(upload.total, (chunk + 1) * CHUNK_ROWS));
  }
  const whole = { ...upload, whole: true };
  await shelf.put(whole);
  return whole;
}

/**
 * Hands a kept import over. It may be paused, stopped by a lost connection or by the end of the page, and taken up
 * again, here or from the shelf by another page: the idempotency key and what has not arrived are kept, so nothing is
 * sent or created twice.
 */
export class Upload {
  #upload: KeptUpload;
  readonly #shelf: Shelf;
  readonly #api: UploadApi;
  readonly #wait: (milliseconds: number) => Promise<void>;
  readonly #hold: Hold;
  readonly #abort = new AbortController();
  /** What the server makes of it: who gives up before the answer is there waits for it, and takes that import back. */
  #announcing: Promise<Import> | null = null;
  /** No further request is begun. */
  #halted = false;

  constructor(upload: KeptUpload, shelf: Shelf, ports: UploadPorts = {}) {
    this.#upload = upload;
    this.#shelf = shelf;
    this.#api = ports.api ?? api;
    this.#wait = ports.pause ?? ((milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)));
    this.#hold = ports.hold ?? holdInBrowser;
  }

  get about(): KeptUpload {
    return this.#upload;
  }

  /** Sends what has not arrived yet, and commits; null where it was paused. Throws an ApiProblem, or an abort. */
  run(progress: (rowsSent: number) => void): Promise<Import | null> {
    this.#halted = false;
    return this.#hold(this.#upload.key, () =>
      this.#upload.chunks === 1 ? this.#atOnce(progress) : this.#inChunks(progress),
    );
  }

  /** What is on its way arrives; nothing else is sent until the next `run`. */
  pause(): void {
    this.#halted = true;
  }

  /** What is on its way is broken off, and nothing else is sent. */
  stop(): void {
    this.#halted = true;
    this.#abort.abort();
  }

  /** Gives up: what was staged is thrown away on the server, and what is kept here erased. */
  async cancel(): Promise<void> {
    this.stop();
    const id = this.#upload.importId ?? (await this.#announcing?.catch(() => null))?.id ?? null;
    if (id !== null) await this.#api.cancelImport(id).catch(() => undefined);
    await this.#shelf.forget(this.#upload.key);
  }

  async #atOnce(progress: (rowsSent: number) => void): Promise<Import> {
    const { key, options, profileHash, total } = this.#upload;
    const rows = await this.#rows(0);
    try {
      const body = { profile_hash: profileHash, rows };
      this.#abort.signal.throwIfAborted();
      this.#announcing = this.#patiently(() => this.#api.startImport(options, body, key));
      const started = await this.#announcing;
      this.#abort.signal.throwIfAborted();
      progress(total);
      await this.#shelf.forget(key);
      return started;
    } catch (error) {
      // What the server refused is not sent a second time as it is.
      if (!isAbort(error) && !canGoOn(asProblem(error))) await this.#shelf.forget(key);
      throw error;
    }
  }

  async #inChunks(progress: (rowsSent: number) => void): Promise<Import | null> {
    const { key, total } = this.#upload;
    const staged = await this.#staged();
    if (staged.status !== "staged") {
      // Everything had arrived, only the answer had not; or it was withdrawn, and nobody waits for its rows.
      await this.#shelf.forget(key);
      if (staged.status === "cancelled") throw gone();
      return staged;
    }
    const open = await this.#open(staged);
    let left = rowsIn(this.#upload, open);
    progress(total - left);
    const { signal } = this.#abort;
    const send = async () => {
      for (let chunk = this.#halted ? undefined : open.shift(); chunk !== undefined; ) {
        const number = chunk;
        const rows = await this.#rows(number);
        await this.#patiently(() => this.#api.putChunk(staged.id, number, rows, signal));
        await this.#shelf.dropRows(key, number);
        left -= rowsInChunk(total, number);
        progress(total - left);
        chunk = this.#halted ? undefined : open.shift();
      }
    };
    const ends = await Promise.allSettled(
      Array.from({ length: AT_A_TIME }, () =>
        send().catch((error: unknown) => {
          // The others finish what they have begun.
          this.#halted = true;
          throw error;
        }),
      ),
    );
    const failed = ends.find((end) => end.status === "rejected");
    if (failed !== undefined) throw failed.reason;
    if (this.#halted) return null;
    const committed = await this.#patiently(() => this.#api.commitImport(staged.id, signal));
    await this.#shelf.forget(key);
    return committed;
  }

  /** The import on the server: announced now, or as it stands where it was announced before. */
  async #staged(): Promise<Import> {
    const { importId, options, profileHash, chunks, total, key } = this.#upload;
    const { signal } = this.#abort;
    if (importId !== null) return this.#patiently(() => this.#api.import(importId, signal));
    const plan = { profile_hash: profileHash, chunks, total_rows: total };
    signal.throwIfAborted();
    this.#announcing = this.#patiently(() => this.#api.stageImport(options, plan, key));
    const staged = await this.#announcing;
    // Given up meanwhile: nothing of it is sent, nothing kept.
    signal.throwIfAborted();
    this.#upload = { ...this.#upload, importId: staged.id };
    await this.#shelf.put(this.#upload);
    return staged;
  }

  /** The chunks to send: those that are here, less those that arrived without our hearing of it. */
  async #open(staged: Import): Promise<number[]> {
    const here = await this.#shelf.waiting(this.#upload.key);
    if (!staged.staged) return here;
    const missing = new Set(staged.staged.missing);
    if ([...missing].some((chunk) => !here.includes(chunk))) throw gone();
    const arrived = here.filter((chunk) => !missing.has(chunk));
    for (const chunk of arrived) await this.#shelf.dropRows(this.#upload.key, chunk);
    return here.filter((chunk) => missing.has(chunk));
  }

  async #rows(chunk: number): Promise<ImportRow[]> {
    const rows = await this.#shelf.rows(this.#upload.key, chunk);
    if (rows === undefined) throw gone();
    return rows;
  }

  async #patiently<T>(call: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await call();
      } catch (error) {
        if (isAbort(error)) throw error;
        const problem: ApiProblem = asProblem(error);
        if (!problem.transient || attempt >= ATTEMPTS || this.#halted) throw problem;
        await this.#wait(Math.max(250 * 2 ** attempt, 1000 * (problem.retryAfter ?? 0)));
      }
    }
  }
}

function gone(): ApiProblem {
  return new ApiProblem(410, { code: "upload_gone", title: handOver.goneTitle, detail: handOver.goneBody });
}
