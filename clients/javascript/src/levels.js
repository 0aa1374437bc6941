// How far counting goes, and who decides it.

/** Least first: counts nothing; counts for the user alone; sends a day's counts. */
export const LEVELS = Object.freeze(["off", "local", "counters"]);

/** The first that was said; off when tracking is refused, and for a word that nobody knows. */
export function level(refused, ...said) {
  if (refused) return "off";
  const found = said.find(Boolean) ?? "off";
  return LEVELS.includes(found) ? found : "off";
}
