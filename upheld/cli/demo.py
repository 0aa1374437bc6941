"""`upheld demo`: a few invented people and a shop, made as real ones are, so that there is something to look at."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from upheld.cli import demo_cases, demo_staff, demo_usage
from upheld.cli.errors import CommandError
from upheld.cli.instance import open_instance
from upheld.home import NEAR, Home

if TYPE_CHECKING:
    from upheld.accounts.models import Account

PASSWORD = "a walk along the river"  # noqa: S105 - invented people's, and printed for whoever wants to be them
FROM = "demonstration"


class NotHere(CommandError):
    """Everyone knows the password of the people of the demonstration: it runs on localhost only, not on {0}."""


class NoFolder(CommandError):
    """The demonstration reads codes from letters in the folder {0}, and the setting mail.url sends them elsewhere."""


class NotMade(CommandError):
    """{0} could not be signed up: {1}. Run it again in an hour."""


@dataclass(frozen=True)
class Someone:
    """An invented person: what they refuse to hear of, and whether they leave again."""

    email: str
    refuses: tuple[str, ...] = ()
    leaves: bool = False


PEOPLE = (
    Someone("ada@example.com"),
    Someone("bela@example.org", refuses=("news.specials",)),
    Someone("chi@example.net", refuses=("news.specials", "news.products", "news.policy")),
    Someone("dora@example.com", leaves=True),
)


@click.command(name="demo", epilog="Example: upheld init && upheld demo && upheld serve")
@click.option(
    "--builds", type=click.IntRange(0), default=demo_usage.BUILDS, show_default=True, metavar="N",
    help="How many invented builds report while the site is served.",
)  # fmt: skip
def command(builds: int) -> None:
    """Sign up a few invented people, open a shop in which they order, and invite staff to its desk.

    Safe to repeat. One of them leaves again, and her receipt is kept in the instance's folder: check it with
    upheld receipt verify. Prices are invented, and the money is test money.
    """
    home = open_instance()
    if home.host not in NEAR:
        raise NotHere(home.host)
    if home.text("mail.url"):
        raise NoFolder(home.letters)
    home.demonstration.touch()  # from here on its letters can be read at /demo/letters/
    for someone in PEOPLE:
        if someone.leaves:
            _come_and_go(someone, home)
        else:
            _come(someone, home)
    joining = demo_staff.invite_all()
    sold = _shop(home)
    demo_cases.wait()
    built = demo_usage.prepare(home, builds)
    demo_usage.give([someone.email for someone in PEOPLE if not someone.leaves])
    staying = ", ".join(someone.email for someone in PEOPLE if not someone.leaves)
    click.echo(f"Sign in as {staying} with the password: {PASSWORD}")
    click.echo(f"Letters, with the codes that a sign-up needs, are on {home.site}/demo/letters/ and in {home.letters}")
    click.echo(sold)
    click.echo(built)
    click.echo(f"{PEOPLE[-1].email} has left; her receipt is {_receipt(home)}")
    click.echo("Work at the desk in one of these jobs; each link serves once, and your device keeps a passkey for it:")
    for job, link in joining.items():
        click.echo(f"  {job:<14} {link or f'has joined: {home.site}/desk/'}")


def _shop(home: Home) -> str:
    """Products, rates and orders; what there is to say of them."""
    from upheld.cli import demo_shop
    from upheld.policy import force

    if not force.in_force().fields_of("order"):
        return "The policy collects nothing with orders, so nothing is sold."
    demo_shop.open_shop()
    if home.text("payments.processor") != "sandbox":
        return f"The shop is open on {home.site}/shop/. Nobody has ordered, since cards are charged in earnest."
    demo_shop.order_everything(home)
    demo_cases.want_money_back()
    return f"The shop is open on {home.site}/shop/ and takes test money: the card 4242 4242 4242 4242 is always good."


def _receipt(home: Home) -> Path:
    return home.folder / "demo-receipt.txt"


def _come(someone: Someone, home: Home) -> None:
    from upheld import vault
    from upheld.contact import verbs as contact
    from upheld.contact.models import Address
    from upheld.policy import force
    from upheld.policy.actors import Actor

    if vault.find(Address, "email", someone.email):
        return
    account = _sign_up(someone.email, home)
    for topic in someone.refuses:
        if topic in force.in_force().topics:
            by = Actor.person(account.subject)
            contact.record_choice(account.subject, topic=topic, allowed=False, by=by, source="account")


def _come_and_go(someone: Someone, home: Home) -> None:
    from upheld import vault
    from upheld.contact.models import Address
    from upheld.policy.actors import Actor
    from upheld.rights import verbs as rights

    if _receipt(home).exists():
        return
    known = vault.find(Address, "email", someone.email)
    subject = known.subject if known else _sign_up(someone.email, home).subject
    receipt = rights.erase(subject, by=Actor.person(subject))
    _receipt(home).write_text(receipt.text, "utf-8")


def _sign_up(email: str, home: Home) -> "Account":
    """Through the verbs that the site calls, with the code from the letter."""
    from upheld.accounts import verbs as accounts
    from upheld.accounts.models import Account, SignUp
    from upheld.policy.actors import Actor

    by = Actor.visitor()
    begun = accounts.begin_sign_up(email=email, password=PASSWORD, by=by, source=FROM)
    if not isinstance(begun, SignUp):
        raise NotMade(email, begun.sentence)
    account = accounts.confirm_sign_up(begun, code=_code(home), by=by)
    if not isinstance(account, Account):
        raise NotMade(email, account.sentence)
    return account


def _code(home: Home) -> str:
    """The six digits in the letter that went out last."""
    newest = max(home.letters.glob("*.eml"))
    found = re.search(r"^\s*(\d{6})\s*$", newest.read_text("utf-8"), re.MULTILINE)
    return found[1] if found else ""
