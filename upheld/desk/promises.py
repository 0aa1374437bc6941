"""The checks of what the desk shows, on the made-up person and with members of staff who are there for that alone."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from upheld import crockford, vault
from upheld.cases import taking
from upheld.contact.models import Address
from upheld.conversations import verbs as conversations
from upheld.conversations.models import Conversation
from upheld.policy import Promise, force
from upheld.policy.checks import Finding, check
from upheld.rights.checks import rehearsed
from upheld.rights.checks.rehearsal import PLACE, Nobody
from upheld.staff import sealing, sessions
from upheld.staff.models import Member
from upheld.web.pages import client

KIND = "conversation"
OK, REFUSED = 200, (403, 404, 409)


@check(
    Promise.JOB_BOUND,
    how="A made-up person writes in, and two members of staff who exist for this check alone are at the desk. Neither "
    "the queues nor the case may hold a value of the person's before one of them has it and opens it; then the answer "
    "must hold that value and no other; the second member, and the first once it is closed, must be refused. All that "
    "the members did is taken back.",
)
def masked_until_opened() -> Finding:
    return rehearsed.shown("desk")


def _desk(nobody: Nobody) -> Finding:
    text = nobody.value("message", 9)
    conversation = conversations.begin(
        nobody.subject, title="", text=text, reason="other", by=nobody.by, acknowledged=False
    )
    try:
        with _taken_back():
            wrong = list(_problems(nobody, conversation))
    finally:
        conversations.remove(conversation, by=nobody.by)
    return Finding(not wrong, "a case that nobody had, had and closed: only what was opened was shown", tuple(wrong))


def _problems(nobody: Nobody, conversation: Conversation) -> Iterator[str]:
    one, other = _member(), _member()
    browser, stranger = _browser(one), _browser(other)
    page = reverse("desk_case", args=[KIND, conversation.pk])
    address = Address.objects.filter(subject=nobody.subject).first()
    if address is None:
        yield "the made-up person has no address"
        return
    value = vault.open(address, ["email"], by=nobody.by, purpose="access")["email"] or ""
    opening = reverse("desk_open", args=[KIND, conversation.pk, address.label(), address.pk, "email"])
    for path in (reverse("desk"), reverse("desk_queue", args=[KIND]), page):
        yield from _shows(browser, path, nobody, "before it was taken")
    if _post(browser, opening) not in REFUSED:
        yield "a case that nobody has was opened"
    case = taking.take(KIND, conversation.pk, by=one)
    yield from _shows(browser, page, nobody, "before it was opened")
    if _post(stranger, opening) not in REFUSED:
        yield "somebody else's case was opened"
    opened = browser.post(opening, secure=True).content.decode()
    if value not in opened:
        yield "what was opened is not shown"
    if nobody.token in opened.replace(value, ""):
        yield "more was shown than was opened"
    conversations.close(conversation, by=taking.acts_as(one, case))
    if _post(browser, opening) not in REFUSED:
        yield "a case that is closed was opened"


def _shows(browser: Client, path: str, nobody: Nobody, when: str) -> Iterator[str]:
    answer = browser.get(path, secure=True)
    if answer.status_code != OK:
        yield f"{path.rstrip('/').rpartition('/')[0]} answered {answer.status_code} {when}"
    if nobody.token in answer.content.decode():
        yield f"a page held a value in clear {when}"


def _post(browser: Client, path: str) -> int:
    return browser.post(path, secure=True).status_code


def _member() -> Member:
    id, now = vault.new_subject(), timezone.now()
    address = f"{id}@{PLACE}.invalid"
    jobs = [name for name, job in force.in_force().jobs.items() if KIND in job.during]
    return Member.objects.create(
        id=id, pseudonym=f"X-{crockford.new(8)}", address_digest=sealing.digest("address", address),
        named=sealing.seal({"name": "", "address": address}, member=id, what="named"), jobs=jobs,
        invited_at=now, enrolled_at=now,
    )  # fmt: skip


def _browser(member: Member) -> Client:
    browser = client()
    browser.cookies[sessions.COOKIE] = sessions.begin(member, way="passkey").cookie
    return browser


@contextmanager
def _taken_back() -> Iterator[None]:
    """Nothing that is done in it is kept: no member is there but while the check looks."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


rehearsed.also("desk", _desk)
