"""Parcels that staff bring to a counter: a packing slip shows the address, and the tracking number is typed in."""

from upheld.orders.carriers.carrier import Addressee, Label, Parcel, Tracking


class Manual:
    name = "manual"
    title = "By hand"
    needs_address_by_api = False
    is_test = False

    def ship(self, to: Addressee, parcel: Parcel, *, reference: str, key: str) -> Label:
        return Label(carrier_id="", tracking="")

    def label(self, carrier_id: str) -> bytes | None:
        return None

    def track(self, carrier_id: str) -> Tracking | None:
        return None

    def void(self, carrier_id: str) -> None:
        pass
