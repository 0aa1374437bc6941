"""Reading a record: nothing of it counts until all of it leads to the root that was signed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from upheld.backups import bundles, files, record, standing
from upheld.backups.bundles import Said
from upheld.backups.errors import NoRecord, RecordDamaged, RecordForked, RecordMissing
from upheld.backups.files import Seal
from upheld.backups.standing import Standing
from upheld.ledger import checkpoints
from upheld.ledger.checkpoints import Signed
from upheld.ledger.merkle import Frontier
from upheld.ledger.notes import Verifier
from upheld.ledger.tree import HEIGHT, WIDTH, root_of


@dataclass(frozen=True)
class Log:
    """A record that was found whole. `digests` has the root of each full block: what is read again must be the same."""

    folder: Path
    signed: Signed
    unseal: Seal | None = field(repr=False)
    digests: list[bytes] = field(repr=False)
    standing: Standing = field(repr=False)

    @property
    def size(self) -> int:
        return self.signed.size

    def entries(self, start: int = 0) -> Iterator[Said]:
        """Those from `start` on. Raises RecordDamaged when a file is not any more what was found whole."""
        for block in bundles.blocks(start, self.size):
            said = _said(self.folder, block, self.size, self.unseal)
            if _digest(said) != self.digests[block]:
                raise RecordDamaged(self.folder, f"{bundles.name(block, self.size)} changed while it was read")
            yield from said[max(0, start - block * WIDTH) :]

    def root_at(self, size: int) -> bytes:
        """The root that this log had at a size that is not above its own."""
        tree = Frontier()
        for digest in self.digests[: size // WIDTH]:
            tree.append(digest, HEIGHT)
        for said in self.entries(tree.size) if tree.size < size else ():
            if tree.size == size:
                break
            tree.append(said.leaf)
        return tree.root()

    def has(self, known: Signed) -> bool:
        """Whether this checkpoint was signed for a beginning of this log."""
        return known.size <= self.size and self.root_at(known.size) == known.root


def read(folder: Path, *, verifier: Verifier, unseal: Seal | None) -> Log | None:
    """The record in a folder, its entries in constant memory; None where there is none. Sealed, or in clear where
    there is no `unseal`. Raises RecordDamaged."""
    signed = record.checkpoint(folder, verifier)
    if signed is None:
        return None
    tree, digests = Frontier(), []
    for block in bundles.blocks(0, signed.size):
        said = _said(folder, block, signed.size, unseal)
        digests.append(_digest(said))
        if len(said) == WIDTH:
            tree.append(digests[-1], HEIGHT)
        else:
            for each in said:
                tree.append(each.leaf)
    if (tree.size, tree.root()) != (signed.size, signed.root):
        raise RecordDamaged(folder, "its entries do not lead to the root that was signed")
    try:
        stood = standing.read(folder, size=signed.size, verifier=verifier, unseal=unseal)
    except ValueError as error:
        raise RecordDamaged(folder, error) from None
    return Log(folder, signed, unseal, digests, stood)


def named(place: Path) -> Path:
    """The record that somebody named: this folder, or `record` in it. Raises NoRecord."""
    for folder in (place, place / "record"):
        if (folder / record.CHECKPOINT).is_file():
            return folder
    raise NoRecord(place)


def best(
    folders: Iterable[Path], *, verifier: Verifier, unseal: Seal | None, known: Iterable[str], own: Log | None = None
) -> Log | None:
    """The longest record that is whole, and continues every checkpoint (note) that is known; None where there is no
    record and nothing is known. `own` is one that was read already. What a damaged record's checkpoint says is known.

    Raises RecordMissing when something newer is known than any of them has, RecordForked when the longest does not lead
    to what is known, BadNote for a known checkpoint that `verifier`'s log did not sign, RecordDamaged when none is
    whole, or for one whose checkpoint cannot be read.
    """
    seen = [checkpoints.read(note, verifier) for note in known]
    found, damaged = _whole(folders, verifier, unseal)
    found = [own, *found] if own else found
    if damaged and not found:
        raise damaged[0]
    seen += [log.signed for log in found]
    seen += [signed for error in damaged if (signed := record.checkpoint(error.folder, verifier))]
    if not seen:
        return None
    newest = max(each.size for each in seen)
    if not found:
        raise RecordMissing(0, newest - 1, "")
    longest = max(found, key=lambda log: log.size)
    for each in seen:
        if each.size <= longest.size and not longest.has(each):
            raise RecordForked(longest.folder, each.size)
    if newest > longest.size:
        raise RecordMissing(longest.size, newest - 1, "".join(f" {error}" for error in damaged))
    return longest


def _whole(folders: Iterable[Path], verifier: Verifier, unseal: Seal | None) -> tuple[list[Log], list[RecordDamaged]]:
    found, damaged = list[Log](), list[RecordDamaged]()
    for folder in dict.fromkeys(folders):
        try:
            log = read(folder, verifier=verifier, unseal=unseal)
        except RecordDamaged as error:
            damaged.append(error)
        else:
            found += [log] if log else []
    return found, damaged


def _said(folder: Path, block: int, size: int, unseal: Seal | None) -> list[Said]:
    name = bundles.name(block, size)
    try:
        said = list(bundles.unpack(files.get(folder / name, unseal=unseal), first=block * WIDTH))
        if len(said) != bundles.width(block, size) or not all(each.whole for each in said):
            raise ValueError("it does not hold the entries that belong there")
    except FileNotFoundError:
        raise RecordDamaged(folder, f"{name} is missing") from None
    except (ValueError, KeyError, TypeError) as error:
        raise RecordDamaged(folder, f"{name}: {error}") from None
    return said


def _digest(said: list[Said]) -> bytes:
    """Of a full block the root of its tree; of the last one, which grows, the root of what there is."""
    if len(said) == WIDTH:
        return root_of(b"".join(each.leaf for each in said))
    tree = Frontier()
    for each in said:
        tree.append(each.leaf)
    return tree.root()
