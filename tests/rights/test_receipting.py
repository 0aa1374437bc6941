"""Every request has a receipt at every step, made from the record, and telling nothing but codes."""

import re
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage

import pytest
from django.utils import timezone

from tests.rights.conftest import Planted
from tests.rights.requesting import ADDRESS, CONFIRM, ask, fresh, last, officer, secret
from upheld import vault
from upheld.ledger.models import Entry
from upheld.policy import force
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.rights import links, verbs
from upheld.rights.erasure.planning import Staying
from upheld.rights.errors import NotHeld
from upheld.rights.models import Request, RequestStep, Right, State
from upheld.rights.papers import receipting, receipts
from upheld.rights.papers.receipts import Receipt
from upheld.rights.reasons import Reason
from upheld.rights.requests import ending, steps
from upheld.vault.models import Notice

Letters = Callable[[], list[EmailMessage]]
LONG = "z" * 40  # as long as a policy may name a recipient


def said(request: Request) -> Receipt:
    """Checked as anybody would, with the key alone."""
    return receipts.verify(receipting.of_request(request).text.encode())


def confirmed(letters: Letters, right: Right) -> Request:
    ask([right])
    found = verbs.confirm(secret(CONFIRM, last(letters)), by=Actor.visitor())
    assert isinstance(found, list)
    return found[0]


def test_each_step_has_a_receipt(ann: Planted, letters: Letters) -> None:
    [request] = ask([Right.RESTRICTION])
    waits = said(request)
    assert (waits.about, waits.state, waits.done) == ("restriction", "need_user_verification", None)
    assert (waits.subject, waits.request, waits.number) == (ann.subject, request.pk, request.number)
    verbs.confirm(secret(CONFIRM, last(letters)), by=Actor.visitor())
    assert said(request).steps[:2] == waits.steps
    ended = ending.end(fresh(request), state=State.DENIED, reason="no_match", by=officer(request))
    denied = said(ended)
    assert (denied.state, denied.steps[-1].reason, denied.done) == ("denied", "no_match", denied.steps[-1].at)
    assert [step.state for step in denied.steps] == list(
        RequestStep.objects.filter(request=request.pk).order_by("id").values_list("state", flat=True)
    )
    assert denied.policy == force.in_force().digest
    assert denied.entry == Entry.objects.of(ann.subject).filter(act=Act.REQUEST_STEP).latest("id").id
    assert "We hold nothing that it is about." in denied.text


@pytest.mark.parametrize("right", [Right.OPT_OUT, Right.OBJECTION, Right.ACCESS, Right.RECTIFICATION, Right.ERASURE])
def test_each_right_has_one_that_holds(right: Right, ann: Planted, letters: Letters) -> None:
    [request] = ask([right])
    found = said(request)
    assert (found.about, found.state) == (right, fresh(request).state)
    assert ADDRESS not in found.text


def test_a_concern_has_one_without_its_words(ann: Planted, letters: Letters) -> None:
    request = verbs.raise_concern(ann.subject, text="You sold my canary.", way="letter", by=Actor.system("mailbox"))
    assert said(request).about == "concern"
    assert "canary" not in said(request).text


def test_it_speaks_the_language_of_its_request(ann: Planted, letters: Letters) -> None:
    [request] = ask([Right.ACCESS], language="de")
    assert "noch nicht best" in said(request).text or "warte" in said(request).text.lower()
    assert "step: " in said(request).text


def test_it_can_be_made_again_when_everything_else_is_gone(ann: Planted, letters: Letters) -> None:
    """From the record alone: what was asked before the erasure, and the erasure that was asked for."""
    request = ending.end(confirmed(letters, Right.RESTRICTION), state=State.DENIED, reason="other", by=officer_of(ann))
    erasure = confirmed(letters, Right.ERASURE)
    verbs.carry_out_due()
    assert not Request.objects.filter(subject=ann.subject).exists()
    again = receipting.of_record(ann.subject, request.pk)
    assert (again.state, again.number, again.request) == ("denied", "", request.pk)
    erased = verbs.receipt(ann.subject)
    assert (erased.about, erased.request, erased.state, erased.clean) == ("erasure", erasure.pk, "fulfilled", True)
    assert [step.state for step in erased.steps][-2:] == ["in_progress", "fulfilled"]
    assert erased.removed
    assert erased.asked == erased.steps[0].at < erased.steps[-1].at == erased.done
    with pytest.raises(NotHeld):
        receipting.of_record(ann.subject, vault.new_subject())
    with pytest.raises(NotHeld):
        receipting.of_record(vault.new_subject(), request.pk)


def officer_of(person: Planted) -> Actor:
    return officer(Request.objects.get(subject=person.subject))


def test_it_counts_what_was_done_for_it_and_who_was_told(ann: Planted, letters: Letters) -> None:
    request = confirmed(letters, Right.ERASURE)
    now = timezone.now()
    for answer in ("", "done", "done"):
        Notice.objects.create(
            subject=ann.subject, recipient="carrier", because="order:1", reason="erased", asked_at=now, answer=answer
        )
    Notice.objects.create(
        subject=ann.subject, recipient="before", because="o", reason="erased", asked_at=now - timedelta(days=1)
    )
    for recipient in ("post.carrier", LONG):
        Notice.objects.create(subject=ann.subject, recipient=recipient, because="o", reason="erased", asked_at=now)
    named = ("post.carrier erased asked 1", f"{LONG} erased asked 1")
    assert said(request).told == ("carrier erased asked 1", "carrier erased done 2", *named)
    verbs.carry_out_due()
    erased = verbs.receipt(ann.subject)
    assert any(line.startswith("vault:field:open ") for line in erased.did), "for the last letter"
    assert set(named) <= set(erased.told)
    sentences = erased.text.split("\n\n", 1)[0].split("\n")[1:-1]
    assert all(line.endswith(".") and line.count(".") == 1 for line in sentences), "a sentence a line"


def test_many_that_stay_are_told_in_few_lines(ann: Planted) -> None:
    erased = verbs.erase(ann.subject, by=ann.by)
    entries = Entry.objects.of(ann.subject)
    asked, shredded = (entries.filter(act=act).get() for act in (Act.SUBJECT_ERASE, Act.SUBJECT_SHRED))
    first = erased.done.date() if erased.done else timezone.now().date()
    stays = [Staying("order", ("Name",), first + timedelta(days=n), "Tax law.") for n in range(1000)]
    kept = receipting.of_erasure(asked, shredded, stays=stays, found=["0 rows"])
    [line] = kept.kept
    assert line.startswith("order: 1000, the last until ")
    assert kept.state == "partly_fulfilled"
    twice = receipting.of_erasure(asked, shredded, stays=stays[:1] * 2, found=["0 rows"])
    assert [line.endswith("(2 times)") for line in twice.kept] == [True]


def test_one_thing_that_was_deleted_has_one(ann: Planted) -> None:
    session = vault.by_label("session")
    assert session is not None
    row = session._base_manager.get(subject=ann.subject)
    vault.remove(row, by=ann.by)
    removed = Entry.objects.of(ann.subject).get(act=Act.ROW_REMOVE)
    found = receipts.verify(receipting.of_item(removed, found=["0 rows"]).text.encode())
    assert (found.about, found.item, found.state, found.removed) == ("item", row.reference, "fulfilled", None)


def test_the_letter_that_tells_the_end_leads_to_it(ann: Planted, letters: Letters) -> None:
    request = confirmed(letters, Right.RESTRICTION)
    ending.end(request, state=State.DENIED, reason="no_match", by=officer(request))
    [told] = re.findall(r"https://localhost:8443/rights/receipt/([\w:-]+)/", "".join(last(letters).split()))
    assert links.named(told) == (ann.subject, request.pk)
    assert links.named("nonsense") is None


def test_an_erasure_that_was_asked_for_and_withdrawn_before_is_not_the_one(ann: Planted, letters: Letters) -> None:
    request = confirmed(letters, Right.ERASURE)
    steps.move(request, State.IN_PROGRESS, reason=Reason.ERASING, by=Actor.system("rights"))
    steps.move(request, State.REVOKED, reason=Reason.WITHDRAWN, by=ann.by)
    erased = verbs.erase(ann.subject, by=ann.by)
    assert isinstance(erased, Receipt)
    assert (erased.request, len(erased.steps), erased.clean) == (None, 2, True)
