"""The benchmarks run on what is here now; what they measure is for `make bench` on a quiet machine."""

import os
import subprocess
import sys

from tests.instance import CHOICE, PROJECT


def _run(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "benchmarks", "--quick", "--database", os.environ[CHOICE], *arguments]
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    return subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False)


def test_a_little_of_everything_runs() -> None:
    done = _run()
    assert done.returncode == 0, done.stderr
    shown = (
        "request: sign in", "data: open 1,000", "See and erase", "place an order", "webhook", "ledger: verify entries",
        "choice checked",
    )  # fmt: skip
    for each in shown:
        assert each in done.stdout


def test_the_desk_is_measured_next_to_the_twin() -> None:
    done = _run("--desk")
    assert done.returncode == 0, done.stderr
    for each in ("queue of parcels", "queue of conversations", "a case", "open a field", "order number", "e-mail"):
        assert each in done.stdout


def test_rights_are_measured_next_to_others() -> None:
    done = _run("--rights")
    assert done.returncode == 0, done.stderr
    lines = [[cell.strip() for cell in line.split("│")] for line in done.stdout.splitlines() if "│" in line]
    measured = {(line[1], line[2]): line[4::2] for line in lines}
    for rows in ("10", "40"):
        for what, by_others in (("see", 0), ("take along", 1), ("correct one value", 1), ("delete", 2)):
            figures = [float(cell.replace(",", "")) for cell in measured[rows, what] if cell]
            assert len(figures) == 1 + by_others
            assert all(figures)


def test_reports_of_builds_are_measured_next_to_decoding_and_inserting() -> None:
    done = _run("--usage")
    assert done.returncode == 0, done.stderr
    for each in ("then counted", "two workers", "only inflated", "bare inserts", "counters/s"):
        assert each in done.stdout
