"""The sign-up form asks for what the policy declares for sign-up: no more, and in that order."""

import re
from pathlib import Path

import pytest
from django.forms import CharField

from tests.web.conftest import Visitor
from upheld.policy import Policy, force, loads
from upheld.web import forms
from upheld.web.forms import NAMES, SIGN_UP_FIELDS, sign_up_form

EXOKIT = Path(__file__).parents[2] / "policies" / "exokit.md"


def inputs(page: str) -> list[str]:
    """The names that the page's main form would send, without the CSRF token."""
    form = page.split("<main", 1)[1].split("<form", 1)[1].split("</form>")[0]
    names = re.findall(r'<(?:input|textarea|select)[^>]*\bname="([^"]+)"', form)
    return [name for name in names if name != "csrfmiddlewaretoken"]


def without(datum: str) -> Policy:
    """Exokit's policy, with this datum not coming in by sign-up."""
    text = EXOKIT.read_text("utf-8")
    line = next(line for line in text.splitlines() if line.startswith(f"  {datum}: {{category"))
    kept = "\n".join(
        each.replace("sources: [sign_up, ", "sources: [") if each == line else each for each in text.splitlines()
    )
    return loads(kept.replace(f", sign_up.{datum}", "").encode())


def test_the_form_on_the_page_equals_the_declaration(visitor: Visitor) -> None:
    declared = force.in_force().fields_of("sign_up")
    assert inputs(visitor.text("/sign-up/")) == [NAMES.get(name, name) for name in declared]
    assert set(SIGN_UP_FIELDS) == set(declared)


def test_what_the_policy_does_not_declare_is_not_asked_for() -> None:
    assert list(sign_up_form(without("password"))().fields) == ["email", "card_token"]
    assert list(sign_up_form(without("card"))().fields) == ["email", "password"]


def test_a_field_that_becomes_known_is_asked_for_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    known = {name: made for name, made in SIGN_UP_FIELDS.items() if name != "password"}
    monkeypatch.setattr(forms, "SIGN_UP_FIELDS", known)
    assert list(sign_up_form(force.in_force())().fields) == ["email", "card_token"]
    monkeypatch.setattr(forms, "SIGN_UP_FIELDS", {**known, "password": CharField})
    assert list(sign_up_form(force.in_force())().fields) == ["email", "password", "card_token"]


def test_each_field_says_what_it_is_for(visitor: Visitor) -> None:
    page = visitor.text("/sign-up/")
    for purpose in force.in_force().purposes.values():
        if {"email", "password", "card"} & set(purpose.uses):
            assert purpose.title in page
    assert 'href="/policy/#says-sign-up-form"' in page
    assert 'id="says-sign-up-form"' in visitor.text("/policy/")


def test_fields_help_password_managers(visitor: Visitor) -> None:
    page = visitor.text("/sign-up/")
    assert 'autocomplete="email"' in page
    assert 'autocomplete="new-password"' in page
    page = visitor.text("/sign-in/")
    assert 'autocomplete="email webauthn"' in page
    assert 'autocomplete="current-password"' in page


def test_errors_lead_to_their_fields(visitor: Visitor) -> None:
    page = visitor.post("/sign-up/", {"email": "no address", "password": "short"}).content.decode()
    assert "<title>Error: Sign up" in page
    assert 'role="alert" tabindex="-1" autofocus' in page
    assert 'href="#id_email"' in page
    assert 'aria-describedby="id_email_error"' in page
    assert 'id="id_email_error"' in page
    assert 'aria-invalid="true"' in page


def test_a_password_is_never_written_back(visitor: Visitor) -> None:
    secret = "zebra-crossing-41"
    for path in ("/sign-up/", "/sign-in/"):
        assert secret not in visitor.post(path, {"email": "no address", "password": secret}).content.decode()


def test_a_password_that_does_not_do_is_explained(visitor: Visitor) -> None:
    page = visitor.post("/sign-up/", {"email": "ada@example.org", "password": "password1"}).content.decode()
    assert "too common" in page


def test_the_number_of_a_card_is_refused_wherever_it_is_typed(visitor: Visitor) -> None:
    for typed in ("4242 4242 4242 4242", "my card: 5555-5555-5555-4444", "３７８２８２２４６３１０００５"):  # noqa: RUF001 - other digits
        for field in ("email", "password", "card_token"):
            given = {"email": "ada@example.org", "password": "a walk along the river", field: typed}
            page = visitor.post("/sign-up/", given).content.decode()
            assert "This looks like the number of a card" in page
            assert typed not in page
        assert "This looks like" in visitor.post("/sign-in/", {"email": typed, "password": "x"}).content.decode()
