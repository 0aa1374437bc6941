"""The specification says what the program does: its example is a policy, and every name stands in it."""

import re
from pathlib import Path

from upheld.policy import RIGHTS, Promise, coverage, loads
from upheld.policy.declarations import SOURCES
from upheld.policy.sections import ALLOWED, CHOICES, NEEDED
from upheld.policy.vocabulary import BASES

SPEC = (Path(__file__).parents[2] / "docs" / "spec" / "policy-file.md").read_text()


def test_its_example_is_a_policy_with_every_sentence_backed():
    [example] = re.findall(r"```markdown\n(.*?)```", SPEC, re.DOTALL)
    policy = loads(example.encode())
    assert coverage(policy).complete
    assert policy.retention_class("order", "address") == "books"


def test_it_names_every_promise_in_order():
    section = SPEC[SPEC.index("## The promises") : SPEC.index("## What follows")]
    assert re.findall(r"^\| `([a-z-]+)` \|", section, re.MULTILINE) == list(Promise)


def test_it_names_every_key_and_word():
    for word in (*NEEDED, *ALLOWED, *SOURCES, *CHOICES, *RIGHTS, *BASES):
        assert f"`{word}`" in SPEC, word
