import { useEffect, useState, useSyncExternalStore } from "react";
import { useSession } from "../console/session";
import { notify, serverNow } from "../ui";
import { type HandOver, HandOvers } from "./handOver";
import { browserShelf, type KeptUpload, unfinished } from "./shelf";
import { rowsIn, uploadsUnderWay } from "./upload";
import { handOver as t } from "./uploadTexts";

/** This tab's. */
export const handOvers = new HandOvers(browserShelf(), {}, (about, kept) => {
  if (kept) notify(t.erased(about.name));
});
addEventListener("online", () => handOvers.online());

export function useHandOvers(): ReadonlyMap<string, HandOver> {
  return useSyncExternalStore(handOvers.subscribe, handOvers.all);
}

/** A kept upload as a banner shows it. */
export interface Waiting {
  readonly about: KeptUpload;
  readonly sent: number;
}

/** What this person has begun to hand over in this browser and not finished, in this tab's past or another's. */
export function useWaiting(): readonly Waiting[] {
  const { me } = useSession();
  const mine = useHandOvers();
  const [waiting, setWaiting] = useState<readonly Waiting[]>([]);
  const keys = [...mine.keys()].join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: what this tab takes up or lets go changes the list
  useEffect(() => {
    let current = true;
    let timer = 0;
    const look = async () => {
      const underWay = await uploadsUnderWay();
      const kept = await unfinished(handOvers.shelf, me.user.id, serverNow(), underWay);
      const others = kept.filter(({ key }) => !handOvers.all().has(key));
      const counted = await Promise.all(
        others.map(async (about) => ({
          about,
          sent: about.total - rowsIn(about, await handOvers.shelf.waiting(about.key)),
        })),
      );
      if (!current) return;
      setWaiting(counted);
      // Of another tab, or of the page before this one that has not quite ended: it may be let go of at any time.
      const elsewhere = (await handOvers.shelf.all()).some(({ key }) => underWay(key) && !handOvers.all().has(key));
      if (elsewhere && current) timer = window.setTimeout(() => void look().catch(() => undefined), 1000);
    };
    // A browser that keeps nothing has nothing waiting.
    look().catch(() => undefined);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [keys, me.user.id]);
  return waiting;
}
