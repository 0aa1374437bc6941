"""The links of letters about requests: one says whose a request is, one hands a copy over, one shows a receipt."""

import io
import zipfile
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from html import unescape

import pytest
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from tests.people import Person
from tests.rights.requesting import CODE, CONFIRM, COPY, DIGITS, ask, fresh, last, secret
from tests.web.conftest import Visitor
from upheld import vault
from upheld.contact import verbs as contact
from upheld.contact.models import Address
from upheld.rights import links, verbs
from upheld.rights.erasure import waiting
from upheld.rights.models import Request, Right, State, Token

pytestmark = pytest.mark.django_db(transaction=True)
Letters = Callable[[], list[EmailMessage]]


@pytest.fixture
def commits(django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks) -> DjangoCaptureOnCommitCallbacks:
    """Runs what waits for the end of a transaction: letters leave then."""
    return django_capture_on_commit_callbacks


@pytest.fixture
def link(person: Person, letters: Letters, commits: DjangoCaptureOnCommitCallbacks) -> str:
    """The page that the letter about a copy and a correction leads to."""
    with commits(execute=True):
        ask([Right.ACCESS, Right.RECTIFICATION], person.email)
    return f"/rights/confirm/{secret(CONFIRM, last(letters))}/"


@pytest.fixture
def copy(person: Person, link: str, visitor: Visitor, letters: Letters, commits: DjangoCaptureOnCommitCallbacks) -> str:
    """The page where a copy waits."""
    visitor.post(link)
    with commits(execute=True):
        verbs.carry_out_due()
    return f"/rights/copy/{secret(COPY, last(letters))}/"


def states(person: Person) -> set[str]:
    return set(Request.objects.for_subject(person.subject).values_list("state", flat=True))


def test_a_deletion_says_that_it_waits_for_the_copy(person: Person, visitor: Visitor, letters: Letters) -> None:
    ask([Right.ACCESS, Right.ERASURE], person.email)
    contact.deliver_due()
    link = f"/rights/confirm/{secret(CONFIRM, last(letters))}/"
    latest = f'datetime="{waiting.copy_over_by():%Y-%m-%d}"'
    for page in (visitor.text(link), visitor.post(link, {"mine": "yes"}).content.decode()):
        assert "The deletion waits for the copy" in page
        assert latest in page


def test_looking_shows_what_is_asked_and_changes_nothing(person: Person, link: str, visitor: Visitor) -> None:
    for method in (visitor.get, visitor.head, visitor.get):
        answer = method(link)
        assert answer.status_code == 200
        assert answer["Cache-Control"] == "no-store"
        assert answer["Referrer-Policy"] == "no-referrer"
    page = visitor.text(link)
    assert "to see what we hold about you" in page
    assert "to have something corrected" in page
    assert person.email not in page
    assert states(person) == {State.NEED_VERIFICATION}


def test_yes_carries_it_out_once(person: Person, link: str, visitor: Visitor) -> None:
    page = visitor.post(link, {"mine": "yes"}).content.decode()
    assert "<h1>Confirmed</h1>" in page
    assert states(person) == {State.IN_PROGRESS}
    for again in (visitor.post(link), visitor.get(link), visitor.post(link, {"not_me": "yes"})):
        assert again.status_code == 410
        assert "This link serves no more" in again.content.decode()
    assert states(person) == {State.IN_PROGRESS}


def test_no_ends_it(person: Person, link: str, visitor: Visitor) -> None:
    page = visitor.post(link, {"not_me": "yes"}).content.decode()
    assert "Nothing was done, and nothing will be" in page
    assert states(person) == {State.REVOKED}
    assert visitor.post(link, {"mine": "yes"}).status_code == 410
    assert states(person) == {State.REVOKED}


def test_somebody_else_who_is_signed_in_changes_nothing_about_it(person: Person, link: str, member: Visitor) -> None:
    assert member.post(link, {"mine": "yes"}).status_code == 200
    assert states(person) == {State.IN_PROGRESS}


def test_a_form_of_another_site_confirms_nothing(person: Person, link: str) -> None:
    browser = Visitor(enforce_csrf_checks=True)
    assert browser.post(link, {"mine": "yes"}, HTTP_SEC_FETCH_SITE="cross-site").status_code == 403
    assert states(person) == {State.NEED_VERIFICATION}


def test_what_is_no_link_of_ours_says_so(person: Person, link: str, visitor: Visitor, letters: Letters) -> None:
    code = secret(CODE, last(letters))  # of the subject line: it serves only a reply
    for end in (code, link.split("/")[3][:-1], "x", "W10:x"):
        assert visitor.get(f"/rights/confirm/{end}/").status_code == 410
        assert visitor.post(f"/rights/confirm/{end}/").status_code == 410
    assert states(person) == {State.NEED_VERIFICATION}


def test_a_link_that_is_too_old_serves_no_more(person: Person, link: str, visitor: Visitor) -> None:
    Token.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert visitor.get(link).status_code == 410


def test_the_copy_is_handed_over_once_for_link_and_code(
    person: Person, copy: str, visitor: Visitor, letters: Letters, commits: DjangoCaptureOnCommitCallbacks
) -> None:
    before = len(letters())
    page = visitor.text(copy)
    assert "Your copy is ready" in page
    assert person.email not in page
    assert len(letters()) == before, "looking sends nothing"
    with commits(execute=True):
        assert "A code is on its way" in visitor.post(f"{copy}code/", follow=True).content.decode()
    found = DIGITS.search(last(letters))
    assert found
    wrong = f"{(int(found[1]) + 1) % 10**6:06}"
    assert "This is not the code." in visitor.post(copy, {"code": wrong}).content.decode()
    answer = visitor.post(copy, {"code": found[1]})
    assert answer["Content-Type"] == "application/zip"
    assert answer["Cache-Control"] == "no-store"
    assert "data.json" in zipfile.ZipFile(io.BytesIO(answer.getvalue())).namelist()
    for again in (visitor.get(copy), visitor.post(copy, {"code": found[1]}), visitor.post(f"{copy}code/")):
        assert again.status_code == 410
    copied = fresh(Request.objects.get(subject=person.subject, right=Right.ACCESS))
    assert copied.state == State.FULFILLED


def test_no_code_no_copy(copy: str, visitor: Visitor) -> None:
    assert "Enter the code." in visitor.post(copy, {"code": ""}).content.decode()
    assert "no longer counts" in visitor.post(copy, {"code": "000000"}).content.decode()
    assert visitor.get("/rights/copy/nonsense/").status_code == 410
    assert visitor.post("/rights/copy/nonsense/code/").status_code == 410


def test_codes_and_tries_are_limited(copy: str, visitor: Visitor) -> None:
    assert [visitor.post(f"{copy}code/").status_code for _ in range(6)] == [302] * 5 + [429]
    answers = [visitor.post(copy, {"code": "0000000"}).status_code for _ in range(6)]
    assert answers == [200] * 5 + [429]


def test_an_erasure_by_letter_ends_with_a_receipt(
    person: Person, visitor: Visitor, letters: Letters, commits: DjangoCaptureOnCommitCallbacks
) -> None:
    with commits(execute=True):
        ask([Right.ERASURE], person.email)
    visitor.post(f"/rights/confirm/{secret(CONFIRM, last(letters))}/")
    with commits(execute=True):
        verbs.carry_out_due()
    assert not Address.objects.exists()
    told = last(letters).split("/rights/receipt/")[1].split()[0]
    page = visitor.text(f"/rights/receipt/{told}")
    assert "It is gone" in page
    assert str(person.subject) in page
    saved = unescape(page.split('name="receipt" value="')[1].split('"')[0])
    assert visitor.post("/account/delete/receipt/", {"receipt": saved}).content.decode() == saved
    assert visitor.get(f"/rights/receipt/{told[:-3]}/").status_code == 404


def test_a_receipt_that_is_not_there_yet_is_said_to_come(visitor: Visitor) -> None:
    path = links.to_receipt(vault.new_subject()).partition("localhost")[2].partition("/")[2]
    assert "It is under way" in visitor.text(f"/{path}")
