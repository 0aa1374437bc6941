"""Where a sentence ends, which footnotes are its own, and what is no sentence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.policy.shop import prose
from upheld.policy import PolicyError, coverage, loads
from upheld.policy.prose import blocks, parser

DEFINED = "\n\n[^see]: x\n[^correct]: x\n[^delete]: x\n[^note]: x\n"


def read(text):
    """The sentences of a prose, each as its text and labels; every promise it uses is defined."""
    used = [line for line in DEFINED.splitlines() if line and line[: line.index(":")] in text]
    return loads(prose(text + "\n\n" + "\n".join(used)).encode()).sentences


def split(text):
    return [(each.text, *each.labels) for each in read(text)]


ONE = [
    "Ask Dr. Smith about it.",
    "Use a browser, e.g. Firefox, to see it.",
    "That is, i.e. This one.",
    "Write to hello@webmr.io about it.",
    "Write to <hello@webmr.io>, please.",
    "See https://example.org/a.b?c=d. e for more",
    "It takes 3.5 seconds at most.",
    "Exokit Inc. keeps it.",
    "Version 1.2.3 is the one.",
    "We keep it\nfor a year.",
    "We **never** sell [it](https://example.org/x.y).",
    'We say "we will." and we do.',
]


@pytest.mark.parametrize("text", ONE)
def test_a_full_stop_inside_a_sentence_does_not_end_it(text):
    if text.startswith("See https"):
        assert len(split(text)) == 2  # a full stop after an address does end it
    else:
        assert len(split(text)) == 1


MANY = {
    "We see it. You see it.": 2,
    "We see it! Do you? Yes.": 3,
    "We sell nothing. nobody buys.": 2,
    "Visit https://example.org/z. Done.": 2,
    "Write to a@b.example. Done.": 2,
    "Ok\u2026 Fine... Good.": 3,
    "\u65e5\u672c\u8a9e\u3002\u6b21\u306e\u6587\u3002": 2,
    "Gr\u00fc\u00dfe gehen raus. Sch\u00f6n \u2014 ja. \U0001f600 Drei.": 3,
    "(We see it. We say it. You (too).)": 3,
    "We keep it (We sell it. We rent it.)": 2,
    "[We sell. You buy.] Then.": 3,
    "\u201cWe sell it. We rent it.\u201d": 2,
    '"We sell." (You buy.) "So."': 3,
    "We sell it (e.g. Some of it. All of it).": 2,
    "- one\n- two\n  and more\n- three": 3,
    "1. one\n2. two": 2,
    "- one\n\n  Another paragraph.\n- two": 3,
    "> Quoted. Twice.": 2,
    "| a | b |\n|---|---|\n| one | two. Three. |\n| \u2014 | |": 3,
    "# A heading. Of two.\n\nHi.": 1,
    "A heading\n=========\n\nHi.": 1,
    "Hi.\n\n---\n\n***\n\nYou.": 2,
}


@pytest.mark.parametrize(("text", "count"), MANY.items())
def test_sentences_are_counted(text, count):
    assert len(split(text)) == count


BACKED = {
    "We see.[^see] You see.": [("We see.", "see"), ("You see.",)],
    "We see. You see.[^see]": [("We see.",), ("You see.", "see")],
    "We see.[^see][^correct] You.[^delete]": [("We see.", "see", "correct"), ("You.", "delete")],
    "(We sell. You see.)[^see]": [("(We sell.",), ("You see.)", "see")],
    "We see[^see] it.": [("We see it.",)],
    "We see[^see].": [("We see.",)],
    "We see. [^see]": [("We see.",)],
    "[^see]We see.": [("We see.",)],
    'We say "so."[^see] You (too.)[^delete]': [('We say "so."', "see"), ("You (too.)", "delete")],
    "**We see.**[^see] *You.*[^delete]": [("We see.", "see"), ("You.", "delete")],
    "We see\nit.[^see]\nYou.[^delete]": [("We see it.", "see"), ("You.", "delete")],
    "We ship to the U.S.[^see] You too.[^delete]": [("We ship to the U.S.", "see"), ("You too.", "delete")],
    "- one[^see]\n- two": [("one", "see"), ("two",)],
    "| a |\n|---|\n| one[^see] |\n| two |": [("one", "see"), ("two",)],
    "> Quoted.[^see]": [("Quoted.", "see")],
    "Hello.[^note]": [("Hello.", "note")],
    "Gr\u00fc\u00dfe \u2014 \U0001f600 ja.[^see] Nein.": [("Gr\u00fc\u00dfe \u2014 \U0001f600 ja.", "see"), ("Nein.",)],
    "Write to <a@b.example>.[^see] `x. y`.[^delete]": [("Write to a@b.example.", "see"), ("x. y.", "delete")],
}


@pytest.mark.parametrize(("text", "expected"), BACKED.items())
def test_a_footnote_backs_the_sentence_before_it_alone(text, expected):
    assert split(text) == expected


def test_each_sentence_has_its_line():
    text = "# Us\n\nOne. Two\nand three.\nFour.\n\n- five\n- six\n\n| a |\n|---|\n| seven |\n| eight |"
    assert [each.line for each in read(text)] == [29, 29, 31, 33, 34, 38, 39]


def test_the_definitions_of_footnotes_are_no_sentences():
    text = "We see.[^see]\n\n[^see]: This. And that.\n\n    And more.\n\nYou."
    assert [each.text for each in loads(prose(text).encode()).sentences] == ["We see.", "You."]


def test_coverage_counts_notes_apart():
    counted = coverage(
        loads(
            prose(
                "Hi.[^note] We see.[^see] We sell.\nYou see.[^see][^note]"
                + DEFINED.replace("[^correct]: x\n[^delete]: x\n", "")
            ).encode()
        )
    )
    assert counted.as_json() == {
        "sentences": 4,
        "backed": 2,
        "notes": 1,
        "coverage": 2 / 3,
        "unbacked": [{"line": 27, "text": "We sell."}],
    }
    assert not counted.complete


def test_a_policy_of_notes_alone_is_covered():
    counted = coverage(loads(prose("Hi.[^note]\n\n[^note]: x").encode()))
    assert (counted.coverage, counted.complete, counted.sentences) == (1.0, True, 1)


@given(st.text('ab.!? "()\u201c\u201d\u2026\n*A\u00fc\u65e5\u3002-', max_size=80))
def test_no_text_is_lost_between_two_sentences(text):
    """Whatever the splitting does, each letter of the prose stands in exactly one sentence, in order."""
    try:
        policy = loads(prose("Hi.\n\n" + text).encode())
    except PolicyError:
        return  # four spaces of indent, say
    shown = "".join(block.text for block in blocks(parser().parse(policy.prose)) if not block.heading)
    told = "".join(each.text for each in policy.sentences)
    assert [each for each in told if each.isalnum()] == [each for each in shown if each.isalnum()]
