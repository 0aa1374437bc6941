"""What a beacon costs the product that counts with it: microseconds a count, milliseconds a save, bytes on disk.

With every event and value of the shipped policy, next to adding one to a number (in Python under a lock, which no
counter that threads share can do without). Each language has a process of its own, which saves in the background.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.side import machine
from upheld.policy import load

PROJECT = Path(__file__).parents[1]
Shown = tuple[str, Sequence[str], Sequence[Sequence[str]]]
HEADS = ("what", "Python", "Node")
ROWS = (
    ("add one to a number: µs", "bare", "{:.3f}"),
    ("count an event: µs", "count", "{:.3f}"),
    ("count an event with a value: µs", "value", "{:.3f}"),
    ("count what is not in the vocabulary: µs", "unknown", "{:.3f}"),
    ("start: ms", "start", "{:.1f}"),
    ("save one day: ms", "save", "{:.2f}"),
    ("state after a day: bytes", "day", "{:,.0f}"),
    ("state after 90 days offline: bytes", "months", "{:,.0f}"),
    ("report of 60 days: bytes", "report", "{:,.0f}"),
)

PYTHON = """
import json, os, sys, threading, time
given = json.loads(sys.argv[1]); events, count, state = given["events"], given["count"], given["state"]
began = time.perf_counter()
from upheld_beacon import Beacon
now = [1795435200.0]
def make(path, background):
    return Beacon(number="4K7QX-0M2ZD-9RC1V-HT5JW-8BN3G", product="engine", version="1.2.3", platform="linux-x64",
                  site="http://127.0.0.1:9", events=events, state=path, notice=lambda line: None,
                  clock=time.time if background else lambda: now[0], background=background)
beacon = make(state + "/live.json", True)
found = {"start": (time.perf_counter() - began) * 1e3}
lock, held = threading.RLock(), {}
def bare():
    with lock:
        held["start"] = held.get("start", 0) + 1
def timed(act, *words):
    began = time.perf_counter()
    for _ in range(count):
        act(*words)
    return (time.perf_counter() - began) / count * 1e6
found["bare"] = timed(bare)
found["count"] = timed(beacon.count, "start")
found["value"] = timed(beacon.count, "display", "webvr")
found["unknown"] = timed(beacon.count, "fly")
away = make(state + "/away.json", False)
took = []
for day in range(90):
    for event, values in events.items():
        for value in values or [""]:
            away.count(event, value, 1000)
    began = time.perf_counter()
    away.save()
    took.append(time.perf_counter() - began)
    if not day:
        found["save"], found["day"] = took[0] * 1e3, os.path.getsize(state + "/away.json")
    now[0] += 86400
found["months"], found["report"] = os.path.getsize(state + "/away.json"), len(away.show())
print(json.dumps(found))
"""
NODE = """
import { statSync } from "node:fs";
const { events, count, state } = JSON.parse(process.argv[2]);
let began = performance.now();
const { Beacon } = await import(process.argv[1]);
let now = 1795435200000;
const make = (path, background) => new Beacon({number: "4K7QX-0M2ZD-9RC1V-HT5JW-8BN3G", product: "engine",
  version: "1.2.3", platform: "linux-x64", site: "http://127.0.0.1:9", events, state: path, notice() {},
  clock: background ? Date.now : () => now, background});
const beacon = make(state + "/live-node.json", true);
const found = { start: performance.now() - began };
const held = new Map();
const timed = (act, ...words) => {
  const began = performance.now();
  for (let turn = 0; turn < count; turn++) act(...words);
  return (performance.now() - began) / count * 1e3;
};
found.bare = timed(() => held.set("start", (held.get("start") ?? 0) + 1));
const counting = (event, value) => beacon.count(event, value);
found.count = timed(counting, "start");
found.value = timed(counting, "display", "webvr");
found.unknown = timed(counting, "fly");
const away = make(state + "/away-node.json", false);
for (let day = 0; day < 90; day++) {
  for (const [event, values] of Object.entries(events))
    for (const value of values.length ? values : [""]) away.count(event, value, 1000);
  began = performance.now();
  away.save();
  if (!day) Object.assign(found, { save: performance.now() - began, day: statSync(state + "/away-node.json").size });
  now += 86400000;
}
Object.assign(found, { months: statSync(state + "/away-node.json").size, report: away.show().length });
console.log(JSON.stringify(found));
process.exit();
"""


def measure(count: int) -> Shown:
    """A table of both languages, or of Python alone where Node is not installed. `count` is of each kind."""
    usage = load(PROJECT / "policies" / "exokit.md").usage
    assert usage, "the shipped policy says what builds count"
    events = {name: list(event.values) for name, event in usage.events.items()}
    with tempfile.TemporaryDirectory(prefix="upheld-beacons-") as folder:
        given = json.dumps({"events": events, "count": count, "state": folder})
        python = _run([sys.executable, "-c", PYTHON, given])
        node = _node(given)
    rows = [(what, form.format(python[name]), form.format(node[name]) if node else "") for what, name, form in ROWS]
    return "Beacons: what counting costs the product", HEADS, rows


def _node(given: str) -> dict[str, float] | None:
    found = shutil.which("node")
    module = (PROJECT / "clients" / "javascript" / "src" / "node.js").as_uri()
    return _run([found, "--input-type=module", "--eval", NODE, module, given]) if found else None


def _run(command: list[str]) -> dict[str, float]:
    environment = {"PYTHONPATH": str(PROJECT / "clients" / "python"), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    found: Any = json.loads(done.stdout)
    return dict(found)


def main() -> None:
    console = Console()
    title, heads, rows = measure(1_000_000)
    table = Table(title=title, title_justify="left", title_style="bold")
    for position, head in enumerate(heads):
        table.add_column(head, justify="right" if position else "left")
    for row in rows:
        table.add_row(*row)
    console.print(machine())
    console.print(table)


if __name__ == "__main__":
    main()
