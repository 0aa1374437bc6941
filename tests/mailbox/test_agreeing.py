"""What people answer when they are asked whether a request is theirs."""

import tomllib
from pathlib import Path

import pytest

from upheld.mailbox import Letter, read
from upheld.mailbox.agreeing import _words, agreed, answered

# Of the writer of every reply here.
HEAD = "From: {}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
ANN = "Ann Smith <ann@example.org>"
REPLIES = tomllib.loads(Path(__file__).with_name("replies.toml").read_text("utf-8"))


@pytest.mark.parametrize("text", REPLIES["yes"])
def test_a_yes_is_a_yes(text: str) -> None:
    assert agreed(text, name="Ann Smith-Jones Jörg Müller Élodie Martin") is True


@pytest.mark.parametrize("text", REPLIES["no"])
def test_a_no_is_a_no(text: str) -> None:
    assert agreed(text) is False


@pytest.mark.parametrize("text", [*REPLIES["unsure"], "yes " * 1000])
def test_anything_else_is_for_a_person(text: str) -> None:
    assert agreed(text) is None


def said(text: str, *, sender: str = ANN) -> bool | None:
    letter = read((HEAD.format(sender) + text).encode())
    assert isinstance(letter, Letter)
    return answered(letter)


QUOTED = "On Mon, 23 Nov 2026 at 10:12, hello@webmr.io wrote:\n> Is this request yours?\n>\n> https://webmr.io/yes\n"


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (f"{QUOTED}\nYes, that was me.\n", True),
        (f"{QUOTED}\nNo! That was not me.\n", False),
        (f"{QUOTED}\nNo! That was not me. Do not delete anything.\n", None),
        (f"{QUOTED}\n-- \nAnn\n", None),
        (f"Yes\n\n{QUOTED}\nbut nothing yet", None),
        (QUOTED, None),
        ("On Mon, 23 Nov 2026 at 10:12, the Shop\n<hello@webmr.io> wrote:\n\n> Yours?\nNo\n", False),
        ("> Is this request yours?\nNo.\n> See our policy\n", False),
        (f"Yes\n\n{QUOTED}> {'a long line ' * 6}\nwhich was wrapped\n", True),
        ("Yes\n\n-----Original Message-----\nFrom: Shop\nSent: Monday\nSubject: x\n\n> a\nno\n", True),
    ],
)
def test_an_answer_is_heard_wherever_it_stands(text: str, answer: bool | None) -> None:
    assert said(text) is answer


@pytest.mark.parametrize(
    ("foot", "answer"),
    [
        ("-- \nAnn Smith\n+49 89 123456\nann@example.org\nhttps://ann.example\n", True),
        ("Sent from my iPhone\n", True),
        ("Sent with Proton Mail (https://proton.me/mail/home) secure email.\n", True),
        ("Sent from my iPhone\n\nNo, that was not me!\n", None),
        ("Sent from my iPhone (no, that was not me)\n", None),
        ("Sent from my iPhone. Do nothing yet\n", None),
        ("-- \nAnn\nDelete nothing yet\n", None),
        ("-- \nHello please do nothing\n", None),
    ],
)
def test_a_foot_that_says_more_makes_it_no_yes(foot: str, answer: bool | None) -> None:
    assert said(f"Yes\n\n{foot}") is answer
    assert said(foot) is None


@pytest.mark.parametrize(
    ("sender", "signed", "answer"),
    [
        (ANN, "Ann", True), (ANN, "A. Smith", True), (ANN, "ann smith", True), (ANN, "Bob", None),
        ("ann.smith72@example.org", "Ann Smith", True), ("annsmith@example.org", "Ann Smith", True),
        ("=?utf-8?q?J=C3=B6rg_M=C3=BCller?= <x@example.org>", "Jörg", True), ("x@example.org", "Cancel", None),
    ],
)  # fmt: skip
def test_only_their_own_name_says_nothing(sender: str, signed: str, answer: bool | None) -> None:
    assert said(f"Yes\n{signed}", sender=sender) is answer
    assert said(f"Yes\nRegards\n{signed}", sender=sender) is answer


def test_a_letter_that_was_not_read_whole_is_no_yes() -> None:
    kind = "Content-Type: multipart/{}; boundary=b\r\n\r\n--b\r\n"
    rest = "Content-Type: application/octet-stream; name=encrypted.asc\r\n\r\n-----BEGIN PGP MESSAGE-----\r\n--b--\r\n"
    for raw in (
        f"From: {ANN}\r\n{kind.format('encrypted')}{rest}",
        f"From: {ANN}\r\n{kind.format('mixed')}\r\nYes\r\n--b\r\n{rest}",
    ):
        letter = read(raw.encode())
        assert isinstance(letter, Letter)
        assert letter.attachments
        assert answered(letter) is None


def test_a_word_of_two_languages_means_what_it_means_in_the_one_that_was_asked_in() -> None:
    assert agreed("Tak", "pl") is True
    assert agreed("Tak", "da") is None
    assert agreed("Tak") is None


def test_nothing_means_yes_and_no_in_one_language() -> None:
    for code, words in _words().items():
        assert {"yes", "no"} <= set(words.values()), code
    shared = {piece for words in _words().values() for piece, kind in words.items() if kind == "yes"}
    assert not shared & {piece for words in _words().values() for piece, kind in words.items() if kind == "no"}
