"""How long backups are kept: what opens the data for days, the data themselves longer."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from upheld.backups import manifest


def drop_old(folder: Path, kind: str, *, days: int) -> int:
    """Delete what is older, and never the newest. Returns how many went."""
    going = overdue(folder, kind, days=days)
    for path in going:
        path.unlink()
    return len(going)


def overdue(folder: Path, kind: str, *, days: int) -> list[Path]:
    """Those that should be gone, oldest first; the newest never is."""
    limit = datetime.now(UTC) - timedelta(days=days)
    dated = [(manifest.made_of(path), path) for path in manifest.all_of(kind, folder)[:-1]]
    return [path for made, path in dated if made and made < limit]
