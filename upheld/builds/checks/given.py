"""Whether builds are given out to accounts alone, and by one way alone."""

from pathlib import Path
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef

import upheld
from upheld import vault
from upheld.accounts.models import Account
from upheld.builds import issuing
from upheld.builds.checks import makers
from upheld.builds.errors import BuildsError
from upheld.builds.models import Issued, Release
from upheld.policy import Refused
from upheld.policy.actors import Actor
from upheld.policy.checks import Finding

ROOT = Path(upheld.__file__).parent
MAKERS = {
    "builds/checks/refusing.py": "tries reports that must be refused",
    "builds/issuing.py": "gives builds to accounts",
    "cli/demo_usage.py": "invents users for a demonstration",
}
"""The source files that may make a number."""


def to_accounts() -> Finding:
    """Everybody who was given a build has an account; of those who were erased nothing is left."""
    without = Issued.objects.filter(~Exists(Account.objects.filter(subject=OuterRef("subject")))).count()
    wrong = (f"{without} builds were given to somebody without an account",) if without else ()
    return Finding(not wrong, f"{Issued.objects.count()} builds given out, each to an account", wrong)


def to_nobody_else() -> Finding:
    """Somebody who never signed up asks for a build, as a visitor and as themselves."""
    release = Release.objects.filter(withdrawn_at=None).first()
    if release is None:
        return Finding(True, "nothing is published, so no build can be given out")
    guest = vault.new_subject()
    wrong = tuple(
        f"a {who} was given a build without an account"
        for who, by in {"visitor": Actor.visitor(), "guest": Actor.person(guest)}.items()
        if _gives(release, guest, by)
    )
    return Finding(not wrong, "two who never signed up asked for a build, and got none", wrong)


def by_one_way() -> Finding:
    """The source is read: nothing else makes a number."""
    files = {path.relative_to(ROOT): path.read_text("utf-8") for path in ROOT.rglob("*.py")}
    found = {str(name) for name, source in files.items() if makers.can_make(source, name)}
    wrong = tuple(f"upheld/{name} makes numbers of builds" for name in sorted(found - MAKERS.keys()))
    return Finding(not wrong, f"{len(found)} source files make a number, each named", wrong)


def _gives(release: Release, guest: UUID, by: Actor) -> bool:
    """Whether it does; nothing of it stays."""
    with transaction.atomic(), transaction.atomic(using="keys"):
        try:
            with transaction.atomic():
                issuing.issue(release, to=guest, by=by)
        except (BuildsError, Refused):
            return False
        finally:
            transaction.set_rollback(True)
            transaction.set_rollback(True, using="keys")
    return True
