"""The order form, made from the policy: what it declares for an order, and of that only what this basket needs."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.forms import BoundField
from django.http import QueryDict

from upheld.orders import addresses
from upheld.orders.addresses import PARTS, AddressUnfit, CountryUnknown
from upheld.orders.answers import Refusal
from upheld.orders.models import Destination
from upheld.policy import Policy
from upheld.web.cards import NEW
from upheld.web.fields import CardTokenField, EmailField
from upheld.web.forms import Form

COMPLETES = {
    "name": "shipping name",
    "address_line1": "shipping address-line1",
    "address_line2": "shipping address-line2",
    "city": "shipping address-level2",
    "region": "shipping address-level1",
    "postal_code": "shipping postal-code",
    "country": "shipping country",
}
NO_CARD = "Type your card, or choose one."


class AddressForm(Form):
    """Its fields are added by `address_form`; `parts` are the names of those that follow the country."""

    parts: tuple[str, ...] = ()
    country = ""

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        country = given.get("country") or self.country
        return given | self._address(given, country) if self.parts and country else given

    def refuse_each(self, refusal: Refusal) -> None:
        """Show why a verb did not do it, each sentence beside its field."""
        for name, sentence in refusal.sentences.items():
            self.refuse(sentence, name if name in self.fields else None)

    def _address(self, given: Mapping[str, Any], country: str) -> dict[str, str]:
        """The name and the address as the country writes them; what is wrong stands beside its field."""
        try:
            return {"name": addresses.read_name(given.get("name", ""))} | addresses.read(given, country)
        except AddressUnfit as error:
            wrong = dict(error.sentences)
        if "name" in wrong:
            wrong |= _wrong_address(given, country)
        for name, sentence in wrong.items():
            if name not in self.errors:  # too long, say: then that is what is wrong with it
                self.refuse(sentence, name if name in self.fields else None)
        return {}

    @property
    def details(self) -> dict[str, str]:
        """What the order is made from: everything typed but the card."""
        return {name: value for name, value in self.cleaned_data.items() if name not in ("card", "card_token")}

    @property
    def address(self) -> list[BoundField]:
        return [self[name] for name in self.parts]


class OrderForm(AddressForm):
    """Its fields are added by `order_form`."""

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if "card" in self.fields and given.get("card", "") in ("", NEW) and not given.get("card_token"):
            self.refuse(NO_CARD, "card")
        return given


def _wrong_address(given: Mapping[str, Any], country: str) -> dict[str, str]:
    try:
        addresses.read(given, country)
    except AddressUnfit as error:
        return error.sentences
    return {}


def order_form(policy: Policy, *, parcel: bool, country: str) -> type[OrderForm]:
    """A form with a field for each datum that the policy has coming in by orders and that is needed: a name and an
    address for a parcel only, in the form of `country`."""
    declared = policy.fields_of("order")
    fields: dict[str, forms.Field] = {}
    if "email" in declared:
        fields["email"] = EmailField(help_text="The receipt goes here, and word if something is wrong.")
    if "country" in declared:
        fields["country"] = _country()
    parts: tuple[str, ...] = ()
    if parcel:
        made = address_fields(country, declared)
        fields |= made
        parts = tuple(made)
    if "card" in declared:
        fields["card"] = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
        fields["card_token"] = CardTokenField()
    return type("OrderForm", (OrderForm,), {**fields, "parts": parts})


def address_form(policy: Policy, country: str) -> type[AddressForm]:
    """A form for the name and the address in this country alone."""
    made = address_fields(country, policy.fields_of("order"))
    return type("AddressForm", (AddressForm,), {**made, "parts": tuple(made), "country": country})


def address_fields(country: str, declared: tuple[str, ...]) -> dict[str, forms.Field]:
    """The name and the parts of an address in this country, or anywhere's when it is unknown."""
    fields: dict[str, forms.Field] = {}
    if "name" in declared:
        fields["name"] = _text("name", "Name on the parcel", addresses.LONGEST["name"])
    if "address" in declared:
        try:
            fields |= {each.name: _part(each) for each in addresses.fields(country)}
        except CountryUnknown:
            fields |= {name: _text(name, name.replace("_", " ").capitalize(), 100) for name in PARTS}
    return fields


def destinations() -> list[tuple[str, str]]:
    """The countries that are sold to, by their names."""
    codes = Destination.objects.values_list("country", flat=True)
    return sorted(((code, addresses.country_name(code)) for code in codes), key=lambda pair: pair[1])


def first_country(given: QueryDict, kept: str = "") -> str:
    """The country that the form is made for: the one chosen, that of before, ours, or the first that is sold to."""
    codes = [code for code, _ in destinations()]
    here = settings.HOME.text("company.country").upper()
    for code in (given.get("country", ""), kept, here):
        if code in codes:
            return code
    return codes[0] if codes else ""


def _country() -> forms.Field:
    return forms.ChoiceField(
        label="Country",
        choices=destinations,
        widget=forms.Select({"autocomplete": COMPLETES["country"]}),
        help_text="The tax depends on it.",
        error_messages={"required": "Choose the country.", "invalid_choice": "We do not sell to this country."},
    )


def _part(field: addresses.Field) -> forms.Field:
    label = field.label if field.required else f"{field.label} (optional)"
    if field.choices:
        choices = [("", "Choose"), *field.choices]
        # Free text is read too: a region under another of its names is the same region.
        return forms.CharField(
            label=label, required=False, max_length=200,
            widget=forms.Select({"autocomplete": COMPLETES[field.name]}, choices=choices),
        )  # fmt: skip
    return _text(field.name, label, field.longest, example=field.example)


def _text(name: str, label: str, longest: int, *, example: str = "") -> forms.Field:
    return forms.CharField(
        label=label,
        required=False,  # the address is read as a whole, which says what is missing
        max_length=longest,
        widget=forms.TextInput({"autocomplete": COMPLETES[name], "spellcheck": "false"}),
        help_text=f"Such as {example}." if example else "",
        error_messages={"max_length": f"Shorten it to {longest} characters."},
    )
