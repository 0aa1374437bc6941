"""What a verb answers when it does not do as asked and nothing is wrong: values that are falsy, with a sentence.

    answer = sign_in(email=…, password=…)
    if isinstance(answer, NeedsCode): …
    if not answer: show(answer.sentence)

None of them differs between an address that has an account and one that has not.
"""

from dataclasses import dataclass
from typing import ClassVar, Literal

from upheld.accounts.models import Account


@dataclass(frozen=True, slots=True)
class Refusal:
    sentence: ClassVar[str]

    def __bool__(self) -> Literal[False]:
        return False


@dataclass(frozen=True, slots=True)
class TooMany(Refusal):
    """A limit is used up; `retry_after` is in seconds."""

    sentence = "Too many tries. Wait a little, then try again."
    retry_after: int


class Wrong(Refusal):
    sentence = "The address and the password do not belong together."


class WrongPassword(Refusal):
    sentence = "This is not the password of your account."


class WrongPasskey(Refusal):
    sentence = "This passkey could not be confirmed. Try again, or use another way."


@dataclass(frozen=True, slots=True)
class WrongCode(Refusal):
    """`left` is how many tries this code still has, None when they are not counted by code."""

    sentence = "This is not the code."
    left: int | None = None


class CodeSpent(Refusal):
    sentence = "This code no longer counts. Have a new one sent."


class NoMoreCodes(Refusal):
    sentence = "No more codes can be sent for this. Begin again."


class Gone(Refusal):
    sentence = "This is over: it took too long, or was done already. Begin again."


class AddressTaken(Refusal):
    """Only for someone who has shown that the address is theirs."""

    sentence = "You have an account with this address already. Sign in, or ask for a new password."


@dataclass(frozen=True, slots=True)
class NeedsCode:
    """The password was right; the second factor's code, or a recovery code, is still to come."""

    account: Account

    def __bool__(self) -> Literal[False]:
        return False
