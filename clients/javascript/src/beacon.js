// The beacon: counts in memory, saves every few seconds, and never throws into the product by counting.
// What is its own to Node or to a browser comes as `home`: a store, a transport, and what the user said there.

import { DAY, LONGEST, add, bound, iso } from "./days.js";
import { Exchange } from "./exchange.js";
import { level } from "./levels.js";
import { Busy, choose, forget, line, shown } from "./state.js";

const [SAVE_EVERY, LOOK_EVERY] = [5_000, 600_000]; // milliseconds

export class Core {
  #given;
  #home;
  #where;
  #clock;
  #known = new Map();
  #fresh = new Map(); // by the day's number since 1970, and by what was counted
  #level = "off";
  #forgets = false;
  #store;
  #exchange;
  #timer;
  #look = 0;

  constructor(given, home) {
    this.#given = { default: "counters", background: true, ...given, site: String(given.site ?? "").replace(/\/+$/, "") };
    this.#home = home;
    this.#where = `${given.version} ${given.platform}`;
    this.#clock = given.clock ?? Date.now;
    this.#store = home.store;
    this.#exchange = new Exchange(this.#store, given.transport ?? home.transport, this.#clock);
    for (const [event, said] of Object.entries(given.events ?? {})) {
      const values = Array.isArray(said) ? said : said.values;
      this.#known.set(event, new Map(values.length ? values.map((value) => [value, `${event}.${value}`]) : [["", event]]));
    }
    this.#begin();
  }

  get level() {
    return this.#level;
  }

  count(event, value = "", times = 1) {
    if (this.#level === "off") return;
    try {
      const what = this.#known.get(event)?.get(value);
      if (what === undefined || !Number.isSafeInteger(times) || times < 1) {
        this.#tell(`Nothing was counted: ${String(event)} with ${String(value)} is not in the vocabulary.`);
        return;
      }
      const day = Math.floor(this.#clock() / DAY);
      let counts = this.#fresh.get(day);
      if (!counts) this.#fresh.set(day, (counts = new Map()));
      counts.set(what, (counts.get(what) ?? 0) + times);
    } catch {
      this.#tell("Nothing was counted: what was passed cannot be read.");
    }
  }

  save() {
    if (!this.#fresh.size) return true;
    const fresh = this.#fresh;
    this.#fresh = new Map();
    try {
      this.#know(this.#store.change((state) => this.#add(state, fresh)));
    } catch (why) {
      this.#putBack(fresh);
      this.#tell(`Counts are not saved yet. ${why.message}`);
      return false;
    }
    return true;
  }

  async send({ leaving = true } = {}) {
    this.save();
    const reports = this.#level === "counters";
    if (!reports && !this.#forgets) return false;
    try {
      const done = await this.#exchange.send({ leaving, reports });
      this.#know(this.#store.read());
      return done;
    } catch (why) {
      this.#tell(`Nothing was sent. ${why.message}`);
      return false;
    }
  }

  show() {
    this.save();
    const state = this.#store.read();
    return this.#now(state) === "counters" ? shown(state, this.#exchange.today()) : "";
  }

  choose(wanted) {
    this.save();
    this.#know(this.#store.change((state) => choose(state, wanted, this.#exchange.today()), { anew: true }));
    if (this.#level === "off") this.#fresh = new Map();
  }

  async forget() {
    this.#fresh = new Map();
    const state = this.#store.change((found) => forget(found, iso(this.#exchange.today())), { anew: true });
    const done = await this.#exchange.forget(state);
    this.#know(this.#store.read());
    return done;
  }

  async close() {
    clearInterval(this.#timer);
    this.#home.leave?.(this);
    return this.send();
  }

  #begin() {
    const wrong = this.#wrong();
    if (wrong) {
      this.#known.clear();
      this.#tell(`Nothing is counted. ${wrong}`);
      return;
    }
    try {
      this.#know(this.#store.read());
      if (this.#level !== "off") this.#know(this.#store.change((state) => this.#introduce(state)));
    } catch (why) {
      if (why instanceof Busy) return this.#start(); // the line of the first run comes with the first save
      this.#level = "off";
      this.#tell(`Nothing is counted, since there is no place for it. ${why.message}`);
      return;
    }
    this.#start();
  }

  #start() {
    if (!this.#given.background) return;
    this.#timer = setInterval(() => this.#turn(), SAVE_EVERY);
    this.#timer.unref?.();
    this.#home.enter?.(this);
  }

  #wrong() {
    const { number, product, version, platform, site } = this.#given;
    if (!isSafe(site)) return "The site must be an https address.";
    const texts = [number, product, version, platform].every((each) => typeof each === "string" && each);
    return texts && !version.includes(" ") ? "" : "A number, a product, a version and a platform must be given.";
  }

  async #turn() {
    try {
      await (this.#home.alone?.(() => this.save()) ?? this.save());
    } catch (why) {
      this.#tell(`Counts are not saved yet. ${why.message}`);
    }
    if (performance.now() < this.#look) return;
    this.#look = performance.now() + LOOK_EVERY * (0.5 + Math.random());
    await this.send({ leaving: false });
  }

  #add(state, fresh) {
    this.#introduce(state);
    const now = this.#now(state);
    if (now === "off") return;
    const into = now === "counters" ? state.days : state.local;
    const [today, tomorrow] = [this.#exchange.today(), iso(this.#exchange.today() + 1)];
    for (const [number, counts] of fresh) {
      const day = iso(number);
      if (day <= state.erased && state.erased <= tomorrow) continue;
      for (const [what, times] of counts) add(into, day, this.#where, what, times);
    }
    bound(into, today);
  }

  /** Say on the first run, before anything is counted, what is. */
  #introduce(state) {
    const { number, product, site } = this.#given;
    Object.assign(state, { number, product, site });
    if (state.told || this.#now(state) === "off") return;
    state.told = true;
    quietly(this.#given.notice ?? this.#home.notice, line(product, site, this.#now(state), this.#home.how));
  }

  #now(state) {
    const { refused, word } = this.#home.said();
    const found = level(refused, word, state.level, this.#given.level, this.#given.default);
    return found === "counters" && state.stopped ? "local" : found;
  }

  #know(state) {
    this.#level = this.#now(state);
    this.#forgets = state.forget;
  }

  #putBack(fresh) {
    for (const [day, counts] of fresh) {
      const held = this.#fresh.get(day) ?? new Map();
      for (const [what, times] of counts) held.set(what, (held.get(what) ?? 0) + times);
      this.#fresh.set(day, held);
    }
    const today = this.#exchange.today();
    const far = [...this.#fresh.keys()].sort((one, other) => Math.abs(one - today) - Math.abs(other - today));
    for (const day of far.slice(LONGEST)) this.#fresh.delete(day);
  }

  #tell(sentence) {
    if (this.#given.debug) quietly(this.#given.debug, sentence);
  }
}

/** The product's own hooks do not stop it either. */
function quietly(hook, sentence) {
  try {
    hook(sentence);
  } catch {
    // Whoever wrote the hook sees it fail elsewhere; the product goes on.
  }
}

/** Over TLS, or to this machine. */
function isSafe(site) {
  try {
    const { protocol, hostname, username } = new URL(site);
    const local = protocol === "http:" && ["localhost", "127.0.0.1", "[::1]"].includes(hostname);
    return !username && (protocol === "https:" || local);
  } catch {
    return false;
  }
}
