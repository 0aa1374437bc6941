"""The user's command: `python -m upheld_beacon show|forget|off|local|counters [--state FILE]`."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from pathlib import Path

from .choices import choose, forget, shown
from .exchange import Exchange
from .levels import LEVELS, level
from .sending import post
from .state import State, Store, folder


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="upheld-beacon", description="See, delete or switch off what a build counts.")
    parser.add_argument("act", choices=("show", "forget", *LEVELS))
    parser.add_argument("--state", type=Path, help="the file of one build; otherwise all of this user's are meant")
    chosen = parser.parse_args(arguments)
    paths = [chosen.state] if chosen.state else sorted(folder().glob("*.json"))
    if not paths or not all(path.exists() for path in paths):
        sys.stderr.write("No build of this user counts here; --state names the file of one that counts elsewhere.\n")
        return 1
    codes = []
    for path in paths:
        try:
            codes.append(_do(chosen.act, Store(path)))
        except OSError as why:
            sys.stderr.write(f"{path}: {why}\n")
            codes.append(1)
    return max(codes)


def _do(act: str, store: Store) -> int:
    if act == "show":
        return _show(store.read())
    if act == "forget":
        return _forget(store)
    state = store.change(lambda state: choose(state, act), anew=True)
    sys.stderr.write(f"{state.product or store.path}: {act}.\n")
    return 0


def _show(state: State) -> int:
    """What would be sent, to standard output; what is said about it, to standard error."""
    now = level(os.environ, state.level, "counters")
    sys.stderr.write(f"{state.product}, {now}. Waiting to be sent to {state.site}:\n")
    sys.stdout.write(f"{'' if now in ('off', 'local') else shown(state, time.time())}\n")
    if state.forget:
        sys.stderr.write(f"{state.site} has not confirmed the deletion yet; nothing is sent before it has.\n")
    elif state.stopped:
        sys.stderr.write(f"{state.site} takes no more from this number; `counters` asks it again.\n")
    if state.local:
        sys.stderr.write(f"Stays here: {json.dumps(state.local)}\n")
    return 0


def _forget(store: Store) -> int:
    state = store.change(lambda state: forget(state, time.time()), anew=True)
    if not state.site:
        sys.stderr.write(f"{store.path}: deleted here. Its site is not known here, and was not asked.\n")
        return 1
    exchange = Exchange(store, post, time.time)
    done = exchange.forget(state)
    if not done:
        said = f"deleted here. {state.site} has not confirmed it yet; it is asked again, or ask it later."
    elif exchange.unknown:
        said = f"deleted here. {state.site} does not know this number."
    else:
        said = f"deleted, here and at {state.site}."
    sys.stderr.write(f"{state.product}: {said}\n")
    return 0 if done else 1


if __name__ == "__main__":
    sys.exit(main())
