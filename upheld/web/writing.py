"""The forms in which people write to us: a concern, a reply, a right that has no button of its own."""

from collections.abc import Iterator

from django import forms
from django.http import HttpRequest
from django.utils.text import Truncator, capfirst

from upheld.accounts import limits
from upheld.accounts.answers import TooMany
from upheld.policy import Promise, force
from upheld.rights.models import Right
from upheld.web import marks
from upheld.web.fields import EmailField, MessageField
from upheld.web.forms import Form
from upheld.web.people import source

FROM_HERE = limits.Limit("writing.here", 60, limits.HOUR)
BY = limits.Limit("writing.by", 30, limits.HOUR)
WORDS_SHOWN = 12


def promises() -> Iterator[tuple[str, str]]:
    """Those of the policy in force, each with the beginning of what it says there."""
    policy = force.in_force()
    yield "", "I cannot tell, or it is about something else"
    for promise in Promise:
        said = next((each.text for each in policy.sentences if promise in each.labels), "")
        if promise in policy.promises:
            yield (
                promise.value,
                f"{capfirst(marks.title(promise))}: {Truncator(said).words(WORDS_SHOWN, truncate=' …')}",
            )


class ConcernForm(Form):
    text = MessageField(label="What is wrong", missing="Write what is wrong.")
    promise = forms.ChoiceField(
        label="Which promise it is about",
        required=False,
        choices=promises,
        help_text="If you can tell. What we found out about it goes with your concern.",
        error_messages={"invalid_choice": "Choose one of the promises listed."},
    )
    is_urgent = forms.BooleanField(required=False)


class VisitorsConcernForm(ConcernForm):
    """Of someone who is not signed in, and is answered at the address that they give."""

    email = EmailField(help_text="Where we answer you. It is used for this alone.")


class ReplyForm(Form):
    text = MessageField(label="Your reply", missing="Write your reply.")


ASKED = {
    Right.RECTIFICATION: ("Correct something that I cannot correct here", "Say what is wrong, and what it should say."),
    Right.OBJECTION: ("Stop using something for a purpose", "All news stops at once; a person looks at the rest."),
}
"""The rights that have no button of their own on the account pages."""


class AskForm(Form):
    right = forms.ChoiceField(
        label="What we are to do",
        choices=[(right.value, words) for right, (words, _) in ASKED.items()],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose one.", "invalid_choice": "Choose one of those listed."},
    )
    text = MessageField(
        label="What it is about",
        help_text="Which data, which use of them, and why.",
        missing="Write what it is about.",
    )


def too_many(request: HttpRequest, *, whose: bytes, email: bytes = b"") -> TooMany | None:
    """Whether this one writes too often; `whose` is the subject, or empty for a visitor, whose letters go to `email`
    (its digest)."""
    here = limits.whereabouts(source(request))
    if whose:
        return limits.take([(FROM_HERE, here), (BY, whose)])
    return limits.take([(FROM_HERE, here), *limits.letters(email, here)])
