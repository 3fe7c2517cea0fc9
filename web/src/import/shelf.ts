import type { Id, ImportOptions, ImportRow, UserKind } from "../api";

/**
 * An import that is being handed over, kept in this browser until the server has all of it: a closed page or a lost
 * connection costs nothing. `key` is its idempotency key.
 */
export interface KeptUpload {
  readonly key: string;
  /** Who sends it: nobody else who signs in here gets to see it. */
  readonly by: Id;
  /** What the sheet is called on screen. */
  readonly name: string;
  readonly kind: UserKind;
  readonly organization: { readonly id: Id; readonly name: string } | null;
  readonly options: ImportOptions;
  readonly profileHash: string;
  readonly total: number;
  readonly chunks: number;
  /** Once the server knows of it. */
  readonly importId: Id | null;
  /** Every row is here; before that, nothing can be taken up again. */
  readonly whole: boolean;
  /** When it began, in milliseconds. */
  readonly since: number;
}

/** Where uploads wait. */
export interface Shelf {
  all(): Promise<KeptUpload[]>;
  get(key: string): Promise<KeptUpload | undefined>;
  put(upload: KeptUpload): Promise<void>;
  /** Chunks whose rows are still here. */
  waiting(key: string): Promise<number[]>;
  rows(key: string, chunk: number): Promise<ImportRow[] | undefined>;
  putRows(key: string, chunk: number, rows: readonly ImportRow[]): Promise<void>;
  dropRows(key: string, chunk: number): Promise<void>;
  /** Erases it with all its rows. */
  forget(key: string): Promise<void>;
}

/** Keeps uploads as long as the page is open: where the browser keeps nothing, or nothing may be kept. */
export function pageShelf(): Shelf {
  const uploads = new Map<string, KeptUpload>();
  const rows = new Map<string, Map<number, readonly ImportRow[]>>();
  const of = (key: string) => rows.get(key) ?? rows.set(key, new Map()).get(key) ?? new Map();
  return {
    all: async () => [...uploads.values()],
    get: async (key) => uploads.get(key),
    put: async (upload) => void uploads.set(upload.key, upload),
    waiting: async (key) => [...of(key).keys()].sort((a, b) => a - b),
    rows: async (key, chunk) => of(key).get(chunk),
    putRows: async (key, chunk, some) => void of(key).set(chunk, some),
    dropRows: async (key, chunk) => void of(key).delete(chunk),
    forget: async (key) => {
      uploads.delete(key);
      rows.delete(key);
    },
  };
}

const UPLOADS = "uploads";
const ROWS = "rows";

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function finished(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onerror = () => reject(transaction.error);
    transaction.onabort = () => reject(transaction.error);
  });
}

/** Keeps uploads in the browser's own database, over reloads and crashes. */
export function browserShelf(factory: IDBFactory = indexedDB): Shelf {
  let opening: Promise<IDBDatabase> | null = null;
  const open = () => {
    opening ??= new Promise((resolve, reject) => {
      const request = factory.open("rollcall-imports", 1);
      request.onupgradeneeded = () => {
        request.result.createObjectStore(UPLOADS, { keyPath: "key" });
        request.result.createObjectStore(ROWS);
      };
      request.onsuccess = () => {
        // Another tab with a newer version of this page must not wait for this one.
        request.result.onversionchange = () => request.result.close();
        resolve(request.result);
      };
      request.onerror = () => {
        opening = null;
        reject(request.error);
      };
    });
    return opening;
  };
  const read = async <T>(store: string, ask: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> =>
    done(ask((await open()).transaction(store).objectStore(store)));
  const write = async (stores: string[], change: (transaction: IDBTransaction) => void): Promise<void> => {
    const transaction = (await open()).transaction(stores, "readwrite");
    const end = finished(transaction);
    change(transaction);
    await end;
  };
  const rowsOf = (key: string) => IDBKeyRange.bound([key], [key, []]);
  return {
    all: () => read(UPLOADS, (store) => store.getAll() as IDBRequest<KeptUpload[]>),
    get: (key) => read(UPLOADS, (store) => store.get(key) as IDBRequest<KeptUpload | undefined>),
    put: (upload) => write([UPLOADS], (change) => change.objectStore(UPLOADS).put(upload)),
    waiting: async (key) => {
      const keys = await read(ROWS, (store) => store.getAllKeys(rowsOf(key)));
      return keys.map((each) => (each as [string, number])[1]);
    },
    rows: (key, chunk) => read(ROWS, (store) => store.get([key, chunk]) as IDBRequest<ImportRow[] | undefined>),
    putRows: (key, chunk, rows) => write([ROWS], (change) => change.objectStore(ROWS).put(rows, [key, chunk])),
    dropRows: (key, chunk) => write([ROWS], (change) => change.objectStore(ROWS).delete([key, chunk])),
    forget: (key) =>
      write([UPLOADS, ROWS], (change) => {
        change.objectStore(UPLOADS).delete(key);
        change.objectStore(ROWS).delete(rowsOf(key));
      }),
  };
}

/** As long as the server waits for the rest of an import. */
export const WAITS_MS = 24 * 60 * 60 * 1000;
/** What is not whole by then has lost its page. */
const PACKS_MS = 10 * 60 * 1000;

/**
 * This person's uploads that can be taken up again, the newest first. What cannot be any more is erased: what another
 * person left on this machine, what was never whole, and what the server no longer waits for.
 */
export async function unfinished(
  shelf: Shelf,
  me: Id,
  now: number,
  sending: (key: string) => boolean,
): Promise<KeptUpload[]> {
  const mine: KeptUpload[] = [];
  for (const upload of await shelf.all()) {
    const age = now - upload.since;
    if (sending(upload.key) || (!upload.whole && age < PACKS_MS)) continue;
    if (upload.by === me && upload.whole && age < WAITS_MS) mine.push(upload);
    else await shelf.forget(upload.key);
  }
  return mine.sort((a, b) => b.since - a.since);
}
