import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { asked, wait } from "../src/exchange.js";
import { level } from "../src/levels.js";
import { said } from "../src/node.js";
import { DAY, DISOWNED, NUMBER, around, refuse } from "./site.js";

const paths = (site) => site.taken.map(({ path }) => path);

test("a report on the wire has nothing but its schema", async (t) => {
  const site = await around(t);
  const beacon = site.beacon();
  beacon.count("start");
  assert.equal(await beacon.send(), true);
  const [{ path, headers, body, json }] = site.taken;
  assert.equal(path, "/usage/v1/report");
  assert.deepEqual(headers, {
    "Content-Type": "application/json",
    "Content-Length": String(body.length),
    Host: site.url.slice(7),
    Connection: "close",
  });
  assert.deepEqual(Object.keys(json), ["v", "number", "product", "days"]);
  assert.deepEqual(Object.keys(json.days[0]), ["day", "version", "platform", "counts"]);
});

test("the background reports once a day, and only when a day has ended", async (t) => {
  const site = await around(t);
  const beacon = site.beacon();
  beacon.count("start");
  await beacon.send({ leaving: false });
  assert.equal(site.taken.length, 0);
  site.now += DAY;
  for (let turn = 0; turn < 3; turn++) {
    beacon.count("start");
    await beacon.send({ leaving: false });
  }
  assert.equal(site.taken.length, 1);
  site.now += DAY;
  await beacon.send({ leaving: false });
  assert.deepEqual(site.held(), { "2026-11-23": { start: 1 }, "2026-11-24": { start: 3 } });
});

test("a product that ends often reports eight times a day", async (t) => {
  const site = await around(t);
  for (let turn = 0; turn < 30; turn++) {
    const beacon = site.beacon();
    beacon.count("start");
    await beacon.send();
    site.now += 600_000;
  }
  assert.equal(site.taken.length, 8);
  site.now += DAY;
  assert.equal(await site.beacon().send(), true);
  assert.deepEqual(site.held(), { "2026-11-23": { start: 30 } });
});

test("failures wait longer each time, and as long as the site asks", async (t) => {
  const site = await around(t);
  site.answers = [{ status: 503, headers: { "Retry-After": "7200" } }];
  const beacon = site.beacon();
  beacon.count("start");
  assert.equal(await beacon.send(), false);
  site.now += 7_100_000;
  assert.equal(await beacon.send(), false);
  assert.equal(site.taken.length, 1);
  site.now += 200_000;
  assert.equal(await beacon.send(), true);
  assert.deepEqual([0, 1, 2, 20].map((failures) => wait(failures, 0, 1)), [600_000, 1_200_000, 2_400_000, DAY]);
  assert.deepEqual(["120", "", undefined, "soon", "-5"].map((text) => asked(text, site.now)), [120_000, 0, 0, 0, 0]);
  assert.equal(asked("9".repeat(30), site.now), 7 * DAY);
  assert.equal(asked(new Date(site.now + 60_000).toUTCString(), site.now), 60_000);
});

test("after 403 nothing is sent again, and what waited is gone", async (t) => {
  const site = await around(t);
  site.answers = [DISOWNED];
  const beacon = site.beacon();
  beacon.count("start");
  assert.equal(await beacon.send(), false);
  assert.equal(beacon.level, "local");
  assert.deepEqual(JSON.parse(readFileSync(site.state, "utf8")).days, {});
  site.now += DAY;
  const again = site.beacon();
  again.count("start");
  assert.equal(await again.send(), false);
  assert.equal(site.taken.length, 1);
});

test("what is refused is dropped, and the rest goes", async (t) => {
  for (const [field, left] of [
    ["days[0].counts.display.webvr", { "2026-11-23": { start: 1, "display.screen": 1 } }],
    ["days[0].counts.display", { "2026-11-23": { start: 1 } }],
    ["days[0].counts.display.?", { "2026-11-23": { start: 1 } }],
    ["days[0].version", {}],
    ["days[7]", {}],
    ["product", {}],
    ["", {}],
  ]) {
    const site = await around(t);
    site.answers = [refuse(field)];
    const beacon = site.beacon();
    beacon.count("start");
    beacon.count("display", "screen");
    beacon.count("display", "webvr");
    assert.equal(await beacon.send(), true);
    site.taken.shift();
    assert.deepEqual(site.held(), left);
  }
});

test("a site that refuses everything is asked eight times at most", async (t) => {
  const site = await around(t);
  site.usual = refuse("days[0].version");
  for (let version = 0; version < 20; version++) {
    const beacon = site.beacon({ version: `1.0.${version}` });
    beacon.count("start");
    beacon.save();
  }
  assert.equal(await site.beacon().send(), false);
  assert.equal(site.taken.length, 8);
});

test("other answers keep the counts, and no redirect is followed", async (t) => {
  for (const status of [301, 307, 400, 404, 429, 500]) {
    const site = await around(t);
    site.answers = [{ status, headers: { Location: `${site.url}/elsewhere` } }];
    const beacon = site.beacon();
    beacon.count("start");
    assert.equal(await beacon.send(), false);
    assert.deepEqual(paths(site), ["/usage/v1/report"]);
    site.now += 2 * DAY;
    assert.equal(await beacon.send(), true);
  }
});

test("a report that grows too large goes in several", async (t) => {
  const site = await around(t);
  const events = Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`event_${n}`, ["a_rather_long_value", "another"]]));
  const beacon = site.beacon({ events });
  for (let day = 0; day < 60; day++) {
    for (const [event, values] of Object.entries(events)) for (const value of values) beacon.count(event, value);
    beacon.save();
    site.now += DAY;
  }
  assert.equal(await beacon.send(), true);
  assert.ok(site.taken.length > 1 && site.taken.length <= 8);
  assert.ok(Math.max(...site.taken.map(({ body }) => body.length)) <= 48 * 1024);
  assert.equal(Object.keys(site.held()).length, 60);
});

test("the first word holds, and an unknown one means off", () => {
  assert.equal(level(false, "", null, undefined, "counters"), "counters");
  assert.equal(level(false, undefined, "", "local", "counters"), "local");
  assert.equal(level(false, "off", "counters"), "off");
  assert.equal(level(false, "no, thanks", "counters"), "off");
  assert.equal(level(true, "counters"), "off");
  assert.equal(level(false), "off");
  assert.deepEqual(said({ DO_NOT_TRACK: "1" }), { refused: true, word: undefined });
  assert.equal(said({ DO_NOT_TRACK: "0" }).refused, false);
});

test("off leaves no file, says nothing and sends nothing", async (t) => {
  const site = await around(t);
  t.after(() => delete process.env.DO_NOT_TRACK);
  process.env.DO_NOT_TRACK = "1";
  const beacon = site.beacon({ notice: () => assert.fail("nothing is counted") });
  beacon.count("start");
  assert.equal(await beacon.close(), false);
  assert.equal(site.taken.length, 0);
  assert.throws(() => readFileSync(site.state), { code: "ENOENT" });
});

test("local counts stay here, also when the user changes their mind", async (t) => {
  const site = await around(t);
  const beacon = site.beacon({ level: "local" });
  beacon.count("start");
  assert.equal(beacon.show(), "");
  beacon.choose("counters");
  beacon.count("display", "webvr");
  assert.equal(await beacon.send(), true);
  assert.deepEqual(site.held(), { "2026-11-23": { "display.webvr": 1 } });
});

test("a choice stays, and what waited is not sent", async (t) => {
  for (const wanted of ["off", "local"]) {
    const site = await around(t);
    const beacon = site.beacon();
    beacon.count("start");
    beacon.choose(wanted);
    site.now += DAY;
    assert.equal(site.beacon({ level: "counters" }).level, wanted);
    assert.equal(await site.beacon().send(), false);
    assert.equal(site.taken.length, 0);
    assert.throws(() => beacon.choose("some"), RangeError);
  }
});

test("forget deletes here and there, and today is not counted again", async (t) => {
  const site = await around(t);
  const [other, beacon] = [site.beacon(), site.beacon()];
  beacon.count("start");
  await beacon.send();
  other.count("start");
  assert.equal(await beacon.forget(), true);
  assert.deepEqual([site.taken[1].path, site.taken[1].json], ["/usage/v1/forget", { v: 1, number: NUMBER }]);
  beacon.count("start");
  for (const each of [beacon, other]) assert.equal(await each.send(), true);
  assert.equal(site.taken.length, 2);
  site.now += DAY;
  beacon.count("start");
  await beacon.send();
  assert.deepEqual(site.taken[2].json.days.map(({ day }) => day), ["2026-11-24"]);
});

test("a deletion that did not reach the site is asked again before anything is sent", async (t) => {
  const site = await around(t);
  site.answers = [{ status: 503 }];
  const beacon = site.beacon();
  assert.equal(await beacon.forget(), false);
  site.now += DAY;
  beacon.count("start");
  assert.equal(beacon.show(), "");
  await beacon.send({ leaving: false });
  assert.deepEqual(paths(site), ["/usage/v1/forget", "/usage/v1/forget"]);
  await beacon.send();
  assert.equal(paths(site)[2], "/usage/v1/report");
});
