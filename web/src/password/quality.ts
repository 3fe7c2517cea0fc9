import list from "../../../crates/accounts/src/common-passwords.txt?raw";

/** What an organization asks of passwords, as the server says it. */
export interface PasswordPolicy {
  min_length: number;
  /** Words that no password may contain: the organization's own name and the like. */
  blocked_words?: string[];
}

/** Where no organization asks for more. */
export const DEFAULT_POLICY: PasswordPolicy = { min_length: 12 };

/** The very list that the server refuses by. */
const COMMON = list.split("\n").filter(Boolean);

export type Strength = 0 | 1 | 2 | 3 | 4;

export interface Quality {
  /** Long enough for the policy. */
  long: boolean;
  /** Nothing that attackers try first. */
  uncommon: boolean;
  /** 0 (too short) to 4 (strong). */
  strength: Strength;
}

/**
 * A friendly estimate: how many different characters there are and how little of it follows from what stands before.
 * It decides nothing; what may be used is the server's to say. It never calls good what the server refuses as too
 * common: known words with anything but letters around them are weak here, which is wider than the server's rule.
 */
export function quality(password: string, names: string[], policy: PasswordPolicy = DEFAULT_POLICY): Quality {
  const characters = [...password];
  const lower = password.toLowerCase();
  const own = names.map((name) => name.toLowerCase()).filter((name) => name.length >= 3);
  const long = characters.length >= policy.min_length;
  const uncommon = password !== "" && !obvious(lower, own) && !contains(lower, policy.blocked_words ?? []);
  return { long, uncommon, strength: !long ? 0 : !uncommon ? 1 : estimate(password, lower, own) };
}

/** One character over and over, or known words with no other letters beside them. */
function obvious(lower: string, names: string[]): boolean {
  if (new Set(lower).size === 1) return true;
  const longestFirst = [...COMMON, ...names].sort((a, b) => b.length - a.length);
  const rest = longestFirst.reduce((text, word) => text.replaceAll(word, ""), lower);
  return rest !== lower && !/\p{L}/u.test(rest);
}

function contains(lower: string, words: string[]): boolean {
  return words.some((word) => word !== "" && lower.includes(word.toLowerCase()));
}

function estimate(password: string, lower: string, names: string[]): Strength {
  const characters = [...lower];
  let surprising = 0;
  characters.forEach((character, i) => {
    const here = character.codePointAt(0) ?? 0;
    const before = i > 0 ? (characters[i - 1]?.codePointAt(0) ?? 0) : Number.NaN;
    const pair = `${characters[i - 1] ?? ""}${character}`;
    const predictable = Math.abs(here - before) <= 1 || (i > 1 && characters.slice(0, i).join("").includes(pair));
    if (!predictable) surprising += 1;
  });
  // A known word is one guess, however long it is.
  for (const word of [...COMMON, ...names]) if (lower.includes(word)) surprising -= Math.max(0, [...word].length - 1);
  const sorts = [/\p{Ll}/u, /\p{Lu}/u, /\p{N}/u, /[^\p{L}\p{N}]/u].filter((sort) => sort.test(password)).length;
  const score = surprising + (sorts - 1) * 1.5;
  if (new Set(lower).size < 6 || score < 8) return 1;
  if (score < 12) return 2;
  return score < 16 ? 3 : 4;
}

/** The words of a name and an address that a password should not be made of. */
export function namesOf(...texts: (string | null | undefined)[]): string[] {
  return texts.flatMap((text) => (text ? [text, ...text.split(/[\s@.]+/)] : [])).filter(Boolean);
}
