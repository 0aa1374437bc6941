// What a build holds at its user's: the same fields as the Python beacon's, as one JSON text.

import { LEVELS } from "./levels.js";
import { bound, merge, numbered, report, waiting } from "./days.js";

const VERSION = 1;

/** The state cannot be read, and with it what the user chose: nothing is counted until they choose again. */
export class Damaged extends Error {}

/** Others hold the state; it can be had in a moment. */
export class Busy extends Error {}

export const fresh = () => ({
  v: VERSION,
  number: "",
  product: "",
  site: "",
  level: "", // what the user chose; empty: nothing
  told: false, // whether the line of the first run was shown
  stopped: false, // whether the site said that it takes no more from this number
  erased: "", // the day of the last deletion: up to it nothing is counted again
  forget: false, // whether the site has still to be told of it
  sent_on: "", // the day of the last report
  sends: 0, // reports on that day
  retry_at: 0, // milliseconds since 1970: not before, after a failure; never sent
  failures: 0,
  days: {},
  local: {}, // counted for the user alone
  sent: {}, // of each day, what was reported of it, added up
});

/** The state that a text holds; a new one for none. Throws Damaged. */
export function parse(text) {
  if (text === null) return fresh();
  let found;
  try {
    found = JSON.parse(text);
    check(found);
  } catch {
    throw new Damaged("The state of the beacon cannot be read.");
  }
  return found;
}

/** Throws for what `fresh` does not promise. */
function check(found) {
  const known = fresh();
  if (found.v !== VERSION || !(found.level === "" || LEVELS.includes(found.level))) throw new Error();
  for (const [name, value] of Object.entries(known)) if (typeof found[name] !== typeof value) throw new Error();
  for (const name of Object.keys(found)) if (!(name in known)) throw new Error();
  const counts = Object.values(found.sent);
  for (const held of [found.days, found.local])
    for (const [day, places] of Object.entries(held)) {
      if (!/^\d{4}-\d\d-\d\d$/.test(day) || Number.isNaN(numbered(day))) throw new Error();
      for (const each of Object.values(places)) counts.push(...Object.values(each));
    }
  if (!counts.every(Number.isInteger)) throw new Error();
}

/**
 * Keep the user's choice. What was counted and not sent is not sent after "off" or "local"; "counters" takes a stop
 * back, and the site's next answer decides. Throws RangeError.
 */
export function choose(state, wanted, today) {
  if (!LEVELS.includes(wanted)) throw new RangeError(`A level is one of ${LEVELS.join(", ")}.`);
  state.level = wanted;
  state.told = true;
  if (wanted === "local") {
    merge(state.local, state.days);
    bound(state.local, today);
  }
  if (wanted === "off") state.local = {};
  if (wanted === "counters") state.stopped = false;
  else [state.days, state.sent] = [{}, {}];
}

/** Hold nothing, count nothing again up to today, and have the site told. */
export function forget(state, day) {
  [state.days, state.local, state.sent] = [{}, {}, {}];
  [state.erased, state.forget] = [day, true];
}

/** Exactly what would be sent next; empty when nothing would be. */
export function shown(state, today) {
  const wanted = waiting(state.days, state.sent, today);
  if (!wanted.length || state.stopped || state.forget) return "";
  return JSON.stringify(report(state.number, state.product, state.days, wanted));
}

/** The line of the first run. */
export function line(product, site, level, how) {
  const where = level === "local" ? "and keeps that here" : `and reports that to ${site} under its build number`;
  return `${product} counts day by day how often its features are used ${where}; ${how}`;
}
