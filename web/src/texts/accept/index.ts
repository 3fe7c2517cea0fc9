import { de } from "./de";
import { type AcceptTexts, en } from "./en";
import { es } from "./es";
import { fr } from "./fr";
import { ja } from "./ja";

export type { AcceptTexts };
export const languages: Record<string, AcceptTexts> = { en, de, fr, es, ja };

/** The first wish that there are texts for (`de-CH` is served by `de`); English where there is none. */
export function chooseLanguage(wishes: readonly (string | null | undefined)[]): string {
  for (const wish of wishes) {
    const base = wish?.toLowerCase().split("-")[0];
    if (base && Object.hasOwn(languages, base)) return base;
  }
  return "en";
}
