"""Updaters are told of the newest version of their channel, in the words that they know, and of nobody."""

from base64 import b64encode
from hashlib import sha512
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest
import yaml

from tests.builds.publishing import AT, CONTENT, OPERATOR, file, release
from upheld.builds import feeds, releases

pytestmark = pytest.mark.django_db

SITE = "https://customers.example"
OF = f"{{{feeds.SPARKLE}}}"
SIGNATURE = b64encode(bytes(64)).decode()


def versions(channel: str, platform: str = "linux-x64") -> list[str]:
    return [each.version for each in feeds.newest("engine", platform, channel)]


def test_a_channel_has_the_stabler_ones_too() -> None:
    release(version="1.9.0")
    release(version="1.10.0")
    release(version="2.0.0-beta.2", channel="beta")
    release(version="2.0.0-beta.10", channel="beta")
    release(version="2.0.0-nightly.1", channel="nightly")
    assert versions("stable") == ["1.10.0", "1.9.0"]
    assert versions("beta") == ["2.0.0-beta.10", "2.0.0-beta.2", "1.10.0", "1.9.0"]
    assert versions("nightly")[0] == "2.0.0-nightly.1"
    release(version="2.0.0")
    assert versions("nightly")[0] == "2.0.0"


def test_a_release_for_any_platform_serves_each_and_its_own_comes_before() -> None:
    release(version="1.0.0", platform="any")
    assert versions("stable", "macos-x64") == ["1.0.0"]
    own = release(version="1.0.0", platform="linux-x64")
    assert feeds.latest("engine", "linux-x64", "stable") == own
    assert versions("stable") == ["1.0.0"]


def test_a_withdrawn_release_leaves_the_feeds() -> None:
    release(version="1.0.0")
    gone = release(version="1.1.0")
    releases.withdraw(gone, by=OPERATOR)
    assert versions("stable") == ["1.0.0"]
    assert "1.1.0" not in feeds.appcast("engine", "linux-x64", "stable", site=SITE)


def test_sparkle_is_told_version_length_signature_and_page() -> None:
    made = release(signature=SIGNATURE, notes="Faster & <b>better</b>")
    text = feeds.appcast("engine", "linux-x64", "stable", site=SITE)
    item = fromstring(text).find("channel/item")  # noqa: S314 - what we wrote ourselves
    assert item is not None
    enclosure = item.find("enclosure")
    assert enclosure is not None
    assert item.findtext(f"{OF}version") == "1.2.3"
    assert item.find(f"{OF}informationalUpdate") is not None
    assert enclosure.get(f"{OF}edSignature") == SIGNATURE
    assert enclosure.get("length") == str(len(CONTENT))
    assert item.findtext("link") == enclosure.get("url") == feeds.page_of(made, SITE)
    assert item.findtext("description") == "<p>Faster &amp; &lt;b&gt;better&lt;/b&gt;</p>\n"
    assert str(AT["address"]) not in feeds.appcast("engine", "linux-x64", "stable", site=SITE)


def test_electron_is_told_version_digest_size_and_page(tmp_path: Path) -> None:
    made = release(source=file(tmp_path))
    said = yaml.safe_load(feeds.latest_yml("engine", "linux-x64", "stable", site=SITE) or "")
    digest = b64encode(sha512(CONTENT).digest()).decode()
    assert (said["version"], said["path"], said["sha512"]) == ("1.2.3", "engine.zip", digest)
    assert said["files"] == [{"url": feeds.page_of(made, SITE), "sha512": digest, "size": len(CONTENT)}]
    assert said["releaseDate"].endswith("Z")


def test_of_a_file_elsewhere_electron_is_told_the_digest_that_there_is() -> None:
    release()
    said = yaml.safe_load(feeds.latest_yml("engine", "linux-x64", "stable", site=SITE) or "")
    assert said["sha2"] == AT["sha256"]


def test_nothing_published_is_an_empty_feed() -> None:
    assert feeds.latest_yml("engine", "linux-x64", "stable", site=SITE) is None
    assert "<item>" not in feeds.appcast("engine", "linux-x64", "stable", site=SITE)
    for wrong in (("amiga", "stable"), ("linux-x64", "secret")):
        with pytest.raises(ValueError, match="no such platform or channel"):
            feeds.newest("engine", *wrong)
