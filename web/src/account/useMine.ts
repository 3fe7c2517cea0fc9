import { useState } from "react";
import { api } from "../api/client";
import type { ApiProblem } from "../api/problem";
import type { Me } from "../api/types";
import { useAction } from "../api/use";
import { useSession } from "../console/session";
import { useUnsavedPage } from "../ui/leave";
import { differing } from "../ui/merge";
import type { MyPatch } from "./api";
import { saveMine } from "./saving";

export interface Mine<D> {
  draft: D;
  set: (change: Partial<D>) => void;
  dirty: boolean;
  discard: () => void;
  busy: boolean;
  problem: ApiProblem | undefined;
  save: () => Promise<boolean>;
}

/** A draft of some of one's own settings; leaving with unsaved changes asks. `onSaved` runs before they are shown. */
export function useMine<D extends MyPatch>(draftOf: (me: Me) => D, onSaved: (me: Me) => void): Mine<D> {
  const { me, refresh } = useSession();
  const [base, setBase] = useState(me);
  const [draft, setDraft] = useState(() => draftOf(me));
  const dirty = differing(draftOf(base), draft).length > 0;
  useUnsavedPage(dirty);
  const saving = useAction(async () => {
    const saved = await saveMine(base, draft, draftOf, () => api.me());
    setBase(saved);
    setDraft(draftOf(saved));
    onSaved(saved);
    refresh();
  });
  return {
    draft,
    set: (change) => {
      saving.clear();
      setDraft((old) => ({ ...old, ...change }));
    },
    dirty,
    discard: () => {
      saving.clear();
      setBase(me);
      setDraft(draftOf(me));
    },
    busy: saving.busy,
    problem: saving.problem,
    save: saving.run,
  };
}
