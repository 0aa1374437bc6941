"""`upheld news`: write to those who did not refuse it. No address is shown: none is opened before a letter leaves."""

import json
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import click

from upheld.cli.instance import open_instance
from upheld.cli.terminal import progress, sure, table

if TYPE_CHECKING:
    from upheld.contact.models import Bulletin

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
NOBODY = UUID(int=0)


@click.group(name="news", epilog="Example: upheld news compose spring.md --topic news.products --product engine")
def command() -> None:
    """News to many: composed, looked at, and sent to those whose choices and interests fit."""


@command.command(epilog="Example: upheld news compose spring.md --topic news.products --product engine")
@click.argument("file", type=FILE)
@click.option("--topic", required=True, help="The topic of the policy that it is about, such as news.products.")
@click.option("--product", default="", help="Only to people who are interested in this product of the policy.")
def compose(file: Path, topic: str, product: str) -> None:
    """Keep news, to be looked at and sent.

    FILE is Markdown: a heading, which becomes the subject, and text, with links to pages of this site alone. Prints the
    number that the other commands take.
    """
    open_instance()
    from upheld.contact import bulletins
    from upheld.policy.actors import Actor

    made = bulletins.compose(file.read_text("utf-8"), topic=topic, product=product, by=Actor.operator())
    click.echo(str(made.pk))


@command.command(name="list", epilog="Example: upheld news list --json")
@click.option("--json", "as_json", is_flag=True, help="As JSON, one list.")
def list_news(as_json: bool) -> None:
    """List news, the latest first, with how many letters of each became what."""
    open_instance()
    from upheld.contact.models import Bulletin

    found = [_facts(each) for each in Bulletin.objects.order_by("-id")]
    if as_json:
        click.echo(json.dumps(found, indent=2))
        return
    headings = ["news", "title", "topic", "product", "state", "queued", "sent", "refused", "waiting", "failed"]
    table(headings, [[str(value) for value in each.values()] for each in found])


@command.command(epilog="Example: upheld news preview 0192f0c1-0000-7000-8000-000000000000")
@click.argument("id")
@click.option("--html", "as_html", is_flag=True, help="As HTML, not as plain text.")
def preview(id: str, as_html: bool) -> None:
    """Show the letter of news ID as a reader would get it. The link in it is nobody's."""
    open_instance()
    from upheld.contact import bulletins

    said = bulletins.said(_given(id), reader=NOBODY)
    click.echo(said["html"] if as_html else f"Subject: {said['subject']}\n\n{said['text']}", nl=False)


@command.command(epilog="Example: upheld news send 0192f0c1-0000-7000-8000-000000000000 --yes")
@click.argument("id")
@click.option("--yes", is_flag=True, help="Do not ask.")
def send(id: str, yes: bool) -> None:
    """Queue the letters of news ID.

    They leave by the worker, which asks each reader's choice once more. Interrupted, it goes on where it was: run it
    again, or leave it to the worker.
    """
    open_instance()
    from upheld.contact import bulletins
    from upheld.policy.actors import Actor

    bulletin = _given(id)
    about = f" who are interested in {bulletin.product}" if bulletin.product else ""
    sure(f"Write to all people{about} who did not refuse {bulletin.topic}: {bulletin.title}?", yes=yes)
    with progress("People") as told:
        bulletin = bulletins.send(bulletin, by=Actor.operator(), progress=told)
    click.echo(f"{bulletin.queued} letter{'' if bulletin.queued == 1 else 's'} queued")


def _given(id: str) -> "Bulletin":
    from upheld.contact.errors import NoSuchBulletin
    from upheld.contact.models import Bulletin

    try:
        return Bulletin.objects.get(pk=UUID(id))
    except (ValueError, Bulletin.DoesNotExist):
        raise NoSuchBulletin(id) from None


def _facts(bulletin: "Bulletin") -> dict[str, str | int]:
    from upheld.contact import reach

    state = "composed" if bulletin.started_at is None else "queued" if bulletin.finished_at else "queueing"
    return {
        "id": str(bulletin.pk),
        "title": bulletin.title,
        "topic": bulletin.topic,
        "product": bulletin.product,
        "state": state,
        "queued": bulletin.queued,
        **reach.endings(bulletin),
    }
