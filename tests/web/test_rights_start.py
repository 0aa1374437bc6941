"""Rights without an account: whoever types an address learns nothing, and its owner decides."""

import re
from collections import Counter
from collections.abc import Callable
from email.message import EmailMessage

import pytest
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from tests.canaries import Canaries
from tests.people import Person
from tests.rights.requesting import CONFIRM, last, secret, words
from tests.web.conftest import Visitor
from upheld import ledger
from upheld.accounts import limits
from upheld.contact.models import Choice, Letter
from upheld.conversations.models import Conversation
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.rights import verbs
from upheld.rights.models import Request, Right, State
from upheld.rights.requests import starting
from upheld.rights.requests.requesting import AGAIN
from upheld.web import rights_form
from upheld.web.rights_form import DAY, FROM_HERE, STARTED

Letters = Callable[[], list[EmailMessage]]
EVERYTHING = [right.value for right in STARTED]


def asked(visitor: Visitor, email: str, *rights: str, **more: str) -> str:
    """The page that they come to, without what differs in every page: its tokens."""
    given = {"email": email, "rights": list(rights) or ["access"], **more}
    answer = visitor.post("/rights/", given, follow=True)
    assert answer.status_code == 200, answer.content.decode()
    return re.sub(r'value="\w{64}"', "", answer.content.decode())


@pytest.fixture
def commits(django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks) -> DjangoCaptureOnCommitCallbacks:
    return django_capture_on_commit_callbacks


def test_the_address_says_yes_and_all_of_it_is_begun(
    person: Person, visitor: Visitor, letters: Letters, commits: DjangoCaptureOnCommitCallbacks
) -> None:
    with commits(execute=True):
        page = asked(visitor, person.email, *EVERYTHING, text="My name is misspelt.")
    assert person.email not in page
    requests = Request.objects.for_subject(person.subject)
    assert set(requests.values_list("state", "way")) == {(State.NEED_VERIFICATION, "site")}
    assert not Choice.objects.for_subject(person.subject).filter(allowed=False).exists(), "nothing before their yes"
    letter = letters()[-1]
    assert letter["To"] == person.email
    assert "misspelt" not in words(letter)
    answer = visitor.post(f"/rights/confirm/{secret(CONFIRM, words(letter))}/", {"mine": "yes"})
    assert answer.status_code == 200
    states = dict(requests.values_list("right", "state"))
    assert states.pop(Right.OPT_OUT) == State.FULFILLED
    assert set(states) == set(STARTED) - {Right.OPT_OUT}
    assert set(states.values()) == {State.IN_PROGRESS}
    assert set(Choice.objects.standing(person.subject).values()) == {False}


def test_the_page_and_the_ledger_are_the_same_for_an_address_that_is_nobodys(
    person: Person, letters: Letters, commits: DjangoCaptureOnCommitCallbacks
) -> None:
    told = []
    for address in (person.email, "nobody.here@example.org"):
        grown = []
        for more in ({}, {}, {"text": "My name is misspelt."}):
            before = ledger.Entry.objects.count()
            with commits(execute=True):
                page = asked(Visitor(), address, *(EVERYTHING if more else ["access", "opt_out"]), **more)
            grown.append(ledger.Entry.objects.count() - before)
        told.append((page, grown))
    assert told[0] == told[1]
    letter = letters()[-1]
    assert letter["To"] == "nobody.here@example.org"
    assert "We hold nothing under this address" in words(letter)


@pytest.mark.django_db(transaction=True)
def test_the_ledger_grows_alike_however_often_and_whoever_is_asked_about(person: Person, letters: Letters) -> None:
    """Somebody known, who then has as many requests as anyone may, beside an address that is nobody's."""
    nobody = "nobody.here@example.org"
    before = len(letters())

    def grown(address: str, rights: list[str], text: str) -> int:
        count = ledger.Entry.objects.count()
        starting.start(address, rights, text=text, by=Actor.visitor())
        return ledger.Entry.objects.count() - count

    def alike(rights: list[str], text: str = "") -> bool:
        return grown(person.email, rights, text) == grown(nobody, rights, text)

    assert all(alike(["access"]) for _ in range(AGAIN.times + 3))
    written = Counter(str(letter["To"]) for letter in letters()[before:])
    assert written[person.email] == written[nobody] == 1 + AGAIN.times
    assert all(alike(["objection"], f"{n}") for n in range(3))
    verbs.ask([person.subject], ["access", "erasure", "restriction"], way="site", by=person.me)
    for _ in range(2):
        assert alike(["access"]), "they have three that are confirmed"
        assert alike(["objection", "rectification"], "More.")


def test_their_no_ends_it(
    person: Person, visitor: Visitor, letters: Letters, commits: DjangoCaptureOnCommitCallbacks
) -> None:
    with commits(execute=True):
        asked(visitor, person.email, "erasure", "opt_out", "objection", text="Stop it.")
    visitor.post(f"/rights/confirm/{secret(CONFIRM, last(letters))}/", {"not_me": "yes"})
    assert set(Request.objects.values_list("state", flat=True)) == {State.REVOKED}
    assert Conversation.objects.get().closed_at is not None
    assert not Choice.objects.for_subject(person.subject).filter(allowed=False).exists()


def test_words_are_kept_only_for_what_needs_them(person: Person, visitor: Visitor, canaries: Canaries) -> None:
    asked(visitor, person.email, "access", text=canaries["message"])
    assert not Conversation.objects.exists()
    for _ in range(2):
        asked(visitor, person.email, "objection", text=canaries["message"])
    assert Conversation.objects.count() == 1, "more of the same, while it waits"
    assert Request.objects.count() == 2


def test_a_letter_in_the_visitors_language(
    person: Person, visitor: Visitor, letters: Letters, commits: DjangoCaptureOnCommitCallbacks
) -> None:
    with commits(execute=True):
        visitor.post("/rights/", {"email": person.email, "rights": "access"}, HTTP_ACCEPT_LANGUAGE="de-AT,en;q=0.4")
    assert "Ist dieser Antrag von Ihnen?" in last(letters)
    assert Request.objects.get().language == "de"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "Choose at least one."),
        ({"rights": "everything"}, "Choose from those listed."),
        ({"rights": "concern", "email": "a@example.org"}, "Choose from those listed."),
        ({"rights": "rectification", "email": "a@example.org"}, "Write what it is about."),
        ({"rights": "access", "email": "not an address"}, "Error"),
        ({"rights": "access", "email": "a@example.org\r\nBcc: b@example.org"}, "Error"),
        ({"rights": "access", "email": "a\x00@example.org"}, "Error"),
        ({"rights": "rectification", "email": "a@example.org", "text": "x" * 20_001}, "Write at most 20,000"),
        ({"rights": "rectification", "email": "a@example.org", "text": "4242 4242 4242 4242"}, "number of a card"),
    ],
)
def test_what_cannot_be_asked_is_said(given: dict[str, str], said: str, visitor: Visitor) -> None:
    answer = visitor.post("/rights/", given)
    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert not Letter.objects.exists()


def test_hostile_bytes_and_methods_are_refused(visitor: Visitor) -> None:
    for body in (b"\xff\xfe=\x80&rights=\xf0\x28", b"rights=access&email=%ff%fe%00@%c3%28", b"&" * 2000):
        answer = visitor.generic("POST", "/rights/", body, content_type="application/x-www-form-urlencoded")
        assert answer.status_code in (200, 400)
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"):
        assert visitor.generic(method, "/rights/").status_code == 405
    assert visitor.post("/rights/started/").status_code == 405
    assert Visitor(enforce_csrf_checks=True).post("/rights/", {"rights": "access"}).status_code == 403
    assert not Letter.objects.exists()


def test_whoever_is_known_has_their_own_pages(member: Visitor) -> None:
    assert member.get("/rights/")["Location"] == "/account/requests/"
    assert member.post("/rights/", {"email": "a@example.org", "rights": "erasure"}).status_code == 302
    assert not Request.objects.exists()


def test_a_thousand_posts_leave_a_bounded_number_of_rows_and_letters(
    person: Person, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From one place and from many; for one address and for many."""
    monkeypatch.setattr(starting, "TO_STRANGERS", limits.Limit("few", 10, limits.HOUR))
    monkeypatch.setattr(rights_form, "TO_ADDRESS", limits.Limit("few_to_one", 10, DAY))
    rows, before = limits.Allowance.objects.count(), timezone.now()

    def post(n: int, place: str) -> int:
        email = person.email if n % 2 else f"n{n}@example.org"
        return visitor.post("/rights/", {"email": email, "rights": "access"}, REMOTE_ADDR=place).status_code

    codes = Counter(post(n, "192.0.2.7") for n in range(950))
    assert set(codes) == {302, 429}
    assert codes[302] <= FROM_HERE.times
    assert {post(n, f"2001:db8:{n:x}::1") for n in range(50)} == {302, 429}, "one address is spared, whoever asks"
    assert Request.objects.count() == 1
    written = Counter(Letter.objects.filter(at__gte=before).values_list("kind", flat=True))
    assert written["confirm_requests"] <= 1 + AGAIN.times
    assert written["nothing_held"] <= 10
    assert ledger.Entry.objects.filter(act=Act.REQUEST_OPEN).count() == 1
    assert limits.Allowance.objects.count() - rows < 1000
