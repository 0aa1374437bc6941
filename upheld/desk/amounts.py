"""Amounts of money as staff type them: exact, in a currency's own decimals, such as 19.90."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from upheld.payments import money
from upheld.payments.errors import NotMoney

LONGEST = 24
MISSING = "Give an amount such as 19.90."


class AmountField(forms.CharField):
    """An amount; in minor units where the currency is known, else the text, which `read` then takes."""

    def __init__(self, *, currency: str = "", **options: Any) -> None:
        attrs = {"inputmode": "decimal", "autocomplete": "off"}
        errors = {"required": MISSING, "max_length": MISSING}
        super().__init__(
            **{"max_length": LONGEST, "widget": forms.TextInput(attrs), "error_messages": errors, **options}
        )
        self.currency = currency

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        return read(text, self.currency) if self.currency and text else text


def read(text: str, currency: str) -> int:
    """In minor units. Raises ValidationError with what is wrong."""
    try:
        return money.minor(money.read(text, currency))
    except NotMoney as error:
        raise ValidationError(str(error)) from None


def plain(minor: int, currency: str) -> str:
    """As it is typed: 1990 of EUR is 19.90, 1990 of JPY 1990."""
    amount = money.money(minor, currency)
    decimals = len(str(amount.currency.sub_unit)) - 1
    return f"{amount.amount:.{decimals}f}"
