import type { Id } from "../api";

/** How many imports this person has begun to hand over in this browser and not finished. */
export async function unsent(me: Id): Promise<number> {
  try {
    const { handOvers } = await import("./useHandOver");
    return await handOvers.unsent(me);
  } catch {
    // A browser that keeps nothing has nothing waiting.
    return 0;
  }
}

/** Nobody is signed in here any more: rows of imports do not wait for whoever comes next. */
export async function forgetUploads(): Promise<void> {
  try {
    const { handOvers } = await import("./useHandOver");
    await handOvers.leave();
  } catch {
    // A browser that keeps nothing.
  }
}
