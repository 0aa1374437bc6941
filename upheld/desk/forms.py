"""The forms by which members come in, and by which others are invited."""

from django import forms

from upheld.staff import jobs
from upheld.web.fields import CodeField, EmailField, PasswordField
from upheld.web.forms import ADVICE, Form


class CodesForm(Form):
    """Signing in without a passkey: all three at once."""

    address = EmailField(help_text="The one that you were invited at.")
    password = PasswordField()
    code = CodeField(help_text="Six digits from your app.")


class AgainForm(Form):
    password = PasswordField(label="Your password")
    code = CodeField(help_text="Six digits from your app.")


class ChooseForm(Form):
    password = PasswordField(new=True, label="Choose a password", help_text=ADVICE["password"])


class JobsForm(Form):
    """Some of the jobs that the policy has; none is a member who may do nothing for now."""

    jobs = forms.MultipleChoiceField(
        label="Jobs",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=lambda: list(jobs.offered().items()),
        error_messages={"invalid_choice": "Choose among the jobs listed."},
    )


class InviteForm(JobsForm):
    address = EmailField(autocomplete="off", error_messages={"required": "Enter the address to write to."})
    name = forms.CharField(
        required=False,
        max_length=100,
        widget=forms.TextInput({"autocomplete": "off"}),
        help_text="Sealed. Nobody but the privacy officer can have it shown, and that is on record.",
        error_messages={"max_length": "Write at most 100 characters."},
    )
