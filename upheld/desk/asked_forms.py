"""The forms on the case of a request or a concern."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms

from upheld.rights.models import Request, Right
from upheld.rights.reasons import GIVEN, SENTENCES, STATES
from upheld.rights.requests.ending import ENDS
from upheld.vault.models import Hold
from upheld.web.fields import MESSAGE_MOST, MessageField
from upheld.web.forms import Form
from upheld.web.progress import RIGHTS

LISTED = {
    "invalid": "Choose one of those listed.",
    "invalid_choice": "Choose one of those listed.",
    "invalid_list": "Choose one of those listed.",
    "required": "Choose one of those listed.",
}
HOLDS: Mapping[str, str] = {
    "authority": "An authority ordered it",
    "claim": "A claim has to be proven or answered",
    "investigation": "Something is being investigated",
    "litigation": "It is before a court",
}
BY_WORD = (Right.ACCESS, Right.RECTIFICATION, Right.ERASURE, Right.RESTRICTION)
"""What we write to the person's address about, when they ask for it by telephone: their yes begins it."""

Choices = Iterable[tuple[str, str]]


class OnCase(Form):
    """One of several on a page: the ids of its fields begin with what it is called."""

    called = ""

    def __init__(self, data: Any = None, **options: Any) -> None:
        super().__init__(data, auto_id=f"{self.called}_%s", **options)


class OfRequest(OnCase):
    """About one of the case's requests: there is a choice only where there are several."""

    request = forms.ChoiceField(label="Which request", error_messages=LISTED)

    def __init__(self, requests: Sequence[Request], data: Any = None) -> None:
        super().__init__(data)
        self.requests = {each.number: each for each in requests}
        field = self.fields["request"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(each.number, f"{each.number}: {RIGHTS[Right(each.right)]}") for each in requests]
        if len(self.requests) == 1:
            field.widget, field.initial = forms.HiddenInput(), requests[0].number

    @property
    def meant(self) -> Request:
        return self.requests[self.cleaned_data["request"]]


class EndForm(OfRequest):
    called = "end"

    state = forms.ChoiceField(
        label="How it ends", choices=[(each.value, str(STATES[each]).capitalize()) for each in ENDS],
        error_messages=LISTED,
    )  # fmt: skip
    reason = forms.ChoiceField(
        label="Why it is not done in full", required=False, error_messages=LISTED,
        choices=[("", "It is done in full"), *((each.value, str(SENTENCES[each])) for each in GIVEN)],
    )  # fmt: skip
    outcome = MessageField(
        label="What came of it, in plain words", missing="", required=False,
        help_text="It is written to the person, with the authority to which they can complain.",
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if given.get("state") in ENDS[1:] and not given.get("reason"):
            self.refuse("Choose why it is not done in full.", "reason")
        is_concern = given.get("request") in self.requests and self.meant.right == Right.CONCERN
        if is_concern and not given.get("outcome") and "outcome" not in self.errors:
            self.refuse("A concern ends with an answer: say in plain words what came of it.", "outcome")
        return given


class ProposeForm(OfRequest):
    called = "propose"

    field = forms.ChoiceField(label="What is to be corrected", error_messages=LISTED)
    value = forms.CharField(
        label="What it should say", max_length=MESSAGE_MOST, widget=forms.Textarea({"rows": 2}),
        error_messages={"required": "Enter what it should say."},
        help_text="The person is asked. Nothing changes before they say yes.",
    )  # fmt: skip

    def __init__(self, requests: Sequence[Request], fields: Choices, data: Any = None) -> None:
        super().__init__(requests, data)
        chosen = self.fields["field"]
        assert isinstance(chosen, forms.ChoiceField)
        chosen.choices = list(fields)


class HoldForm(OnCase):
    called = "hold"

    reason = forms.ChoiceField(
        label="Why a law has us keep it", choices=[(each, HOLDS[each]) for each in Hold.REASONS], error_messages=LISTED
    )
    until = forms.DateField(
        label="The last day", widget=forms.DateInput({"type": "date"}), input_formats=["%Y-%m-%d"],
        error_messages={"required": "Name the last day.", "invalid": "Name a day, such as 2027-03-01."},
    )  # fmt: skip


class ReleaseForm(Form):
    hold = forms.UUIDField(error_messages=LISTED)


class PurposesForm(OnCase):
    """Uses of their data; which can be chosen is known when the page is made."""

    purposes = forms.MultipleChoiceField(
        label="What for", widget=forms.CheckboxSelectMultiple,
        error_messages={**LISTED, "required": "Choose at least one use."},
    )  # fmt: skip

    def __init__(self, choices: Choices, data: Any = None) -> None:
        super().__init__(data)
        field = self.fields["purposes"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = list(choices)


class RestrictForm(PurposesForm):
    called = "restrict"


class LiftForm(PurposesForm):
    called = "lift"


class OnWordForm(OnCase):
    called = "ask"

    right = forms.ChoiceField(
        label="What they ask for", choices=[(each.value, RIGHTS[each]) for each in BY_WORD], error_messages=LISTED
    )
