"""Which carrier the settings name, from which address it fetches, and the one that asks nothing of anybody."""

from unittest.mock import patch

import pytest
from django.conf import settings

from tests.orders.carrier_server import TEST_KEY, CarrierServer
from tests.orders.parcels import ADA, BOX, COMPANY, KEY
from upheld.home import Home, HomeError
from upheld.orders import carriers
from upheld.orders.carriers.easypost import EasyPost
from upheld.orders.carriers.sender import sender


def test_test_mode_is_said() -> None:
    assert EasyPost("EZTKx", sender=lambda: COMPANY).title == "EasyPost, test mode"
    live = EasyPost("EZAKx", sender=lambda: COMPANY)
    assert (live.title, live.is_test) == ("EasyPost", False)


def test_by_hand_nothing_is_asked_of_anybody() -> None:
    manual = carriers.named("manual")
    assert not manual.needs_address_by_api
    assert manual.ship(ADA, BOX, reference="R", key=KEY).tracking == ""
    assert manual.track("") is None
    assert manual.label("") is None
    manual.void("")


def configured(**values: str) -> Home:
    """An instance with these settings, `_` for the dot."""
    home = Home(settings.HOME.folder)
    home.__dict__["settings"] = dict(settings.HOME.settings) | {
        name.replace("_", ".", 1): value for name, value in values.items()
    }
    return home


def test_the_settings_name_the_carrier() -> None:
    assert carriers.current().name == "manual"
    for name, sentence in [("easypost", "easypost_key is empty"), ("pigeon", "manual, easypost, not 'pigeon'")]:
        home = configured(shipping_carrier=name)
        with patch.object(settings, "HOME", home), pytest.raises(HomeError, match=sentence):
            carriers.current()


def test_what_the_settings_say_is_what_is_used() -> None:
    with CarrierServer() as server:
        home = configured(
            shipping_carrier="easypost",
            shipping_easypost_key=TEST_KEY,
            shipping_easypost_url=server.url,
            company_address="1 Harbour Way|San Francisco, CA 94111",
        )
        with patch.object(settings, "HOME", home):
            label = carriers.current().ship(ADA, BOX, reference="R", key=KEY)
    assert label.tracking
    assert carriers.named("manual").name == "manual"


def test_the_company_s_address_is_read_or_said_to_be_wrong() -> None:
    found = sender(configured(company_address="1 Harbour Way | San Francisco, CA 94111"))
    assert (found.country, found.parts["city"], found.parts["region"]) == ("US", "San Francisco", "CA")
    for address, country in [("", "US"), ("1 Harbour Way", "US"), ("1 Harbour Way|San Francisco, CA 94111", "XX")]:
        with pytest.raises(HomeError, match="must hold the street"):
            sender(configured(company_address=address, company_country=country))
