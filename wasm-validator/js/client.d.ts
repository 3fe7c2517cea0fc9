import type { CheckOptions, Sheet } from "./index.js";

/** The same methods as {@link Sheet}, each answering a promise. Edits happen in the order in which they were asked for. */
export type RemoteSheet = {
  [Method in keyof Sheet]: Sheet[Method] extends (...args: infer Args) => infer Result
    ? (...args: Args) => Promise<Awaited<Result>>
    : never;
};

export interface Transfer {
  /** Hands the bytes' buffer over instead of copying it: the caller's array is empty afterwards. */
  transfer?: boolean;
}

export interface OpenOptions extends Transfer {
  /** JSON: overrides what was detected. */
  mapping?: string;
  /** How many rows a new sheet (`bytes` is `null`) has. Default 1. */
  rows?: number;
}

/**
 * Starts the worker and loads the module ahead of the first sheet. `source`: as for `init`, if not beside the package;
 * `xlsx`: as for `loadXlsx`, which the worker calls when it first gets a workbook.
 */
export function prepare(source?: Place, xlsx?: Place): Promise<void>;

export type Place = URL | string | BufferSource | WebAssembly.Module;

/** Checks a sheet in the worker. */
export function check(bytes: Uint8Array, profile: string, options?: CheckOptions & Transfer): Promise<string>;

/** A byte for each row of a sheet, checked in the worker: 0 accepted, 1 corrected, 2 refused. */
export function verdicts(bytes: Uint8Array, profile: string, options?: Transfer): Promise<Uint8Array>;

/** Opens a sheet in the worker, or with `null` a blank one. `free()` it when done. */
export function openSheet(bytes: Uint8Array | null, profile: string, options?: OpenOptions): Promise<RemoteSheet>;

/** Ends the worker; open sheets are gone and what is waiting is rejected. The next call starts a new one. */
export function close(): void;
