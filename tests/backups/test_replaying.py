"""After a restore of any copy nobody who was erased is here, and what people have refused is refused."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.db import transaction
from django.utils import timezone

from tests.backups import restored, setting_back
from tests.backups.restored import copy_data, copy_keys, log_in, restore
from tests.rights.conftest import Planted, ann, bob, plant
from tests.vault.test_holding import officer
from upheld import ledger, vault
from upheld.accounts.changing import replace_password
from upheld.accounts.models import Account, RecoveryCode, Reset, Session
from upheld.backups import proving, replaying
from upheld.backups.errors import NotProven
from upheld.contact import suppressing
from upheld.contact import verbs as contact
from upheld.contact.choosing import record_interest
from upheld.contact.models import Address, Bulletin, Choice, Interest, Letter
from upheld.conversations import verbs as conversations
from upheld.conversations.models import Conversation, Message
from upheld.ledger.models import Entry
from upheld.policy import force
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.rights.models import ErasureRequest, Request, RequestStep
from upheld.vault import holding, restricting
from upheld.vault.errors import OnHold
from upheld.vault.keys.models import DataKey, Erasure

__all__ = ["ann", "bob"]  # fixtures
pytestmark = pytest.mark.django_db(transaction=True)
TOPIC = "news.specials"


def new(name: str) -> Planted:
    return plant({"email": f"{name}.canary@example.org", "password": f"canary-{name}", "device": f"Canary {name}"})


def forget(subject: UUID) -> None:
    contact.suppress(subject)
    vault.shred(subject, by=Actor.system("erasure"))


def nothing_of(planted: Planted) -> None:
    subject = planted.subject
    assert not DataKey.objects.filter(subject=subject).exists()
    assert not any(model._base_manager.filter(subject=subject).exists() for model in vault.people())
    assert Erasure.objects.filter(subject=subject).exists()
    assert suppressing.is_kept(planted.values["email"], TOPIC)


def opens(planted: Planted) -> bool:
    address = Address.objects.get(subject=planted.subject)
    found = vault.open(address, ["email"], by=planted.by, purpose="access")
    return found == {"email": planted.values["email"]}


@pytest.mark.parametrize("mix", ["data", "keys", "both"])
def test_nobody_who_was_erased_comes_back_from_any_mix(mix: str, ann: Planted, bob: Planted, tmp_path: Path) -> None:
    data, keys = copy_data(), copy_keys()
    forget(ann.subject)
    done = restore(tmp_path, data=data if mix != "keys" else None, keys=keys if mix != "data" else None)
    nothing_of(ann)
    assert opens(bob)
    assert done.counts["erased"] == 1
    assert Entry.objects.filter(act=Act.SUBJECT_SHRED, subject=ann.subject).count() == 1
    assert ledger.verify().ok


def test_it_may_be_repeated_and_is_killed_anywhere(
    ann: Planted, bob: Planted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, keys = copy_data(), copy_keys()
    forget(ann.subject)
    contact.record_choice(bob.subject, topic=TOPIC, allowed=True, by=bob.by, source="account")
    log = log_in(tmp_path)
    setting_back.put_back(data.rows)
    setting_back.put_back(keys.rows)
    for name in ("_rows", "_refusals", "_erase", "_spend", "_end_what_was_open"):
        with monkeypatch.context() as patched:
            patched.setattr(replaying, name, _dies)
            with pytest.raises(KeyboardInterrupt):
                replaying.replay(log, data=data.size, keys=keys.size, by=restored.BY)
        with pytest.raises(NotProven):
            proving.prove(log, data=data.size, keys=keys.size, facts={}, by=restored.BY)
    replaying.replay(log, data=data.size, keys=keys.size, by=restored.BY)
    proving.prove(log, data=data.size, keys=keys.size, facts={"rows": 7}, by=restored.BY)
    nothing_of(ann)
    again = replaying.replay(log, data=data.size, keys=keys.size, by=restored.BY)
    assert again.lines() == ()
    recorded = Entry.objects.get(act=Act.BACKUP_RESTORE)
    assert recorded.facts == {"data": data.size, "keys": keys.size, "log": log.size, "rows": 7}


def _dies(*_: object) -> None:
    raise KeyboardInterrupt


def test_an_erasure_that_had_only_begun_is_carried_through(ann: Planted, tmp_path: Path) -> None:
    """Its keys are gone, and neither the rows nor the ledger know."""
    data, keys = copy_data(), copy_keys()
    Erasure.objects.create(subject=ann.subject, started_at=timezone.now(), by="person", because="request")
    DataKey.objects.filter(subject=ann.subject).delete()
    restore(tmp_path, data=data, keys=keys)
    nothing_of(ann)
    assert Entry.objects.filter(act=Act.SUBJECT_SHRED, subject=ann.subject).count() == 1


def test_a_refusal_stands_whenever_it_was_made(ann: Planted, bob: Planted, tmp_path: Path) -> None:
    for each in (ann, bob):
        contact.record_choice(each.subject, topic=TOPIC, allowed=True, by=each.by, source="account")
    data, keys = copy_data(), copy_keys()
    late = new("late")
    contact.record_choice(ann.subject, topic=TOPIC, allowed=False, by=ann.by, source="account")
    contact.record_choice(bob.subject, topic=TOPIC, allowed=False, by=bob.by, source="letter")
    forget(bob.subject)
    forget(late.subject)
    restore(tmp_path, data=data, keys=keys)
    nothing_of(bob)
    nothing_of(late)
    assert not Choice.objects.may_write(ann.subject, TOPIC)
    assert Choice.objects.of_topic(ann.subject, TOPIC).first().source == "account"


def test_the_last_word_counts_whichever_it_is(ann: Planted, tmp_path: Path) -> None:
    one, two, *_ = restricting.may_be(force.in_force())
    product, other, *_ = force.in_force().products
    record_interest(ann.subject, product=other, interested=True, by=ann.by, source="account")
    data = copy_data()
    for allowed in (True, False, True):
        contact.record_choice(ann.subject, topic=TOPIC, allowed=allowed, by=ann.by, source="account")
        record_interest(ann.subject, product=product, interested=allowed, by=ann.by, source="account")
    record_interest(ann.subject, product=other, interested=False, by=ann.by, source="account")
    restricting.restrict(ann.subject, [one, two], by=ann.by)
    restricting.lift(ann.subject, [one], by=ann.by)
    restore(tmp_path, data=data)
    assert Choice.objects.may_write(ann.subject, TOPIC)
    assert list(Interest.objects.filter(subject=ann.subject).values_list("product", flat=True)) == [product]
    assert restricting.restricted(ann.subject) == {two}


def test_holds_are_placed_and_ended_again(ann: Planted, bob: Planted, tmp_path: Path) -> None:
    until = datetime.now(UTC).date() + timedelta(days=9)
    old = holding.place(bob.subject, reason="claim", until=until, by=officer(bob.subject))
    data = copy_data()
    hold = holding.place(ann.subject, reason="litigation", until=until, by=officer(ann.subject))
    holding.release(old, by=officer(bob.subject))
    forget(bob.subject)
    restore(tmp_path, data=data)
    found = holding.standing(ann.subject)
    assert found is not None
    assert (found.pk, found.reason, found.until) == (hold.pk, "litigation", until)
    nothing_of(bob)
    with pytest.raises(OnHold):
        vault.shred(ann.subject, by=ann.by)


def test_one_thing_that_was_deleted_is_deleted_again_and_its_key_with_it(ann: Planted, tmp_path: Path) -> None:
    kept, gone = (
        conversations.begin(ann.subject, title=t, text=f"canary {t}", reason="concern", by=ann.by) for t in "KG"
    )
    data, keys = copy_data(), copy_keys()
    conversations.remove(gone, by=ann.by)
    restore(tmp_path, data=data, keys=keys)
    assert list(Conversation.objects.filter(subject=ann.subject)) == [kept]
    assert Message.objects.filter(subject=ann.subject).count() == 1
    conversations.remove(kept, by=ann.by)
    done = restore(tmp_path, keys=keys)
    assert not DataKey.objects.filter(subject=ann.subject, retention="conversation").exists()
    assert done.counts["keys"] == 1


def test_what_only_mentions_a_deleted_thing_stays(ann: Planted, tmp_path: Path) -> None:
    """Orders name cards, and requests name conversations: neither goes with what it names."""
    talk = conversations.begin(ann.subject, title="T", text="canary", reason="concern", by=ann.by)
    now = timezone.now()
    common = {"subject": ann.subject, "way": "site", "asked_at": now, "due_at": now, "right": "access"}
    stays = Request.objects.create(number="R-STAYS", state="open", conversation=talk.pk, **common)
    goes = Request.objects.create(number="R-GOES", state="fulfilled", **common)
    RequestStep.objects.create(subject=ann.subject, request=goes.pk, at=now, state="fulfilled")
    data = copy_data()
    conversations.remove(talk, by=ann.by)
    with transaction.atomic():
        ledger.append(Act.ROW_REMOVE, by=ann.by, subject=ann.subject, facts={"row": goes.reference})
    restore(tmp_path, data=data)
    assert list(Request.objects.filter(subject=ann.subject)) == [stays]
    assert not RequestStep.objects.exists()
    assert not Conversation.objects.exists()


def long_ago(planted: Planted) -> Account:
    """Their password as of yesterday: what was corrected within one second cannot be told apart."""
    account = Account.objects.get(subject=planted.subject)
    values = {"password": planted.values["password"]}
    return vault.collect(account, values, source="sign_up", by=planted.by, since=int(time.time()) - 86400)


def test_a_password_of_before_opens_nothing(ann: Planted, bob: Planted, tmp_path: Path) -> None:
    account = long_ago(ann)
    long_ago(bob)
    RecoveryCode.objects.create(subject=ann.subject, digest=b"x" * 32)
    Reset.objects.create(subject=bob.subject, digest=b"x" * 32, started_at=timezone.now())
    data = copy_data()
    replace_password(account, encoded="canary-new-hash", session=None, by=ann.by)
    with transaction.atomic():
        ledger.append(Act.RECOVERY_CODES_MAKE, by=ann.by, subject=ann.subject, facts={"codes": 10})
    done = restore(tmp_path, data=data)
    assert done.counts["passwords"] == 1
    now = Account.objects.get(subject=ann.subject)
    assert vault.open(now, ["password"], by=ann.by, purpose="sign_in") == {"password": None}
    assert now.stamp != account.stamp
    assert Account.objects.get(subject=bob.subject).held()
    assert not any(model.objects.exists() for model in (Session, RecoveryCode, Reset))


def test_what_only_its_person_knows_is_told(ann: Planted, bob: Planted, tmp_path: Path) -> None:
    """A corrected value is the one of before; an address, too; a passkey or second factor added since is gone."""
    old = int(time.time()) - 86400
    address = Address.objects.get(subject=ann.subject)
    vault.collect(address, {"email": ann.values["email"] + ".old"}, source="sign_up", by=ann.by, since=old)
    begun = conversations.begin(bob.subject, title="Title", text="canary text", reason="concern", by=bob.by)
    message = Message.objects.get(conversation=begun.pk)
    vault.collect(message, {"text": "canary old"}, source="letter", by=bob.by, since=old)
    data = copy_data()
    contact.change_address(address, email=ann.values["email"], source="account", by=ann.by)
    vault.correct(message, {"text": "canary new"}, source="letter", by=bob.by)
    with transaction.atomic():
        ledger.append(Act.TOTP_ADD, by=bob.by, subject=bob.subject, facts={"row": f"totp:{vault.new_subject()}"})
    new("late")
    forget(new("gone").subject)
    done = restore(tmp_path, data=data)
    assert done.lost.corrections == {bob.subject: {("message", "text")}}
    assert done.lost.addresses == {ann.subject}
    assert done.lost.ways_in == {bob.subject}
    assert Address.objects.get(subject=ann.subject).bounced_at
    said = " ".join(done.lines())
    assert f"of before, of {bob.subject}" in said
    assert "canary" not in said


def test_an_erasure_that_was_asked_for_or_taken_back_stays_so(ann: Planted, bob: Planted, tmp_path: Path) -> None:
    ErasureRequest.objects.create(subject=bob.subject, asked_at=timezone.now())
    data = copy_data()
    ErasureRequest.objects.filter(subject=bob.subject).delete()
    with transaction.atomic():
        ledger.append(Act.SUBJECT_KEEP, by=bob.by, subject=bob.subject)
        facts: dict[str, ledger.Fact] = {"rows": 3, "kept": 0, "settle": "deliver", "undo": 3}
        asked = ledger.append(Act.SUBJECT_ERASE, by=ann.by, subject=ann.subject, facts=facts)
    restore(tmp_path, data=data)
    found = ErasureRequest.objects.get()
    assert (found.subject, found.asked_at, found.settle) == (ann.subject, asked.at, "deliver")
    assert found.due_at == asked.at + timedelta(days=3)


def test_a_letter_that_left_does_not_leave_again_and_news_stops(ann: Planted, tmp_path: Path) -> None:
    letter = Letter.objects.create(
        subject=ann.subject, kind="welcome", at=timezone.now(), due_at=timezone.now(), ending="", words=b"sealed"
    )
    Bulletin.objects.create(topic=TOPIC, title="T", text="T", composed_at=timezone.now(), started_at=timezone.now())
    data = copy_data()
    with transaction.atomic():
        facts: dict[str, ledger.Fact] = {"letter": letter.reference, "purpose": "", "try": 1}
        ledger.append(Act.LETTER_DELIVER, by=Actor.system("contact"), subject=ann.subject, facts=facts)
    done = restore(tmp_path, data=data)
    letter.refresh_from_db()
    assert (letter.due_at, letter.ending, bytes(letter.words)) == (None, "unknown", b"")
    assert not Bulletin.objects.filter(finished_at=None).exists()
    assert done.counts["news"] == 1
