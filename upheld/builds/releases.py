"""Releases: published, found, withdrawn. What was published stays as it is, since builds of it are out there."""

import re
import unicodedata
from base64 import b64decode
from binascii import Error as NotBase64
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from upheld import ledger
from upheld.builds import artefacts, versions
from upheld.builds.errors import AlreadyReleased, ReleaseUnfit, UnknownRelease
from upheld.builds.models import CHANNELS, PLATFORMS, Release
from upheld.policy import force
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.policy.decisions import require

NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._+-]{0,118}[A-Za-z0-9])?")
DIGEST = re.compile(r"[0-9a-f]{64}")
LONGEST = 50_000  # characters of notes
SIGNATURE = 64  # bytes, of Ed25519


def publish(
    *, product: str, version: str, platform: str, name: str, by: Actor, source: Path | None = None, address: str = "",
    sha256: str = "", size: int = 0, channel: str = "stable", notes: str = "", signature: str = "",
) -> Release:  # fmt: skip
    """A new release: its file from `source`, which is copied, or at `address` with its digest and size in bytes. Of one
    that was published before, a file that is missing here is put back, and nothing else is changed.

    Raises ReleaseUnfit for what cannot be published like this, AlreadyReleased, Refused; OSError for a file that cannot
    be read.
    """
    with transaction.atomic():
        require(Act.RELEASE_PUBLISH, by=by)
    made = Release(product=product, version=version, platform=platform, channel=channel, name=name, address=address)
    made.notes, made.signature, made.sha256, made.size = notes.strip(), signature.strip(), sha256.lower(), size
    _check_words(made)
    _check_place(made, source)
    if same := _same(made).first():
        return _put_back(same, made, source, by)
    if source is not None:  # before the transaction: copying gigabytes must keep nobody else waiting
        _take(made, source)
    return _put_down(made, by)


@transaction.atomic
def withdraw(release: Release, *, by: Actor) -> Release:
    """Give it out no more: it leaves the feeds and the download pages. Builds of it go on. Safe to repeat.

    Raises Refused.
    """
    require(Act.RELEASE_WITHDRAW, by=by)
    if Release.objects.filter(pk=release.pk, withdrawn_at=None).update(withdrawn_at=timezone.now()):
        ledger.append(Act.RELEASE_WITHDRAW, by=by, facts={"release": str(release.pk)})
    found: Release = Release.objects.get(pk=release.pk)
    return found


def find(reference: str) -> Release:
    """By its id, or as `product@version@platform`; withdrawn ones too. Raises UnknownRelease."""
    parts = reference.split("@")
    if len(parts) == 3:
        named = {"product": parts[0], "version": parts[1], "platform": parts[2]}
    else:
        try:
            named = {"pk": str(UUID(reference))}
        except ValueError:
            raise UnknownRelease(reference) from None
    found: Release | None = Release.objects.filter(**named).first()
    if found is None:
        raise UnknownRelease(reference)
    return found


def standing(product: str = "") -> QuerySet[Release]:
    """Those that are given out, the newest first; of one product, or of all."""
    rows = Release.objects.filter(withdrawn_at=None).order_by("-published_at", "-id")
    return rows.filter(product=product) if product else rows


@transaction.atomic
def _put_down(made: Release, by: Actor) -> Release:
    require(Act.RELEASE_PUBLISH, by=by)
    made.published_at = timezone.now()
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError:
        raise AlreadyReleased(made.product, made.version, made.platform) from None
    _record(made, by)
    return made


def _put_back(same: Release, made: Release, source: Path | None, by: Actor) -> Release:
    """The very file of a release that is given out, where it is missing. Raises AlreadyReleased for all else."""
    is_missing = not same.withdrawn_at and not same.address and not artefacts.path(same.sha256).exists()
    if source is not None and is_missing:
        _take(made, source)
    if source is None or not is_missing or made.sha256 != same.sha256:
        raise AlreadyReleased(made.product, made.version, made.platform)
    with transaction.atomic():
        require(Act.RELEASE_PUBLISH, by=by)
        _record(same, by)
    return same


def _record(made: Release, by: Actor) -> None:
    facts: dict[str, ledger.Fact] = {
        "release": str(made.pk), "product": made.product, "version": made.version, "platform": made.platform,
        "channel": made.channel, "sha256": made.sha256, "size": made.size,
    }  # fmt: skip
    ledger.append(Act.RELEASE_PUBLISH, by=by, facts=facts)


def _same(made: Release) -> QuerySet[Release]:
    return Release.objects.filter(product=made.product, version=made.version, platform=made.platform)


def _check_words(made: Release) -> None:
    products = force.in_force().products
    _check(made.product in products, f"A release is of a product of the policy: {', '.join(products)}.", "product")
    try:
        versions.order(made.version)
    except ValueError as error:
        raise ReleaseUnfit(str(error), "version") from None
    _check(made.platform in PLATFORMS, f"A platform is one of {', '.join(PLATFORMS)}.", "platform")
    _check(made.channel in CHANNELS, f"A channel is one of {', '.join(CHANNELS)}.", "channel")
    _check(NAME.fullmatch(made.name), "Name the file with letters, digits and . _ + - signs, at most 120.", "name")
    _check(len(made.notes) <= LONGEST, f"Write the notes in at most {LONGEST} characters.", "notes")
    for field in ("name", "notes", "address"):
        _check(_is_text(getattr(made, field)), "Leave out control signs: feeds cannot carry them.", field)
    _check(not made.signature or _is_signature(made.signature), "A signature is 64 bytes in Base64.", "signature")


def _check_place(made: Release, source: Path | None) -> None:
    """A file, or an address with what tells whether the file there is the one that was meant."""
    _check((source is None) == bool(made.address), "Give a file, or the address of one: not both.", "address")
    _check(not made.sha256 or DIGEST.fullmatch(made.sha256), "A SHA-256 digest is 64 hexadecimal digits.", "sha256")
    if made.address:
        _check(_is_address(made.address), "Give an address like https://files.example/app.zip.", "address")
        _check(made.sha256, "Give the SHA-256 digest of the file at the address.", "sha256")
        _check(0 < made.size <= artefacts.LARGEST, "Give the size of the file at the address in bytes.", "size")


def _take(made: Release, source: Path) -> None:
    size = source.stat().st_size
    _check(0 < size <= artefacts.LARGEST, "The file must have at least one byte, and at most 4 GiB.", "file")
    kept = artefacts.keep(source)
    _check(made.sha256 in ("", kept.sha256), "The file is not the one of this SHA-256 digest.", "sha256")
    _check(made.size in (0, kept.size), f"The file has {kept.size} bytes, not {made.size}.", "size")
    made.sha256, made.size, made.sha512 = kept.sha256, kept.size, kept.sha512


def _is_address(address: str) -> bool:
    try:
        parts = urlsplit(address)
        is_whole = parts.scheme == "https" and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    plain = address.isascii() and address.isprintable() and not re.search(r'[\s<>"\\^`{|}]', address)
    return is_whole and plain and "@" not in parts.netloc and len(address) <= 500


def _is_text(text: str) -> bool:
    """As XML 1.0 has it (2.2): what feeds are written in. Of control signs it knows ends of lines and tabs."""
    return not any(
        (unicodedata.category(sign) in ("Cc", "Cs") and sign not in "\n\r\t") or sign in "\ufffe\uffff" for sign in text
    )


def _is_signature(text: str) -> bool:
    try:
        return len(b64decode(text, validate=True)) == SIGNATURE
    except (NotBase64, ValueError):
        return False


def _check(holds: object, sentence: str, field: str) -> None:
    if not holds:
        raise ReleaseUnfit(sentence, field)
