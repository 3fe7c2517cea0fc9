import { type AcceptTexts, en } from "./en";

export type { AcceptTexts };

/** Always there; what the page falls back to where another language cannot be fetched. */
export const english: AcceptTexts = en;

/** By their own names. */
export const languageNames = { en: "English", de: "Deutsch", fr: "Français", es: "Español", ja: "日本語" } as const;

/** Fetched only by those who read them. */
const others: Record<string, () => Promise<AcceptTexts>> = {
  de: async () => (await import("./de")).de,
  fr: async () => (await import("./fr")).fr,
  es: async () => (await import("./es")).es,
  ja: async () => (await import("./ja")).ja,
};

/** The first wish that there are texts for (`de-CH` is served by `de`); English where there is none. */
export function chooseLanguage(wishes: readonly (string | null | undefined)[]): string {
  for (const wish of wishes) {
    const base = wish?.toLowerCase().split("-")[0];
    if (base && Object.hasOwn(languageNames, base)) return base;
  }
  return "en";
}

export async function loadTexts(language: string): Promise<AcceptTexts> {
  try {
    return (await others[language]?.()) ?? english;
  } catch {
    return english;
  }
}
