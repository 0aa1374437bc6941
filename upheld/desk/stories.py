"""What became of what a case is about, and which letters went out: days, codes and numbers, nothing that is sealed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from upheld.cases.kinds import KINDS
from upheld.cases.models import Case, Turn
from upheld.contact.models import Letter
from upheld.conversations.models import Conversation, Message
from upheld.orders import states, story
from upheld.orders.models import Line, Order
from upheld.orders.states import State
from upheld.payments.money import shown
from upheld.rights.models import Request, RequestStep
from upheld.rights.reasons import RIGHTS, SENTENCES, STATES
from upheld.staff.models import Member

THEM, US = "The person", "Us"
ENDINGS = {
    "": "On its way",
    "failed": "Could not be brought",
    "gone": "Not sent: there was nobody to write to any more",
    "refused": "Not sent: the person had us stop",
    "sent": "Sent",
    "unknown": "Perhaps sent",
}
ENDED_TURNS = {
    "closed": "The case was closed",
    "handed_back": "The case was handed back",
    "handed_over": "The case was handed over",
    "lapsed": "Nobody went on with the case",
    "left": "Whoever had the case left",
}
MOST_LETTERS = 30


@dataclass(frozen=True, slots=True)
class Happened:
    at: datetime
    what: str
    who: str = ""


@dataclass(frozen=True, slots=True)
class Sent:
    """A letter, by its kind; its words are not looked at."""

    at: datetime
    kind: str
    title: str
    state: str


@dataclass(frozen=True, slots=True)
class Ordered:
    order: Order
    state: State
    lines: list[tuple[Line, str]]  # each with its sum
    total: str


def happened(case: Case) -> list[Happened]:
    """Oldest first."""
    found = [*_of_order(case), *_of_conversation(case), *_of_requests(case), *_of_turns(case)]
    return sorted(found, key=lambda each: each.at)


def letters(case: Case) -> list[Sent]:
    """Those that were written since it began, for what this kind of case is about; the newest first."""
    rows = Letter.objects.filter(subject=case.subject, purpose__in=_purposes(case), at__gte=_began(case))
    return [
        Sent(each.at, each.kind, each.kind.replace("_", " ").capitalize(), ENDINGS[each.ending])
        for each in rows.order_by("-at", "-id")[:MOST_LETTERS]
    ]


def ordered(case: Case) -> Ordered | None:
    """The order that it is about, if it is about one."""
    order = _order(case)
    if order is None:
        return None
    lines = list(Line.objects.of(order))
    total = shown(sum(line.total for line in lines), order.currency)
    sums = [(line, shown(line.total, order.currency)) for line in lines]
    return Ordered(order, states.state(order), sums, total)


def _order(case: Case) -> Order | None:
    found: Order | None = Order.objects.placed().filter(subject=case.subject, pk=case.about).first()
    return found


def _conversation(case: Case) -> Conversation | None:
    found: Conversation | None = Conversation.objects.filter(subject=case.subject, pk=case.about).first()
    return found


def _requests(case: Case) -> list[Request]:
    which = Q(conversation=case.about) | Q(pk=case.about)
    return list(Request.objects.filter(which, subject=case.subject))


def _of_order(case: Case) -> Iterator[Happened]:
    order = _order(case)
    for each in story.story(order) if order else ():
        why = f" ({each.why})" if each.why else ""
        amount = f": {each.amount}" if each.amount else ""
        yield Happened(each.at, f"{each.what}{why}{amount}", THEM if each.who == "You" else each.who)


def _of_conversation(case: Case) -> Iterator[Happened]:
    found = _conversation(case)
    if found is None:
        return
    rows = Message.objects.filter(subject=case.subject, conversation=found.pk)
    for at, is_ours in rows.values_list("at", "is_ours"):
        yield Happened(at, "They were answered" if is_ours else "They wrote to us", US if is_ours else THEM)
    if found.closed_at:
        yield Happened(found.closed_at, "The conversation was closed")


def _of_requests(case: Case) -> Iterator[Happened]:
    for request in _requests(case):
        yield Happened(request.asked_at, f"{request.number}: {RIGHTS[request.right]}", THEM)
        for step in RequestStep.objects.filter(subject=case.subject, request=request.pk):
            why = f". {SENTENCES[step.reason]}" if step.reason else ""
            yield Happened(step.at, f"{request.number} is {STATES[step.state]}{why}")


def _of_turns(case: Case) -> Iterator[Happened]:
    turns = list(Turn.objects.filter(subject=case.subject, case=case.pk).order_by("since"))
    who = {each.pk: each.pseudonym for each in Member.objects.filter(pk__in={each.member for each in turns})}
    for turn in turns:
        name = who.get(turn.member, "Somebody")
        yield Happened(turn.since, "The case was taken", name)
        if turn.until:
            yield Happened(turn.until, ENDED_TURNS.get(turn.ending, "The turn ended"), name)


def _purposes(case: Case) -> set[str]:
    own = {KINDS[case.kind].purpose} if case.kind in KINDS else set()
    return own | {"billing", "fulfilment", "order_trouble"} if _order(case) else own


def _began(case: Case) -> datetime:
    order, conversation = _order(case), _conversation(case)
    began = [case.opened_at, *(each.asked_at for each in _requests(case))]
    if order is not None and order.placed_at:
        began.append(order.placed_at)
    if conversation is not None:
        began.append(conversation.opened_at)
    return min(began)
