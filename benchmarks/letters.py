"""How well, and how fast, letters coming in are understood: precision and recall by kind and by language."""

import json
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from email.message import EmailMessage
from pathlib import Path

from benchmarks.ratios import Shown
from tests.mailbox.corpus import FOLDER, HELD, Sample, samples
from upheld.mailbox.answering import outcome
from upheld.mailbox.wants import Kind, wants

OTHERS = Path(__file__).parents[2] / "shared" / "letters" / "letters.jsonl"
NAMES = {"admonition": "reminder", "complaint": "concern"}  # what that collection calls our kinds
ROUNDS = 3


def measure() -> Iterator[Shown]:
    """Tables for our own letters, those held back from the grammar's making, and those that lie beside the project."""
    own, held = list(samples(FOLDER)), list(samples(HELD))
    yield _by_kind("Own letters", own)
    yield _by_kind("Letters held back", held)
    yield _by_language("Own letters and those held back, by language", [*own, *held])
    others = list(_others())
    if others:
        yield _by_kind("Letters of datenanfragen.de", others)
    yield _speed([*own, *held, *others])


def _others() -> Iterator[Sample]:
    """Each has one kind there, whatever else it asks for: some precision is lost to what it does ask for besides."""
    if OTHERS.is_file():
        for line in OTHERS.read_text("utf-8").splitlines():
            told = json.loads(line)
            kind = NAMES.get(told["kind"], told["kind"])
            yield Sample(told["lang"], frozenset({kind}), "", told["body"])


def _by_kind(title: str, letters: Iterable[Sample]) -> Shown:
    right, found, wanted = Counter[str](), Counter[str](), Counter[str]()
    exact, count = 0, 0
    for each in letters:
        told = {str(kind) for kind in wants(each.text, each.subject).kinds}
        right.update(told & each.kinds)
        found.update(told)
        wanted.update(each.kinds)
        exact, count = exact + (told == each.kinds), count + 1
    rows = [
        (kind.value, str(wanted[kind]), _share(right[kind], found[kind]), _share(right[kind], wanted[kind]))
        for kind in Kind
        if wanted[kind] or found[kind]
    ]
    return (
        f"{title}: {exact} of {count} understood exactly",
        ("kind", "letters", "precision", "recall"),
        rows,
    )


def _by_language(title: str, letters: Iterable[Sample]) -> Shown:
    counts, exact, told = Counter[str](), Counter[str](), Counter[str]()
    for each in letters:
        found = wants(each.text, each.subject)
        counts[each.language] += 1
        exact[each.language] += {str(kind) for kind in found.kinds} == each.kinds
        told[each.language] += found.language == each.language
    rows = [(code, str(n), _share(exact[code], n), _share(told[code], n)) for code, n in sorted(counts.items())]
    return title, ("language", "letters", "understood exactly", "language told"), rows


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.0%}" if whole else "-"


def _speed(letters: list[Sample]) -> Shown:
    """From bytes to what becomes of a letter, in processor time, the best of a few rounds: whatever else runs."""
    rows = []
    for title, longest in (("up to 500 characters", 500), ("longer", 10**6)):
        raw = [_raw(each) for each in letters if (len(each.text) > 500) == (longest > 500)]
        if raw:
            rows.append((title, f"{sum(map(len, raw)) / len(raw):,.0f}", f"{len(raw) / min(_rounds(raw)):,.0f}"))
    return "Letters read, parsing and understanding them", ("letters", "bytes, mean", "a second of one processor"), rows


def _raw(letter: Sample) -> bytes:
    message = EmailMessage()
    message["From"], message["Subject"] = "ann@example.org", letter.subject
    message.set_content(letter.text)
    return message.as_bytes()


def _rounds(raw: list[bytes]) -> Iterator[float]:
    for _ in range(ROUNDS):
        began = time.process_time()
        for each in raw:
            outcome(each)
        yield time.process_time() - began
