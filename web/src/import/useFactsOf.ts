import { useEffect, useState } from "react";
import { api, type Id, type ImportProfile, isAbort, type UserKind } from "../api";
import { type ProfileFacts, profileFacts } from "./profile";

const known = new Map<string, ProfileFacts>();
const none: ReadonlyMap<string, ProfileFacts> = new Map();

/** What each of the profiles on offer asks for, by its id; read one after the other, behind everything else. */
export function useFactsOf(
  profiles: readonly ImportProfile[],
  organization: Id | undefined,
  kind: UserKind,
  ready: boolean,
): ReadonlyMap<string, ProfileFacts> {
  const [facts, setFacts] = useState(none);
  const wanted = ready ? profiles.map(({ id, hash }) => `${id} ${hash}`).join("\n") : "";
  useEffect(() => {
    if (wanted === "") return;
    const abort = new AbortController();
    const read = async () => {
      const found = new Map<string, ProfileFacts>();
      for (const line of wanted.split("\n")) {
        const key = `${kind} ${organization ?? ""} ${line}`;
        const id = line.split(" ")[0] ?? "";
        const own = known.get(key) ?? profileFacts(await api.effectiveProfile(id, organization, abort.signal), kind);
        known.set(key, own);
        found.set(id, own);
        if (!abort.signal.aborted) setFacts(new Map(found));
      }
    };
    // Only a help in choosing: where it cannot be read, the name stands alone.
    read().catch((error: unknown) => {
      if (isAbort(error)) return;
    });
    return () => abort.abort();
  }, [wanted, organization, kind]);
  return facts;
}
