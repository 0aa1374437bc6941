"""Before a restored instance serves, it is looked at once more, and what was done is put on record."""

from collections.abc import Iterator, Mapping

from django.db import transaction

from upheld import ledger
from upheld.backups import erased, replaying
from upheld.backups.errors import NotProven
from upheld.backups.reading import Log
from upheld.ledger import continuing
from upheld.ledger.errors import LedgerError
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.policy.decisions import require


def prove(log: Log, *, data: int, keys: int, facts: Mapping[str, ledger.Fact], by: Actor) -> None:
    """That the log continues what is known, that nobody who was erased is here, and that nothing of a replay is left to
    do. Recorded when it is so. Raises NotProven with the first thing that is not; Refused."""
    require(Act.BACKUP_RESTORE, by=by)
    for problem in _problems(log, data=data):
        raise NotProven(problem.removesuffix("."))
    said: dict[str, ledger.Fact] = {"data": data, "keys": keys, "log": log.size}
    with transaction.atomic():
        ledger.append(Act.BACKUP_RESTORE, by=by, facts={**facts, **said})
    ledger.sequence()


def _problems(log: Log, *, data: int) -> Iterator[str]:
    newest = ledger.latest()
    if newest is None or newest.size < log.size:
        yield f"the log has {newest.size if newest else 0} entries, and {log.size} are known"
    try:
        continuing.check_is_one(log)
    except LedgerError as error:
        yield str(error)
    verified = ledger.verify(known=log.signed)
    if not verified.ok:
        yield verified.problem
    for subjects in erased.everybody(log.standing):
        for subject in sorted(erased.still_there(subjects)):
            yield f"something is still here of person {subject}, who was erased"
    for name, count in replaying.left_to_do(log, data=data).items():
        yield f"{count} of these are still to be done: {replaying.COUNTED.get(name, name)}"
