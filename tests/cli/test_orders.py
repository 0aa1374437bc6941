"""Staff fill orders at a terminal: on record, on open matters only, and with nobody's data on the screen."""

import json
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Command, new_command
from upheld.cli.demo_shop import ORDERS
from upheld.cli.orders.listing import STATES
from upheld.orders.states import State

PERSONAL = {value for each in ORDERS for name, value in each.details.items() if name != "country"} | {
    each.email for each in ORDERS
}

ASKED = "asked_by_person"


@pytest.fixture(scope="module")
def sold(template: Command, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Command]:
    """The demonstration's shop, of which others are copies."""
    with new_command(tmp_path_factory.mktemp("sold"), template) as command:
        command.ok("demo", "--builds", "9")
        yield command


@pytest.fixture
def shop(sold: Command, tmp_path: Path) -> Iterator[Command]:
    with new_command(tmp_path, sold) as command:
        yield command


def orders(shop: Command, *options: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(shop.ok("orders", "list", "--json", *options))["orders"]
    return found


def number(shop: Command, state: str) -> str:
    """Of the only order in this state."""
    [found] = orders(shop, "--state", state)
    return str(found["number"])


def test_the_list_says_how_each_order_stands_and_nobodys_name(shop: Command) -> None:
    assert sorted(each["state"] for each in orders(shop)) == [
        "delivered", "paid", "part_refunded", "shipped", "trouble",
    ]  # fmt: skip
    assert len(orders(shop, "--limit", "2")) == 2
    [whole] = orders(shop, "--state", "shipped")
    said = shop.ok("orders", "list") + shop.ok("orders", "show", whole["number"]) + json.dumps(orders(shop))
    said += shop.ok("orders", "show", whole["number"], "--json")
    assert not [value for value in PERSONAL if value in said]
    assert "DEMO" not in said  # the carrier's number leads to where the person lives


def test_the_demonstration_leaves_alone_what_staff_did_since(shop: Command) -> None:
    shop.ok("orders", "cancel", number(shop, "paid"), "--start", ASKED, "--yes")
    shop.ok("products", "withdraw", "t-shirt", "--yes")
    before = orders(shop)
    shop.ok("demo", "--builds", "9")
    assert orders(shop) == before


def test_the_demonstration_carries_on_what_it_began(shop: Command) -> None:
    begun = shop.home.folder / "demo-orders.json"
    known = json.loads(begun.read_text())
    begun.write_text(json.dumps({name: id for name, id in known.items() if name != "shipped"}))
    shop.ok("demo", "--builds", "9")
    assert len(orders(shop)) == len(known) + 1
    assert len(orders(shop, "--state", "shipped")) == 2


def test_every_state_can_be_asked_for() -> None:
    assert set(STATES) == set(State) - {State.DRAFTED}


def test_an_order_is_shown_with_its_story_and_who_received_what(shop: Command) -> None:
    found = json.loads(shop.ok("orders", "show", number(shop, "shipped"), "--json"))
    assert [each["sku"] for each in found["lines"]] == ["headset-mount", "shipping"]
    assert {"placed", "packed", "shipped", "captured"} <= {each["what"] for each in found["story"]}
    assert {frozenset(each["fields"]) for each in found["received"]} == {
        frozenset({"Payment card"}), frozenset({"Name", "Postal address", "Country"}),
    }  # fmt: skip
    assert {each["by"] for each in found["story"]} == {"person", "shop", "shipping"}
    assert [each["document"] for each in found["documents"]] == ["confirmation", "packing_slip", "invoice"]


def test_a_number_is_understood_as_people_type_it(shop: Command) -> None:
    found = number(shop, "shipped")
    typed = found.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    assert shop.ok("orders", "show", typed).startswith(f"{found}: shipped")
    assert "There is no order 'nonsense'" in shop.refused("orders", "show", "nonsense")


def test_an_order_goes_its_way(shop: Command) -> None:
    found = number(shop, "paid")
    assert "cannot be" in shop.refused("orders", "deliver", found)
    assert shop.ok("orders", "pack", found) == f"{found} is packed.\n"
    assert shop.refused("orders", "ship", found).endswith(
        "Give the tracking number that the carrier gave the parcel.\n"
    )
    assert shop.ok("orders", "ship", found, "--tracking", "TRACK1") == f"{found} is shipped.\n"
    assert shop.ok("orders", "deliver", found, found, "--start", ASKED) == f"{found} is delivered.\n"
    assert "is given back" in shop.ok("orders", "refund", found, "--amount", "5.00", "--reason", "late", "--yes")
    assert "is given back" in shop.ok("orders", "refund", found, "--start", ASKED, "--yes")
    assert found in {each["number"] for each in orders(shop, "--state", "refunded")}
    assert shop.ok("payments", "reconcile").endswith("no difference.\n")


def test_what_cannot_be_done_keeps_nothing_else(shop: Command) -> None:
    waiting, gone = number(shop, "paid"), number(shop, "shipped")
    done = shop("orders", "pack", gone, waiting, "--start", ASKED)
    assert (done.returncode, done.stdout) == (1, f"{waiting} is packed.\n")
    assert done.stderr.startswith(f"upheld: {gone}: ")


def test_a_list_of_parcels_is_shipped(shop: Command, tmp_path: Path) -> None:
    found, gone = number(shop, "paid"), number(shop, "shipped")
    shop.ok("orders", "pack", found)
    parcels = tmp_path / "parcels.csv"
    parcels.write_text(f"{found.lower()}, TRACK1\n\n{gone};TRACK2\n")
    done = shop("orders", "ship", "--from", str(parcels))
    assert (done.returncode, done.stdout) == (1, "1 orders are shipped.\n")
    assert done.stderr.startswith(f"upheld: {gone}: ")
    parcels.write_text(f"{found},TRACK1\n{found}\n")
    assert "Line 2 of the list" in shop.refused("orders", "ship", "--from", str(parcels))


def test_calling_an_order_off_asks_first(shop: Command) -> None:
    found = number(shop, "paid")
    refused = shop("orders", "cancel", found)
    assert (refused.returncode, refused.stderr.splitlines()[-1]) == (
        1, "upheld: Nothing was done: answer y, or add --yes."
    )  # fmt: skip
    assert shop.ok("orders", "cancel", found, "--reason", "out_of_stock", "--yes") == f"{found} is cancelled.\n"
    because = ("--reason", "x", "--start", ASKED, "--yes")
    assert "the reasons are" in shop.refused("orders", "cancel", number(shop, "trouble"), *because)
    assert "cannot be cancelled" in shop.refused(
        "orders", "cancel", number(shop, "shipped"), "--reason", "late", "--yes"
    )


def test_nobody_starts_a_case_without_saying_why(shop: Command, tmp_path: Path) -> None:
    gone, slip = number(shop, "shipped"), tmp_path / "slip.pdf"
    asked = "No shipment waits there: add --start, and why you start one: asked_by_person.\n"
    assert shop.refused("orders", "document", gone, "packing_slip", "--out", str(slip)) == asked
    assert shop.refused("orders", "deliver", gone, "--start", "curiosity") == f"{gone}: {asked}"
    refused = shop.refused("orders", "refund", gone, "--reason", "price", "--yes")
    assert refused.endswith(" you start one: asked_by_person, damaged, late, out_of_stock, goodwill.\n")
    assert not slip.exists()


def test_money_that_there_is_not_is_not_given_back(shop: Command) -> None:
    found = number(shop, "delivered")
    assert "no amount" in shop.refused("orders", "refund", found, "--amount", "lots", "--yes")
    for amount in ("5000", "-5"):
        assert shop.refused("orders", "refund", found, "--amount", amount, "--start", "late", "--yes")


def test_a_document_is_readable_by_its_owner_alone(shop: Command, tmp_path: Path) -> None:
    file = tmp_path / "slip.pdf"
    file.write_text("an old one that anybody reads")
    file.chmod(0o644)
    shop.ok("orders", "document", number(shop, "shipped"), "packing_slip", "--out", str(file), "--start", ASKED)
    assert file.read_bytes().startswith(b"%PDF-")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    printed = shop.within(
        "from upheld.ledger import Entry\n"
        "from upheld.policy.acts import Act\n"
        "print(Entry.objects.filter(act=Act.FIELD_PRINT).count())"
    )
    assert printed == "1\n"
    nowhere = str(tmp_path / "nowhere" / "slip.pdf")
    assert "cannot be written" in shop.refused(
        "orders", "document", number(shop, "shipped"), "invoice", "--out", nowhere, "--start", ASKED
    )


def test_trouble_is_told_to_the_person(shop: Command) -> None:
    found, before = number(shop, "shipped"), len(list(shop.home.letters.glob("*.eml")))
    said = shop.ok("orders", "trouble", found, "--kind", "undeliverable", "--reason", "address", "--start", ASKED)
    assert said == f"{found} is in trouble, and the person is written to.\n"
    assert len(list(shop.home.letters.glob("*.eml"))) == before + 1


def test_a_carrier_is_told_until_it_answers(shop: Command) -> None:
    shop.within(
        "from upheld.orders.models import Order\n"
        "from upheld.policy.actors import Actor\n"
        "from upheld.rights import verbs\n"
        f"subject = Order.objects.by_number('{number(shop, 'delivered')}').get().subject\n"
        "verbs.erase(subject, by=Actor.person(subject))"
    )
    [notice] = json.loads(shop.ok("orders", "notices", "list", "--json"))["notices"]
    assert (notice["reason"], notice["told"]) == ("erased", None)
    assert "was told" in shop.ok("orders", "notices", "told", notice["id"])
    assert json.loads(shop.ok("orders", "notices", "list", "--json"))["notices"][0]["told"]
    assert "is recorded: done" in shop.ok("orders", "notices", "answered", notice["id"])
    assert json.loads(shop.ok("orders", "notices", "list", "--json")) == {"notices": []}
    assert "There is no notice" in shop.refused("orders", "notices", "answered", notice["id"])


def test_staff_act_on_the_order_and_as_themselves(shop: Command) -> None:
    shop.ok("orders", "pack", number(shop, "paid"))
    packed = json.loads(
        shop.within(
            "import json\n"
            "from upheld.ledger import Entry\n"
            "from upheld.policy.acts import Act\n"
            "print(json.dumps([entry.by for entry in Entry.objects.filter(act=Act.ORDER_PACK).order_by('id')]))"
        )
    )
    assert {by["job"] for by in packed} == {"shipping"}
    first, second, ours = (by["id"] for by in packed)
    assert first == second != ours  # the demonstration's colleague, and whoever is at this terminal
    assert ours == shop.within("from upheld.cli.staff import at_desk; print(at_desk().pk)").strip()
    assert len({by["case"] for by in packed}) == len(packed) == 3  # a matter for each order


def test_the_books_are_compared_with_the_processors(shop: Command) -> None:
    assert json.loads(shop.ok("payments", "reconcile", "--json")) == {"checked": 5, "differences": []}
    assert json.loads(shop.ok("payments", "reconcile", "--json", "--since", "2099-01-01"))["checked"] == 0
    shop.within("from upheld.payments.models import Movement; Movement.objects.order_by('id').last().delete()")
    done = shop("payments", "reconcile", "--json")
    [difference] = json.loads(done.stdout)["differences"]
    assert (done.returncode, set(difference)) == (1, {"reference", "what", "ours", "theirs"})
    told = shop("payments", "reconcile")
    assert (told.returncode, told.stderr) == (1, "")
    assert difference["reference"] in told.stdout


def test_the_processor_is_named(shop: Command) -> None:
    said = shop.ok("payments", "processor")
    assert said == "Cards are charged by the sandbox, with test money. It answers.\n"
