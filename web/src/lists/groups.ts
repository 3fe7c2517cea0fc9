import type { Entry } from "../api/types";
import { texts } from "./texts";

const t = texts.groups;

export interface GroupDraft {
  name: string;
  active: boolean;
  modules: string[];
}

export const draftOf = (group: Entry): GroupDraft => ({
  name: group.name,
  active: group.active ?? false,
  modules: group.modules ?? [],
});

/** What saving does to the people of the group at once, if anything. */
export function consequence(before: GroupDraft | null, draft: GroupDraft): string | null {
  if (!before) return null;
  if (draft.active !== before.active)
    return draft.modules.length + before.modules.length === 0
      ? null
      : draft.active
        ? t.changesNow.activate
        : t.changesNow.deactivate;
  return draft.active && JSON.stringify(draft.modules) !== JSON.stringify(before.modules) ? t.changesNow.modules : null;
}
