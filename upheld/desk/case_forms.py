"""What may be typed on the page of any case."""

from django import forms

from upheld.cases.notes import LONGEST
from upheld.web.fields import MessageField
from upheld.web.forms import Form


class NoteForm(Form):
    text = MessageField(
        label="Note for whoever works on it next",
        missing="Write the note.",
        help_text="The person can see it.",
        max_length=LONGEST,
        error_messages={"required": "Write the note.", "max_length": f"Write at most {LONGEST:,} characters."},
    )


class HandOverForm(Form):
    to = forms.CharField(max_length=12, error_messages={"required": "Choose a colleague."})
