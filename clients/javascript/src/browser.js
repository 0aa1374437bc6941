// The beacon in a browser: the state is in localStorage, and no cookie is read, set or sent.

import { Core } from "./beacon.js";
import { Damaged, fresh, parse } from "./state.js";

const LARGEST = 16 * 1024; // characters of an answer that are looked at

/** A state under one key. Tabs take turns by `alone`; a page that goes away cannot wait, and saves at once. */
class Store {
  constructor(key) {
    this.key = key;
  }

  read() {
    return parse(localStorage.getItem(this.key));
  }

  change(how, { anew = false } = {}) {
    const before = localStorage.getItem(this.key);
    let state;
    try {
      state = parse(before);
    } catch (damage) {
      if (!anew || !(damage instanceof Damaged)) throw damage;
      state = fresh();
    }
    how(state);
    const after = JSON.stringify(state);
    if (after !== before && after !== JSON.stringify(fresh())) localStorage.setItem(this.key, after);
    return state;
  }
}

/** POST without cookies, referrer or the browser's languages. Not sendBeacon: it would send cookies. */
async function post(address, body) {
  const answer = await fetch(address, {
    method: "POST",
    body,
    headers: { "Content-Type": "application/json", "Accept-Language": "*" },
    keepalive: true,
    credentials: "omit",
    referrerPolicy: "no-referrer",
    redirect: "error",
    cache: "no-store",
  });
  const text = (await answer.text()).slice(0, LARGEST);
  return { status: answer.status, body: text, retryAfter: answer.headers.get("Retry-After") ?? "" };
}

function home(key) {
  const leaving = new Map();
  return {
    store: new Store(key),
    transport: post,
    how: "its settings change that.",
    notice: (sentence) => console.info(sentence),
    said: () => ({ refused: navigator.globalPrivacyControl === true || navigator.doNotTrack === "1", word: "" }),
    alone: globalThis.navigator?.locks ? (act) => navigator.locks.request(key, act) : undefined,
    enter(beacon) {
      const hide = () => document.visibilityState === "hidden" && beacon.save();
      const go = () => void beacon.send();
      document.addEventListener("visibilitychange", hide);
      addEventListener("pagehide", go);
      leaving.set(beacon, () => {
        document.removeEventListener("visibilitychange", hide);
        removeEventListener("pagehide", go);
      });
    },
    leave(beacon) {
      leaving.get(beacon)?.();
      leaving.delete(beacon);
    },
  };
}

export class Beacon extends Core {
  constructor(given) {
    super(given, home(given.state ?? `upheld-beacon:${given.number}`));
  }
}

export { LEVELS } from "./levels.js";
