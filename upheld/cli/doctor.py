"""`upheld doctor`: what the world outside should say about this instance. Asks no network but its own mailbox."""

import click

from upheld.cli.instance import open_instance
from upheld.cli.terminal import table
from upheld.home import NEAR


@click.command(name="doctor", epilog="Example: upheld doctor")
def command() -> None:
    """Say which DNS records let others trust our letters, and whether letters that people write get here.

    SPF names the server that may send them, DKIM the key that signs them, and DMARC what to do with letters that fail
    both. The mailbox of the settings is asked whether it answers.
    """
    home = open_instance()
    from urllib.parse import urlsplit

    from upheld.contact import signing
    from upheld.mailbox.intake import doors
    from upheld.rights.requests import officer

    domain, host = signing.domain(), urlsplit(home.text("mail.url")).hostname or ""
    selector = home.text("mail.dkim_selector")
    sends = "mx" if host in {"", *NEAR} else f"a:{host}"
    rows = [(domain, f"v=spf1 {sends} -all"), (f"_dmarc.{domain}", "v=DMARC1; p=quarantine; adkim=s; aspf=r")]
    if selector:
        rows.append((f"{selector}._domainkey.{domain}", signing.record(home)))
    table(("name", "TXT record to publish"), rows)
    if not home.text("mail.url"):
        click.echo("Letters go to a folder, to nobody: set mail.url to a mail server.")
    if not selector:
        click.echo("Letters are not signed: run upheld letters key, and set mail.dkim_selector to a name such as 2026.")
    for sentence in doors.told(home):
        click.echo(sentence)
    if any(officer.unreached()):
        click.echo("Alarms and reminders reach nobody: set privacy.officer to an address that somebody reads.")
