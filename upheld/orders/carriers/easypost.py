"""Parcels by EasyPost, with its own library: the address is looked at, the cheapest rate bought, the label fetched.

EasyPost has no idempotency keys, but finds a shipment by a reference of ours. So the key is the shipment's reference,
and is looked for before anything is made: after a time-out the same call goes on where the last one ended.
"""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

from easypost.easypost_client import EasyPostClient
from moneyed import Money

from upheld.orders.addresses import PARTS
from upheld.orders.carriers.asking import TITLE, Bought, NotThere, ask, reasons
from upheld.orders.carriers.carrier import Addressee, Label, Parcel, State, Tracking
from upheld.orders.carriers.customs import customs
from upheld.orders.carriers.errors import CarrierRefused, CarrierUnreachable, Undeliverable
from upheld.orders.carriers.labels import LabelMissing, fetched
from upheld.orders.carriers.measures import measured, place
from upheld.orders.carriers.sender import Sender

URL = "https://api.easypost.com"
TIMEOUT = 15  # seconds a call: all five of a parcel end before the sweeper takes it for forsaken
STATES = {
    "available_for_pickup": State.IN_TRANSIT,
    "cancelled": State.UNDELIVERABLE,
    "delivered": State.DELIVERED,
    "error": State.UNDELIVERABLE,
    "failure": State.UNDELIVERABLE,
    "in_transit": State.IN_TRANSIT,
    "out_for_delivery": State.IN_TRANSIT,
    "pre_transit": State.PRE_TRANSIT,
    "return_to_sender": State.RETURNED,
}


class EasyPost:
    name = "easypost"
    needs_address_by_api = True

    def __init__(self, key: str, *, url: str = "", sender: Callable[[], Sender], timeout: int = TIMEOUT) -> None:
        self._url = (url or URL).rstrip("/")
        self._client = EasyPostClient(key, api_base=f"{self._url}/v2", timeout=timeout)
        self._timeout = timeout
        self._sender = sender
        self.is_test = key.startswith("EZTK")
        self.title = f"{TITLE}, test mode" if self.is_test else TITLE

    def ship(self, to: Addressee, parcel: Parcel, *, reference: str, key: str) -> Label:
        """The label of the cheapest rate. Raises HomeError too, while the company's own address cannot be read."""
        shipment = self._found(key) or self._made(to, parcel, reference, key)
        bought = shipment if shipment.get("postage_label") else self._bought(shipment)
        rate = bought.get("selected_rate") or {}
        return Label(
            carrier_id=bought["id"],
            tracking=bought.get("tracking_code") or "",
            pdf=self._printed_if_there(bought),
            service=" ".join(filter(None, (rate.get("carrier"), rate.get("service")))),
            cost=Money(rate["rate"], rate["currency"]) if rate else None,
        )

    def label(self, carrier_id: str) -> bytes | None:
        try:
            return self._printed(ask(self._client.shipment.retrieve, carrier_id))
        except LabelMissing:
            raise CarrierUnreachable(TITLE) from None

    def track(self, carrier_id: str) -> Tracking | None:
        tracker = ask(self._client.shipment.retrieve, carrier_id).get("tracker") or {}
        state = STATES.get(tracker.get("status", ""))
        seen = [each["datetime"] for each in tracker.get("tracking_details") or [] if each.get("datetime")]
        at = max(seen, default=tracker.get("updated_at"))
        return Tracking(state, datetime.fromisoformat(at) if at else None) if state else None

    def void(self, carrier_id: str) -> None:
        status = ask(self._client.shipment.retrieve, carrier_id).get("refund_status")
        if not status:
            status = ask(self._client.shipment.refund, carrier_id).get("refund_status")
        if status == "rejected":
            raise CarrierRefused(TITLE, "the postage was used, or is too old to be given back.")

    def _found(self, key: str) -> dict[str, Any] | None:
        try:
            return ask(self._client.shipment.retrieve, key)
        except NotThere:
            return None

    def _made(self, to: Addressee, parcel: Parcel, reference: str, key: str) -> dict[str, Any]:
        sender = self._sender()
        destination = self._deliverable(to)
        return ask(
            self._client.shipment.create,
            to_address={"id": destination},
            from_address=place(sender.name, sender.parts, sender.country),
            parcel=measured(parcel),
            reference=key,
            options={"label_format": "PDF", "print_custom_1": reference},
            **customs(parcel, sender, to.country),
        )

    def _deliverable(self, to: Addressee) -> str:
        """EasyPost's id for the address, once it says that a parcel can be brought there."""
        parts = {name: getattr(to, name) for name in PARTS}
        known = ask(self._client.address.create, verify=["delivery"], **place(to.name, parts, to.country))
        looked_at = (known.get("verifications") or {}).get("delivery") or {}
        if looked_at.get("success") is False:
            raise Undeliverable(TITLE, reasons(looked_at.get("errors")))
        return str(known["id"])

    def _bought(self, shipment: dict[str, Any]) -> dict[str, Any]:
        rates = shipment.get("rates") or []
        if not rates:
            raise CarrierRefused(TITLE, "it has no rate for this parcel and country.")
        cheapest = min(rates, key=lambda rate: Decimal(rate["rate"]))
        try:
            return ask(self._client.shipment.buy, shipment["id"], rate={"id": cheapest["id"]})
        except Bought:
            return ask(self._client.shipment.retrieve, shipment["id"])

    def _printed(self, shipment: dict[str, Any]) -> bytes | None:
        label = shipment.get("postage_label") or {}
        url = label.get("label_pdf_url") or label.get("label_url")
        return fetched(url, own=self._url, timeout=self._timeout) if url else None

    def _printed_if_there(self, shipment: dict[str, Any]) -> bytes | None:
        """The postage is paid for: a label that cannot be had now must not lose the tracking number."""
        try:
            return self._printed(shipment)
        except LabelMissing:
            return None
