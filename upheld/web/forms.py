"""The forms of the account pages. The sign-up form is made from the policy: see `sign_up_form`."""

from collections.abc import Callable, Mapping
from typing import Any, Self, cast

from django import forms
from django.http import HttpRequest, QueryDict

from upheld.payments.verbs import looks_like_card_number, without_card_numbers
from upheld.policy import Policy
from upheld.web.fields import CardTokenField, CodeField, EmailField, PasswordField

CARD_NUMBER = "This looks like the number of a card, so nothing of it was kept. Type cards only where one is asked for."


CHANGES = {"change_card", "change_country"}


def typed(given: QueryDict) -> dict[str, Any]:
    """What was typed into a form, to be shown in it again: without the number of a card, or a card to be replaced."""
    kept = {name: value for name, value in given.items() if not looks_like_card_number(str(value))}
    return kept | ({"card": "new", "card_token": ""} if "change_card" in given else {})


class Form(forms.Form):
    """Labels without a colon, errors from a verb's answer, and fields that an error can be put beside.

    The number of a card, typed where none is asked for, is refused before anything sees it, and never shown back; of a
    long text, the rest is.
    """

    def __init__(self, data: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(data, *args, **{"label_suffix": "", "use_required_attribute": True, **kwargs})
        self.misplaced = [name for name, field in self.fields.items() if self._is_card_number(name, field)]
        if self.misplaced:
            kept = cast(QueryDict, self.data).copy()
            for name in self.misplaced:
                kept[self.add_prefix(name)] = self._without_number(name)
            self.data = kept

    def _is_card_number(self, name: str, field: forms.Field) -> bool:
        is_ours = field.widget.is_hidden and name != "card_token"  # an id, or what a passkey answered
        if not isinstance(field, forms.CharField) or is_ours:
            return False
        return looks_like_card_number(str(self.data.get(self.add_prefix(name), "")))

    def _without_number(self, name: str) -> str:
        is_long = isinstance(self.fields[name].widget, forms.Textarea)
        return without_card_numbers(str(self.data[self.add_prefix(name)])) if is_long else ""

    def full_clean(self) -> None:
        super().full_clean()
        for name in self.misplaced:
            self.cleaned_data.pop(name, None)
            self.errors[name] = self.error_class([CARD_NUMBER], renderer=self.renderer)

    @classmethod
    def of(cls, request: HttpRequest) -> Self:
        """The form as this request fills it in; empty for one that only looks. A button that writes the form anew has
        nothing judged, and what was typed stays."""
        if CHANGES & request.POST.keys():
            return cls(initial=typed(request.POST))
        return cls(request.POST if request.method == "POST" else None)

    def refuse(self, sentence: str, field: str | None = None) -> None:
        """Show why a verb did not do it."""
        self.add_error(field, sentence)


# What the sign-up form can ask for. A datum that the policy declares for sign-up and that is not here is not asked
# for; one that the policy does not declare is not asked for either.
SIGN_UP_FIELDS: Mapping[str, Callable[..., forms.Field]] = {
    "email": EmailField,
    "password": lambda **options: PasswordField(new=True, **options),
    "card": CardTokenField,
}
NAMES = {"card": "card_token"}  # what comes of a card is what the processor gave for it
ADVICE = {"password": "At least 8 characters of any kind. A password manager may fill it in."}


def sign_up_form(policy: Policy) -> type[Form]:
    """A form with a field for each datum that the policy has coming in by sign-up, in the policy's order."""
    fields = {
        NAMES.get(name, name): SIGN_UP_FIELDS[name](help_text=ADVICE.get(name, ""))
        for name in policy.fields_of("sign_up")
        if name in SIGN_UP_FIELDS
    }
    return type("SignUpForm", (Form,), fields)


class SignInForm(Form):
    email = EmailField(autocomplete="email webauthn")
    password = PasswordField()


class CodeForm(Form):
    code = CodeField()


class SecondStepForm(Form):
    code = CodeField(digits=False, help_text="Six digits from your app, or one of your recovery codes.")


class AskResetForm(Form):
    email = EmailField()


class NewPasswordForm(Form):
    password = PasswordField(new=True, label="New password", help_text=ADVICE["password"])


class ChangePasswordForm(Form):
    password = PasswordField(label="Your password now")
    new_password = PasswordField(new=True, label="New password", help_text=ADVICE["password"])


class PresenceForm(Form):
    """That it is still you: by password, or by a passkey in place of it."""

    password = PasswordField(label="Your password")


class AddressForm(Form):
    email = EmailField(label="New e-mail address")


class CorrectForm(Form):
    value = forms.CharField(
        label="What it should say", max_length=10_000, error_messages={"required": "Enter what it should say."}
    )


class PasskeyForm(Form):
    name = forms.CharField(
        label="A name for it", max_length=60, initial="Passkey", help_text="Such as Laptop or Phone."
    )
    credential = forms.CharField(widget=forms.HiddenInput)


NOT_ANY = "Say how many: one or more."


class BasketForm(Form):
    """Something to put into the basket; with `change`, how many there are to be of it."""

    variant = forms.UUIDField(error_messages={"required": "Choose one.", "invalid": "Choose one of those listed."})
    quantity = forms.IntegerField(
        min_value=0,
        error_messages={
            "required": "Say how many.",
            "invalid": "Say how many as a whole number, such as 2.",
            "min_value": NOT_ANY,
        },
    )
    change = forms.BooleanField(required=False)

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if given.get("quantity") == 0 and not given.get("change"):
            self.refuse(NOT_ANY, "quantity")
        return given

    @property
    def sentence(self) -> str:
        """The first thing that is wrong with it."""
        return str(next(iter(self.errors.values()))[0])


class TotalForm(Form):
    """The total that the person saw, in minor units, so that no other is charged."""

    total = forms.IntegerField(min_value=0)


class CardChoiceForm(Form):
    """A card on file, or one that was just typed."""

    card = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
    card_token = CardTokenField()

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if given.get("card", "") in ("", "new") and not given.get("card_token"):
            self.refuse("Type your card, or choose one.", "card")
        return given


class CardForm(Form):
    card_token = CardTokenField(required=True, error_messages={"required": "Type your card."})
