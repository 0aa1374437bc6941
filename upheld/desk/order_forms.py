"""What staff type about an order. Reasons are codes, so that nothing about anybody is written there."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.conf import settings

from upheld.desk.amounts import AmountField
from upheld.orders import carriers
from upheld.orders.models import Order
from upheld.orders.steps import REASONS
from upheld.orders.story import WHY
from upheld.payments.money import shown
from upheld.web.forms import Form

BACK = ("changed_mind", "damaged", "duplicate", "fraud", "goodwill", "late", "lost", "out_of_stock", "price",
        "returned", "wrong_item")  # fmt: skip
NOT_BROUGHT = ("address", "damaged", "lost", "returned")
ANSWERS = (
    ("done", "It is done"), ("not_held", "They hold nothing of it any more"), ("refused", "They would not do it"),
)  # fmt: skip
CHOOSE = [("", "Choose")]


def _why(codes: Sequence[str]) -> list[tuple[str, str]]:
    return [*CHOOSE, *((code, WHY[code].capitalize()) for code in codes if code in REASONS)]


def _choice(label: str, choices: Sequence[tuple[str, str]], missing: str) -> forms.ChoiceField:
    errors = {"required": missing, "invalid_choice": "Choose one of those listed."}
    return forms.ChoiceField(label=label, choices=choices, error_messages=errors)


class RefundForm(Form):
    """`seen` is what was left when the form was made: sent twice, it gives nothing back twice."""

    seen = forms.IntegerField(widget=forms.HiddenInput)
    reason = _choice("Why", _why(BACK), "Say why.")

    def __init__(self, data: Any = None, *, order: Order, left: int, **options: Any) -> None:
        super().__init__(data, **{"auto_id": "refund-%s", "initial": {"seen": left}, **options})
        most = f"At most {shown(left, order.currency)}, with tax."
        self.fields["amount"] = AmountField(currency=order.currency, label="How much", help_text=most)
        self.order_fields(["amount", "reason"])


class CancelForm(Form):
    reason = _choice("Why", _why(BACK), "Say why.")


class ShipForm(Form):
    carrier = _choice("Who brings it", [], "Choose a carrier.")
    tracking = forms.CharField(
        label="Tracking number", required=False, max_length=80,
        help_text="The carrier's number of the parcel. Leave it empty where the carrier gives it to us.",
        error_messages={"max_length": "Give the tracking number in 4 to 60 letters and digits."},
    )  # fmt: skip

    def __init__(self, data: Any = None, **options: Any) -> None:
        current = settings.HOME.text("shipping.carrier")
        super().__init__(data, **{"auto_id": "ship-%s", "initial": {"carrier": current}, **options})
        self.fields["carrier"].choices = [(name, TITLES[name]) for name in carriers.NAMES]  # type: ignore[attr-defined]  # a choice field's


TITLES: Mapping[str, str] = {"easypost": "EasyPost", "manual": "By hand"}


class UndeliverableForm(Form):
    reason = _choice("Why", _why(NOT_BROUGHT), "Say why.")


class OutOfStockForm(Form):
    sku = _choice("What is not there", [], "Choose what is not there.")

    def __init__(self, data: Any = None, *, goods: Sequence[tuple[str, str]], **options: Any) -> None:
        super().__init__(data, **{"auto_id": "missing-%s", **options})
        self.fields["sku"].choices = [*CHOOSE, *goods]  # type: ignore[attr-defined]  # a choice field's


class AnswerForm(Form):
    answer = _choice("What the carrier answered", ANSWERS, "Choose what they answered.")
