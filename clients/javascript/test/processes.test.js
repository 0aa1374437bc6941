import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { Store } from "../src/file.js";
import { beside } from "../src/node.js";
import { DISOWNED, EVENTS, NUMBER, around } from "./site.js";

const SOURCE = new URL("../src/node.js", import.meta.url);
const COMMAND = fileURLToPath(new URL("../src/command.js", import.meta.url));

/** A program of its own: what it said, how it ended, and after how many milliseconds. */
function run(words, environment = {}) {
  const { DO_NOT_TRACK, UPHELD_BEACON, ...known } = process.env;
  const began = performance.now();
  return new Promise((resolve) => {
    execFile(process.execPath, words, { env: { ...known, ...environment }, timeout: 60_000 }, (why, out, err) =>
      resolve({ code: why ? (why.code ?? why.signal) : 0, out, err, took: performance.now() - began }),
    );
  });
}

function product(site, then, environment) {
  const given = { number: NUMBER, product: "engine", version: "1.2.3", platform: "linux-x64" };
  const more = JSON.stringify({ ...given, site: site.url, events: EVENTS, state: site.state });
  const program = `import { Beacon } from ${JSON.stringify(SOURCE)}; const beacon = new Beacon(${more}); ${then}`;
  return run(["--input-type=module", "--eval", program], environment);
}

const days = (site) => Object.values(JSON.parse(readFileSync(site.state, "utf8")).days);

test("a program that ends reports by itself and says one line, once", async (t) => {
  const site = await around(t);
  const first = await product(site, 'beacon.count("start");');
  assert.equal(first.code, 0, first.err);
  assert.match(first.err, /^engine counts day by day .* UPHELD_BEACON=off\|local\|counters .*\n$/);
  assert.deepEqual(Object.values(site.held()), [{ start: 1 }]);
  assert.equal((await product(site, 'beacon.count("start");')).err, "");
  assert.deepEqual(Object.values(site.held()), [{ start: 2 }]);
});

test("a program that calls process.exit() saves", async (t) => {
  const site = await around(t);
  await product(site, 'beacon.count("start"); process.exit(3);');
  assert.equal(site.taken.length, 0);
  assert.deepEqual(days(site), [{ "1.2.3 linux-x64": { start: 1 } }]);
});

test("a site that never answers delays an end by a second at most", async (t) => {
  const site = await around(t);
  site.usual = { never: true };
  const quick = await product(site, "process.exit();");
  const slow = await product(site, 'beacon.count("start");');
  assert.equal(slow.code, 0);
  assert.equal(site.taken.length, 1);
  assert.ok(slow.took - quick.took < 1_500, `${slow.took - quick.took} ms more`);
});

test("six processes at once lose and double nothing", async (t) => {
  const site = await around(t);
  const work = 'let saved = 0; while (saved < 200) { beacon.count("start"); if (beacon.save()) saved++; } process.exit();';
  const ends = await Promise.all(Array.from({ length: 6 }, () => product(site, work)));
  assert.deepEqual(ends.map(({ code }) => code), Array(6).fill(0));
  const counted = days(site)[0]["1.2.3 linux-x64"].start;
  assert.ok(counted >= 1_200, `${counted}`);
  assert.equal(ends.filter(({ err }) => err.includes("UPHELD_BEACON")).length, 1);
});

test("counts that could not be saved are saved once", async (t) => {
  const site = await around(t);
  const work = `for (let turn = 0; turn < 200; turn++) { beacon.count("start"); beacon.save(); }
    while (!beacon.save()); process.exit();`;
  await Promise.all(Array.from({ length: 6 }, () => product(site, work)));
  assert.deepEqual(days(site)[0], { "1.2.3 linux-x64": { start: 1_200 } });
});

test("a death between writing and renaming leaves the state before, and its lock is taken over", async (t) => {
  const site = await around(t);
  await product(site, 'beacon.count("start"); beacon.save(); process.exit();');
  const before = readFileSync(site.state, "utf8");
  const dies = `import fs from "node:fs"; import { syncBuiltinESMExports } from "node:module";
    const rename = fs.renameSync;
    fs.renameSync = (from, to) => from.endsWith(".new") ? process.kill(process.pid, "SIGKILL") : rename(from, to);
    syncBuiltinESMExports(); beacon.count("start"); beacon.save(); while (true);`;
  assert.equal((await product(site, dies)).code, "SIGKILL");
  assert.equal(readFileSync(site.state, "utf8"), before);
  assert.ok(readdirSync(site.folder).includes("state.json.lock"));
  const beacon = site.beacon({ clock: Date.now });
  beacon.count("start");
  assert.equal(beacon.save(), true);
  assert.deepEqual(days(site), [{ "1.2.3 linux-x64": { start: 2 } }]);
});

test("a lock that lives is let be, and one that is old is taken over", async (t) => {
  const site = await around(t);
  const beacon = site.beacon();
  beacon.count("start");
  writeFileSync(`${site.state}.lock`, `${process.ppid} somebody`);
  assert.equal(beacon.save(), false);
  const old = new Date(Date.now() - 60_000);
  utimesSync(`${site.state}.lock`, old, old);
  assert.equal(beacon.save(), true);
});

test("whoever lost the lock lets the other one's change stand", async (t) => {
  const site = await around(t);
  const store = new Store(site.state);
  store.change((state) => (state.number = "one"));
  const late = () => store.change((state) => {
    state.number = "two";
    writeFileSync(store.lock, "1 somebody else");
  });
  assert.throws(late, /taken over/);
  assert.equal(store.read().number, "one");
});

test("the command shows what is sent next, chooses and deletes", async (t) => {
  const site = await around(t);
  const beacon = site.beacon({ clock: Date.now });
  beacon.count("start");
  const state = ["--state", site.state];
  const waiting = beacon.show();
  assert.equal((await run([COMMAND, "show", ...state])).out, `${waiting}\n`);
  assert.equal((await run([COMMAND, "local", ...state])).code, 0);
  assert.equal(site.beacon().level, "local");
  assert.match((await run([COMMAND, "forget", ...state])).err, /deleted, here and at/);
  assert.equal(site.taken.at(-1).path, "/usage/v1/forget");
  site.deleting = { status: 403, body: "<title>403 Forbidden</title>" };
  const unsure = await run([COMMAND, "forget", ...state]);
  assert.equal(unsure.code, 1);
  assert.match(unsure.err, /deleted here\. .* has not confirmed it yet/);
  assert.match((await run([COMMAND, "show", ...state])).err, /has not confirmed the deletion yet/);
  site.deleting = DISOWNED;
  assert.match((await run([COMMAND, "forget", ...state])).err, /deleted here\. .* does not know this number/);
  assert.equal((await run([COMMAND, "fly"])).code, 2);
  assert.match((await run([COMMAND, "show", "--state", `${site.folder}/none`])).err, /No build of this user/);
});

test("a number is read from the file beside the product", async (t) => {
  const site = await around(t);
  const stamp = { number: NUMBER, product: "engine", version: "1.2.3", platform: "any", site: "https://exokit.example" };
  assert.equal(beside(`${site.folder}/engine`), null);
  writeFileSync(`${site.folder}/engine.upheld.json`, JSON.stringify({ v: 1, ...stamp }));
  assert.deepEqual(beside(`${site.folder}/engine`), stamp);
  writeFileSync(`${site.folder}/engine.upheld.json`, `upheld-build-stamp/v1\n${JSON.stringify({ v: 1, ...stamp })}\nAAAA\n`);
  assert.deepEqual(beside(`${site.folder}/engine`), stamp);
  for (const text of ["", "upheld-build-stamp/v1\n", "[]", "{}", "null", JSON.stringify({ ...stamp, number: 3 }), "[".repeat(3_000)]) {
    writeFileSync(`${site.folder}/engine.upheld.json`, text);
    assert.equal(beside(`${site.folder}/engine`), null);
  }
  mkdirSync(`${site.folder}/other.upheld.json`);
  assert.equal(beside(`${site.folder}/other`), null);
});
