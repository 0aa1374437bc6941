"""The letters of this room. Each says what happened and what to do; none repeats an address or any other datum."""

from collections.abc import Sequence
from dataclasses import dataclass

from upheld.contact.letters import Code, Link, Wording, on_site

RESET, SIGN_IN = "/reset/", "/sign-in/"
NOT_YOU = "If this was not you, choose a new password at once; that ends every session but yours:"


def _not_you() -> tuple[str, Link]:
    return NOT_YOU, on_site(RESET)


@dataclass(frozen=True)
class SignUpCode(Wording):
    kind = "sign_up_code"
    purpose = "sign_up"
    subject = "Your code to sign up"
    code: str

    def paragraphs(self) -> Sequence[str]:
        return (
            "Type this code on the page where you are signing up:",
            Code(self.code),
            "It counts for half an hour. If you did not ask for it, do nothing: what was typed is gone within a day.",
        )


class SignUpKnown(Wording):
    kind = "sign_up_known"
    purpose = "sign_up"
    subject = "You have an account already"

    def paragraphs(self) -> Sequence[str]:
        return (
            "Someone has just tried to sign up with your address. You have an account with it, so nothing was changed.",
            "If it was you, sign in:",
            on_site(SIGN_IN),
            "If you have forgotten your password, choose a new one:",
            on_site(RESET),
            "If it was not you, do nothing: whoever tried did not learn that you have an account.",
        )


@dataclass(frozen=True)
class ResetLink(Wording):
    kind = "reset_link"
    purpose = "sign_in"
    subject = "Choose a new password"
    token: str

    def paragraphs(self) -> Sequence[str]:
        return (
            "You can choose a new password on this page:",
            on_site(f"{RESET}{self.token}/"),
            "The link serves once, within an hour. If you did not ask for it, do nothing: your password is unchanged.",
        )


@dataclass(frozen=True)
class AddressCode(Wording):
    kind = "address_code"
    purpose = "security"
    subject = "Your code to change your address"
    code: str

    def paragraphs(self) -> Sequence[str]:
        return (
            "Type this code on the page where you are changing your address to this one:",
            Code(self.code),
            "It counts for half an hour. If you did not ask for it, do nothing.",
        )


class AddressKnown(Wording):
    kind = "address_known"
    purpose = "security"
    subject = "Someone named your address"

    def paragraphs(self) -> Sequence[str]:
        return (
            "Someone has tried to make your address that of their account. It is yours, so nothing was changed.",
            "If it was you, sign in with this address instead:",
            on_site(SIGN_IN),
            "If it was not you, do nothing: whoever tried did not learn that you have an account.",
        )


class Notice(Wording):
    """That something about an account changed; to its owner, who may not have done it."""

    purpose = "security"
    happened: str

    def paragraphs(self) -> Sequence[str]:
        return (self.happened, *_not_you())


class PasswordChanged(Notice):
    kind = "password_changed"
    subject = "Your password was changed"
    happened = "The password of your account was changed, and every other session was ended."


class AddressLeft(Notice):
    kind = "address_left"
    subject = "Your address was changed"
    happened = "Your account has another e-mail address now. This is the last letter to this one."

    def paragraphs(self) -> Sequence[str]:
        return (self.happened, "If this was not you, write to us at once: someone knew how to sign in as you.")


class AddressEntered(Notice):
    kind = "address_entered"
    subject = "Your address was changed"
    happened = "This is the e-mail address of your account now. Sign in with it from here on."


class PasskeyAdded(Notice):
    kind = "passkey_added"
    subject = "A passkey was added"
    happened = "A passkey was added to your account. Whoever holds it can sign in."


class PasskeyRemoved(Notice):
    kind = "passkey_removed"
    subject = "A passkey was removed"
    happened = "A passkey was removed from your account. It signs nobody in any more."


class TotpAdded(Notice):
    kind = "totp_added"
    subject = "A second factor was added"
    happened = "Signing in to your account with the password now asks for a code as well."


class TotpRemoved(Notice):
    kind = "totp_removed"
    subject = "The second factor was removed"
    happened = "Signing in to your account with the password no longer asks for a code."


class RecoveryCodesMade(Notice):
    kind = "recovery_codes_made"
    subject = "New recovery codes were made"
    happened = "New recovery codes were made for your account. The ones before count no more."


class RecoveryCodeUsed(Notice):
    kind = "recovery_code_used"
    subject = "A recovery code was used"
    happened = "A recovery code was used in place of the second factor. It does not count any more."
