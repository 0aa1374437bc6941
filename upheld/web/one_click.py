"""The check of the link in a news letter: followed as a mail program does, for the made-up person."""

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from upheld.contact import bulletins, composing
from upheld.contact import verbs as contact
from upheld.contact.models import Address, Bulletin, Letter
from upheld.policy import Promise, force
from upheld.policy.checks import Finding, check
from upheld.rights.checks import rehearsed
from upheld.rights.checks.rehearsal import Nobody
from upheld.web.pages import client

FORM = "application/x-www-form-urlencoded"
GOOD = 200


@check(
    Promise.OPT_OUT_ANY_TIME,
    how="A made-up person gets news. The link in its List-Unsubscribe header is opened, which must change nothing, and "
    "then posted to as RFC 8058 says, by a browser that is not signed in. The next letter must not leave.",
)
def one_click() -> Finding:
    return rehearsed.shown("one_click")


@check(
    Promise.OPT_OUT_ANY_TIME,
    how="A made-up person who refused topics is erased; that their address refused them must be kept as a digest, and "
    "be found by the address alone.",
)
def outlives_erasure() -> Finding:
    return rehearsed.shown("suppressed")


def _stop(nobody: Nobody) -> Finding:
    topics = force.in_force().topics
    if not topics:
        return Finding(True, "the policy has no topic to write about")
    news = Bulletin.objects.create(topic=topics[0], title="A rehearsal", text="To nobody.", composed_at=timezone.now())
    try:
        wrong = list(_steps(nobody, news))
    finally:
        news.delete()
    return Finding(not wrong, "a letter of news came, one click stopped it, and the next did not leave", tuple(wrong))


def _steps(nobody: Nobody, news: Bulletin) -> list[str]:
    contact.record_choice(nobody.subject, topic=news.topic, allowed=True, by=nobody.by, source="account")
    first, wrong = _letter(nobody, news), []
    if contact.deliver(first) != "sent":
        wrong.append("the first letter did not leave")
    link = _link(first, news)
    client().get(link, secure=True)
    if not contact.may_write(nobody.subject, news.topic):
        wrong.append("looking at the link stopped the letters")
    next_one = _letter(nobody, news)
    answer = client().post(link, "List-Unsubscribe=One-Click", content_type=FORM, secure=True)
    if answer.status_code != GOOD:
        wrong.append(f"the one click was answered {answer.status_code}")
    if contact.deliver(next_one) != "refused":
        wrong.append("the next letter left though it was stopped")
    return wrong


@transaction.atomic
def _letter(nobody: Nobody, news: Bulletin) -> Letter:
    bulletins.write_to(news, [Address.objects.get(subject=nobody.subject)])
    letter: Letter = Letter.objects.filter(subject=nobody.subject, bulletin=news.pk).latest("id")
    return letter


def _link(letter: Letter, news: Bulletin) -> str:
    """Of the header, as a path of this site."""
    said = bulletins.said(news, reader=letter.subject)
    header: str = composing.message(letter, said, address="nobody@rehearsal.invalid").extra_headers["List-Unsubscribe"]
    return header.strip("<>").removeprefix(settings.HOME.site)


rehearsed.also("one_click", _stop)
