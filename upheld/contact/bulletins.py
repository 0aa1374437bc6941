"""News that the company writes to many: composed in Markdown, queued for those whose choices and interests fit.

    # What it says above the letter

    Paragraphs, lists and links to our own site, as CommonMark.

Recipients are chosen some hundreds at a time, by choices and interests alone: no address is opened for it. Each lot is
one transaction with the place up to which people have been asked about, so that a queueing that was killed goes on from
there and nobody gets a letter twice. The choice is asked again when each letter leaves.
"""

from collections.abc import Callable
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from markdown_it import MarkdownIt
from markdown_it.token import Token

from upheld import ledger
from upheld.contact import letters
from upheld.contact.errors import BulletinUnfit, NoSuchProduct, NoSuchTopic
from upheld.contact.models import Address, Bulletin, Choice, Interest, Letter
from upheld.policy import Policy, force
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.policy.decisions import require, require_each
from upheld.policy.differences import diff

BY = Actor.system("news")
KIND = "bulletin"
LOT = 500
TITLE = 200  # characters: the column's
POLICY_TOPIC = "news.policy"
MARKDOWN = MarkdownIt("commonmark", {"html": False})  # markup of their own is shown as it was typed


@transaction.atomic
def compose(text: str, *, topic: str, product: str = "", key: str = "", by: Actor) -> Bulletin:
    """Keep a bulletin, to be looked at and sent. `key` names what there can be one bulletin about, and the same is
    returned when there is. Raises NoSuchTopic, NoSuchProduct, BulletinUnfit, Refused."""
    require(Act.NEWS_COMPOSE, by=by)
    policy = force.in_force()
    if topic not in policy.topics:
        raise NoSuchTopic(topic)
    if product and product not in policy.products:
        raise NoSuchProduct(product)
    known = Bulletin.objects.filter(key=key).first() if key else None
    if known:
        return known
    title, body = _parts(text)
    made = Bulletin.objects.create(
        topic=topic, product=product, title=title, text=body, key=key or None, composed_at=timezone.now()
    )
    ledger.append(Act.NEWS_COMPOSE, by=by, facts=_facts(made))
    return made


def send(bulletin: Bulletin, *, by: Actor, progress: Callable[[int, int], None] | None = None) -> Bulletin:
    """Queue it for everyone whom it may go to. Interrupted, it goes on where it was. Raises Refused."""
    begin(bulletin, by=by)
    total, asked = Address.objects.for_news().count(), 0
    while count := _queue_lot(bulletin.pk):
        asked += count
        if progress:
            progress(asked, max(asked, total))
    bulletin.refresh_from_db()
    return bulletin


@transaction.atomic
def begin(bulletin: Bulletin, *, by: Actor) -> Bulletin:
    """It is to go out: whoever asks waits for nothing, and `resume` queues it. Safe to repeat. Raises Refused."""
    require(Act.NEWS_SEND, by=by)
    found: Bulletin = Bulletin.objects.select_for_update().get(pk=bulletin.pk)
    if found.started_at is None:
        found.started_at = timezone.now()
        found.save(update_fields=["started_at"])
        ledger.append(Act.NEWS_SEND, by=by, facts=_facts(found))
    return found


def resume() -> int:
    """Go on with every queueing that was begun. Returns how many there were."""
    left = list(Bulletin.objects.filter(started_at__isnull=False, finished_at=None))
    for bulletin in left:
        while _queue_lot(bulletin.pk):
            pass
    return len(left)


def tell_of_policy(old: Policy, new: Policy, *, by: Actor) -> Bulletin | None:
    """Write to everyone who did not refuse it what changes for them; once for a version. None where the policy in
    force has no such topic."""
    if POLICY_TOPIC not in force.in_force().topics:
        return None
    bulletin = compose(_changes(old, new), topic=POLICY_TOPIC, key=new.digest, by=by)
    return bulletin if bulletin.finished_at else send(bulletin, by=by)


def said(bulletin: Bulletin, *, reader: UUID) -> dict[str, str]:
    """Subject, text and HTML of a reader's letter. The text is the Markdown itself, which was made to be read."""
    end = letters.news_closing(reader, bulletin.topic)
    html = f"{MARKDOWN.render(bulletin.text)}{letters.marked(end)}"
    return {
        "subject": bulletin.title,
        "text": f"{bulletin.text}\n\n{letters.plain(end)}",
        "html": letters.page(bulletin.title, html),
    }


@transaction.atomic
def _queue_lot(id: UUID) -> int:
    """The next people asked about, in the order of their addresses' ids. How many; none when it is finished."""
    bulletin = Bulletin.objects.select_for_update().get(pk=id)
    rows = Address.objects.for_news().order_by("id")
    lot = list((rows.filter(id__gt=bulletin.last) if bulletin.last else rows)[:LOT])
    if lot:
        bulletin.last, bulletin.queued = lot[-1].pk, bulletin.queued + write_to(bulletin, lot)
    else:
        bulletin.finished_at = bulletin.finished_at or timezone.now()
    bulletin.save(update_fields=["last", "queued", "finished_at"])
    return len(lot)


def write_to(bulletin: Bulletin, lot: list[Address]) -> int:
    """In a transaction: a letter for each of these whom it may go to. Its words are made when it leaves: they are the
    same for all."""
    wanted = Choice.objects.willing([address.subject for address in lot], bulletin.topic)
    if bulletin.product:
        wanted = Interest.objects.interested(wanted, bulletin.product)
    require_each(Act.LETTER_SEND, wanted, by=BY, purpose=bulletin.topic)
    now = timezone.now()
    rows = [
        Letter(
            subject=each.subject, kind=KIND, at=now, due_at=now, ending="", purpose=bulletin.topic,
            goes_to=each.reference, bulletin=bulletin.pk, lane=each.lane,
        )
        for each in lot if each.subject in wanted
    ]  # fmt: skip
    Letter.objects.bulk_create(rows)
    ledger.append_many([_draft(row) for row in rows])
    return len(rows)


def _draft(letter: Letter) -> ledger.Draft:
    facts: dict[str, ledger.Fact] = {"kind": KIND, "letter": letter.reference, "purpose": letter.purpose}
    return ledger.Draft(Act.LETTER_SEND, BY, letter.subject, facts)


def _facts(bulletin: Bulletin) -> dict[str, ledger.Fact]:
    facts: dict[str, ledger.Fact] = {"bulletin": str(bulletin.pk), "topic": bulletin.topic}
    return facts | ({"product": bulletin.product} if bulletin.product else {})


def _parts(text: str) -> tuple[str, str]:
    """The heading, and what follows it."""
    first, _, rest = text.lstrip("\ufeff\n").replace("\r\n", "\n").partition("\n")
    title, body = first.removeprefix("# ").strip(), rest.strip()
    if not first.startswith("# ") or not title or not title.isprintable() or not body:
        raise BulletinUnfit(1, "it must begin with a heading, such as # A new browser, and go on with text")
    if len(title) > TITLE:
        raise BulletinUnfit(1, f"a heading has {TITLE} characters at most")
    for token in MARKDOWN.parse(rest):
        for each in (token, *(token.children or ())):
            _fit(each, 2 + (token.map[0] if token.map else 0))
    return title, body


def _fit(token: Token, line: int) -> None:
    """No picture, which would tell who reads; and links to our own site alone."""
    if token.type == "image":
        raise BulletinUnfit(line, "a letter shows no pictures")
    here = urlsplit(settings.HOME.site)
    there = urlsplit(str(token.attrGet("href"))) if token.type == "link_open" else here
    if (there.scheme, there.netloc) != (here.scheme, here.netloc):
        raise BulletinUnfit(line, f"a link must lead to a page of {settings.HOME.site}, written in full")


def _changes(old: Policy, new: Policy) -> str:
    changes = [f"- {change.section}: {change.sentence}" for change in diff(old, new)]
    return "\n".join([
        f"# {new.title} changes on {new.effective:%-d %B %Y}", "",
        f"From {new.effective:%-d %B %Y} a new version of our privacy policy holds. This is what changes:", "",
        *(changes or ["Nothing changes for you."]), "",
        "You can read it, and every version before it, here:", "",
        f"<{settings.HOME.site}/policy/versions/{new.effective}/>",
    ])  # fmt: skip
