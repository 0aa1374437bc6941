// The arithmetic of days and counts, and the report that is made of them. Nothing here reads a clock, file or network.
// Days are ISO 8601 in UTC: {"2026-11-23": {"1.2.3 linux-x64": {"start": 3, "display.webvr": 1}}}

export const LONGEST = 62; // days that are held at once, and entries of one report
export const BACK = 60; // days: what is older is not taken any more
export const MOST = 1_000_000_000; // of one thing in one day
export const LARGEST = 48 * 1024; // bytes of one report
export const DAY = 86_400_000; // milliseconds
const REFUSED = /^days\[(\d+)\](?:\.counts\.([^.]+)(?:\.(.+))?)?/;

export const iso = (number) => new Date(number * DAY).toISOString().slice(0, 10);
export const numbered = (day) => Date.parse(`${day}T00:00:00Z`) / DAY;
const sum = (counts) => Object.values(counts).reduce((found, each) => found + each, 0);
export const total = (places) => Object.values(places).reduce((found, counts) => found + sum(counts), 0);

export function add(days, day, where, what, times) {
  const held = ((days[day] ??= {})[where] ??= {});
  held[what] = Math.min((held[what] ?? 0) + times, MOST);
}

/** Add all of `more` to `days`. */
export function merge(days, more) {
  for (const [day, places] of Object.entries(more))
    for (const [where, counts] of Object.entries(places))
      for (const [what, times] of Object.entries(counts)) add(days, day, where, what, times);
}

/** Keep as many days as may be held. The farthest go first: a clock that jumped is not believed. */
export function bound(days, today) {
  const far = Object.keys(days).sort((one, other) => Math.abs(numbered(one) - today) - Math.abs(numbered(other) - today));
  for (const day of far.slice(LONGEST)) delete days[day];
}

/** The days that may be reported and were not yet, or not all of them. */
export function waiting(days, sent, today) {
  const [first, last] = [iso(today - BACK), iso(today)];
  return Object.keys(days).sort().filter((day) => first <= day && day <= last && total(days[day]) > (sent[day] ?? 0));
}

/** What is sent about these days, or about the first of them when it would grow too large. */
export function report(number, product, days, wanted) {
  const made = { v: 1, number, product, days: [] };
  let size = length(made);
  for (const day of wanted) {
    const entries = Object.keys(days[day]).sort().map((where) => entry(day, where, days[day][where]));
    size += entries.reduce((found, each) => found + length(each) + 1, 0);
    if (made.days.length && (size > LARGEST || made.days.length + entries.length > LONGEST)) break;
    made.days.push(...entries.slice(0, LONGEST));
  }
  return made;
}

const length = (made) => new TextEncoder().encode(JSON.stringify(made)).length;

function entry(day, where, counts) {
  const [version, platform] = parted(where, " ");
  const shown = {};
  for (const what of Object.keys(counts).sort()) {
    const [event, value] = parted(what, ".");
    if (value) (shown[event] ??= {})[value] = counts[what];
    else shown[event] = counts[what];
  }
  return { day, version, platform, counts: shown };
}

function parted(text, sign) {
  const at = text.indexOf(sign);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}

/** Forget what was refused: the cells that the field names, or its day, or all that was reported. */
export function dropRefused(days, made, field) {
  const found = REFUSED.exec(field);
  const refused = found && made.days[Number(found[1])];
  if (!refused) {
    for (const each of made.days) drop(days, each, names(each));
    return;
  }
  const [, , event, value] = found;
  let named = names(refused).filter((what) => isOf(what, event, value));
  if (!named.length) named = names(refused).filter((what) => isOf(what, event)); // a value that is not said back
  drop(days, refused, named.length ? named : names(refused));
}

function isOf(what, event, value) {
  const [own, under] = parted(what, ".");
  return own === event && (value === undefined || under === value);
}

const names = ({ counts }) =>
  Object.entries(counts).flatMap(([event, found]) =>
    typeof found === "object" ? Object.keys(found).map((value) => `${event}.${value}`) : [event],
  );

function drop(days, { day, version, platform }, named) {
  const places = days[day] ?? {};
  const held = places[`${version} ${platform}`] ?? {};
  for (const what of named) delete held[what];
  if (!Object.keys(held).length) delete places[`${version} ${platform}`];
  if (!Object.keys(places).length) delete days[day];
}

/** Of each reported day, everything that was reported of it, added up. */
export function reported(made) {
  const found = {};
  for (const { day, counts } of made.days)
    found[day] = (found[day] ?? 0) + sum(Object.fromEntries(flat(counts)));
  return found;
}

const flat = (counts) =>
  Object.entries(counts).flatMap(([event, found]) =>
    typeof found === "object" ? Object.entries(found).map(([value, times]) => [`${event}.${value}`, times]) : [[event, found]],
  );
