// A site on this machine that takes what beacons send, and beacons as a product has them.

import { mkdtempSync, rmSync } from "node:fs";
import http from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Beacon } from "../src/node.js";

export const NUMBER = "4K7QX-0M2ZD-9RC1V-HT5JW-8BN3G";
export const EVENTS = { start: [], display: ["screen", "webvr"], crash: ["graphics", "memory"] };
export const DAY = 86_400_000;
export const refuse = (field, status = 400) => ({ status, body: JSON.stringify({ error: { field, reason: "No." } }) });
export const DISOWNED = refuse("number", 403);
export const NOON = Date.UTC(2026, 10, 23, 12);

/** A site, a folder and a clock for one test; `answers` are said first, then `usual`. */
export async function around(context) {
  const site = { taken: [], answers: [], usual: { status: 202, body: '{"taken": 1}' }, now: NOON };
  site.deleting = { status: 200, body: '{"forgotten": true}' }; // the usual for a deletion
  const server = http.createServer(async (request, response) => {
    let body = "";
    for await (const part of request) body += part;
    const headers = Object.fromEntries(pairs(request.rawHeaders));
    site.taken.push({ path: request.url, headers, body, json: JSON.parse(body) });
    const usual = request.url === "/usage/v1/forget" ? site.deleting : site.usual;
    const told = site.answers.shift() ?? usual;
    if (told.never) return;
    response.writeHead(told.status, told.headers ?? {}).end(told.body ?? "");
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  site.url = `http://127.0.0.1:${server.address().port}`;
  site.folder = mkdtempSync(join(tmpdir(), "upheld-beacon-"));
  site.state = join(site.folder, "state.json");
  site.beacon = (other = {}) =>
    new Beacon({
      number: NUMBER, product: "engine", version: "1.2.3", platform: "linux-x64", site: site.url, events: EVENTS,
      state: site.state, clock: () => site.now, background: false, notice() {}, ...other,
    });
  site.held = () => held(site.taken);
  context.after(() => {
    server.closeAllConnections();
    server.close();
    rmSync(site.folder, { recursive: true });
  });
  return site;
}

function* pairs(raw) {
  for (let at = 0; at < raw.length; at += 2) yield [raw[at], raw[at + 1]];
}

/** What a site holds after all reports: of each count the largest. */
function held(taken) {
  const found = {};
  for (const { json } of taken)
    for (const { day, counts } of json.days ?? [])
      for (const [event, said] of Object.entries(counts))
        for (const [value, times] of typeof said === "object" ? Object.entries(said) : [["", said]]) {
          const what = value ? `${event}.${value}` : event;
          (found[day] ??= {})[what] = Math.max(found[day][what] ?? 0, times);
        }
  return found;
}
