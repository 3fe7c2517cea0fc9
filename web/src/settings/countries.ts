const regions = new Intl.DisplayNames(["en"], { type: "region" });

export const countryName = (code: string): string => {
  try {
    return regions.of(code) ?? code;
  } catch {
    return code;
  }
};

/** Every region that the browser can name; which of them have a numbering plan is the server's to say. */
export function countries(): { id: string; name: string }[] {
  const letters = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"];
  const none = new Set(["EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"]);
  return letters
    .flatMap((a) => letters.map((b) => a + b))
    .filter((code) => !none.has(code) && countryName(code) !== code && !withdrawn(code))
    .map((code) => ({ id: code, name: countryName(code) }))
    .sort((a, b) => a.name.localeCompare(b.name));
}

/** Such a code stands for its successor. */
function withdrawn(code: string): boolean {
  return Intl.getCanonicalLocales(`und-${code}`)[0] !== `und-${code}`;
}
