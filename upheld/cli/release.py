"""`upheld release`: publish versions of products, list them, withdraw them."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from upheld.cli.instance import open_instance
from upheld.cli.terminal import sure, table

if TYPE_CHECKING:
    from upheld.builds.models import Release

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")


@click.group(name="release", epilog="Example: upheld release list")
def command() -> None:
    """Publish releases of your products."""


@command.command(
    epilog="Example: upheld release publish engine.zip --product engine --version 1.4.0 --platform linux-x64"
)
@click.argument("file")
@click.option("--product", required=True, help="One of the policy's products.")
@click.option("--version", required=True, help="As Semantic Versioning has it, such as 1.4.0.")
@click.option("--platform", required=True, help="Such as linux-x64, or any.")
@click.option("--channel", default="stable", show_default=True, help="stable, beta or nightly.")
@click.option("--notes", type=FILE, help="What is new: a file in Markdown.")
@click.option("--signature", default="", help="Yours over the file: Ed25519 in Base64, as Sparkle has it.")
@click.option("--address", default="", help="Where the file is, when it is not to be kept here.")
@click.option("--sha256", default="", help="The file's digest; needed with --address.")
@click.option("--size", type=click.IntRange(1), help="The file's bytes; needed with --address.")
@AS_JSON
def publish(
    file: str,
    product: str,
    version: str,
    platform: str,
    channel: str,
    notes: Path | None,
    signature: str,
    address: str,
    sha256: str,
    size: int | None,
    as_json: bool,
) -> None:
    """Publish FILE as a version of a product for a platform.

    It is copied into the instance. With --address it stays where it is, and FILE is its name alone. What was published
    stays as it is, and can be withdrawn.
    """
    source = None if address else Path(file)
    if source and not source.is_file():
        raise click.UsageError(f"There is no file {file}.")
    open_instance()
    from upheld.builds import releases
    from upheld.policy.actors import Actor

    made = releases.publish(
        product=product, version=version, platform=platform, channel=channel, name=Path(file).name, source=source,
        address=address, sha256=sha256, size=size or 0, signature=signature,
        notes=notes.read_text("utf-8") if notes else "", by=Actor.operator(),
    )  # fmt: skip
    click.echo(json.dumps(_facts(made)) if as_json else f"{made} is published.")


@command.command(name="list", epilog="Example: upheld release list --product engine --json")
@click.option("--product", default="", help="Of this one alone.")
@click.option("--withdrawn", is_flag=True, help="Show what is not given out any more too.")
@AS_JSON
def list_releases(product: str, withdrawn: bool, as_json: bool) -> None:
    """Show what was published, the newest first."""
    open_instance()
    from upheld.builds import releases
    from upheld.builds.models import Release

    rows = releases.standing(product)
    if withdrawn:
        rows = Release.objects.order_by("-published_at", "-id")
        rows = rows.filter(product=product) if product else rows
    found = [_facts(each) for each in rows.defer("notes", "signature").iterator(chunk_size=500)]
    if as_json:
        click.echo(json.dumps({"releases": found}))
        return
    headings = ("product", "version", "platform", "channel", "size", "published")
    table(headings, [[str(each[name]) for name in headings] for each in found])


@command.command(epilog="Example: upheld release withdraw engine@1.4.0@linux-x64")
@click.argument("release")
@click.option("--yes", is_flag=True, help="Do not ask.")
def withdraw(release: str, yes: bool) -> None:
    """Give RELEASE out no more, for good.

    RELEASE is its id, or PRODUCT@VERSION@PLATFORM. It leaves the download page and the feeds; copies that people have
    go on.
    """
    open_instance()
    from upheld.builds import releases
    from upheld.policy.actors import Actor

    found = releases.find(release)
    sure(f"Give {found} out no more?", yes=yes)
    releases.withdraw(found, by=Actor.operator())
    click.echo(f"{found} is given out no more.")


def _facts(release: "Release") -> dict[str, Any]:
    return {
        "id": str(release.pk), "product": release.product, "version": release.version, "platform": release.platform,
        "channel": release.channel, "name": release.name, "size": release.size, "sha256": release.sha256,
        "address": release.address, "published": release.published_at.isoformat(timespec="seconds"),
        "withdrawn": release.withdrawn_at is not None,
    }  # fmt: skip
