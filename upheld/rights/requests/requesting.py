"""Somebody uses a right: what needs nobody's word is done at once, the rest waits until the address says that it is
theirs."""

from collections.abc import Collection, Sequence
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from upheld.accounts import limits
from upheld.contact import locking
from upheld.contact import verbs as contact
from upheld.contact.letters import Wording
from upheld.policy.actors import Actor, Kind
from upheld.policy.acts import Act
from upheld.policy.decisions import require_each
from upheld.rights import letters
from upheld.rights.answers import TooManyOpen
from upheld.rights.erasure import beginning
from upheld.rights.erasure.keeping import keep
from upheld.rights.errors import IsOver
from upheld.rights.models import Request, Right, State
from upheld.rights.reasons import Reason
from upheld.rights.requests import steps, tokens
from upheld.rights.requests.ending import close_conversation, number_of
from upheld.rights.requests.writers import reached
from upheld.vault.locking import hold_still

BY = Actor.system("rights")  # who writes the letters of this room
MOST = 3
DAY = 24 * 3600
TOO_MANY = limits.Limit("rights.too_many", 1, DAY)
AGAIN = limits.Limit("rights.asked_again", 6, DAY)
BY_PROGRAM = (Right.ACCESS, Right.ERASURE, Right.RESTRICTION)
AT_ONCE = (Right.OPT_OUT, Right.OBJECTION)
WORDLESS = (*BY_PROGRAM, Right.OPT_OUT)
CONFIRMED = (Right.ACCESS, Right.RECTIFICATION, Right.ERASURE, Right.RESTRICTION)


def ask(
    subjects: Sequence[UUID],
    rights: Collection[Right | str],
    *,
    way: str,
    language: str = "en",
    by: Actor,
    conversation: UUID | None = None,
    answers: str = "",
) -> list[Request] | TooManyOpen:
    """Open a request of each of these rights for each of these people, who hold one address, and write to it once.

    News is refused at once, by a letter or by the person themselves; the site has not heard from the address yet, and
    does nothing of what a visitor asks there. What the program cannot undo waits for the word of the address, unless
    the person themselves ask, signed in; asked again, what waits already is waited for, and the letter is written anew.
    `conversation` is the one with what they wrote, `answers` the Message-ID of their letter. TooManyOpen when one of
    them has three open already that were confirmed, so that nobody fills them up by writing in another's name;
    nothing that needs no word is kept from them by it.
    Call it in a transaction only under `contact.locking.alone_with(*subjects)`. Raises Erased, Refused.
    """
    wanted = {Right(each) for each in rights}
    require_each(Act.REQUEST_OPEN, subjects, by=by)
    with locking.alone_with(*subjects), transaction.atomic():
        hold_still(*subjects)
        asking = _Asking(subjects, way, language, by, conversation, answers)
        at_once = () if way == "site" and by.kind is not Kind.PERSON else AT_ONCE
        done = [request for right in at_once if right in wanted for request in asking.at_once(right)]
        rest = [right for right in (*CONFIRMED, *AT_ONCE) if right in wanted and right not in at_once]
        if rest and any(holds_too_many(subject) for subject in subjects):
            return asking.too_many()
        return done + (asking.open(rest) if rest and subjects else [])


def holds_too_many(subject: UUID) -> bool:
    """Whether this person has as many open requests as anyone may. Concerns do not count: one is always taken. Nor does
    what waits for their word, which anybody can have asked for."""
    open_ones = Request.objects.standing().filter(subject=subject).exclude(right=Right.CONCERN)
    return bool(open_ones.exclude(state=State.NEED_VERIFICATION).count() >= MOST)


def waiting(subjects: Sequence[UUID], rights: Collection[Right]) -> list[Request]:
    """Those that still wait for the word of these people, and will for some days."""
    found = Request.objects.filter(subject__in=subjects, right__in=rights, state=State.NEED_VERIFICATION)
    return list(found.filter(asked_at__gt=timezone.now() - tokens.LASTS / 2).order_by("id"))


@transaction.atomic
def withdraw(request: Request, *, by: Actor) -> Request:
    """The person takes it back, while it is not being carried out; with an erasure that waits, every request for it.
    Raises IsOver (also of an erasure that has begun), Erased, Refused."""
    hold_still(request.subject)
    request = Request.objects.lock(request)
    if request.right == Right.ERASURE and beginning.carries_out(request):
        if not keep(request.subject, by=by):
            raise IsOver(request.number)
        kept: Request = Request.objects.get(subject=request.subject, pk=request.pk)
        return kept
    request = steps.move(request, State.REVOKED, reason=Reason.WITHDRAWN, by=by)
    close_conversation(request, by=by)
    return request


class _Asking:
    """What all of one ask have in common."""

    def __init__(
        self, subjects: Sequence[UUID], way: str, language: str, by: Actor, conversation: UUID | None, answers: str
    ) -> None:
        self.subjects, self.by, self.answers = subjects, by, answers
        self.way, self.language, self.conversation = way, language, conversation

    def at_once(self, right: Right) -> list[Request]:
        """News is refused; what else an objection is about, somebody reads, when there is something to read."""
        for subject in self.subjects:
            contact.refuse_everything(subject, by=self.by, source="letter" if self.way == "letter" else "account")
        found = [self._begin(subject, right) for subject in self.subjects]
        if right is Right.OBJECTION and self.conversation:
            found = [steps.move(each, State.IN_PROGRESS, reason=Reason.OFFICER, by=self.by) for each in found]
            self._write(
                letters.ObjectionTaken(number_of(found[0]), found[0].number, found[0].due_at) if found else None
            )
        else:
            found = [steps.move(each, State.FULFILLED, by=self.by) for each in found]
            self._write(letters.OptedOut())
        return found

    def open(self, rights: Sequence[Right]) -> list[Request]:
        """They wait for the address's word; or, when it is the person who asks, they are confirmed."""
        wanted = [(subject, right) for right in rights for subject in self.subjects]
        if self.by.kind is Kind.PERSON:
            return take_up([self._begin(*each) for each in wanted], by=self.by, answers=self.answers)
        same = filter(self._is_it, waiting(self.subjects, rights))
        again = {(each.subject, Right(each.right)): each for each in same}
        fresh = [self._begin(*each) for each in wanted if each not in again]
        found = [*again.values(), *(steps.move(each, State.NEED_VERIFICATION, by=self.by) for each in fresh)]
        if not fresh and limits.take([(AGAIN, self.subjects[0].bytes)]) is not None:
            return found
        secret = tokens.issue(tokens.CONFIRM, found)
        until = min(each.asked_at for each in found) + tokens.LASTS
        self._write(letters.ConfirmRequests(secret.code, secret.link, tuple(rights), until))
        return found

    def _is_it(self, request: Request) -> bool:
        """Whether this asks for the same once more. What people carry out is asked for in their own words: a yes to one
        letter must never be taken for the words of another."""
        return request.right in WORDLESS or request.conversation == self.conversation

    def too_many(self) -> TooManyOpen:
        """Said once a day, so that our letters cannot be used to fill anybody's mailbox."""
        if limits.take([(TOO_MANY, self.subjects[0].bytes)]) is None:
            self._write(letters.TooManyLetter())
        return TooManyOpen()

    def _begin(self, subject: UUID, right: Right) -> Request:
        return steps.begin(
            subject, right, way=self.way, language=self.language, by=self.by, conversation=self.conversation
        )

    def _write(self, wording: Wording | None) -> None:
        if wording is not None:
            write(self.subjects, wording, language=self.language, answers=self.answers)


def take_up(found: Sequence[Request], *, by: Actor, answers: str = "", act: Act = Act.REQUEST_STEP) -> list[Request]:
    """Confirmed: the program carries out what it can, and the privacy officer has the rest. In a transaction."""
    taken = [_take_up(each, by=themselves(each, by), act=act) for each in found]
    refused = [each for each in taken if each.right == Right.OPT_OUT]
    if refused:
        write([each.subject for each in refused], letters.OptedOut(), language=refused[0].language, answers=answers)
    by_hand = [each for each in taken if each.right not in WORDLESS]
    if by_hand:
        numbers, rights = tuple(each.number for each in by_hand), tuple(each.right for each in by_hand)
        wording = letters.RequestsTaken(number_of(by_hand[0]), numbers, rights, by_hand[0].due_at)
        write([each.subject for each in by_hand], wording, language=by_hand[0].language, answers=answers)
    return taken


def _take_up(request: Request, *, by: Actor, act: Act) -> Request:
    if request.right in AT_ONCE:
        contact.refuse_everything(request.subject, by=by, source="account")
    if request.right == Right.OPT_OUT:
        return steps.move(request, State.FULFILLED, by=by, act=act)
    return steps.move(request, State.IN_PROGRESS, reason=_next(request), by=by, act=act)


def _next(request: Request) -> Reason:
    return Reason.CONFIRMED if request.right in BY_PROGRAM else Reason.OFFICER


def themselves(request: Request, by: Actor) -> Actor:
    """Somebody unknown, or the mailbox for them, who has shown our secret: it is the person."""
    return by if by.kind is Kind.PERSON and by.id == request.subject else Actor.person(request.subject)


def write(subjects: Sequence[UUID], wording: Wording, *, language: str, answers: str = "") -> str:
    """To the one address that these people hold, if there is one still. The row of the letter, or steps.NOWHERE."""
    to = reached(subjects)
    if to is None:
        return steps.NOWHERE
    return contact.send(wording, to=to, by=BY, language=language, answers=answers).reference
