"""A request during a migration or a rotation of keys: answered, or refused in words, and nothing is lost."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage

import pytest
from django.db import connection, connections

from tests.people import Person
from tests.rights.requesting import CONFIRM, last, secret, words
from tests.web.conftest import Visitor
from upheld import vault
from upheld.contact import verbs as contact
from upheld.contact.models import Address
from upheld.policy.actors import Actor
from upheld.rights.models import Request, State, Token
from upheld.vault.keys import rotation

pytestmark = pytest.mark.django_db(transaction=True)
Letters = Callable[[], list[EmailMessage]]
PEOPLE = 6


@contextmanager
def away(model: type[Request] | type[Token]) -> Iterator[None]:
    """As while a migration has the table under another name."""
    table = model._meta.db_table
    with connection.schema_editor() as editor:
        editor.alter_db_table(model, table, f"{table}_new")
    try:
        yield
    finally:
        with connection.schema_editor() as editor:
            editor.alter_db_table(model, f"{table}_new", table)


@contextmanager
def without_column(model: type[Request], name: str) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {model._meta.db_table} RENAME COLUMN {name} TO {name}_old")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE {model._meta.db_table} RENAME COLUMN {name}_old TO {name}")


@pytest.fixture
def hasty() -> Visitor:
    """A browser, which is shown the page of an error."""
    return Visitor(raise_request_exception=False)


def test_during_a_migration_the_site_says_that_it_is_busy(person: Person, hasty: Visitor, letters: Letters) -> None:
    hasty.post("/rights/", {"email": person.email, "rights": ["access"]})
    contact.deliver_due()
    link = f"/rights/confirm/{secret(CONFIRM, last(letters))}/"
    given = {"email": person.email, "rights": ["erasure"]}
    for broken in (away(Request), away(Token), without_column(Request, "due_at")):
        with broken:
            for answer in (hasty.post(link, {"mine": "yes"}), hasty.post("/rights/", given)):
                assert (answer.status_code, answer["Retry-After"]) == (503, "30")
                assert "Nothing was changed. Try again in a moment." in answer.content.decode()
                assert person.email not in answer.content.decode()
    assert Request.objects.get().state == State.NEED_VERIFICATION
    assert hasty.post(link, {"mine": "yes"}).status_code == 200, "nothing was lost, the secret neither"


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="PostgreSQL has many writers")
def test_a_database_that_somebody_else_keeps_is_busy(person: Person, hasty: Visitor) -> None:
    held, go = threading.Event(), threading.Event()

    def keep() -> None:
        with connections["default"].cursor() as cursor:
            cursor.execute("BEGIN IMMEDIATE")
            held.set()
            go.wait(60)
            cursor.execute("ROLLBACK")
        connections.close_all()

    other = threading.Thread(target=keep)
    other.start()
    held.wait(60)
    try:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA busy_timeout = 50")
        assert hasty.post("/rights/", {"email": person.email, "rights": ["access"]}).status_code == 503
    finally:
        go.set()
        other.join()
        connection.close()
    assert not Request.objects.exists()


def test_an_error_of_ours_is_still_one(hasty: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise KeyError("canary")

    monkeypatch.setattr("upheld.web.views.rights_start.start", fail)
    answer = hasty.post("/rights/", {"email": "ann@example.org", "rights": ["access"]})
    assert answer.status_code == 500
    assert "Retry-After" not in answer


def test_requests_are_confirmed_while_keys_are_rotated(letters: Letters) -> None:
    people = [vault.new_subject() for _ in range(PEOPLE)]
    emails = [f"ann.{n}@example.org" for n in range(PEOPLE)]
    for subject, email in zip(people, emails, strict=True):
        contact.add_address(subject, email=email, source="letter", by=Actor.visitor())
        Visitor().post("/rights/", {"email": email, "rights": ["access", "rectification"], "text": "It is Ann."})
    contact.deliver_due()
    links = {letter["To"]: secret(CONFIRM, words(letter)) for letter in letters()}
    failed: list[BaseException] = []

    def rotate() -> None:
        try:
            rotation.rotate(by=Actor.operator())
        except BaseException as error:  # told below, in the test's own thread
            failed.append(error)
        connections.close_all()

    rotating = threading.Thread(target=rotate)
    rotating.start()
    try:
        codes = {Visitor().post(f"/rights/confirm/{links[email]}/", {"mine": "yes"}).status_code for email in emails}
        contact.deliver_due()
    finally:
        rotating.join()
    assert not failed, failed
    assert codes == {200}
    assert set(Request.objects.values_list("state", flat=True)) == {State.IN_PROGRESS}
    for address in Address.objects.all():
        opened = vault.open(address, ["email"], by=Actor.person(address.subject), purpose="access")
        assert opened["email"] in emails
