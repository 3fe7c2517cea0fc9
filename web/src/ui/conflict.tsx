import { useCallback } from "react";
import { api } from "../api/client";
import type { Id } from "../api/types";
import { useCan } from "../console/session";
import { texts } from "../texts/en";
import { Button } from "./controls";
import { WarningIcon } from "./icons";
import type { Merge } from "./merge";

const and = new Intl.ListFormat("en", { type: "conjunction" });

/** Who changed a thing last, where one may know and it is known. */
export function useWhoChanged(): (target: Id) => Promise<string | null> {
  const can = useCan();
  const mayAsk = can("audit.read");
  return useCallback(
    async (target) => {
      if (!mayAsk) return null;
      try {
        return (await api.auditEvents({ target, limit: 1 })).items[0]?.actor?.name ?? null;
      } catch {
        // The name is a courtesy; the conflict is shown without it.
        return null;
      }
    },
    [mayAsk],
  );
}

/** Somebody else saved first: what they changed, and the two ways on. */
export function ConflictBox(p: {
  by: string | null;
  merge: Merge<object>;
  fields: Record<string, string>;
  busy: boolean;
  onReload: () => void;
  onKeep: () => void;
}) {
  const t = texts.conflict;
  const names = (fields: readonly string[]) => and.format(fields.map((field) => p.fields[field] ?? field));
  const { theirs, both } = p.merge;
  return (
    <div className="problem" data-tone="warning" role="alert">
      <WarningIcon />
      <div className="problem-body">
        <div className="problem-title">{t.title(p.by)}</div>
        <div>
          {t.nothing} {theirs.length > 0 ? t.theirs(names(theirs)) : t.same}{" "}
          {both.length > 0 ? t.both(names(both)) : theirs.length > 0 && t.apart}
        </div>
        <div className="row wrap">
          <Button onPress={p.onReload} disabled={p.busy}>
            {t.reload}
          </Button>
          <Button look="primary" onPress={p.onKeep} busy={p.busy}>
            {t.keep}
          </Button>
        </div>
      </div>
    </div>
  );
}
