import { type Pages, type PagesOptions, usePages } from "../api/pages";
import type { AuditEvent, Page } from "../api/types";

/** New events stand before the others; where they do not reach the others any more, the list begins anew. */
export function refreshed(shown: AuditEvent[], first: AuditEvent[], cursor: string | null) {
  const known = new Set(shown.map((event) => event.id));
  const fresh = first.filter((event) => !known.has(event.id));
  if (fresh.length === first.length && cursor !== null) return { items: first, cursor };
  return { items: [...fresh, ...shown] };
}

const options: PagesOptions<AuditEvent> = { size: 50, poll: 5000, refreshed };

/** Events, newest first, page by page; new ones appear by themselves. */
export function useEvents(
  fetchPage: (cursor: string | undefined, signal: AbortSignal) => Promise<Page<AuditEvent>>,
): Pages<AuditEvent> {
  return usePages(fetchPage, options);
}
