/** The server refuses shorter ones; said beforehand so that nobody has to find out. */
export const MIN_PASSWORD = 12;

/**
 * A friendly estimate, 0 (too short) to 4 (strong): how many different characters there are and how little of it
 * follows from what stands before. It decides nothing; what may be used is the server's to say.
 */
export function strength(password: string, names: string[]): 0 | 1 | 2 | 3 | 4 {
  const characters = [...password];
  if (characters.length < MIN_PASSWORD) return 0;
  const lower = password.toLowerCase();
  let surprising = 0;
  for (let i = 0; i < characters.length; i++) {
    const here = characters[i]?.toLowerCase().codePointAt(0) ?? 0;
    const before = i > 0 ? (characters[i - 1]?.toLowerCase().codePointAt(0) ?? 0) : Number.NaN;
    const predictable =
      Math.abs(here - before) <= 1 || (i > 1 && lower.slice(0, i).includes(lower.slice(i - 1, i + 1)));
    if (!predictable) surprising += 1;
  }
  for (const name of names) if (name.length >= 3 && lower.includes(name.toLowerCase())) surprising -= [...name].length;
  const sorts = [/\p{Ll}/u, /\p{Lu}/u, /\p{N}/u, /[^\p{L}\p{N}]/u].filter((sort) => sort.test(password)).length;
  const score = surprising + (sorts - 1) * 1.5;
  if (new Set(lower).size < 6 || score < 8) return 1;
  if (score < 12) return 2;
  if (score < 16) return 3;
  return 4;
}
