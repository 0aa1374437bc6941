"""Who brings parcels: the carrier that this instance's settings name, and those that shipments were made with."""

from functools import cache

from django.conf import settings

from upheld.home import Home, HomeError
from upheld.orders.carriers.carrier import Addressee, Carrier, Goods, Label, Parcel, State, Tracking
from upheld.orders.carriers.easypost import EasyPost
from upheld.orders.carriers.errors import CarrierError, CarrierRefused, CarrierUnreachable, KeyRefused, Undeliverable
from upheld.orders.carriers.manual import Manual
from upheld.orders.carriers.sender import sender

__all__ = [
    "Addressee",
    "Carrier",
    "CarrierError",
    "CarrierRefused",
    "CarrierUnreachable",
    "Goods",
    "KeyRefused",
    "Label",
    "Parcel",
    "State",
    "Tracking",
    "Undeliverable",
    "current",
    "named",
]

NAMES = ("manual", "easypost")


def current() -> Carrier:
    """The one that parcels go by now. Raises HomeError for a setting that cannot be."""
    return named(settings.HOME.text("shipping.carrier"))


def named(name: str) -> Carrier:
    """The one that a shipment names: it stays with its carrier when the setting changes."""
    home: Home = settings.HOME
    if name == "manual":
        return Manual()
    if name == "easypost":
        return _easypost(home.text("shipping.easypost_key"), home.text("shipping.easypost_url"))
    raise HomeError(f"shipping.carrier must be one of {', '.join(NAMES)}, not {name!r}.")


@cache
def _easypost(key: str, url: str) -> EasyPost:
    if not key:
        raise HomeError("shipping.easypost_key is empty. Set it to a key of your EasyPost account; EZTK… is for tests.")
    return EasyPost(key, url=url, sender=lambda: sender(settings.HOME))
