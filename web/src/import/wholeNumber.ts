/** The number that was typed, from 1 to `most`, or null. */
export function wholeNumber(text: string, most: number): number | null {
  const plain = text.trim();
  if (!/^\d{1,6}$/.test(plain)) return null;
  const number = Number(plain);
  return number >= 1 && number <= most ? number : null;
}
