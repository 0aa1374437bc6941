"""The section `usage`: each way in which it can be wrong, what it lets a build count, and how it is told to people."""

import pytest

from tests.policy.shop import TEXT, changed, shop
from upheld.policy import Effect, PolicyError, diff, loads, render, show, words
from upheld.policy.declarations import LEVELS, Usage

SECTION = """\
usage:
  threshold: 20
  level: local
  keep: 13m
  events:
    start: {title: Started}
    display: {values: [screen, webvr_2]}
  funnels:
    first: {title: First steps, steps: [start, display]}
"""
COUNTING = ("---\n# The shop", SECTION + "---\n# The shop")
LINE = TEXT[: TEXT.index("---\n# The shop")].count("\n") + 1  # of `usage:`
MANY_EVENTS = "".join(f"    e{n}: {{}}\n" for n in range(200))
MANY_VALUES = ", ".join(f"v{n}" for n in range(33))

WRONG = {
    "no mapping": ((SECTION, "usage: often\n"), f'{LINE}:8: "usage" is a mapping, and here is a text'),
    "no events": (
        (SECTION, "usage: {threshold: 20}\n"),
        f'{LINE}:8: "usage" needs "events"',
    ),
    "a misspelt key": (("  level:", "  levle:"), f'{LINE + 2}:3: "usage" has no "levle". Did you mean "level"?'),
    "a small threshold": (("threshold: 20", "threshold: 4"), f"{LINE + 1}:14: usage.threshold is 5 builds or more"),
    "a threshold in words": (
        ("threshold: 20", "threshold: many"),
        f"{LINE + 1}:14: usage.threshold is a number of builds from 0 to 9999",
    ),
    "a negative threshold": (("threshold: 20", "threshold: -20"), "usage.threshold is a number of builds"),
    "a level": (("level: local", "level: locl"), '"locl" is not a level of usage. Did you mean "local"?'),
    "a level that YAML takes for a flag": (
        ("level: local", "level: off"),
        f"{LINE + 2}:10: usage.level is a text, and here is true or false (quote it if a text is meant)",
    ),
    "a period": (("keep: 13m", "keep: 13 months"), f'{LINE + 3}:9: "13 months" is not a period such as 30d, 6m or 1y'),
    "kept until erased": (("keep: 13m", "keep: until_erased"), '"until_erased" is not a period'),
    "an event in capitals": (
        ("    start:", "    Start:"),
        f'{LINE + 5}:5: The name "Start" is not up to 40 small letters, digits and "_"',
    ),
    "a long event": (("    start:", f"    {'s' * 41}:"), f'The name "{"s" * 41}" is not up to 40'),
    "an event with a dot": (("    start:", "    start.up:"), 'The name "start.up" is not up to 40'),
    "an event's key": (
        ("{title: Started}", "{titel: Started}"),
        'usage.events.start has no "titel". Did you mean "title"',
    ),
    "too many events": (("    start: {", f"{MANY_EVENTS}    start: {{"), "usage.events has more than 200 events"),
    "no value": (("[screen, webvr_2]", "[]"), f"{LINE + 6}:23: usage.events.display.values names from 1 to 32 values"),
    "too many values": (("screen, webvr_2", MANY_VALUES), "usage.events.display.values names from 1 to 32 values"),
    "a value twice": (("screen, webvr_2", "screen, screen"), '"screen" stands twice in usage.events.display.values'),
    "an address as a value": (
        ("webvr_2", "ann@shop.example"),
        f'{LINE + 6}:23: "ann@shop.example" of usage.events.display.values is not up to 40 small letters',
    ),
    "a value that is a number": (("webvr_2", "2"), "usage.events.display.values"),
    "a step that is no event": (
        ("[start, display]", "[start, dispaly]"),
        f'{LINE + 8}:48: "dispaly" is not an event of usage.events. Did you mean "display"?',
    ),
    "one step": (("[start, display]", "[start]"), "usage.funnels.first.steps names two events or more"),
    "a step twice": (("[start, display]", "[start, start]"), '"start" stands twice'),
    "no steps": ((", steps: [start, display]", ""), 'usage.funnels.first needs "steps"'),
    "a funnel's name": (("    first:", "    first-steps:"), 'The name "first-steps" is not up to 40'),
}


@pytest.mark.parametrize(("change", "said"), WRONG.values(), ids=WRONG)
def test_a_section_that_is_wrong_is_refused_with_its_place(change: tuple[str, str], said: str) -> None:
    with pytest.raises(PolicyError) as raised:
        loads(changed(COUNTING, change).encode(), "shop.md")
    assert said in str(raised.value)


def test_a_policy_without_the_section_lets_a_build_count_nothing() -> None:
    policy = shop()
    assert policy.usage == Usage()
    assert not policy.usage.allows("start")
    assert render.counted(policy) is None
    assert "What builds count" not in render.markdown(policy)
    assert not [table for table in show(policy) if table.title.startswith("Usage")]


def test_only_what_is_declared_may_be_counted() -> None:
    usage = shop(COUNTING).usage
    assert usage.allows("start")
    assert usage.allows("display", "screen")
    refused = [("start", "screen"), ("display", ""), ("display", "ann@shop.example"), ("crash", ""), ("", "")]
    assert not any(usage.allows(event, value) for event, value in refused)


def test_what_is_left_out_has_a_value_by_itself() -> None:
    usage = shop((COUNTING[0], "usage: {events: {start: {}}}\n" + COUNTING[0])).usage
    assert (usage.threshold, usage.level, usage.keep) == (20, "counters", "13m")
    assert not usage.funnels


CHANGES = [
    (("    display:", "    crash: {}\n    display:"), "A build may now count crash.", Effect.LOOSENS),
    (("webvr_2]", "webvr_2, openxr]"), "A build may now count display: openxr.", Effect.LOOSENS),
    (("[screen, webvr_2]", "[screen]"), "A build may no longer count display: webvr 2.", Effect.TIGHTENS),
    (("threshold: 20", "threshold: 10"), "about fewer than 10 builds; before, 20.", Effect.LOOSENS),
    (("threshold: 20", "threshold: 50"), "about fewer than 50 builds; before, 20.", Effect.TIGHTENS),
    (("level: local", "level: counters"), 'is now at "counters"; before, "local".', Effect.LOOSENS),
    (("level: local", 'level: "off"'), 'is now at "off"; before, "local".', Effect.TIGHTENS),
    (("keep: 13m", "keep: 2y"), "kept 13 months before, and 2 years now.", Effect.LOOSENS),
    (("keep: 13m", "keep: 30d"), "kept 13 months before, and 30 days now.", Effect.TIGHTENS),
]


@pytest.mark.parametrize(("change", "said", "effect"), CHANGES)
def test_a_change_is_told_in_words(change: tuple[str, str], said: str, effect: Effect) -> None:
    told = diff(shop(COUNTING), shop(COUNTING, change))
    assert [each.effect for each in told if each.section == "usage" and said in each.sentence] == [effect], told


def test_the_first_section_tells_everything_that_may_now_be_counted() -> None:
    told = [each for each in diff(shop(), shop(COUNTING)) if each.section == "usage"]
    assert [each.sentence for each in told] == [
        "A build may now count start.",
        "A build may now count display: screen.",
        "A build may now count display: webvr 2.",
    ]
    assert {each.effect for each in told} == {Effect.LOOSENS}


def test_the_table_shows_every_event_and_what_holds_for_all() -> None:
    [table] = [each for each in show(shop(COUNTING)) if each.title.startswith("Usage")]
    assert "fewer than 20 builds" in table.title
    assert "13 months" in table.title
    assert table.rows == (("start", "a count", "Started"), ("display", "screen, webvr_2", ""))


def test_the_pages_say_it_in_words() -> None:
    found = render.counted(shop(COUNTING))
    assert found is not None
    assert [(event.title, event.values) for event in found.events] == [
        ("Started", ()),
        ("Display", ("screen", "webvr 2")),
    ]
    assert found.sentences == (
        "Unless its user chose something else, a build counts for its user alone, and sends nothing.",
        "What one build counted is kept for 13 months; figures about many stay.",
        "No figure is about fewer than 20 builds.",
    )
    text = render.markdown(shop(COUNTING))
    assert "| Started | one count |" in text
    assert "| Display | screen, webvr 2 |" in text
    assert all(sentence in text for sentence in found.sentences)


def test_every_level_has_its_words() -> None:
    assert all(words.level(level) for level in LEVELS)
