"""What the writers of letters want: precision above recall, and above all where something would be destroyed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.mailbox.corpus import FOLDER, HELD, Sample, samples
from upheld.mailbox.wants import Kind, wants
from upheld.mailbox.wants.deciding import LONGEST
from upheld.mailbox.wants.language import languages
from upheld.mailbox.wants.rules import FILE, rules

MAIN = {"de", "en", "es", "fr", "it", "nl", "pt"}
WRITTEN = list(samples(FOLDER))
ALL = [*WRITTEN, *samples(HELD)]


def kinds(text: str, subject: str = "") -> set[str]:
    return {str(kind) for kind in wants(text, subject).kinds}


def right(found: list[Sample]) -> float:
    return sum(kinds(each.text, each.subject) == each.kinds for each in found) / len(found)


def test_there_are_letters_enough_in_every_language() -> None:
    counts = {code: sum(each.language == code for each in ALL) for code in languages()}
    assert not {code: count for code, count in counts.items() if count < (25 if code in MAIN else 8)}


def test_nearly_every_letter_is_understood() -> None:
    assert right(WRITTEN) > 0.97


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.OTHER])
def test_each_kind_is_recognised_and_not_taken_for_another(kind: Kind) -> None:
    found = [each for each in ALL if kind in kinds(each.text, each.subject)]
    wanted = [each for each in ALL if kind in each.kinds]
    both = sum(kind in each.kinds for each in found)
    assert both / len(found) > 0.97
    assert both / len(wanted) > 0.95


def test_letters_that_were_not_looked_at_are_understood() -> None:
    assert right(list(samples(HELD))) > 0.8


@pytest.mark.parametrize("kind", ["erasure", "rectification", "restriction", "objection", "access"])
def test_no_right_is_used_that_nobody_asked_for(kind: str) -> None:
    assert not [each.text for each in ALL if kind in kinds(each.text, each.subject) - each.kinds]


def test_the_language_is_told() -> None:
    assert sum(wants(each.text, each.subject).language == each.language for each in ALL) / len(ALL) > 0.95


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Please do not delete my account.", {"other"}),
        ("I never asked you to delete my account!", {"other"}),
        ("If you do not delete my data I will call my lawyer.", {"other"}),
        ("How long do you keep my data?", {"other"}),
        ("Do you delete old accounts automatically?", {"other"}),
        ("Please delete my account. Actually no, do not delete my account.", {"other"}),
        ("Please delete the mug from my order.", {"order"}),
        ("PLEASE DELETE MY DATA", {"erasure"}),
        ("Stop.", {"opt_out"}),
        ("Please stop my parcel, I am away.", {"order"}),
        ("On behalf of my client I demand that you delete his data.", {"other"}),
        ("We offer SEO services and delete your bad reviews. Get a quote.", {"other"}),
        ("", {"other"}),
        ("🙂", {"other"}),
        ("Lorem ipsum dolor sit amet.", {"other"}),
    ],
)
def test_what_is_meant_is_what_counts(text: str, wanted: set[str]) -> None:
    assert kinds(text) == wanted


def test_a_decision_says_which_rule_held_and_where() -> None:
    found = wants("Hello. Please erase every record of mine.")
    assert [str(each) for each in found.evidence] == ["erasure:delete-data@en.1"]


def test_a_letter_that_is_very_long_is_for_a_person() -> None:
    assert wants("Please delete my account. " * LONGEST).unsure == "long"


def test_a_wrapped_sentence_is_one() -> None:
    assert kinds("I have been a customer of yours for a long time, but please do not\ndelete my account.") == {"other"}


@pytest.mark.parametrize("code", languages())
def test_a_language_file_has_the_classes_that_rules_name(code: str) -> None:
    named = {name for found in rules().values() for rule in found for name in rule.all[0]}
    optional = {"law15", "law16", "law17", "law18", "law20", "law21", "orders", "wipe", "keep", "report", "where"} | {
        "enough",
        "give",
        "progress",
    }
    assert named - optional - languages()[code].classes.keys() == set()


def test_each_class_of_words_is_used() -> None:
    text = FILE.read_text("utf-8")
    used = {"not", "skip", "another", "pitch", "that", "may", "urgent", "boiler"}
    assert not [
        f"{code}: {name}"
        for code, language in languages().items()
        for name in language.classes
        if name not in used and f'"{name}' not in text and f"|{name}" not in text
    ]


@given(st.text(max_size=400), st.text(max_size=80))
def test_any_text_has_an_answer(text: str, subject: str) -> None:
    found = wants(text, subject)
    assert found.kinds
    assert Kind.OTHER not in found.kinds or found.kinds == (Kind.OTHER,)


@pytest.mark.parametrize(
    ("text", "urgent"),
    [
        ("Somebody has logged into my account and is reading my orders.", True),
        ("I think you leaked my address. Stop this immediately!", True),
        ("Anyone can see my orders on your site.", True),
        ("How did you get my address?", False),
        ("You violated my privacy last year. Delete my data immediately.", False),
        ("Where is my parcel? I need it immediately.", False),
        ("Jemand ist in meinem Konto. Handeln Sie sofort!", True),
    ],
)
def test_a_concern_presses_that_says_it_is_happening_now(text: str, *, urgent: bool) -> None:
    assert wants(text).urgent is urgent


def test_a_subject_that_repeats_another_letters_is_not_the_writers() -> None:
    assert kinds("Any news on this? It has been six weeks.", "Re: delete my account") == {"reminder"}
    assert kinds("", "Re: delete my account") == {"erasure"}
