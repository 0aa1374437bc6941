"""What the case of a request or a concern shows: how far each request is, the evidence for the promise that a concern
names, what a law has us keep, and what is not used. Nothing is opened for it."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from upheld.cases.models import Case
from upheld.conversations.models import Conversation
from upheld.desk import asked_forms as forms
from upheld.desk import clocks
from upheld.desk.clocks import Clock
from upheld.evidence import running
from upheld.evidence.verdicts import Verdict
from upheld.orders.models import Order
from upheld.policy import Promise, force, words
from upheld.rights import verbs
from upheld.rights.corrections import proposing
from upheld.rights.models import ENDED, Request, Right, State
from upheld.rights.seen import records
from upheld.vault import holding, restricting
from upheld.vault.models import Restriction
from upheld.web import progress

ASKED_BY_PERSON = "asked_by_person"


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, with its clock while it stands, and the evidence for the promise that it names."""

    row: progress.Row
    clock: Clock | None
    evidence: Verdict | None
    waiting: int  # corrections to which the person has still to say yes or no


def context(case: Case) -> dict[str, Any]:
    """For the part with what may be done."""
    found = requests(case)
    return {
        "asked": [_asked(row) for row in progress.rows(found)],
        "conversation": conversation(case),
        "holds": list(holding.standing_ones().filter(subject=case.subject).order_by("until", "id")),
        "restricted": _restricted(case),
        "erases": erases(case),
        "end_form": end_form(case),
        "propose_form": propose_form(case),
        "hold_form": forms.HoldForm(),
        "restrict_form": restrict_form(case),
        "lift_form": lift_form(case),
        "on_word_form": forms.OnWordForm() if case.reason == ASKED_BY_PERSON else None,
    }


def requests(case: Case) -> list[Request]:
    """Those of this person that the case is about: those that stand first."""
    rows = Request.objects.filter(Q(conversation=case.about) | Q(pk=case.about), subject=case.subject)
    return sorted(rows.order_by("due_at", "id"), key=lambda each: each.state in ENDED)


def conversation(case: Case) -> Conversation | None:
    """What they wrote. One letter may be about two people; then it lies with the first of them."""
    found: Conversation | None = Conversation.objects.filter(subject=case.subject, pk=case.about).first()
    return found


def erases(case: Case) -> bool:
    """Whether everything is asked to go: then its plan is of use to whoever works on it."""
    return any(each.right == Right.ERASURE and each.state not in ENDED for each in requests(case))


def end_form(case: Case, data: Any = None) -> forms.EndForm | None:
    """None where nothing is to be ended by us: what waits for its person's word ends by itself."""
    found = [each for each in requests(case) if each.state not in (*ENDED, State.NEED_VERIFICATION)]
    return forms.EndForm(found, data) if found else None


def propose_form(case: Case, data: Any = None) -> forms.ProposeForm | None:
    """For a correction that the person asked for, in this case or, where staff started it, in any."""
    found = Request.objects.filter(subject=case.subject, right=Right.RECTIFICATION, state=State.IN_PROGRESS)
    meant = [each for each in found.order_by("id") if case.reason or case.about in (each.conversation, each.pk)]
    return forms.ProposeForm(meant, _correctable(meant[0]), data) if meant else None


def restrict_form(case: Case, data: Any = None) -> forms.RestrictForm:
    policy = force.in_force()
    standing = restricting.restricted(case.subject)
    left = [each for each in restricting.may_be(policy) if each not in standing]
    return forms.RestrictForm([(each, words.purpose(policy, each)) for each in left], data)


def lift_form(case: Case, data: Any = None) -> forms.LiftForm:
    """Of what is restricted and does not end already."""
    choices = [(each.purpose, title) for each, title in _restricted(case) if each.lifts_at is None]
    return forms.LiftForm(choices, data)


def planned(case: Case) -> dict[str, Any]:
    """What an erasure would do and when, kind by kind, without a value."""
    found = verbs.plan(case.subject)
    goes = [(records.title(each.label), each.rows, each.titles) for each in found.goes]
    stays = [(records.title(each.label), each) for each in found.stays]
    return {"plan": found, "goes": goes, "stays": stays}


def _asked(row: progress.Row) -> Asked:
    asked = row.asked
    evidence = running.verdicts()[Promise(asked.promise)] if asked.promise in set(Promise) else None
    clock = None if row.is_over else clocks.of(asked.due_at)
    waiting = len(proposing.waiting(asked)) if asked.right == Right.RECTIFICATION else 0
    return Asked(row, clock, evidence, waiting)


def _restricted(case: Case) -> list[tuple[Restriction, str]]:
    policy = force.in_force()
    rows = Restriction.objects.filter(subject=case.subject).order_by("purpose")
    return [(each, words.purpose(policy, each.purpose)) for each in rows]


def _correctable(request: Request) -> list[tuple[str, str]]:
    """Rows and fields, never what they hold; an order by its number."""
    numbers = dict(Order.objects.filter(subject=request.subject).values_list("pk", "number"))
    return [
        (f"{each.label}:{each.row}:{each.field}", f"{each.title} {numbers.get(each.row, '')}".strip())
        for each in proposing.fields(request)
    ]
