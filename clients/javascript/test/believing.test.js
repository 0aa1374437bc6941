import assert from "node:assert/strict";
import { test } from "node:test";
import { DAY, DISOWNED, around, refuse } from "./site.js";

const NOT_OURS = [
  "", "<!doctype html><title>403 Forbidden</title>", refuse("").body, refuse("product").body,
  '{"error": {"field": ["number"]}}', "[]", "null", "[".repeat(9_000),
];

test("a 403 that is not the endpoint's own keeps the counts for later", async (t) => {
  for (const body of NOT_OURS) {
    const site = await around(t);
    site.answers = [{ status: 403, body }];
    const beacon = site.beacon();
    beacon.count("start");
    assert.equal(await beacon.send(), false);
    assert.equal(beacon.level, "counters");
    site.now += 60_000;
    assert.equal(await beacon.send(), false);
    assert.equal(site.taken.length, 1);
    site.now += DAY;
    assert.equal(await beacon.send(), true);
    assert.deepEqual(site.held(), { "2026-11-23": { start: 1 } });
  }
});

test("only the endpoint itself confirms a deletion", async (t) => {
  const others = ["", "<title>Sign in</title>", '{"forgotten": 1}', "[]", "null"];
  for (const answer of [...NOT_OURS.map((body) => ({ status: 403, body })), ...others.map((body) => ({ status: 200, body }))]) {
    const site = await around(t);
    site.answers = [answer];
    const beacon = site.beacon();
    assert.equal(await beacon.forget(), false);
    site.now += DAY;
    assert.equal(await beacon.send({ leaving: false }), true);
    assert.deepEqual(site.taken.map(({ path }) => path), ["/usage/v1/forget", "/usage/v1/forget"]);
    site.answers = [DISOWNED];
    assert.equal(await beacon.forget(), true);
  }
});

test("the user takes a stop back, and the next answer decides", async (t) => {
  const site = await around(t);
  const beacon = site.beacon();
  site.answers = [DISOWNED];
  beacon.count("start");
  await beacon.send();
  for (const [answers, held] of [[[DISOWNED], "local"], [[], "counters"]]) {
    beacon.choose("counters");
    assert.equal(beacon.level, "counters");
    site.answers = answers;
    beacon.count("start");
    assert.equal(await beacon.send(), held === "counters");
    assert.deepEqual([beacon.level, site.beacon().level], [held, held]);
  }
  assert.equal(site.taken.length, 3);
});
