"""A person known to somebody else's model, under a policy that keeps one field for the books."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.embedding.shop.models import Customer
from upheld import vault
from upheld.policy import force, load
from upheld.policy.actors import Actor

POLICY = Path(__file__).parents[1] / "embedding" / "policy.md"
SYSTEM = Actor.system("greeter")


@dataclass
class Known:
    """Someone the shop knows, and the row it keeps about them."""

    me: Actor
    row: Customer

    @property
    def values(self) -> vault.Opened:
        return vault.open(self.row, ["email", "name", "country"], by=self.me, purpose="access")


@pytest.fixture(autouse=True)
def shop_policy(tmp_path: Path) -> Iterator[None]:
    before = force.published().directory
    force.configure(tmp_path / "policy").add(load(POLICY))
    yield
    force.configure(before)


def known(email: str = "ada@example.org", name: str = "Ada", country: str = "GB") -> Known:
    subject = vault.new_subject()
    me = Actor.person(subject)
    row = vault.collect(Customer(subject=subject), {"email": email}, source="sign_up", by=me)
    vault.collect(row, {"name": name, "country": country}, source="order", by=me)
    return Known(me, row)


@pytest.fixture
def ada() -> Known:
    return known()
