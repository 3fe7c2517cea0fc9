import { type ApiProblem, asProblem, type Id, type Import, type ImportRow, isAbort } from "../api";
import { givesPasswords } from "./here";
import { type KeptUpload, pageShelf, type Shelf } from "./shelf";
import { pack, rowsIn, Upload, type UploadPorts } from "./upload";

/** An import on its way from this tab to the server. */
export interface HandOver {
  readonly about: KeptUpload;
  /** Its rows are in the browser's store: the page may be closed. */
  readonly kept: boolean;
  /** Rows that were made ready or, later, have arrived. */
  readonly done: number;
  readonly stage: Stage;
}

export type Stage =
  | { readonly at: "packing" }
  | { readonly at: "sending" }
  | { readonly at: "paused" }
  /** It can be taken up again, where the problem is only one of the connection, or given up. */
  | { readonly at: "stopped"; readonly problem: ApiProblem }
  | { readonly at: "over"; readonly started: Import };

/** Rows with passwords are not put into the browser's store. */
export const mayKeep = ({ options }: KeptUpload): boolean =>
  options.credentials === undefined || !givesPasswords(options.credentials);

/**
 * The imports that this tab hands over. They go on while the person looks at other pages, and by themselves when a lost
 * connection is back.
 */
export class HandOvers {
  readonly shelf: Shelf;
  readonly #ports: UploadPorts;
  readonly #onOver: (about: KeptUpload, kept: boolean) => void;
  readonly #listeners = new Set<() => void>();
  readonly #uploads = new Map<string, Upload>();
  #all: ReadonlyMap<string, HandOver> = new Map();

  constructor(shelf: Shelf, ports: UploadPorts = {}, onOver: (about: KeptUpload, kept: boolean) => void = () => {}) {
    this.shelf = shelf;
    this.#ports = ports;
    this.#onOver = onOver;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly all = (): ReadonlyMap<string, HandOver> => this.#all;

  /** Makes the rows ready and sends them; tells how it went through `all`. */
  async begin(about: KeptUpload, read: (start: number, count: number) => Promise<ImportRow[]>): Promise<void> {
    const progress = (done: number) => this.#patch(about.key, { done });
    this.#put({ about, kept: mayKeep(about), done: 0, stage: { at: "packing" } });
    try {
      const { packed, shelf, kept } = await this.#pack(about, read, progress);
      if (!this.#all.has(about.key)) {
        // Given up meanwhile.
        await shelf.forget(about.key);
        return;
      }
      this.#uploads.set(about.key, new Upload(packed, shelf, this.#ports));
      this.#patch(about.key, { about: packed, kept, done: 0 });
      await this.resume(about.key);
    } catch (error) {
      this.#patch(about.key, { stage: { at: "stopped", problem: asProblem(error) } });
    }
  }

  /** Takes a kept upload off the shelf, ready to be continued; false where it is not there. */
  async open(key: string, me: Id): Promise<boolean> {
    if (this.#all.has(key)) return true;
    const about = await this.shelf.get(key);
    if (about === undefined || about.by !== me || !about.whole) return false;
    const waiting = await this.shelf.waiting(key);
    this.#uploads.set(key, new Upload(about, this.shelf, this.#ports));
    this.#put({ about, kept: true, done: about.total - rowsIn(about, waiting), stage: { at: "paused" } });
    return true;
  }

  /** Sends what has not arrived. */
  async resume(key: string): Promise<void> {
    const upload = this.#uploads.get(key);
    if (upload === undefined || this.#all.get(key)?.stage.at === "sending") return;
    this.#patch(key, { stage: { at: "sending" } });
    try {
      const started = await upload.run((done) => this.#patch(key, { done }));
      if (started !== null) this.#onOver(upload.about, this.#all.get(key)?.kept === true);
      this.#patch(key, { about: upload.about, stage: started === null ? { at: "paused" } : { at: "over", started } });
    } catch (error) {
      if (!isAbort(error))
        this.#patch(key, { about: upload.about, stage: { at: "stopped", problem: asProblem(error) } });
    }
  }

  pause(key: string): void {
    this.#uploads.get(key)?.pause();
  }

  /** Erases it here and on the server. */
  async giveUp(key: string): Promise<void> {
    const upload = this.#uploads.get(key);
    this.release(key);
    if (upload !== undefined) await upload.cancel();
    else await this.shelf.forget(key);
  }

  /** Nobody asks after it any more. */
  release(key: string): void {
    this.#uploads.delete(key);
    const all = new Map(this.#all);
    all.delete(key);
    this.#publish(all);
  }

  /** How many of this person's imports are in this browser, here or on the shelf, and not with the server. */
  async unsent(me: Id): Promise<number> {
    const here = [...this.#all.values()].filter(({ stage }) => stage.at !== "over").map(({ about }) => about);
    const kept = (await this.shelf.all()).filter(({ by }) => by === me);
    return new Set([...here, ...kept].map(({ key }) => key)).size;
  }

  /** Who sent them is signed out: nothing else is sent, and nobody's rows stay in this browser. */
  async leave(): Promise<void> {
    const uploads = [...this.#uploads.values()];
    for (const key of this.#all.keys()) this.release(key);
    for (const upload of uploads) upload.stop();
    for (const { key } of await this.shelf.all()) await this.shelf.forget(key);
  }

  /** The connection is back. */
  online(): void {
    for (const [key, { stage }] of this.#all)
      if (stage.at === "stopped" && stage.problem.status === 0) void this.resume(key);
  }

  async #pack(
    about: KeptUpload,
    read: (start: number, count: number) => Promise<ImportRow[]>,
    progress: (done: number) => void,
  ): Promise<{ packed: KeptUpload; shelf: Shelf; kept: boolean }> {
    if (mayKeep(about)) {
      try {
        return { packed: await pack(about, this.shelf, read, progress), shelf: this.shelf, kept: true };
      } catch (error) {
        // A private window or a full disk keeps nothing; what the sheet itself refuses is refused below, too.
        if (!(error instanceof DOMException)) throw error;
        await this.shelf.forget(about.key).catch(() => undefined);
      }
    }
    const shelf = pageShelf();
    return { packed: await pack(about, shelf, read, progress), shelf, kept: false };
  }

  #put(one: HandOver): void {
    this.#publish(new Map(this.#all).set(one.about.key, one));
  }

  #patch(key: string, patch: Partial<HandOver>): void {
    const before = this.#all.get(key);
    if (before !== undefined) this.#put({ ...before, ...patch });
  }

  #publish(all: ReadonlyMap<string, HandOver>): void {
    this.#all = all;
    for (const listener of this.#listeners) listener();
  }
}
