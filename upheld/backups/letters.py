"""The letter about what a restore has taken back, and only its reader can say again."""

from collections.abc import Sequence
from dataclasses import dataclass

from upheld.contact.letters import Wording, on_site


@dataclass(frozen=True)
class SetBack(Wording):
    kind = "set_back"
    purpose = "security"
    subject = "Something that you changed is as it was before"
    fields: tuple[str, ...]  # what the policy calls them
    password: bool
    ways_in: bool

    @classmethod
    def sample(cls) -> "SetBack":
        return cls(("E-mail address",), password=True, ways_in=True)

    def paragraphs(self) -> Sequence[str]:
        return (
            "We had to go back to a copy of our data. What you did since it was made cannot all be brought back.",
            *self._fields(),
            *self._password(),
            *self._ways_in(),
            "What you deleted since is deleted, and what you refused since is refused.",
        )

    def _fields(self) -> Sequence[str]:
        if not self.fields:
            return ()
        return (
            "You corrected this since, and it may be as it was before. Look at it, and correct it again:",
            *(f"- {each}" for each in self.fields),
            on_site("/account/data/"),
        )

    def _password(self) -> Sequence[str]:
        if not self.password:
            return ()
        said = "You changed your password since. No password opens your account now. Choose one here:"
        return (said, on_site("/reset/"))

    def _ways_in(self) -> Sequence[str]:
        if not self.ways_in:
            return ()
        return (
            "A passkey or a second factor that you added since is gone. Add it again here, after you signed in:",
            on_site("/account/security/"),
        )
