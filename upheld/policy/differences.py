"""What changes for a person between two versions of a policy, in words, and which way each change goes."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from upheld.policy import words
from upheld.policy.declarations import LEVELS, RetentionClass
from upheld.policy.document import Policy


class Effect(StrEnum):
    """Whether the company may do more with a person's data than before, or less."""

    LOOSENS = "loosens"
    NEITHER = "neither"
    TIGHTENS = "tightens"


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: the section it is in, one sentence for a person, and its effect."""

    section: str
    sentence: str
    effect: Effect


LOOSENS, NEITHER, TIGHTENS = Effect.LOOSENS, Effect.NEITHER, Effect.TIGHTENS


def diff(old: Policy, new: Policy) -> list[Change]:
    """Every difference in what is declared and promised, by section, and each sentence that came or went."""
    changes = (
        _general,
        _data,
        _purposes,
        _choices,
        _recipients,
        _jobs,
        _retention,
        _erasure,
        _usage,
        _promises,
        _prose,
    )
    return [change for each in changes for change in each(old, new)]


def _general(old: Policy, new: Policy) -> Iterator[Change]:
    if old.controller != new.controller:
        name, contact = new.controller.name, new.controller.contact
        yield Change("controller", f"The controller is now {name}, and its address {contact}.", NEITHER)
    for product in _gained(old.products, new.products):
        yield Change("products", f"The policy now covers {product}, which may collect.", LOOSENS)
    for product in _gained(new.products, old.products):
        yield Change("products", f"The policy no longer covers {product}, which may not collect any more.", TIGHTENS)
    for act in _gained(old.guests, new.guests):
        yield Change("guests", f"People who have not signed up may now {act}.", LOOSENS)
    for act in _gained(new.guests, old.guests):
        yield Change("guests", f"People must sign up before they {act}.", NEITHER)


def _data(old: Policy, new: Policy) -> Iterator[Change]:
    for name in _gained(old.data, new.data):
        yield Change("data", f"{words.datum(new, name)}: may now be collected.", LOOSENS)
    for name in _gained(new.data, old.data):
        yield Change("data", f"{words.datum(old, name)}: may no longer be collected or held.", TIGHTENS)
    for name in _shared(old.data, new.data):
        yield from _datum(old, new, name)


def _datum(old: Policy, new: Policy, name: str) -> Iterator[Change]:
    before, after, title = old.data[name], new.data[name], words.datum(new, name)
    for source in _gained(before.sources, after.sources):
        yield Change("data", f"{title}: comes in by one more way. {new.sources[source]}", LOOSENS)
    for source in _gained(after.sources, before.sources):
        yield Change("data", f"{title}: no longer comes in by {_said(source)}.", TIGHTENS)
    if before.sensitive != after.sensitive:
        said = "now counts as sensitive" if after.sensitive else "no longer counts as sensitive"
        yield Change("data", f"{title}: {said}.", TIGHTENS if after.sensitive else LOOSENS)
    if before.category != after.category:
        yield Change("data", f"{title}: is now classed as {after.category}, not {before.category}.", NEITHER)


def _purposes(old: Policy, new: Policy) -> Iterator[Change]:
    for name in {**old.purposes, **new.purposes}:
        before = old.purposes[name].uses if name in old.purposes else ()
        after = new.purposes[name].uses if name in new.purposes else ()
        title = words.purpose(new if name in new.purposes else old, name)
        if name not in old.purposes:
            yield Change("purposes", f'There is a new purpose, "{title}", {_using(new, after)}.', LOOSENS)
        elif name not in new.purposes:
            yield Change("purposes", f'Nothing is used for "{title}" any more.', TIGHTENS)
        else:
            for datum in _gained(before, after):
                yield Change("purposes", f'{words.datum(new, datum)}: may now be used for "{title}".', LOOSENS)
            for datum in _gained(after, before):
                yield Change("purposes", f'{words.datum(old, datum)}: no longer used for "{title}".', TIGHTENS)


def _using(policy: Policy, uses: Collection[str]) -> str:
    return f"which uses: {', '.join(words.datum(policy, datum) for datum in uses)}" if uses else "which uses no data"


_FREEDOM = {"opt_in": 2, "opt_out": 1, "": 0}
"""How much a person's word counts, most first: asked beforehand, heeded afterwards, not asked."""


def _choices(old: Policy, new: Policy) -> Iterator[Change]:
    for name in _shared(old.purposes, new.purposes):
        before, after = old.purposes[name].choice, new.purposes[name].choice
        if before != after:
            effect = TIGHTENS if _FREEDOM[after] > _FREEDOM[before] else LOOSENS
            said = f'"{words.purpose(new, name)}": now {words.choice(after)}; before, {words.choice(before)}.'
            yield Change("choices", said, effect)


def _recipients(old: Policy, new: Policy) -> Iterator[Change]:
    for name in {**old.recipients, **new.recipients}:
        before = old.recipients[name].receives if name in old.recipients else ()
        after = new.recipients[name].receives if name in new.recipients else ()
        title = words.recipient(new if name in new.recipients else old, name)
        for datum in _gained(before, after):
            purpose = words.purpose(new, new.recipients[name].purpose)
            yield Change("recipients", f'{title}: may now receive {_said(datum)} for "{purpose}".', LOOSENS)
        for datum in _gained(after, before):
            yield Change("recipients", f"{title}: no longer receives {_said(datum)}.", TIGHTENS)
    for name in _shared(old.recipients, new.recipients):
        purpose = new.recipients[name].purpose
        if purpose != old.recipients[name].purpose:
            said = f'{words.recipient(new, name)}: now receives data for "{words.purpose(new, purpose)}" instead.'
            yield Change("recipients", said, LOOSENS)


def _jobs(old: Policy, new: Policy) -> Iterator[Change]:
    for name in {**old.jobs, **new.jobs}:
        before, after = old.jobs.get(name), new.jobs.get(name)
        title = words.job(new if after else old, name)
        for what, said in (("opens", "open"), ("during", "work on cases of")):
            had: tuple[str, ...] = getattr(before, what, ())
            has: tuple[str, ...] = getattr(after, what, ())
            for each in _gained(had, has):
                yield Change("jobs", f"{title}: may now {said} {_said(each)}.", LOOSENS)
            for each in _gained(has, had):
                yield Change("jobs", f"{title}: may no longer {said} {_said(each)}.", TIGHTENS)


def _retention(old: Policy, new: Policy) -> Iterator[Change]:
    """By field, not by the names of classes: moving a field to a class that keeps it as long changes nothing."""
    before, after = _kept(old), _kept(new)
    for field in {**before, **after}:
        was, now = before.get(field, before[""]), after.get(field, after[""])
        if (was.keep, was.reason) == (now.keep, now.reason):
            continue
        what = field or "Whatever no other class names"
        said = f"{what}: kept {_keeping(was)} before, and {_keeping(now)} now."
        yield Change("retention", said, LOOSENS if _strength(now) > _strength(was) else TIGHTENS)


def _erasure(old: Policy, new: Policy) -> Iterator[Change]:
    """The longer it can be taken back, the longer everything is kept after a person asked for deletion."""
    if old.undo != new.undo:
        said = f"A deletion: carried out {words.undo(old.undo)} before, and {words.undo(new.undo)} now."
        yield Change("erasure", said, LOOSENS if new.undo > old.undo else TIGHTENS)


def _usage(old: Policy, new: Policy) -> Iterator[Change]:
    """What a build may count, how few builds a figure may be about, and how long each build's counts are kept."""
    before, after = old.usage, new.usage
    for name in _gained(_counted(old), _counted(new)):
        yield Change("usage", f"A build may now count {name}.", LOOSENS)
    for name in _gained(_counted(new), _counted(old)):
        yield Change("usage", f"A build may no longer count {name}.", TIGHTENS)
    if not (before.events and after.events):
        return
    if before.threshold != after.threshold:
        said = f"No figure is shown about fewer than {after.threshold} builds; before, {before.threshold}."
        yield Change("usage", said, LOOSENS if after.threshold < before.threshold else TIGHTENS)
    if before.level != after.level:
        more = LEVELS.index(after.level) > LEVELS.index(before.level)
        said = f'A build whose user chose nothing is now at "{after.level}"; before, "{before.level}".'
        yield Change("usage", said, LOOSENS if more else TIGHTENS)
    if before.keep != after.keep:
        was, now = RetentionClass(before.keep), RetentionClass(after.keep)
        said = f"Counts of a build: kept {words.period(was.keep)} before, and {words.period(now.keep)} now."
        yield Change("usage", said, LOOSENS if _strength(now) > _strength(was) else TIGHTENS)


def _counted(policy: Policy) -> list[str]:
    """Each event, and each value of one, in words."""
    return [
        f"{_said(name)}: {_said(value)}" if value else _said(name)
        for name, event in policy.usage.events.items()
        for value in event.values or ("",)
    ]


def _kept(policy: Policy) -> dict[str, RetentionClass]:
    """Each field that a class names with its class, and "" with the class that holds for all the others."""
    general = next((kept for kept in policy.retention.values() if not kept.fields), RetentionClass("until_erased"))
    return {"": general, **{field: kept for kept in policy.retention.values() for field in kept.fields}}


def _keeping(kept: RetentionClass) -> str:
    return words.period(kept.keep) + (f" though you delete it ({kept.reason.rstrip('.')})" if kept.reason else "")


def _strength(kept: RetentionClass) -> tuple[bool, date, str]:
    """Orders by how much is kept: past erasure first, then the longer; with no end is longest."""
    return kept.outlives_erasure, kept.until(date(2000, 1, 1)) or date.max, kept.reason


def _promises(old: Policy, new: Policy) -> Iterator[Change]:
    for promise in sorted(new.promises - old.promises):
        yield Change("promises", f"There is a new promise: {promise}.", TIGHTENS)
    for promise in sorted(old.promises - new.promises):
        yield Change("promises", f"A promise is no longer made: {promise}.", LOOSENS)


def _prose(old: Policy, new: Policy) -> Iterator[Change]:
    before, after = {each.text for each in old.sentences}, {each.text for each in new.sentences}
    for sentence in new.sentences:
        if sentence.text not in before:
            yield Change("wording", f"The page now says: {sentence.text}", NEITHER)
    for sentence in old.sentences:
        if sentence.text not in after:
            yield Change("wording", f"The page no longer says: {sentence.text}", NEITHER)


def _gained(before: Collection[str], after: Collection[str]) -> list[str]:
    return [name for name in after if name not in before]


def _shared(before: Collection[str], after: Collection[str]) -> list[str]:
    return [name for name in after if name in before]


def _said(name: str) -> str:
    return name.replace("_", " ")
