"""From where parcels leave: the company's own address, as the settings have it."""

from dataclasses import dataclass

from upheld.home import Home, HomeError
from upheld.orders import addresses
from upheld.policy import force


@dataclass(frozen=True, slots=True)
class Sender:
    name: str
    country: str
    parts: dict[str, str]


def sender(home: Home) -> Sender:
    """Raises HomeError for an address that cannot be read."""
    country, lines = home.text("company.country").upper(), home.text("company.address").split("|")
    try:
        parts = addresses.parts([line.strip() for line in lines], country)
    except (addresses.AddressUnfit, addresses.CountryUnknown) as error:
        raise HomeError(
            f"company.address must hold the street, then a line such as San Francisco, CA 94111, with | between; "
            f"company.country its country. {error}"
        ) from None
    return Sender(force.in_force().controller.name, country, parts)
