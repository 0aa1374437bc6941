"""Feeds are for everybody: cacheable, without a cookie, and only for what there is."""

import pytest

from tests.builds.publishing import release
from tests.web.conftest import Visitor


def test_a_feed_is_public_and_sets_no_cookie(visitor: Visitor) -> None:
    release(version="1.4.0")
    for name, kind in (("appcast.xml", "application/rss+xml"), ("latest.yml", "text/yaml")):
        answer = visitor.get(f"/updates/engine/linux-x64/stable/{name}")
        assert answer.status_code == 200
        assert answer["Content-Type"].startswith(kind)
        assert answer["Cache-Control"] == "public, max-age=300"
        assert not answer.cookies
        assert "1.4.0" in answer.content.decode()


@pytest.mark.parametrize("place", ["toaster/linux-x64/stable", "engine/amiga/stable", "engine/linux-x64/secret"])
def test_what_there_is_not_is_not_found(visitor: Visitor, place: str) -> None:
    for name in ("appcast.xml", "latest.yml"):
        assert visitor.get(f"/updates/{place}/{name}").status_code == 404


def test_before_the_first_release_there_is_an_empty_appcast_and_no_latest(visitor: Visitor) -> None:
    assert visitor.get("/updates/engine/linux-x64/stable/appcast.xml").status_code == 200
    assert visitor.get("/updates/engine/linux-x64/stable/latest.yml").status_code == 404
    assert visitor.post("/updates/engine/linux-x64/stable/latest.yml").status_code == 405
