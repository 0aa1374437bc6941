import assert from "node:assert/strict";
import { mkdirSync, readFileSync, readdirSync, statSync, unlinkSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { DAY, NUMBER, around } from "./site.js";

const state = (site) => JSON.parse(readFileSync(site.state, "utf8"));

test("what was counted is shown as it is sent", async (t) => {
  const site = await around(t);
  const beacon = site.beacon();
  beacon.count("start");
  beacon.count("display", "webvr");
  beacon.count("display", "webvr", 2);
  const shown = beacon.show();
  assert.deepEqual(JSON.parse(shown), {
    v: 1,
    number: NUMBER,
    product: "engine",
    days: [
      { day: "2026-11-23", version: "1.2.3", platform: "linux-x64", counts: { display: { webvr: 3 }, start: 1 } },
    ],
  });
  assert.equal(await beacon.send(), true);
  assert.equal(site.taken[0].body, shown);
  assert.equal(beacon.show(), "");
});

test("what is not in the vocabulary is counted nowhere, and nothing is thrown", async (t) => {
  const site = await around(t);
  const said = [];
  const beacon = site.beacon({ debug: (sentence) => said.push(sentence) });
  const wrong = [
    ["fly"], ["display"], ["display", "mirror"], ["start", "now"], ["display.webvr"], [null], [Symbol("start")],
    ["__proto__"], ["constructor"], ["start", "", 0], ["start", "", -1], ["start", "", 1.5], ["start", "", "2"],
    [{ toString() { throw new Error("no"); } }],
  ];
  for (const each of wrong) beacon.count(...each);
  assert.equal(said.length, wrong.length);
  assert.equal(beacon.show(), "");
  site.beacon({ debug() { throw new Error("no"); } }).count("fly");
});

test("the vocabulary is taken as the command prints it", async (t) => {
  const site = await around(t);
  const beacon = site.beacon({ events: { start: { title: "Started", values: [] }, display: { values: ["webvr"] } } });
  beacon.count("start");
  beacon.count("display", "webvr");
  assert.deepEqual(JSON.parse(beacon.show()).days[0].counts, { start: 1, display: { webvr: 1 } });
});

test("a million counts are all there, in a small file", async (t) => {
  const site = await around(t);
  const beacon = site.beacon();
  for (let turn = 0; turn < 1_000_000; turn++) {
    beacon.count("start");
    if (turn % 100_000 === 0) beacon.save();
  }
  assert.deepEqual(JSON.parse(beacon.show()).days[0].counts, { start: 1_000_000 });
  assert.ok(statSync(site.state).size < 600);
});

test("ninety days offline hold sixty-two and little room", async (t) => {
  const site = await around(t);
  const transport = () => Promise.reject(new Error("offline"));
  let largest = 0;
  for (let day = 0; day < 90; day++) {
    const beacon = site.beacon({ transport });
    beacon.count("start");
    beacon.count("display", "webvr");
    assert.equal(await beacon.send(), false);
    largest = Math.max(largest, statSync(site.state).size);
    site.now += DAY;
  }
  assert.equal(Object.keys(state(site).days).length, 62);
  assert.ok(largest < 6_000);
  assert.equal(await site.beacon().send(), true);
  assert.equal(site.taken[0].json.days.length, 60);
});

test("a clock that jumps ahead and back loses nothing of the true days", async (t) => {
  const site = await around(t);
  const beacon = site.beacon();
  for (const jump of [4_000, -4_000, 0]) {
    beacon.count("start");
    beacon.save();
    site.now += jump * DAY;
  }
  assert.equal(await beacon.send(), true);
  assert.deepEqual(site.held(), { "2026-11-23": { start: 2 } });
});

test("a clock that tells nothing counts nothing and throws nothing", async (t) => {
  const site = await around(t);
  const said = [];
  const beacon = site.beacon({ debug: (sentence) => said.push(sentence) });
  site.now = Number.NaN;
  beacon.count("start");
  assert.equal(beacon.save(), false);
  assert.ok(said.length);
});

test("a state that cannot be read counts nothing until the user chooses", async (t) => {
  const site = await around(t);
  for (const text of ["", "{", "[]", "null", '{"v": 2}', '{"v": 1, "days": 3}', "[".repeat(9_000)]) {
    writeFileSync(site.state, text);
    const beacon = site.beacon();
    beacon.count("start");
    assert.equal(beacon.level, "off");
    assert.equal(readFileSync(site.state, "utf8"), text);
    beacon.choose("counters");
    beacon.count("start");
    assert.match(beacon.show(), /"start":1/);
    unlinkSync(site.state);
  }
});

test("the state is its user's alone, and nothing is left beside it", async (t) => {
  const site = await around(t);
  const beacon = site.beacon();
  beacon.count("start");
  beacon.save();
  assert.equal(statSync(site.state).mode & 0o777, 0o600);
  assert.deepEqual(readdirSync(site.folder), ["state.json"]);
});

test("without a place for its state the beacon is off and says so", async (t) => {
  const site = await around(t);
  const said = [];
  writeFileSync(`${site.folder}/file`, "");
  const beacon = site.beacon({ state: `${site.folder}/file/state.json`, debug: (sentence) => said.push(sentence) });
  beacon.count("start");
  assert.equal(beacon.level, "off");
  assert.match(said[0], /no place/);
});

test("memory is bounded when no disk takes the counts", async (t) => {
  const site = await around(t);
  const beacon = site.beacon();
  unlinkSync(site.state);
  mkdirSync(site.state);
  for (let day = 0; day < 100; day++) {
    beacon.count("start");
    assert.equal(beacon.save(), false);
    site.now += DAY;
  }
  site.now -= DAY;
  const { rmdirSync } = await import("node:fs");
  rmdirSync(site.state);
  assert.equal(beacon.save(), true);
  assert.equal(Object.keys(state(site).days).length, 62);
});

test("a beacon that is set up wrongly is off and says so", async (t) => {
  const site = await around(t);
  for (const wrong of [
    { site: "http://exokit.example" }, { site: "file:///etc" }, { site: undefined }, { site: "https://a@b" },
    { number: "" }, { version: "1 2" }, { platform: undefined },
  ]) {
    const said = [];
    const beacon = site.beacon({ ...wrong, debug: (sentence) => said.push(sentence) });
    beacon.count("start");
    assert.equal(beacon.level, "off");
    assert.equal(said.length, 1);
  }
  assert.deepEqual(readdirSync(site.folder), []);
});
