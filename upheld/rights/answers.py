"""What a verb answers when it does not do as asked and nothing is wrong: falsy, with a sentence."""

from upheld.accounts.answers import Refusal


class TooManyOpen(Refusal):
    sentence = "Three requests of yours are open. Wait for our answer, or take one back, and then ask again."


class NotConfirmable(Refusal):
    sentence = "This serves no more: it was answered already, or is older than seven days, or is not yours."


class CopyGone(Refusal):
    sentence = "This copy was fetched already, was begun three times, or is older than seven days. Ask for another one."


class NotFollowable(Refusal):
    sentence = "This link serves no more: it is too old, or what it is about is gone, or it was cut short."
