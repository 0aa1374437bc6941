"""The inputs that the forms are made of: one a kind of thing that people type."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from upheld.contact.addresses import LONGEST, read
from upheld.contact.errors import NotAnAddress

MESSAGE_MOST = 20_000
PASSWORD_MOST = 1024  # more than any rule allows, so that the rule's own sentence is what people read


class EmailField(forms.CharField):
    """An e-mail address, read as the contact room reads it, of any script."""

    def __init__(self, *, autocomplete: str = "email", **options: Any) -> None:
        attrs = {"autocomplete": autocomplete, "inputmode": "email", "autocapitalize": "none", "spellcheck": "false"}
        errors = {"required": "Enter your e-mail address.", "max_length": "Enter a shorter e-mail address."}
        super().__init__(
            **{
                "label": "E-mail address",
                "max_length": LONGEST,
                "widget": forms.EmailInput(attrs),
                "error_messages": errors,
                **options,
            }
        )

    def clean(self, value: Any) -> str:
        try:
            return read(super().clean(value))
        except NotAnAddress as error:
            raise ValidationError(str(error)) from None


class PasswordField(forms.CharField):
    """A password as typed: never trimmed, never shown back."""

    def __init__(self, *, new: bool = False, **options: Any) -> None:
        attrs = {
            "autocomplete": "new-password" if new else "current-password",
            "autocapitalize": "none",
            "spellcheck": "false",
            "data-reveal": "",
        }
        required = "Choose a password." if new else "Enter your password."
        super().__init__(
            **{
                "label": "Password",
                "strip": False,
                "max_length": PASSWORD_MOST,
                "widget": forms.PasswordInput(attrs),
                "error_messages": {"required": required, "max_length": "Choose a shorter password."},
                **options,
            }
        )


class CodeField(forms.CharField):
    """A code from a letter, an app or a list of recovery codes; spaces and dashes in it do not count."""

    def __init__(self, *, digits: bool = True, **options: Any) -> None:
        attrs = {"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false"}
        if digits:
            attrs["inputmode"] = "numeric"
        super().__init__(
            **{
                "label": "Code",
                "max_length": 64,
                "widget": forms.TextInput(attrs),
                "error_messages": {"required": "Enter the code."},
                **options,
            }
        )


class MessageField(forms.CharField):
    """What someone writes to us, in their own words; `missing` is what to say when there are none."""

    def __init__(self, *, missing: str, **options: Any) -> None:
        too_long = f"Write at most {MESSAGE_MOST:,} characters; send the rest in a second message."
        super().__init__(
            **{
                "max_length": MESSAGE_MOST,
                "widget": forms.Textarea({"rows": 8}),
                "error_messages": {"required": missing, "max_length": too_long},
                **options,
            }
        )

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Without a length: a browser would cut off what is too long and say nothing."""
        return {}


class CardTokenField(forms.CharField):
    """What the processor gave the browser, or us, for a card that was typed. Empty when none was."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            **{"label": "Payment card", "required": False, "max_length": 200, "widget": forms.HiddenInput, **options}
        )
