"""Restrictions: what a person's data are not used for, although they are kept."""

from datetime import UTC

import click

from upheld.cli.instance import open_instance
from upheld.cli.rights.finding import officer, request
from upheld.cli.staff import START

PURPOSES = "A purpose of the policy, such as billing; may be given again. All that can be refused, without one."
NOTHING = "Nothing has changed: it was so already."


@click.command(epilog="Example: upheld rights restrict R-7K3Q9XMT --purpose billing")
@click.argument("number")
@click.option("--purpose", "purposes", multiple=True, help=PURPOSES)
@START
def restrict(number: str, purposes: tuple[str, ...], start: str) -> None:
    """Stop using the data of whoever made the request NUMBER.

    They are kept, and opened for nobody who would use them for this; what needs it waits, such as an order. The person
    is written to, and can allow the use again.
    """
    open_instance()
    from upheld.policy import force
    from upheld.rights import verbs
    from upheld.vault import restricting

    found = request(number)
    wanted = purposes or restricting.may_be(force.in_force())
    with officer(found, after=start) as by:
        fresh = verbs.restrict(found.subject, wanted, by=by)
    click.echo(f"Not used any more for: {', '.join(sorted(fresh))}." if fresh else NOTHING)


@click.command(epilog="Example: upheld rights lift R-7K3Q9XMT --purpose billing")
@click.argument("number")
@click.option("--purpose", "purposes", multiple=True, help=PURPOSES)
@START
def lift(number: str, purposes: tuple[str, ...], start: str) -> None:
    """Use the data of whoever made the request NUMBER again.

    The person is written to first, and can refuse once more; three days later it is so by itself.
    """
    open_instance()
    from django.utils import timezone

    from upheld.rights import verbs
    from upheld.rights.restricting import NOTICE
    from upheld.vault import restricting

    found = request(number)
    wanted = purposes or sorted(restricting.restricted(found.subject))
    with officer(found, after=start) as by:
        ending = verbs.lift(found.subject, wanted, by=by)
    day = (timezone.now() + NOTICE).astimezone(UTC).date()
    click.echo(f"Used again from {day} on for: {', '.join(sorted(ending))}." if ending else NOTHING)
