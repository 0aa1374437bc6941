"""Carriers: what leaves for them, that a parcel is bought once whatever goes wrong, and what they say of it.

EasyPost itself cannot be reached from a test: `carrier_server` stands in, a real server that speaks its documented
JSON.
"""

import traceback
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from moneyed import Money

from tests.orders.carrier_server import NOWHERE, PDF, TEST_KEY, UNSERVED, CarrierServer, Fault
from tests.orders.parcels import ADA, BOX, COMPANY, KEY
from upheld.orders.carriers import (
    Addressee,
    CarrierRefused,
    CarrierUnreachable,
    Goods,
    KeyRefused,
    Parcel,
    State,
    Tracking,
    Undeliverable,
)
from upheld.orders.carriers.easypost import EasyPost


@pytest.fixture
def server() -> Iterator[CarrierServer]:
    with CarrierServer() as running:
        yield running


@pytest.fixture
def easypost(server: CarrierServer) -> EasyPost:
    return EasyPost(TEST_KEY, url=server.url, sender=lambda: COMPANY, timeout=1)


def test_a_parcel_goes_by_the_cheapest_rate(easypost: EasyPost, server: CarrierServer) -> None:
    label = easypost.ship(ADA, BOX, reference="K7QD-2MXA", key=KEY)
    assert label.service == "USPS GroundAdvantage"
    assert label.cost == Money("7.15", "USD")
    assert label.tracking.startswith("9400")
    assert label.pdf == PDF
    assert server.operations == ["retrieve_shipment", "create_address", "create_shipment", "buy"]
    assert easypost.label(label.carrier_id) == PDF


def test_what_leaves_is_the_name_and_the_address_once_and_nothing_more(
    easypost: EasyPost, server: CarrierServer
) -> None:
    easypost.ship(ADA, BOX, reference="K7QD-2MXA", key=KEY)
    sent = dict(server.calls)
    assert sent["create_address"] == {
        "verify": ["delivery"],
        "address": {
            "name": "Ada Lovelace",
            "street1": "12 St James's Square",
            "street2": "Flat 3",
            "city": "Springfield",
            "state": "IL",
            "zip": "62704",
            "country": "US",
        },
    }
    assert server.everything_sent.count("Lovelace") == 1
    shipment = sent["create_shipment"]["shipment"]
    assert set(shipment) == {"to_address", "from_address", "parcel", "reference", "options"}
    assert set(shipment["to_address"]) == {"id"}
    assert shipment["from_address"]["name"] == "Exokit"
    assert shipment["parcel"] == {"weight": 17.6, "length": 11.8, "width": 7.9, "height": 3.9}
    assert shipment["options"] == {"label_format": "PDF", "print_custom_1": "K7QD-2MXA"}
    assert not {"email", "phone", "company"} & set(server.everything_sent.replace('"', " ").split())


def test_parts_that_are_empty_are_not_sent(easypost: EasyPost, server: CarrierServer) -> None:
    easypost.ship(Addressee("Li", "1 Fort Rd", "SG", postal_code="238823"), Parcel(weight=0), reference="R", key=KEY)
    sent = dict(server.calls)
    assert set(sent["create_address"]["address"]) == {"name", "street1", "zip", "country"}
    assert sent["create_shipment"]["shipment"]["parcel"] == {"weight": 0.1}


def test_customs_are_told_of_the_goods_only_when_the_parcel_leaves_the_country(
    easypost: EasyPost, server: CarrierServer
) -> None:
    goods = Goods("Printed guide, second edition, with maps", 2, Money("24.90", "USD"), 800)
    parcel = replace(BOX, goods=(goods,))
    easypost.ship(ADA, parcel, reference="R", key="home")
    easypost.ship(replace(ADA, country="DE", region=""), parcel, reference="R", key="abroad")
    home, abroad = [body["shipment"] for operation, body in server.calls if operation == "create_shipment"]
    assert "customs_info" not in home
    assert abroad["customs_info"]["customs_signer"] == "Exokit"
    assert abroad["customs_info"]["customs_items"] == [
        {
            "description": "Printed guide, second edition, with",
            "quantity": 2,
            "value": "24.90",
            "currency": "USD",
            "weight": 28.2,
            "origin_country": "US",
        }
    ]


@pytest.mark.parametrize("operation", ["create_address", "create_shipment", "buy"])
@pytest.mark.parametrize("done", [False, True], ids=["lost on the way there", "lost on the way back"])
def test_a_time_out_anywhere_and_asking_again_buys_once(
    easypost: EasyPost, server: CarrierServer, operation: str, done: bool
) -> None:
    server.faults.append(Fault(operation, done=done))
    with pytest.raises(CarrierUnreachable, match="nothing is bought twice"):
        easypost.ship(ADA, BOX, reference="R", key=KEY)
    label = easypost.ship(ADA, BOX, reference="R", key=KEY)
    assert label == easypost.ship(ADA, BOX, reference="R", key=KEY)
    assert server.bought == 1
    assert len(server.shipments) == 1


def test_two_keys_are_two_parcels(easypost: EasyPost, server: CarrierServer) -> None:
    one, other = (easypost.ship(ADA, BOX, reference="R", key=key) for key in ("one", "other"))
    assert one.tracking != other.tracking
    assert server.bought == 2


def test_postage_that_was_bought_meanwhile_is_taken_up(easypost: EasyPost, server: CarrierServer) -> None:
    server.faults.append(Fault("buy", status=422, code="SHIPMENT.POSTAGE.EXISTS", done=True))
    assert easypost.ship(ADA, BOX, reference="R", key=KEY).tracking
    assert server.bought == 1


@pytest.mark.parametrize(
    "fault",
    [
        Fault("create_shipment", status=500, code="INTERNAL_SERVER_ERROR"),
        Fault("create_shipment", status=429, code="RATE_LIMITED"),
        Fault("create_shipment", status=502, raw=b"<html>Bad gateway</html>"),
        Fault("create_shipment", status=200, raw=b"not json"),
        Fault("create_shipment", status=200, raw=b"[]"),
        Fault("create_shipment", status=200, raw=b"{}"),
        Fault("buy", status=422, code="SHIPMENT.POSTAGE.TIMED_OUT"),
        Fault("buy", status=422, code="SHIPMENT.PURCHASE.IN_PROGRESS"),
    ],
    ids=lambda fault: f"{fault.status} {fault.code}{fault.raw.decode()}",
)
def test_an_answer_that_tells_nothing_is_no_answer(easypost: EasyPost, server: CarrierServer, fault: Fault) -> None:
    server.faults.append(replace(fault))
    with pytest.raises(CarrierUnreachable):
        easypost.ship(ADA, BOX, reference="R", key=KEY)
    assert easypost.ship(ADA, BOX, reference="R", key=KEY).tracking
    assert server.bought == 1


def test_a_carrier_that_is_not_there_is_said_to_be_so() -> None:
    gone = EasyPost(TEST_KEY, url="http://127.0.0.1:9", sender=lambda: COMPANY, timeout=1)
    with pytest.raises(CarrierUnreachable, match="EasyPost gave no clear answer"):
        gone.ship(ADA, BOX, reference="R", key=KEY)


def test_an_address_that_nobody_finds_is_told_before_anything_is_bought(
    easypost: EasyPost, server: CarrierServer
) -> None:
    with pytest.raises(Undeliverable, match="EasyPost does not know this address") as refused:
        easypost.ship(replace(ADA, address_line1=NOWHERE), BOX, reference="R", key=KEY)
    assert refused.value.reasons == ("Address not found",)
    assert server.operations == ["retrieve_shipment", "create_address"]


@pytest.mark.parametrize(
    ("fault", "error", "sentence"),
    [
        (Fault("create_address", 422, "ADDRESS.VERIFY.FAILURE"), Undeliverable, "does not know this address"),
        (Fault("buy", 422, "SHIPMENT.POSTAGE.FAILURE"), CarrierRefused, "answers SHIPMENT.POSTAGE.FAILURE"),
        (Fault("buy", 402, "PAYMENT_REQUIRED"), CarrierRefused, "answers PAYMENT_REQUIRED"),
        (Fault("create_shipment", 403, "FORBIDDEN"), KeyRefused, "Set shipping.easypost_key"),
    ],
    ids=lambda each: each.code if isinstance(each, Fault) else "",
)
def test_a_refusal_is_a_sentence_that_quotes_nothing(
    easypost: EasyPost, server: CarrierServer, fault: Fault, error: type[Exception], sentence: str
) -> None:
    server.faults.append(replace(fault))
    with pytest.raises(error, match=sentence) as refused:
        easypost.ship(ADA, BOX, reference="R", key=KEY)
    told = "".join(traceback.format_exception(refused.value))
    assert "Ada Lovelace of" not in told, "the server's message quotes what it was sent"
    assert refused.value.__context__ is None


def test_a_country_without_a_rate_is_refused(easypost: EasyPost) -> None:
    with pytest.raises(CarrierRefused, match="no rate for this parcel and country"):
        easypost.ship(replace(ADA, country=UNSERVED), BOX, reference="R", key=KEY)


def test_a_wrong_key_is_said_to_be_wrong(server: CarrierServer) -> None:
    with pytest.raises(KeyRefused, match="does not accept the key"):
        EasyPost("EZAKwrong", url=server.url, sender=lambda: COMPANY).ship(ADA, BOX, reference="R", key=KEY)
    assert not server.calls


@pytest.mark.parametrize(
    "url", ["http://elsewhere.example/label.pdf", "file:///etc/passwd", "{own}.example/x", "{own}/v2"]
)
def test_a_label_that_cannot_be_had_loses_no_tracking_number(
    easypost: EasyPost, server: CarrierServer, url: str
) -> None:
    label = easypost.ship(ADA, BOX, reference="R", key=KEY)
    server.shipments[label.carrier_id]["postage_label"]["label_url"] = url.format(own=server.url)
    again = easypost.ship(ADA, BOX, reference="R", key=KEY)
    assert (again.tracking, again.pdf) == (label.tracking, None)
    with pytest.raises(CarrierUnreachable):
        easypost.label(label.carrier_id)


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("pre_transit", State.PRE_TRANSIT),
        ("in_transit", State.IN_TRANSIT),
        ("out_for_delivery", State.IN_TRANSIT),
        ("delivered", State.DELIVERED),
        ("return_to_sender", State.RETURNED),
        ("failure", State.UNDELIVERABLE),
    ],
)
def test_a_parcel_is_followed(easypost: EasyPost, server: CarrierServer, status: str, state: State) -> None:
    carrier_id = easypost.ship(ADA, BOX, reference="R", key=KEY).carrier_id
    assert easypost.track(carrier_id) is None, "nobody has seen it yet"
    server.becomes(carrier_id, status)
    assert easypost.track(carrier_id) == Tracking(state, datetime(2026, 11, 25, 10, tzinfo=UTC))


def test_postage_is_given_back_once_and_not_for_what_was_delivered(easypost: EasyPost, server: CarrierServer) -> None:
    carrier_id = easypost.ship(ADA, BOX, reference="R", key=KEY).carrier_id
    easypost.void(carrier_id)
    easypost.void(carrier_id)
    assert server.operations.count("refund") == 1
    delivered = easypost.ship(ADA, BOX, reference="R", key="other").carrier_id
    server.becomes(delivered, "delivered")
    for _ in range(2):
        with pytest.raises(CarrierRefused, match="the postage was used"):
            easypost.void(delivered)


def test_a_shipment_that_nobody_knows_is_said_to_be_unknown(easypost: EasyPost) -> None:
    for call in (easypost.track, easypost.label, easypost.void):
        with pytest.raises(CarrierRefused, match="EasyPost knows no shipment of that name"):
            call("shp_gone")


def test_an_addressee_prints_as_nothing() -> None:
    assert repr(ADA) == f"{ADA}" == "Addressee(•••)"
