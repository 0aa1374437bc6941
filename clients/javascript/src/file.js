// The state as a file that several processes may change. Node has no lock that the system takes back, so a lock is a
// file that is made once, names its holder, and is taken over from a holder that is gone.

import { closeSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, renameSync, statSync, unlinkSync, writeSync } from "node:fs";
import { createHash, randomUUID } from "node:crypto";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { Busy, Damaged, fresh, parse } from "./state.js";

const STALE = 10_000; // milliseconds: a change takes less than one
const RETRY = 2; // milliseconds

/** Where the system wants such files. */
export function folder(environment = process.env) {
  const home = homedir();
  const base =
    process.platform === "win32"
      ? environment.LOCALAPPDATA || join(home, "AppData", "Local")
      : process.platform === "darwin"
        ? join(home, "Library", "Application Support")
        : environment.XDG_STATE_HOME || join(home, ".local", "state");
  return join(base, "upheld-beacon-node");
}

/** The file of a number, whose name does not tell it. */
export function place(number) {
  return join(folder(), `${createHash("sha256").update(String(number)).digest("hex").slice(0, 16)}.json`);
}

export class Store {
  constructor(path, patience = 50) {
    this.path = String(path);
    this.lock = `${this.path}.lock`;
    this.patience = patience; // milliseconds that the product may be held up
    this.durable = false; // whether a change is on the disk, not only with the system, when it returns
  }

  read() {
    return parse(textOf(this.path));
  }

  /** Let `how` change it, and write it when it is another then. `anew` begins again when it is damaged. */
  change(how, { anew = false } = {}) {
    mkdirSync(dirname(this.path), { recursive: true, mode: 0o700 });
    const token = this.#take();
    try {
      const before = textOf(this.path);
      const state = this.#parsed(before, anew);
      how(state);
      const after = JSON.stringify(state);
      if (after !== before && after !== JSON.stringify(fresh())) this.#write(after, token);
      return state;
    } finally {
      if (textOf(this.lock) === token) unlinkSync(this.lock);
    }
  }

  #parsed(text, anew) {
    try {
      return parse(text);
    } catch (damage) {
      if (anew && damage instanceof Damaged) return fresh();
      throw damage;
    }
  }

  #write(text, token) {
    const next = `${this.path}.new`;
    const file = openSync(next, "w", 0o600);
    try {
      writeSync(file, text);
      if (this.durable) fsyncSync(file);
    } finally {
      closeSync(file);
    }
    // Whoever slept so long that the lock was taken over lets the other one's change stand.
    if (textOf(this.lock) !== token) throw new Busy("The lock was taken over.");
    renameSync(next, this.path);
  }

  #take() {
    const token = `${process.pid} ${randomUUID()}`;
    const until = performance.now() + this.patience;
    while (!make(this.lock, token)) {
      if (this.#breakStale()) continue;
      if (performance.now() >= until) throw new Busy("Another process holds the state of the beacon.");
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY);
    }
    return token;
  }

  /** Remove a lock whose holder is gone; one of those who try does. Whether it did. */
  #breakStale() {
    const held = textOf(this.lock);
    if (held === null || !this.#isStale(held)) return false;
    const aside = `${this.lock}.${randomUUID()}`;
    try {
      renameSync(this.lock, aside);
    } catch {
      return false;
    }
    const mine = textOf(aside) === held;
    if (!mine) quietly(() => linkSync(aside, this.lock)); // another's new lock: it is put back
    quietly(() => unlinkSync(aside));
    return mine;
  }

  #isStale(held) {
    const holder = Number.parseInt(held, 10);
    if (holder > 0 && holder !== process.pid && !lives(holder)) return true;
    try {
      return Math.abs(Date.now() - statSync(this.lock).mtimeMs) > STALE;
    } catch {
      return false;
    }
  }
}

function textOf(path) {
  try {
    return readFileSync(path, "utf8");
  } catch (why) {
    if (why.code === "ENOENT") return null;
    throw why;
  }
}

/** The lock has its holder's name from the first moment: it is written aside and then linked. */
function make(path, token) {
  const aside = `${path}.${randomUUID()}`;
  const file = openSync(aside, "wx", 0o600);
  try {
    writeSync(file, token);
  } finally {
    closeSync(file);
  }
  try {
    linkSync(aside, path);
    return true;
  } catch (why) {
    if (why.code === "EEXIST") return false;
    throw why;
  } finally {
    unlinkSync(aside);
  }
}

function lives(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (why) {
    return why.code !== "ESRCH";
  }
}

function quietly(act) {
  try {
    act();
  } catch {
    // Somebody else was first, which is as good.
  }
}
