"""What updaters read: which release is the newest for a platform, as Sparkle and electron-updater write it.

Feeds are public and about nobody. They say what there is, and how long and which file it is before it is stamped; the
address in them is that of the page where somebody who is signed in fetches their own copy.
"""

from base64 import b64encode
from email.utils import format_datetime
from xml.etree.ElementTree import Element, SubElement, indent, register_namespace, tostring

from upheld.builds import notes, releases, versions
from upheld.builds.models import CHANNELS, PLATFORMS, Release

SHOWN = 20  # of the newest versions in an appcast
SPARKLE = "http://www.andymatuschak.org/xml-namespaces/sparkle"
ANY = "any"

register_namespace("sparkle", SPARKLE)


def channels(channel: str) -> tuple[str, ...]:
    """The channel with those that are stabler: whoever tries nightly builds gets a stable one that is newer."""
    return CHANNELS[: CHANNELS.index(channel) + 1]


def newest(product: str, platform: str, channel: str, most: int = SHOWN) -> list[Release]:
    """The newest versions that are given out, in the order of versions; one that is for any platform serves too.

    Raises ValueError for a platform or channel that there is not.
    """
    if platform not in PLATFORMS or channel not in CHANNELS:
        raise ValueError("There is no such platform or channel.")
    rows = releases.standing(product).filter(platform__in={platform, ANY}, channel__in=channels(channel))
    # For the platform itself last, so that it takes the place of one for any.
    listed = sorted(rows.values_list("platform", "version", "id"), key=lambda row: row[0] != ANY)
    known = {version: id for _, version, id in listed}
    chosen = sorted(known, key=lambda version: (versions.order(version), version), reverse=True)[:most]
    found = Release.objects.in_bulk([known[version] for version in chosen])
    return [found[known[version]] for version in chosen]


def latest(product: str, platform: str, channel: str) -> Release | None:
    return next(iter(newest(product, platform, channel, 1)), None)


def page_of(release: Release, site: str) -> str:
    """Where somebody who is signed in fetches their own copy of it."""
    return f"{site}/downloads/{release.pk}/"


def appcast(product: str, platform: str, channel: str, *, site: str) -> str:
    """An RSS feed as Sparkle 2 reads it. Each item is an informational update: Sparkle opens the page, since what
    it would fetch by itself needs an account."""
    rss = Element("rss", {"version": "2.0"})
    root = SubElement(rss, "channel")
    SubElement(root, "title").text = f"{product} for {platform}, {channel}"
    SubElement(root, "link").text = site
    for release in newest(product, platform, channel):
        _item(root, release, site)
    indent(rss)
    return tostring(rss, encoding="unicode", xml_declaration=False)


def latest_yml(product: str, platform: str, channel: str, *, site: str) -> str | None:
    """The newest release as electron-updater reads it; None when there is none."""
    found = latest(product, platform, channel)
    if found is None:
        return None
    name, digest = found.name, _digest(found)
    lines = [
        f"version: {_quoted(found.version)}",
        "files:",
        f"  - url: {_quoted(page_of(found, site))}",
        f"    {digest}",
        f"    size: {found.size}",
        f"path: {_quoted(name)}",
        digest,
        f"releaseDate: {_quoted(found.published_at.strftime('%Y-%m-%dT%H:%M:%S.000Z'))}",
    ]
    return "\n".join(lines) + "\n"


def _item(root: Element, release: Release, site: str) -> None:
    item, page = SubElement(root, "item"), page_of(release, site)
    SubElement(item, "title").text = release.version
    SubElement(item, "link").text = page
    SubElement(item, "pubDate").text = format_datetime(release.published_at)
    SubElement(item, f"{{{SPARKLE}}}version").text = release.version
    SubElement(item, f"{{{SPARKLE}}}shortVersionString").text = release.version
    if release.notes:
        SubElement(item, "description").text = notes.html(release.notes)
    SubElement(item, f"{{{SPARKLE}}}informationalUpdate")
    facts = {"url": page, "length": str(release.size), "type": "application/octet-stream"}
    if release.signature:
        facts[f"{{{SPARKLE}}}edSignature"] = release.signature
    SubElement(item, "enclosure", facts)


def _digest(release: Release) -> str:
    """SHA-512 in Base64 where the file is kept here; else SHA-256 in hexadecimal, which electron-updater takes too."""
    if release.sha512:
        return f"sha512: {b64encode(bytes.fromhex(release.sha512)).decode()}"
    return f"sha2: {release.sha256}"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
