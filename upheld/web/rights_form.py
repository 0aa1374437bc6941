"""The form at /rights/, and how often it may be used."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import get_language_from_request

from upheld import vault
from upheld.accounts import limits
from upheld.accounts.answers import TooMany
from upheld.contact.languages import nearest
from upheld.rights.models import Right
from upheld.rights.requests.starting import IN_WORDS
from upheld.web.fields import EmailField, MessageField
from upheld.web.forms import Form
from upheld.web.people import source

DAY = 24 * limits.HOUR
FROM_HERE = limits.Limit("rights.from_here", 20, limits.HOUR)
TO_ADDRESS = limits.Limit("rights.to_address", 40, DAY)
"""Looser than what one place may ask of one address, so that nobody keeps another from asking."""
STARTED = {
    Right.ACCESS: ("See what is held", "A copy of everything, to take with you."),
    Right.RECTIFICATION: ("Correct something", "Say below what is wrong, and what it should say."),
    Right.ERASURE: ("Delete everything", "What a law has us keep, you are told."),
    Right.OPT_OUT: ("Get no more news", "None of it, about anything."),
    Right.RESTRICTION: ("Keep it, but do not use it", "For nothing that can be stopped, until you allow it again."),
    Right.OBJECTION: ("Stop a use", "Say below which, and why. News stops as well."),
}
"""What can be asked for without an account, for people to read."""


class StartForm(Form):
    rights = forms.MultipleChoiceField(
        label="What we are to do",
        choices=[(right.value, words) for right, (words, _) in STARTED.items()],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one.", "invalid_choice": "Choose from those listed."},
    )
    text = MessageField(
        label="What it is about",
        required=False,
        help_text="Only if you ask to correct something or to stop a use. Otherwise it is not kept.",
        missing="Write what it is about.",
    )
    email = EmailField(help_text="The one that you gave us, or wrote to us from. It is used for this alone.")

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if set(IN_WORDS) & set(given.get("rights", ())) and not given.get("text") and "text" not in self.errors:
            self.refuse("Write what it is about.", "text")
        return given


def language_of(request: HttpRequest) -> str:
    """In which the letter is written: the one that their browser asks for, where we have its words."""
    return nearest(get_language_from_request(request))


def too_many(request: HttpRequest, email: str) -> TooMany | None:
    """Whether this place, or whoever asks in the name of this address, does so too often; the same for an address that
    we know and for one that we do not."""
    here, address = limits.whereabouts(source(request)), vault.digest("email", email)
    refused = limits.take([(FROM_HERE, here)])  # by itself: a flood of addresses leaves no row for each
    if refused is not None:
        return refused
    return limits.take([(TO_ADDRESS, address), *limits.letters(address, here)])
