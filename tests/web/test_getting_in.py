"""Signing up, in and out, and getting back in, as the pages offer it."""

from collections.abc import Callable
from email.message import EmailMessage

import pyotp
import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from tests.canaries import Canaries
from tests.people import Person, code_in
from tests.web.conftest import Confirm, Visitor
from upheld.accounts.models import Account, Session

Letters = Callable[[], list[EmailMessage]]


@pytest.fixture
def commits(django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks) -> Callable[..., object]:
    return lambda: django_capture_on_commit_callbacks(execute=True)


def test_sign_up_ends_signed_in(
    visitor: Visitor, letters: Letters, canaries: Canaries, commits: Callable[..., object]
) -> None:
    given = {"email": canaries["email"], "password": canaries["password"]}
    with commits():
        answer = visitor.post("/sign-up/", given)
    assert (answer.status_code, answer["Location"]) == (302, "/sign-up/code/")
    wrong = visitor.post("/sign-up/code/", {"code": "000000"}).content.decode()
    assert "This is not the code." in wrong
    right = visitor.post("/sign-up/code/", {"code": f" {code_in(letters()[-1])[:3]} {code_in(letters()[-1])[3:]} "})
    assert (right.status_code, right["Location"]) == (302, "/account/")
    assert "Your account is made" in visitor.text("/account/")


def test_another_code_can_be_asked_for(
    visitor: Visitor, letters: Letters, canaries: Canaries, commits: Callable[..., object]
) -> None:
    with commits():
        visitor.post("/sign-up/", {"email": canaries["email"], "password": canaries["password"]})
        visitor.post("/sign-up/code/again/")
    assert "Another code is on its way" in visitor.text("/sign-up/code/")
    assert visitor.post("/sign-up/code/", {"code": code_in(letters()[-1])}).status_code == 302
    assert Account.objects.count() == 1


def test_an_address_that_has_an_account_gets_the_same_answer(person: Person, visitor: Visitor) -> None:
    answers = []
    for address in (person.email, "nobody@example.org"):
        answers.append(visitor.post("/sign-up/", {"email": address, "password": "a fine long password"}))
        answers[-1].page = visitor.text("/sign-up/code/").split("<main")[1].replace(csrf(visitor), "")
    assert answers[0]["Location"] == answers[1]["Location"]
    wrong = [visitor.post("/sign-in/", {"email": a, "password": "wrong one"}) for a in (person.email, "no@example.org")]
    assert wrong[0].status_code == wrong[1].status_code == 200
    asked = [visitor.post("/reset/", {"email": a}) for a in (person.email, "no@example.org")]
    assert asked[0].content == asked[1].content


def csrf(visitor: Visitor) -> str:
    return visitor.text("/sign-up/code/").split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]


def test_sign_in_leads_on_to_the_page_that_was_wanted(person: Person, visitor: Visitor) -> None:
    asked = visitor.get("/account/choices/")
    given = {"email": person.email, "password": person.password}
    assert visitor.post(asked["Location"], given)["Location"] == "/account/choices/"


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example/", "/\\evil.example", "/account/\\..//evil", "javascript:1"]
)
def test_sign_in_leads_to_no_other_site(elsewhere: str, person: Person, visitor: Visitor) -> None:
    answer = visitor.post(f"/sign-in/?next={elsewhere}", {"email": person.email, "password": person.password})
    assert answer["Location"] == "/account/"


def test_sign_out_ends_the_session(person: Person, member: Visitor) -> None:
    cookie = member.cookies["__Host-session"].value
    assert member.post("/sign-out/")["Location"] == "/"
    assert not Session.objects.filter(subject=person.subject).exists()
    member.cookies["__Host-session"] = cookie
    assert member.get("/account/").status_code == 302


def test_reset_by_the_link(person: Person, visitor: Visitor, letters: Letters, commits: Callable[..., object]) -> None:
    with commits():
        visitor.post("/reset/", {"email": person.email})
    text = letters()[-1].get_body(("plain",)).get_content()
    path = "/reset/" + text.split("/reset/")[1].split()[0]
    assert "Choose a new password" in visitor.text(path)
    assert "too short" in visitor.post(path, {"password": "short"}).content.decode()
    assert visitor.post(path, {"password": "quite another long one"})["Location"] == "/sign-in/"
    assert visitor.get(path).status_code == 410
    given = {"email": person.email, "password": "quite another long one"}
    assert visitor.post("/sign-in/", given)["Location"] == "/account/"


def test_second_factor_from_setting_up_to_turning_off(
    person: Person, member: Visitor, confirm: Confirm, visitor: Visitor
) -> None:
    assert member.get("/account/security/totp/")["Location"].startswith("/account/confirm/?next=")
    confirm(member)
    member.post("/account/security/totp/")
    page = member.text("/account/security/totp/code/")
    secret = page.split('<p class="mono">')[1].split("<")[0].replace(" ", "")
    assert "<svg" in page
    assert "style=" not in page.split("<main")[1]
    codes = member.post("/account/security/totp/code/", {"code": pyotp.TOTP(secret).now()}).content.decode()
    recovery = codes.split('<ul class="codes"><li>')[1].split("<")[0]
    member.post("/sign-out/")
    asked = visitor.post("/sign-in/", {"email": person.email, "password": person.password})
    assert asked["Location"].startswith("/sign-in/code/")
    assert visitor.get("/account/").status_code == 302, "the password alone is not enough"
    assert "This is not the code" in visitor.post("/sign-in/code/", {"code": "123"}).content.decode()
    assert visitor.post("/sign-in/code/", {"code": recovery})["Location"] == "/account/"
    confirm(visitor)
    visitor.post("/account/security/totp/remove/")
    assert "Off." in visitor.text("/account/security/")


def test_password_change_signs_other_browsers_out(person: Person, member: Visitor) -> None:
    other = Visitor().sign_in(person)
    given = {"password": person.password, "new_password": "an altogether new one"}
    assert (
        "not the password" in member.post("/account/security/password/", given | {"password": "wrong"}).content.decode()
    )
    assert member.post("/account/security/password/", given)["Location"] == "/account/security/"
    assert member.get("/account/").status_code == 200
    assert other.get("/account/").status_code == 302


def test_sessions_are_listed_and_ended(person: Person, member: Visitor) -> None:
    other = Visitor(headers={"user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"})
    other.sign_in(person)
    page = member.text("/account/security/")
    assert "Firefox on Linux" in page
    path = page.split('action="/account/security/sessions/')[1].split('"')[0]
    member.post(f"/account/security/sessions/{path}")
    assert other.get("/account/").status_code == 302
    assert member.get("/account/").status_code == 200


def test_address_change(
    person: Person, member: Visitor, confirm: Confirm, letters: Letters, commits: Callable[..., object]
) -> None:
    confirm(member)
    with commits():
        answer = member.post("/account/address/", {"email": "moved@example.org"})
    assert answer["Location"] == "/account/address/code/"
    assert member.post("/account/address/code/", {"code": code_in(letters()[-1])})["Location"] == "/account/data/"
    page = member.text("/account/data/")
    assert "moved@example.org" in page
    assert person.email not in page


def test_a_passkey_that_is_not_known_is_refused_once(visitor: Visitor) -> None:
    options = visitor.post("/sign-in/passkey/options/")
    assert options["Content-Type"] == "application/json"
    answer = visitor.post("/sign-in/passkey/", {"credential": '{"id": "AAAA", "response": {}}'})
    assert answer.status_code == 200
    page = answer.content.decode()
    assert "This passkey could not be confirmed" in page
    assert "data-offer" not in page, "or a browser that picks a passkey by itself would go round and round"
    assert 'action="/sign-in/"' in page
