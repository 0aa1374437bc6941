"""Links in letters: signed, each for its own use, over after a while, and telling nothing."""

import pytest
from django.core import signing
from uuid_utils.compat import uuid7

from upheld.orders import links
from upheld.orders.models import Order

ORDER = Order(id=uuid7(), subject=uuid7(), number="7KQ4M-X2P9D", currency="EUR")


@pytest.mark.parametrize("kind", [links.MEND, links.MINE])
def test_a_link_leads_to_its_order(kind: str) -> None:
    token = links.token(ORDER, kind)
    assert links.read(token) == links.read(token, kind) == (ORDER.subject, ORDER.pk)
    led = str(links.to(ORDER, kind)).rstrip("/").split(f"/order/{kind}/")[1]
    assert links.read(led, kind) == (ORDER.subject, ORDER.pk)


def test_a_link_to_mend_is_no_link_to_the_data() -> None:
    assert links.read(links.token(ORDER, links.MEND), links.MINE) is None


@pytest.mark.parametrize("token", ["", "x", "a:b:c", "é" * 50])
def test_a_forged_link_leads_nowhere(token: str) -> None:
    assert links.read(token) is None


def test_a_link_cut_short_leads_nowhere() -> None:
    assert links.read(links.token(ORDER, links.MEND)[:-1]) is None


def test_a_link_is_over_in_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    token = links.token(ORDER, links.MEND)
    now = signing.time.time()
    monkeypatch.setattr(signing.time, "time", lambda: now + 22 * links.DAY)
    assert links.read(token) is None
    assert links.read(links.token(ORDER, links.MINE))
