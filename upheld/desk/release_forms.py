"""What staff type about a release: its file came in pieces, is sent with the form, or is elsewhere."""

from typing import Any
from uuid import UUID

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest

from upheld.builds import releases
from upheld.builds.models import CHANNELS, PLATFORMS, Upload
from upheld.policy import force
from upheld.web.forms import Form

LISTED = {"invalid_choice": "Choose one of those listed.", "required": "Choose one of those listed."}


def _text(label: str, most: int, missing: str = "", **options: Any) -> forms.CharField:
    errors = {"required": missing, "max_length": f"Write at most {most} characters."}
    return forms.CharField(label=label, max_length=most, required=bool(missing), error_messages=errors, **options)


def _among(label: str, names: tuple[str, ...]) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=[(each, each) for each in names], error_messages=LISTED)


class ReleaseForm(Form):
    product = forms.ChoiceField(
        label="Product", choices=lambda: [(each, each) for each in force.in_force().products], error_messages=LISTED
    )
    version = _text("Version", 64, "Give a version such as 1.4.0.", help_text="Such as 1.4.0 or 2.0.0-beta.1.")
    platform = _among("Platform", PLATFORMS)
    channel = _among("Channel", CHANNELS)
    notes = _text("What is new", releases.LONGEST, help_text="In Markdown.", widget=forms.Textarea({"rows": 8}))
    upload = forms.ChoiceField(label="A file that is here", required=False, error_messages=LISTED)
    file = forms.FileField(
        label="Or a file to send", required=False, help_text="At most 4 GiB.",
        error_messages={"empty": "The file is empty.", "invalid": "Choose a file."},
    )  # fmt: skip
    address = _text("Or where the file is", 500, help_text="Such as https://files.example/app.zip.")
    name = _text("Name of the file there", 120)
    sha256 = _text("Its SHA-256 digest", 64, help_text="64 hexadecimal digits.")
    size = forms.IntegerField(
        label="Its size in bytes", required=False, min_value=1,
        error_messages={"invalid": "Give a whole number.", "min_value": "Give one or more."},
    )  # fmt: skip
    signature = _text(
        "Your signature over the file", 200, help_text="Ed25519 in Base64, as Sparkle's sign_update has it."
    )

    def __init__(self, *args: Any, whole: list[Upload], **options: Any) -> None:
        super().__init__(*args, **options)
        offered = [(str(each.pk), f"{each.name}, {each.size} bytes") for each in whole]
        self.fields["upload"].choices = [("", "None of these"), *offered]  # type: ignore[attr-defined]  # of a choice

    @classmethod
    def sent(cls, request: HttpRequest, *, whole: list[Upload]) -> "ReleaseForm":
        return cls(request.POST, request.FILES, whole=whole)

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and sum(bool(given.get(each)) for each in ("upload", "file", "address")) != 1:
            self.refuse("Give one file: one that is here, one to send, or an address.", "upload")
        return given

    @property
    def upload_id(self) -> UUID | None:
        return UUID(self.cleaned_data["upload"]) if self.cleaned_data["upload"] else None

    @property
    def attached(self) -> "UploadedFile[bytes] | None":
        return self.cleaned_data["file"] or None

    def words(self) -> dict[str, Any]:
        """What there is to say of a release wherever its file is."""
        named = ("product", "version", "platform", "channel", "notes", "signature", "address", "sha256")
        return {each: self.cleaned_data[each] for each in named} | {"size": self.cleaned_data["size"] or 0}
