"""EasyPost's shapes of a place and of a parcel. It weighs in ounces and measures in inches."""

from collections.abc import Mapping

from upheld.orders.carriers.carrier import Parcel

OUNCE, INCH = 28.349523125, 25.4  # grams, millimetres
NAMES = {
    "address_line1": "street1",
    "address_line2": "street2",
    "city": "city",
    "region": "state",
    "postal_code": "zip",
}


def place(name: str, parts: Mapping[str, str], country: str) -> dict[str, str]:
    """Name, address and country: what is empty is not sent, and there is no field for anything else."""
    sent = {theirs: parts.get(ours, "") for ours, theirs in NAMES.items()}
    return {field: text for field, text in (sent | {"name": name, "country": country.upper()}).items() if text}


def measured(parcel: Parcel) -> dict[str, float]:
    sides = {"length": parcel.length, "width": parcel.width, "height": parcel.height}
    inches = {name: round(side / INCH, 1) for name, side in sides.items()} if all(sides.values()) else {}
    return {"weight": ounces(parcel.weight), **inches}


def ounces(grams: int) -> float:
    """To a tenth, and never nothing."""
    return max(round(grams / OUNCE, 1), 0.1)
