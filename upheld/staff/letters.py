"""What this room writes to members of staff. No letter names anybody or repeats an address."""

from collections.abc import Sequence
from dataclasses import dataclass

from upheld.contact.letters import Link, Wording

NOT_YOU = "If this was not you, tell whoever administers the desk at once: they can end your access in one step."


@dataclass(frozen=True)
class StaffInvited(Wording):
    kind = "staff_invited"
    purpose = "security"
    subject = "You are invited to the desk"
    link: Link

    def paragraphs(self) -> Sequence[str]:
        return (
            "Somebody who runs this site invites you to work at its desk. Open this page to join:",
            self.link,
            "The link serves once, within three days. It asks your device for a passkey, with which you sign in.",
            "If you do not work here, do nothing: without you nobody can use the link.",
        )


class StaffPasskeyAdded(Wording):
    kind = "staff_passkey_added"
    purpose = "security"
    subject = "You can sign in at the desk with another passkey"

    def paragraphs(self) -> Sequence[str]:
        return ("A passkey was added to your access to the desk. Whoever holds it can sign in.", NOT_YOU)


class StaffPasskeyRemoved(Wording):
    kind = "staff_passkey_removed"
    purpose = "security"
    subject = "A passkey for the desk was removed"

    def paragraphs(self) -> Sequence[str]:
        return ("A passkey was removed from your access to the desk. It signs nobody in any more.", NOT_YOU)
