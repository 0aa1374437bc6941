// What is sent when, and what becomes of the state by each answer.

import { BACK, DAY, dropRefused, iso, report, reported, total, waiting } from "./days.js";

const A_DAY = 8; // reports at most, those on exit included
const TRIES = 8; // posts of one sending: one refusal names one field
const HELD_AFTER = 7; // days that a reported day is held on, for a clock that goes back
const AT_ONCE = 60_000; // milliseconds that others leave a report to the one that sends it
const [FIRST_WAIT, LONGEST_WAIT] = [600_000, 7 * DAY];

const isGood = ({ status }) => status >= 200 && status < 300;

/** Of a refusal, the field that it names; null for one that is not the endpoint's own. */
function fieldOf({ body }) {
  try {
    const { field } = JSON.parse(body).error;
    return typeof field === "string" ? field : null;
  } catch {
    return null;
  }
}

/** Whether the endpoint itself says that it takes nothing from this number: a proxy's 403 names no field. */
const disowns = (answer) => answer.status === 403 && fieldOf(answer) === "number";

/** Whether the endpoint itself says that it deleted what it held. */
function hasForgotten(answer) {
  try {
    return isGood(answer) && JSON.parse(answer.body).forgotten === true;
  } catch {
    return false;
  }
}

/** Whether sending the same again would be answered the same. */
const isRefusal = (answer) => [413, 415].includes(answer.status) || (answer.status === 400 && fieldOf(answer) !== null);

/** Milliseconds that a Retry-After asks for (RFC 9110, section 10.2.3); none for what is not understood. */
export function asked(text, now) {
  const trimmed = (text ?? "").trim();
  const found = /^\d+$/.test(trimmed) ? Number(trimmed) * 1000 : Date.parse(trimmed) - now;
  return Number.isNaN(found) ? 0 : Math.max(0, Math.min(found, LONGEST_WAIT));
}

/** Milliseconds until the next try: doubled with each failure, spread by chance, never before what was asked. */
export function wait(failures, askedFor, chance) {
  return Math.floor(Math.max(Math.min(FIRST_WAIT * 2 ** Math.min(failures, 20), DAY) * (0.5 + chance / 2), askedFor));
}

/** One build's letters to its site. `store.change` and `store.read` throw when the state cannot be had. */
export class Exchange {
  unknown = false; // whether the site said, asked for a deletion, that the number is none of its own

  constructor(store, transport, clock) {
    [this.store, this.transport, this.clock] = [store, transport, clock];
  }

  today() {
    return Math.floor(this.clock() / DAY);
  }

  /**
   * Report what is due; whether nothing is left that could be. Due is, once a day, what was counted before today; and
   * with `leaving`, everything. Without `reports` only a deletion that waits is asked for.
   */
  async send({ leaving = false, reports = true } = {}) {
    for (let turn = 0; turn < TRIES; turn++) {
      let due;
      let state = this.store.change((found) => (due = this.prepare(found, leaving || turn > 0, reports)));
      if (due.forgets) return this.forget(state);
      if (!due.made) return !waiting(state.days, state.sent, this.today()).length;
      const answer = await this.post(`${state.site}/usage/v1/report`, JSON.stringify(due.made));
      state = this.store.change((found) => this.settle(found, due.made, answer));
      const covered = reported(due.made);
      const more = waiting(state.days, state.sent, this.today()).some((day) => !(day in covered));
      if (!isRefusal(answer) && !(isGood(answer) && more)) return isGood(answer);
    }
    return false;
  }

  /** Have the site delete what it holds; whether it said that it did, or that the number is none of its own. */
  async forget(state) {
    const answer = await this.post(`${state.site}/usage/v1/forget`, JSON.stringify({ v: 1, number: state.number }));
    this.unknown = disowns(answer);
    const done = hasForgotten(answer) || this.unknown;
    this.store.change((found) => {
      [found.forget, found.retry_at] = [!done, 0];
      if (!done) this.postpone(found, answer);
    });
    return done;
  }

  async post(address, body) {
    try {
      return await this.transport(address, body);
    } catch {
      return { status: 0, body: "", retryAfter: "" };
    }
  }

  /** Make the report that is due, and keep others from making it at the same time. */
  prepare(state, leaving, reports) {
    const [now, today] = [this.clock(), iso(this.today())];
    const waits = now < state.retry_at && state.retry_at <= now + LONGEST_WAIT;
    if ((state.stopped && !state.forget) || waits) return {};
    const sends = state.sent_on === today ? state.sends : 0;
    const wanted = reports ? waiting(state.days, state.sent, this.today()) : [];
    const due = wanted.length > 0 && (leaving ? sends < A_DAY : wanted[0] < today && !sends);
    if (!due && !state.forget) return {};
    Object.assign(state, { sent_on: today, sends: sends + 1, retry_at: now + AT_ONCE });
    return state.forget ? { forgets: true } : { made: report(state.number, state.product, state.days, wanted) };
  }

  settle(state, made, answer) {
    if (isGood(answer)) this.taken(state, made);
    else if (disowns(answer)) Object.assign(state, { stopped: true, retry_at: 0, days: {}, sent: {} });
    else if (isRefusal(answer)) {
      Object.assign(state, { retry_at: 0, sends: Math.max(0, state.sends - 1) });
      for (const { day } of made.days) delete state.sent[day];
      dropRefused(state.days, made, fieldOf(answer) ?? "");
    } else this.postpone(state, answer);
  }

  /** The site's clock agreed with ours, so that what is too old or to come can go. */
  taken(state, made) {
    Object.assign(state, { retry_at: 0, failures: 0 });
    Object.assign(state.sent, reported(made));
    const [first, done, last] = [BACK, HELD_AFTER, 0].map((back) => iso(this.today() - back));
    for (const [day, places] of Object.entries(state.days))
      if (day < first || day > last || (day < done && total(places) <= (state.sent[day] ?? 0))) delete state.days[day];
    for (const day of Object.keys(state.sent)) if (!(day in state.days)) delete state.sent[day];
  }

  postpone(state, answer) {
    const now = this.clock();
    state.retry_at = now + wait(state.failures, asked(answer.retryAfter, now), Math.random());
    state.failures += 1;
    state.sends = Math.max(0, state.sends - 1);
  }
}
