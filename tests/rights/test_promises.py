"""Each check upholds what holds, and sees the promise broken when it is."""

import shutil
from collections.abc import Callable, Iterator
from uuid import UUID

import pytest
from django.utils import timezone

from tests.rights.conftest import Planted
from upheld import vault
from upheld.contact import verbs as contact
from upheld.home import Home
from upheld.policy.actors import Actor
from upheld.policy.checks import Finding
from upheld.policy.document import Policy
from upheld.rights import promises, rehearsal, rehearsed, seeing
from upheld.rights.held import Held, Item
from upheld.rights.models import MadeUp
from upheld.vault import shredding
from upheld.vault.scrubbing import scrub

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _afresh() -> Iterator[None]:
    rehearsed.forget()
    yield
    rehearsed.forget()


def looks(check: Callable[[], Finding]) -> Finding:
    rehearsed.forget()
    return check()


def test_they_hold() -> None:
    for check in (promises.choices, promises.online_and_offline, promises.see, promises.correct, promises.delete):
        finding = check()
        assert finding.upheld, (check.__name__, finding)


def test_nothing_is_left_of_the_made_up_person(home: Home) -> None:
    promises.see()
    subject = MadeUp.objects.get().id
    assert MadeUp.objects.exclude(gone_at=None).exists()
    assert all(not model._base_manager.filter(subject=subject).exists() for model in vault.people())
    assert not list(home.letters.glob("*.eml"))
    assert rehearsal.subjects() == {subject}


def test_a_choice_that_is_not_heeded_breaks_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contact, "may_write", lambda subject, topic: True)
    finding = looks(promises.choices)
    assert finding.upheld is False
    assert "news.specials: everything refused, and not heeded" in finding.details


def test_a_value_in_a_log_breaks_it(monkeypatch: pytest.MonkeyPatch, home: Home) -> None:
    collect = vault.collect

    def chatty(row: vault.Personal, values: dict[str, str], **asked: object) -> vault.Personal:
        with (home.folder / "debug.log").open("a") as file:
            print(values, file=file)
        return collect(row, values, **asked)

    monkeypatch.setattr(vault, "collect", chatty)
    finding = looks(promises.online_and_offline)
    assert finding.upheld is False
    assert finding.details == ("debug.log",)


def test_a_field_that_is_not_shown_breaks_it(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = seeing._items_of
    monkeypatch.setattr(seeing, "_items_of", lambda row, *rest: () if row.label() == "totp" else shown(row, *rest))
    finding = looks(promises.see)
    assert finding.upheld is False
    assert finding.details == ("not shown: totp.secret",)


def test_something_of_someone_else_breaks_it(monkeypatch: pytest.MonkeyPatch, ann: Planted) -> None:
    items = seeing._items

    def leaky(subject: UUID, policy: Policy, by: Actor | None) -> Iterator[Item]:
        yield from items(subject, policy, by)
        yield from items(ann.subject, policy, None)

    monkeypatch.setattr(seeing, "_items", leaky)
    finding = looks(promises.see)
    assert finding.upheld is False
    assert "not planted: address.email" in finding.details


def test_a_correction_that_is_not_kept_breaks_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rehearsed, "correct", lambda *_, **__: None)
    finding = looks(promises.correct)
    assert finding.upheld is False
    assert any(detail.endswith("does not hold the new value") for detail in finding.details)
    assert looks(promises.corrections).upheld is False


def test_an_old_value_that_stays_in_a_copy_breaks_it(monkeypatch: pytest.MonkeyPatch, home: Home) -> None:
    see = rehearsed.see
    if not home.data_file.exists():
        pytest.skip("a server's files are not ours to read; docs/trust.md says what its log keeps, and for how long")

    def copying(subject: UUID, *, by: Actor) -> Held:
        copy = home.folder / "data.copy"
        if not copy.exists():
            scrub(["default"])
            shutil.copy(home.data_file, copy)
        return see(subject, by=by)

    monkeypatch.setattr(rehearsed, "see", copying)
    finding = looks(promises.correct)
    assert finding.upheld is False
    assert finding.details == ("the old value can still be read in data.copy",)


@pytest.mark.parametrize(
    ("part", "said"),
    [("_destroy_keys", "keys of the subject"), ("remove_rows", "rows about the subject")],
)
def test_an_erasure_that_leaves_something_breaks_it(monkeypatch: pytest.MonkeyPatch, part: str, said: str) -> None:
    monkeypatch.setattr(shredding, part, lambda subject: 0)
    finding = looks(promises.delete)
    assert finding.upheld is False
    assert said in finding.details[0]


def test_a_step_that_fails_has_shown_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(rehearsed, "see", fails)
    assert looks(promises.see).upheld is None
    assert promises.choices().upheld


def test_one_whom_a_crash_left_behind_is_swept(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(rehearsal, "forget", lambda subject: None)
        promises.see()
    [left] = MadeUp.objects.filter(gone_at=None)
    assert rehearsal.sweep() == 0  # it may be another process's, still at it
    MadeUp.objects.update(made_at=timezone.now() - rehearsal.LEFT_BEHIND * 2)
    assert rehearsal.sweep() == 1
    assert vault.is_erased(left.id)
