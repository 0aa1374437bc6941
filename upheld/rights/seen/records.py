"""What a row that holds nothing sealed says, in one line for whoever it is about: money with its currency, codes in
words. A row of a kind that is not here is shown by its columns alone."""

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from upheld import vault
from upheld.accounts.models import Account, Session
from upheld.builds.models import Issued, Release
from upheld.contact.models import Address, Choice, Interest, Letter
from upheld.conversations.models import Attachment, Conversation, Message
from upheld.orders.models import Document, Line, Order, Shipment, Step, Trouble
from upheld.payments.models import Card, Instruction, Movement, Payment
from upheld.payments.money import shown
from upheld.policy import force
from upheld.rights import words
from upheld.rights.models import ErasureRequest, Proposal, Request, RequestStep, Token
from upheld.rights.reasons import RIGHTS, SENTENCES, STATES
from upheld.rights.seen.kinds import plural as plural
from upheld.rights.seen.kinds import title as title
from upheld.vault.models import Hold, Restriction

_THINGS = ("order", "pays_for", "payment", "conversation")
_MEMBERS = ("member", "taken_by", "asked_by", "agreed_by")


class Said:
    """The lines for some of one person's rows; what they refer to is looked up once for them all."""

    def __init__(self, subject: UUID, rows: Iterable[vault.AboutPerson]) -> None:
        named: dict[str, set[UUID]] = {name: set() for name in (*_THINGS, *_MEMBERS)}
        for row in rows:
            named.setdefault(row.label(), set()).add(row.pk)
            for name in named.keys() & row.__dict__.keys():
                named[name].add(getattr(row, name))
        self._staff = words.pseudonyms(set().union(*(named[name] for name in _MEMBERS)))
        orders = _some(Order, subject, named["order"] | named["pays_for"], "number", "currency")
        payments = _some(Payment, subject, named["payment"], "currency")
        self._currencies = {row[0]: row[-1] for row in (*orders, *payments)}
        self._numbers = {row[0]: row[1] for row in orders}
        self._matters = dict(_some(Conversation, subject, named["conversation"], "number"))

    def of(self, row: vault.AboutPerson) -> str:
        say = _SAY.get(type(row))
        return say(self, row) if say else ""

    def amount(self, minor: int | None, of: UUID) -> str:
        currency = self._currencies.get(of, "")
        return shown(minor, currency) if minor is not None and currency else ""

    def staff(self, id: UUID | None) -> str:
        """Whoever of our staff it was, by their pseudonym."""
        return self._staff.get(id) or words.STAFF

    def order(self, id: UUID) -> str:
        return f"order {self._numbers[id]}" if self._numbers.get(id) else "an order"

    def matter(self, id: UUID) -> str:
        return f"conversation {self._matters[id]}" if id in self._matters else "a conversation"


def _some(model: type[vault.AboutPerson], subject: UUID, ids: set[UUID], *columns: str) -> list[tuple[Any, ...]]:
    if not ids:
        return []
    return list(model._base_manager.filter(subject=subject, pk__in=ids).values_list("pk", *columns))


def _order(said: Said, row: Any) -> str:
    return f"Number {row.number}, in {row.currency}, {'placed' if row.placed_at else 'not placed yet'}."


def _line(said: Said, row: Any) -> str:
    tax = f", {row.tax_name} {said.amount(row.tax, row.order)}" if row.tax else ""
    return f"{row.quantity} of {row.title}: {said.amount(row.net, row.order)}{tax}; {said.order(row.order)}."


def _document(said: Said, row: Any) -> str:
    amount = f": {said.amount(row.amount, row.order)}" if row.amount else ""
    return f"{row.kind.replace('_', ' ').capitalize()} {row}{amount}."


def _step(said: Said, row: Any) -> str:
    amount = said.amount(row.amount, row.order)
    parts = [row.kind.replace("_", " ").capitalize(), f"by {row.by}", row.reason.replace("_", " "), amount]
    return f"{', '.join(part for part in parts if part)}; {said.order(row.order)}."


def _trouble(said: Said, row: Any) -> str:
    end = f", {row.ending}" if row.ended_at else ", waiting to be mended"
    return f"{row.kind.replace('_', ' ').capitalize()}{end}; {said.order(row.order)}."


def _shipment(said: Said, row: Any) -> str:
    return f"With the carrier {row.carrier}; {said.order(row.order)}."


def _conversation(said: Said, row: Any) -> str:
    state = "closed" if row.closed_at else "waiting for our answer" if row.waiting_since else "answered"
    return f"Number {row.number}, about {_ABOUT.get(row.reason, row.reason)}, {state}."


def _message(said: Said, row: Any) -> str:
    return f"{'Our answer' if row.is_ours else 'What you wrote'}; {said.matter(row.conversation)}."


def _attachment(said: Said, row: Any) -> str:
    return f"{row.size} bytes, never opened by us; {said.matter(row.conversation)}."


def _issued(said: Said, row: Any) -> str:
    release = Release.objects.filter(pk=row.release).first()
    what = f"{release.product} {release.version} for {release.platform}" if release else "A release"
    handed_on = " It is a copy that you hand on: what it reports is other people's." if row.handed_on else ""
    return f"{what}.{handed_on}"


def _card(said: Said, row: Any) -> str:
    return f"Kept by the payment processor {row.processor}."


def _payment(said: Said, row: Any) -> str:
    return f"{said.amount(row.amount, row.pk)} through {row.processor}; {said.order(row.pays_for)}."


def _instruction(said: Said, row: Any) -> str:
    outcome = f": {row.outcome.replace('_', ' ')}" if row.outcome else ""
    return f"To {_ASKED.get(row.kind, row.kind)} {said.amount(row.amount, row.payment)}{outcome}."


def _movement(said: Said, row: Any) -> str:
    return f"{_MOVED.get(row.kind, row.kind)}: {said.amount(row.amount, row.payment)}; {said.order(row.pays_for)}."


def _request(said: Said, row: Any) -> str:
    return f"Number {row.number}, {RIGHTS[row.right]}: {STATES[row.state]}."


def _account(said: Said, row: Any) -> str:
    return f"Made on {row.created_at:%-d %B %Y}."


def _address(said: Said, row: Any) -> str:
    bounced = "; a letter came back from it" if row.bounced_at else ""
    return f"{'Confirmed by you' if row.verified_at else 'Not confirmed'}{bounced}."


def _choice(said: Said, row: Any) -> str:
    return f"{'Allowed' if row.allowed else 'Refused'} on {row.at:%-d %B %Y}: letters about {_topic(row.topic)}."


def _interest(said: Said, row: Any) -> str:
    return f"In {row.product}, since {row.at:%-d %B %Y}."


def _letter(said: Said, row: Any) -> str:
    what, purpose = row.kind.replace("_", " ").capitalize(), f", for {_topic(row.purpose)}" if row.purpose else ""
    end = _ENDED.get(row.ending, row.ending) if row.ended_at or row.due_at is None else "waiting to be sent"
    return f"{what}{purpose}, of {row.at:%-d %B %Y}: {end}."


def _topic(purpose: str) -> str:
    declared = force.in_force().purposes.get(purpose)
    return (declared.title if declared else "") or purpose


def _session(said: Said, row: Any) -> str:
    return f"Since {row.created_at:%-d %B %Y}, until {row.expires_at:%-d %B %Y} at the latest."


def _erasure(said: Said, row: Any) -> str:
    until = f"; it can be taken back until {row.due_at:%-d %B %Y, %H:%M} UTC" if row.due_at else ""
    return f"Asked for on {row.asked_at:%-d %B %Y}{until}."


def _hold(said: Said, row: Any) -> str:
    ended = f"; it ended on {row.released_at:%-d %B %Y}" if row.released_at else ""
    return f"For {_HELD.get(row.reason, row.reason)}, until {row.until:%-d %B %Y} at the latest{ended}."


def _restriction(said: Said, row: Any) -> str:
    until = f" until {row.lifts_at:%-d %B %Y}" if row.lifts_at else ""
    return f"Since {row.placed_at:%-d %B %Y}{until}, nothing of yours is opened for {_topic(row.purpose)}."


def _proposal(said: Said, row: Any) -> str:
    return f"For {title(row.kind).lower()}, {row.name.replace('_', ' ')}."


def _request_step(said: Said, row: Any) -> str:
    why = f" {SENTENCES[row.reason]}" if row.reason else ""
    return f"From then on: {STATES[row.state]}.{why}"


def _token(said: Said, row: Any) -> str:
    end = "was used" if row.used_at else f"serves until {row.expires_at:%-d %B %Y}"
    return f"{_SERVES[row.use]}; it {end}."


_SERVES = {
    "code": "To be typed on the page that a link of ours leads to",
    "confirm": "To say that a request is yours",
    "correct": "To correct something, or to say yes or no to a correction",
    "fetch": "To fetch a copy of what is held about you",
}
_ENDED = {
    "failed": "it came back",
    "gone": "it was not sent, since the address was gone",
    "refused": "it was not sent, since you refused it",
    "sent": "it was sent",
    "unknown": "it may have been sent",
}
_HELD = {
    "authority": "an authority that asked for it",
    "claim": "a claim",
    "investigation": "an investigation",
    "litigation": "a lawsuit",
}
_ASKED = {"authorise": "reserve", "cancel": "release", "capture": "take", "refund": "give back"}
_MOVED = {
    "authorise": "Reserved on your card",
    "cancel": "Released",
    "capture": "Taken from your card",
    "dispute": "Taken back by your bank",
    "dispute_won": "Given back to us by your bank",
    "refund": "Given back to you",
    "refund_failed": "Sent back to us by your bank",
}
_ABOUT = {
    "concern": "a concern",
    "order": "an order",
    "other": "something else",
    "press": "a question of the press",
    "product": "a product",
    "rights": "your rights",
    "support": "help",
}
_SAY: dict[type, Callable[[Said, Any], str]] = {
    Account: _account,
    Address: _address,
    Attachment: _attachment,
    Card: _card,
    Choice: _choice,
    Conversation: _conversation,
    Document: _document,
    ErasureRequest: _erasure,
    Hold: _hold,
    Instruction: _instruction,
    Interest: _interest,
    Issued: _issued,
    Letter: _letter,
    Line: _line,
    Message: _message,
    Movement: _movement,
    Order: _order,
    Payment: _payment,
    Proposal: _proposal,
    Request: _request,
    RequestStep: _request_step,
    Restriction: _restriction,
    Session: _session,
    Shipment: _shipment,
    Step: _step,
    Token: _token,
    Trouble: _trouble,
}


def say(model: type[vault.AboutPerson], line: Callable[[Said, Any], str]) -> None:
    """From here on rows of this model, of a room above this one, are told of in this line."""
    _SAY[model] = line
