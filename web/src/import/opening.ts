import { openSheet } from "@rollcall/validator/client";
import type { Id } from "../api";
import { forget, headerKey, recall, rememberedMapping } from "./columnMemory";
import { missingColumns } from "./reading";
import { SheetSession } from "./session";

export interface Opened {
  readonly session: SheetSession;
  /** Its columns are read as the person chose them for such a sheet before. */
  readonly remembered: boolean;
}

/** Opens a sheet as it is found to be or as `mapping` says; with null, empty rows to type into. */
export async function openAs(
  bytes: Uint8Array | null,
  profile: string,
  options: { mapping?: string; rows?: number } = {},
): Promise<SheetSession> {
  return SheetSession.open(await openSheet(bytes, profile, options), profile, bytes === null);
}

/** Opens a sheet that is new here, with its columns as they were chosen last time for such titles. */
export async function openFresh(bytes: Uint8Array, profile: string, organization: Id | null): Promise<Opened> {
  const session = await openAs(bytes, profile);
  const key = headerKey(organization, session.info);
  const known = key === null ? null : recall(key);
  const mapping = known === null ? null : rememberedMapping(session.info, known);
  if (key === null || mapping === null) return { session, remembered: false };
  const again = await openAs(bytes, profile, { mapping: JSON.stringify(mapping) });
  // Chosen for other rules or a sheet of another make: it would lose a column that is found by itself.
  if (missingColumns(again.info).length > missingColumns(session.info).length) {
    again.close();
    forget(key);
    return { session, remembered: false };
  }
  session.close();
  return { session: again, remembered: true };
}
