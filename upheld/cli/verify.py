"""`upheld verify`: run the promises' checks on this instance, now."""

import json
from typing import TYPE_CHECKING

import click
from click.exceptions import Exit

if TYPE_CHECKING:
    from upheld.policy import Promise

UPHELD, BROKEN, UNKNOWN, NOT_ENFORCED = "upheld", "broken", "unknown", "not_enforced"
WORDS = {UPHELD: "upheld", BROKEN: "BROKEN", UNKNOWN: "unknown", NOT_ENFORCED: "not yet enforced"}


@click.command(name="verify", epilog="Example: upheld verify see delete")
@click.argument("promises", metavar="[PROMISE]...", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Print the verdicts as JSON.")
def command(promises: tuple[str, ...], as_json: bool) -> None:
    """Check that promises are upheld.

    Runs the checks of each PROMISE named, or of all, against this instance. Exits 0 when nothing is broken, 1 when
    something is, and 2 when nothing is broken but something could not be told. A promise that is not enforced yet
    claims nothing, so it fails nothing.
    """
    from upheld.cli.instance import open_instance

    wanted = [_promise(name) for name in promises]
    open_instance()
    from upheld.evidence import verbs
    from upheld.policy.actors import Actor

    verdicts = verbs.run(wanted, by=Actor.operator())
    if as_json:
        rows = [
            {
                "name": v.name,
                "verdict": v.verdict,
                "figure": v.figure,
                "checked_at": v.checked_at and v.checked_at.isoformat(),
            }
            for v in verdicts
        ]
        click.echo(json.dumps({"promises": rows}, ensure_ascii=False))
    else:
        from upheld.cli.terminal import table

        shown = [(v.name, WORDS[v.verdict], v.figure, f"{v.seconds:.2f} s") for v in verdicts]
        table(("promise", "verdict", "figure", "took"), shown)
        click.echo(_summary([v.verdict for v in verdicts]))
    raise Exit(verbs.exit_code(verdicts))


def _promise(name: str) -> "Promise":
    from upheld.policy import Promise
    from upheld.policy.errors import nearest

    if name not in list(Promise):
        raise click.BadParameter(f'"{name}" is not a promise.{nearest(name, Promise)}', param_hint="PROMISE")
    return Promise(name)


def _summary(verdicts: list[str]) -> str:
    counts = [f"{verdicts.count(each)} {word}" for each, word in WORDS.items() if each in verdicts]
    return f"{len(verdicts)} promises: {', '.join(counts)}."
