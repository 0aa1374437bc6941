"""What staff type about what is sold. Prices are before tax, in the decimals of their currency."""

from typing import Any

from django import forms

from upheld.desk.amounts import AmountField, plain, read
from upheld.orders.catalogue import KINDS, UNCHANGED
from upheld.orders.models import Destination, Variant
from upheld.payments import money
from upheld.payments.errors import NotMoney
from upheld.web.forms import Form

WHOLE = {"invalid": "Give a whole number.", "min_value": "Give zero or more.", "required": "Give a whole number."}
PERCENT = "Give the tax in percent, such as 19 or 8.875."
SKU_HINT = "Its number in your stock."


def _text(label: str, most: int, missing: str = "", **options: Any) -> forms.CharField:
    errors = {"required": missing, "max_length": f"Write at most {most} characters."}
    return forms.CharField(label=label, max_length=most, required=bool(missing), error_messages=errors, **options)


def _currency() -> forms.CharField:
    return _text("Currency", 3, "Give a currency such as EUR.", help_text="Three letters, as ISO 4217 has them.")


def _stock(**options: Any) -> forms.IntegerField:
    hint = "Leave it empty where it is not counted."
    return forms.IntegerField(
        label="Stock", min_value=0, required=False, help_text=hint, error_messages=WHOLE, **options
    )


def _weight() -> forms.IntegerField:
    return forms.IntegerField(
        label="Weight in grams", min_value=0, required=False, initial=0, help_text="Of a parcel.", error_messages=WHOLE
    )


class InCurrency(Form):
    """An amount is read in the currency that stands beside it; `amount` is the name of its field."""

    amount = "price"

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        code, text = str(given.get("currency", "")).upper(), given.get(self.amount)
        if code:
            try:
                money.money(0, code)
            except NotMoney as error:
                self.add_error("currency", str(error))
                return given
            given["currency"] = code
            if isinstance(text, str):
                try:
                    given[self.amount] = read(text, code)
                except forms.ValidationError as error:
                    self.add_error(self.amount, error)
        return given


class VariantForm(InCurrency):
    sku = _text("SKU", 40, "Give its number in your stock.", help_text=SKU_HINT)
    title = _text("What tells it from the others", 80, help_text="Such as a size.")
    price = AmountField(label="Price before tax", help_text="Such as 19.90.")
    currency = _currency()
    stock = _stock()
    weight = _weight()

    def given(self) -> dict[str, Any]:
        return self.cleaned_data | {"weight": self.cleaned_data["weight"] or 0}


class ProductForm(InCurrency):
    """A product with its first variant."""

    title = _text("Name", 120, "Give it a name.")
    slug = _text("Name in addresses", 60, "Give it a name for addresses.", help_text="Such as printed-guide.")
    kind = forms.ChoiceField(
        label="Kind", choices=[(kind, kind.capitalize()) for kind in KINDS],
        error_messages={"required": "Choose one.", "invalid_choice": "Choose one of those listed."},
    )  # fmt: skip
    description = _text("What people read about it", 5000, widget=forms.Textarea({"rows": 5}))
    sku = _text("SKU", 40, help_text=f"{SKU_HINT} Without one, its name in addresses.")
    price = AmountField(label="Price before tax", help_text="Such as 19.90.")
    currency = _currency()
    stock = _stock()
    weight = _weight()

    def of_product(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("slug", "title", "kind", "description")}

    def of_variant(self) -> dict[str, Any]:
        given = self.cleaned_data
        own = {"sku": given["sku"] or given["slug"], "weight": given["weight"] or 0}
        return own | {name: given[name] for name in ("price", "currency", "stock")}


class ChangeForm(Form):
    """Only what differs from what the form was made with is changed: what is sold meanwhile stays sold."""

    title = _text("What tells it from the others", 80, show_hidden_initial=True)
    stock = _stock(show_hidden_initial=True)

    def __init__(self, data: Any = None, *, variant: Variant, **options: Any) -> None:
        now = {"title": variant.title, "stock": variant.stock, "price": plain(variant.price, variant.currency)}
        super().__init__(data, **{"initial": now, **options})
        label = f"Price before tax, in {variant.currency}"
        self.fields["price"] = AmountField(currency=variant.currency, label=label, show_hidden_initial=True)
        self.order_fields(["price", "stock", "title"])

    def changes(self) -> dict[str, Any]:
        found = {name: self.cleaned_data[name] for name in self.changed_data}
        return found | ({"seen": self._seen()} if "stock" in found else {})

    def _seen(self) -> object:
        """The stock that the form was made with; whatever nobody could have seen is no stock."""
        text = str(self.data.get(self.add_initial_prefix("stock"), ""))
        if not text:
            return None
        return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else UNCHANGED


class DestinationForm(InCurrency):
    amount = "shipping"

    country = _text("Country", 2, "Give a country such as DE.", help_text="Two letters, as ISO 3166 has them.")
    tax_rate = forms.DecimalField(
        label="Tax in percent", error_messages={"required": PERCENT, "invalid": PERCENT},
        widget=forms.TextInput({"inputmode": "decimal"}),
    )  # fmt: skip
    tax_name = _text("What the tax is called there", 20, help_text="Such as VAT.")
    ships = forms.BooleanField(label="Parcels are sent there", required=False)
    shipping = AmountField(label="Price of shipping before tax", help_text="Such as 4.90.", initial="0")
    currency = _currency()

    @classmethod
    def about(cls, row: Destination) -> "DestinationForm":
        """As it stands now."""
        now = {name: getattr(row, name) for name in ("country", "tax_name", "ships", "currency")}
        rate = f"{row.tax_rate.normalize():f}"
        return cls(initial=now | {"tax_rate": rate, "shipping": plain(row.shipping, row.currency)})
