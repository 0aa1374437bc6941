#!/usr/bin/env node
// The user's command: `npx upheld-beacon show|forget|off|local|counters [--state FILE]`.

import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { DAY, iso } from "./days.js";
import { Exchange } from "./exchange.js";
import { Store, folder } from "./file.js";
import { LEVELS, level } from "./levels.js";
import { post, said } from "./node.js";
import { choose, forget, shown } from "./state.js";

const today = () => Math.floor(Date.now() / DAY);
const tell = (sentence) => process.stderr.write(`${sentence}\n`);

const acts = {
  show(store) {
    const state = store.read();
    const { refused, word } = said();
    const now = level(refused, word, state.level, "counters");
    tell(`${state.product}, ${now}. Waiting to be sent to ${state.site}:`);
    process.stdout.write(`${now === "counters" ? shown(state, today()) : ""}\n`);
    if (state.forget) tell(`${state.site} has not confirmed the deletion yet; nothing is sent before it has.`);
    else if (state.stopped) tell(`${state.site} takes no more from this number; "counters" asks it again.`);
    if (Object.keys(state.local).length) tell(`Stays here: ${JSON.stringify(state.local)}`);
    return 0;
  },
  async forget(store) {
    const state = store.change((found) => forget(found, iso(today())), { anew: true });
    const transport = (address, body) => post(address, body, { waited: true });
    if (!state.site) {
      tell(`${store.path}: deleted here. Its site is not known here, and was not asked.`);
      return 1;
    }
    const exchange = new Exchange(store, transport, Date.now);
    const done = await exchange.forget(state);
    let said = `deleted here. ${state.site} has not confirmed it yet; it is asked again, or ask it later.`;
    if (done) said = exchange.unknown ? `deleted here. ${state.site} does not know this number.` : `deleted, here and at ${state.site}.`;
    tell(`${state.product}: ${said}`);
    return done ? 0 : 1;
  },
};
for (const wanted of LEVELS)
  acts[wanted] = (store) => {
    const state = store.change((found) => choose(found, wanted, today()), { anew: true });
    tell(`${state.product || store.path}: ${wanted}.`);
    return 0;
  };

function states(words) {
  if (words[0] === "--state" && words[1]) return words.slice(1, 2).filter(existsSync);
  const kept = folder();
  return existsSync(kept) ? readdirSync(kept).filter((name) => name.endsWith(".json")).map((name) => join(kept, name)) : [];
}

async function main([act, ...words]) {
  if (!Object.hasOwn(acts, act ?? "") || (words.length && words[0] !== "--state")) {
    tell(`Usage: upheld-beacon ${Object.keys(acts).join("|")} [--state FILE]`);
    return 2;
  }
  const found = states(words);
  if (!found.length) tell("No build of this user counts here; --state names the file of one that counts elsewhere.");
  let code = found.length ? 0 : 1;
  for (const path of found) {
    try {
      code = Math.max(code, await acts[act](new Store(path, 1_000)));
    } catch (why) {
      tell(`${path}: ${why.message}`);
      code = 1;
    }
  }
  return code;
}

process.exitCode = await main(process.argv.slice(2));
