// The beacon in Node: the state is a file, and a report leaves with the least that HTTP needs.

import { closeSync, openSync, readSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import { Core } from "./beacon.js";
import { Store, place } from "./file.js";

const [TIMEOUT, ENDING] = [10_000, 900]; // milliseconds
const STAMP = "upheld-build-stamp/v1\n";
const LARGEST = 16 * 1024; // bytes of an answer that are read

/** POST JSON; rejects when the site was not reached. A program that ends does not wait for it, but on its last. */
export function post(address, body, { timeout = TIMEOUT, waited = false } = {}) {
  return new Promise((resolve, reject) => {
    const { request } = address.startsWith("https:") ? https : http;
    const headers = { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(body) };
    const asked = request(address, { method: "POST", headers, agent: false }, (answer) => {
      let text = "";
      answer.setEncoding("utf8");
      answer.on("data", (part) => (text = (text + part).slice(0, LARGEST)));
      answer.on("end", () => {
        clearTimeout(limit);
        resolve({ status: answer.statusCode, body: text, retryAfter: answer.headers["retry-after"] ?? "" });
      });
      answer.on("error", reject);
    });
    const limit = setTimeout(() => asked.destroy(new Error("The site did not answer in time.")), timeout);
    if (!waited) {
      limit.unref();
      asked.on("socket", (socket) => socket.unref());
    }
    asked.on("error", (why) => {
      clearTimeout(limit);
      reject(why);
    });
    asked.end(body);
  });
}

/** What the user said by the environment. See https://consoledonottrack.com/. */
export function said(environment = process.env) {
  const refused = !["", "0", "false"].includes((environment.DO_NOT_TRACK ?? "").trim().toLowerCase());
  return { refused, word: environment.UPHELD_BEACON };
}

function home(store) {
  const on = { exit: null, last: null };
  const found = {
    store,
    said,
    transport: post,
    how: "UPHELD_BEACON=off|local|counters changes that, `npx upheld-beacon show` shows it.",
    notice: (sentence) => process.stderr.write(`${sentence}\n`),
    enter(beacon) {
      // What has nothing left to do may still wait for one answer; what calls process.exit() only saves.
      on.last = () => void beacon.close();
      on.exit = () => beacon.save();
      process.once("beforeExit", on.last);
      process.once("exit", on.exit);
    },
    leave() {
      if (on.last) process.removeListener("beforeExit", on.last);
      store.durable = true;
      found.ends();
    },
    ends() {},
  };
  return found;
}

export class Beacon extends Core {
  constructor(given) {
    const own = home(new Store(given.state ?? place(given.number)));
    let ending = false;
    own.ends = () => (ending = true);
    own.transport = (address, body) => post(address, body, ending ? { timeout: ENDING, waited: true } : {});
    super(given, own);
  }
}

/** The stamp of the file at `path`, from the file beside it or from `path` itself; null for none that can be read. */
export function beside(path) {
  for (const each of [`${path}.upheld.json`, String(path)]) {
    try {
      const text = begins(each);
      const said = text.startsWith(STAMP) ? text.split("\n")[1] : text;
      const { number, product, version, platform, site } = JSON.parse(said);
      if ([number, product, version, platform, site].every((text) => typeof text === "string"))
        return { number, product, version, platform, site };
    } catch {
      // No such file, or none of ours: the next one is looked at.
    }
  }
  return null;
}

/** The first 4096 bytes of a file: a product itself may be large. */
function begins(path) {
  const file = openSync(path, "r");
  try {
    const room = Buffer.alloc(4096);
    return room.toString("utf8", 0, readSync(file, room));
  } finally {
    closeSync(file);
  }
}

export { LEVELS } from "./levels.js";
