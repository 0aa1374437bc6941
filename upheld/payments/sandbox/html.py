"""The program's pages, filled in. Plain HTML without a script; every value is escaped."""

from collections.abc import Mapping
from html import escape
from pathlib import Path
from string import Template

from upheld.payments.sandbox.errors import Problem
from upheld.payments.sandbox.http import Answer

FOLDER = Path(__file__).with_name("pages")
STYLE = (FOLDER / "sandbox.css").read_bytes()
_FIELDS = {"number": "number", "exp_month": "expiry", "exp_year": "expiry", "cvc": "code"}


def card(problem: Problem | None = None) -> Answer:
    """The page on which a card is typed. What was typed wrongly is never shown again, only what was wrong."""
    values = dict.fromkeys(("number_error", "expiry_error", "code_error"), "")
    if problem is not None:
        field = _FIELDS.get(problem.param, "number")
        values[f"{field}_error"] = f'<p class="error" id="{field}-error">{escape(problem.message)}</p>'
    return page("card", values, title="Your card", status=400 if problem else 200)


def challenge(*, amount: str) -> Answer:
    return page("challenge", {"amount": escape(amount)}, title="Is it you?")


def trouble(problem: Problem) -> Answer:
    return page("trouble", {"message": escape(problem.message)}, title="That did not work", status=problem.status)


def page(name: str, values: Mapping[str, str], *, title: str, status: int = 200) -> Answer:
    """`values` are HTML already."""
    main = Template((FOLDER / f"{name}.html").read_text("utf-8")).substitute(values)
    text = Template((FOLDER / "base.html").read_text("utf-8")).substitute(title=escape(title), main=main)
    return Answer.html(text, status)
