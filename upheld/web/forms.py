"""The forms of the account pages. The sign-up form is made from the policy: see `sign_up_form`."""

from collections.abc import Callable, Mapping
from typing import Any, Self

from django import forms
from django.http import HttpRequest

from upheld.policy import Policy
from upheld.web.fields import CodeField, EmailField, PasswordField


class Form(forms.Form):
    """Labels without a colon, errors from a verb's answer, and fields that an error can be put beside."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", "use_required_attribute": True, **kwargs})

    @classmethod
    def of(cls, request: HttpRequest) -> Self:
        """The form as this request fills it in, or empty for one that only looks."""
        return cls(request.POST if request.method == "POST" else None)

    def refuse(self, sentence: str, field: str | None = None) -> None:
        """Show why a verb did not do it."""
        self.add_error(field, sentence)


# What the sign-up form can ask for. A datum that the policy declares for sign-up and that is not here is not asked
# for; one that the policy does not declare is not asked for either.
SIGN_UP_FIELDS: Mapping[str, Callable[..., forms.Field]] = {
    "email": EmailField,
    "password": lambda **options: PasswordField(new=True, **options),
}
ADVICE = {"password": "At least 8 characters of any kind. A password manager may fill it in."}


def sign_up_form(policy: Policy) -> type[Form]:
    """A form with a field for each datum that the policy has coming in by sign-up, in the policy's order."""
    fields = {
        name: SIGN_UP_FIELDS[name](help_text=ADVICE.get(name, ""))
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
