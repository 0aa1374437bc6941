"""The reference pages that are made from the code: `make docs` writes them, and a test says when that is due."""

import os
import re
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

DOCS = Path(__file__).parent
MADE = "<!-- Made by `make docs`: change the program, not this page. -->\n\n"

ACTS = """\
# Acts

The vocabulary of what can happen, from `upheld/policy/acts.py`. Every verb asks the policy about one of these, and
every entry of the ledger names one. An act that has no row here nobody can do. The names are part of the ledger's
format: none is ever renamed or used again for something else.

"Stands on" is what the policy has to promise (any of them) or declare (all of them) before anybody may; acts about
data ask for more, which [the specification](../spec/policy-file.md) lists.

| act | who may | stands on |
|---|---|---|
"""

PROMISES = """\
# Promises

What a sentence of a policy can be backed with, from `upheld/policy/promises.py`, and what `upheld verify` looks at to
tell whether it holds. Each check looks at the running instance and can fail; how to repeat it by hand is written with
it. A promise with no check is *not yet enforced*: the page of the policy says so beside the sentence.

"""


def acts_page() -> str:
    from upheld.policy.acts import Act
    from upheld.policy.standing import STANDING

    rows = []
    for act in sorted(Act, key=str):
        row = STANDING[act]
        grounds = [f"`{name}`" for name in sorted(row.promises)] if len(row.promises) < 9 else ["any promise"]
        declared = {"source": row.source, "purpose": row.purpose, "datum": row.datum}
        grounds += [f"the {kind} `{name}`" for kind, name in declared.items() if name]
        rows.append(f"| `{act}` | {', '.join(sorted(row.kinds))} | {', '.join(grounds) or 'the data it is about'} |\n")
    return MADE + ACTS + "".join(rows)


def promises_page() -> str:
    from upheld.evidence.running import found
    from upheld.policy import Promise

    meanings, registered = _meanings(), found()
    parts = []
    for promise in Promise:
        looks = [f"- {check.how} (`{check.name}`)" for check in registered.get(promise, ())]
        shown = "\n".join(looks or ["*Not yet enforced.*"])
        parts.append(f"## {promise}\n\n{_sentence(meanings[promise])}\n\n{shown}\n\n")
    return (MADE + PROMISES + "".join(parts)).rstrip() + "\n"


def _meanings() -> Mapping[str, str]:
    """What each promise commits to, from the table in the specification."""
    table = (DOCS / "spec" / "policy-file.md").read_text("utf-8").partition("## The promises")[2]
    return dict(re.findall(r"^\| `([a-z-]+)` \| (.+) \|$", table, re.MULTILINE))


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:].rstrip(".") + "."


def pages() -> Mapping[str, Callable[[], str]]:
    """Each page that is made, by its name in docs/reference."""
    from upheld.cli.reference import commands_page, settings_page

    return {
        "acts.md": acts_page,
        "commands.md": commands_page,
        "promises.md": promises_page,
        "settings.md": settings_page,
    }


def main() -> None:
    import django

    with tempfile.TemporaryDirectory() as folder:  # the rooms are set up, and no instance is touched
        os.environ |= {"DJANGO_SETTINGS_MODULE": "upheld.settings", "UPHELD_HOME": folder}
        django.setup()
        for name, page in pages().items():
            (DOCS / "reference" / name).write_text(page(), "utf-8")
            sys.stdout.write(f"docs/reference/{name}\n")


if __name__ == "__main__":
    main()
