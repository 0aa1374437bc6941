"""The sections of the front matter, each checked against the names that the others declare."""

import re
from collections.abc import Callable
from datetime import date
from types import MappingProxyType
from typing import TypeVar

import yaml

from upheld.policy.declarations import (
    LEVELS,
    PERIOD,
    SOURCES,
    UNTIL_ERASED,
    Controller,
    Datum,
    Event,
    Funnel,
    Job,
    Purpose,
    Recipient,
    RetentionClass,
    Usage,
)
from upheld.policy.reader import Members, Reader
from upheld.policy.vocabulary import BASES, categories
from upheld.policy.vocabulary import purposes as dpv_purposes

RIGHTS = ("access", "correction", "portability")
"""Purposes that every policy has built in: a person's own look at their data. No policy may declare them."""

NEEDED = ("id", "title", "sidebar_label", "effective", "controller", "products", "data")
ALLOWED = ("sources", "purposes", "recipients", "jobs", "retention", "erasure", "notice", "guests", "usage")
GUESTS = ("order",)
"""What a policy may let people do who have not signed up."""
CHOICES = ("opt_in", "opt_out")
MOST_UNDO = 30
"""Days for which a policy may let people take a deletion back: the law has it carried out within a month."""

LONGEST_RECIPIENT = 40
"""Signs in the name of a recipient: it stands in receipts, and beside everything that they receive."""

LEAST_THRESHOLD = 5
"""Builds below which a policy may not let a figure go: fewer would be no crowd."""
MOST_EVENTS, MOST_VALUES = 200, 32
LONGEST_EVENT = 40

_EVENT = re.compile(r"[a-z][a-z0-9_]*")
_VALUE = re.compile(r"[a-z0-9][a-z0-9_]*")
_NAME = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)*")
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_EMAIL = re.compile(r"[^\s@<>\"']+@[^\s@<>\"'.]+(?:\.[^\s@<>\"'.]+)+")
_DAYS = re.compile(r"([0-9]{1,2})d")
_FIELD = re.compile(r"([a-z][a-z0-9_]*)\.([a-z][a-z0-9_.]*)")

_NONE: tuple[str, ...] = ()

Value = TypeVar("Value")


class Sections:
    """What the front matter declares. The reader collects the problems; with any, the values mean nothing."""

    _event_names: tuple[str, ...] = ()

    def __init__(self, read: Reader, root: yaml.MappingNode) -> None:
        self._read = read
        self._top = read.record(root, "A policy", NEEDED, ALLOWED)
        self.id = self._one("id", self._slug, "")
        self.title = self._one("title", read.text, "")
        self.sidebar_label = self._one("sidebar_label", read.text, "")
        self.effective = self._one("effective", read.day, date.min)
        self.notice = self._one("notice", read.days, 0)
        self.controller = self._one("controller", self._controller, Controller("", ""))
        self.products = self._one("products", self._products, _NONE)
        self.sources = {**SOURCES, **self._sources()}
        self.data = self._many("data", self._datum)
        self.purposes = self._many("purposes", self._purpose)
        self.recipients = self._many("recipients", self._recipient)
        self.jobs = self._many("jobs", self._job)
        self.retention = self._many("retention", self._retention_class)
        self.guests = self._one("guests", self._guests, _NONE)
        self.usage = self._one("usage", self._usage, Usage())
        self.undo = self._one("erasure", self._erasure, 0)
        self._settle_rights()
        self._settle_recipients()
        self._settle_retention()

    def _one(self, key: str, build: Callable[[yaml.Node, str], Value], missing: Value) -> Value:
        return build(self._top[key][1], f'"{key}"') if key in self._top else missing

    def _many(self, key: str, build: Callable[[yaml.Node, str], Value]) -> dict[str, Value]:
        """A section's named declarations, in the order of the file."""
        if key not in self._top:
            return {}
        found = {}
        for name, (place, value) in self._read.members(self._top[key][1], f'"{key}"').items():
            if not _NAME.fullmatch(name):
                self._read.note(place, f'The name "{name}" is not small letters, digits and "_", begun by a letter.')
            found[name] = build(value, f"{key}.{name}")
        return found

    def _slug(self, node: yaml.Node, what: str) -> str:
        text = self._read.text(node, what)
        if text and not _SLUG.fullmatch(text):
            self._read.note(node, f"{what} is small letters and digits, with single hyphens between.")
        return text

    def _controller(self, node: yaml.Node, what: str) -> Controller:
        found = self._read.record(node, what, ("name", "contact"))
        contact = self._text(found, "contact", what)
        if contact and not _EMAIL.fullmatch(contact):
            self._read.note(found["contact"][1], f'"{contact}" is not an e-mail address to which people can write.')
        return Controller(self._text(found, "name", what), contact)

    def _products(self, node: yaml.Node, what: str) -> tuple[str, ...]:
        names = self._read.texts(node, what)
        if not names and isinstance(node, yaml.SequenceNode):
            self._read.note(node, "A policy names at least one product; what it does not name may collect nothing.")
        return names

    def _guests(self, node: yaml.Node, what: str) -> tuple[str, ...]:
        return self._read.all_of(node, what, "what a guest may do", GUESTS)

    def _sources(self) -> dict[str, str]:
        if "sources" not in self._top:
            return {}
        found = self._read.members(self._top["sources"][1], '"sources"')
        for name, (place, _) in found.items():
            self._read.one_of(name, place, "a source", SOURCES)
        return {name: self._read.text(value, f"sources.{name}") for name, (_, value) in found.items()}

    def _datum(self, node: yaml.Node, what: str) -> Datum:
        found = self._read.record(node, what, ("category", "sources"), ("sensitive", "title"))
        category = self._text(found, "category", what)
        if "category" in found:
            self._read.one_of(category, found["category"][1], "a fideslang data category", categories())
        return Datum(
            category=category,
            sources=self._names(found, "sources", what, "a source", SOURCES),
            sensitive=self._read.flag(found["sensitive"][1], f"{what}.sensitive") if "sensitive" in found else False,
            title=self._text(found, "title", what),
        )

    def _purpose(self, node: yaml.Node, what: str) -> Purpose:
        found = self._read.record(node, what, ("uses",), ("choice", "title", "why", "dpv", "basis"))
        known = {"choice": CHOICES, "dpv": tuple(dpv_purposes()), "basis": tuple(BASES)}
        said = {key: self._text(found, key, what) for key in ("choice", "title", "why", "dpv", "basis")}
        for key, names in known.items():
            if key in found:
                self._read.one_of(said[key], found[key][1], f"a value of {what}.{key}", names)
        return Purpose(uses=self._names(found, "uses", what, "declared in data", self.data), **said)

    def _recipient(self, node: yaml.Node, what: str) -> Recipient:
        found = self._read.record(node, what, ("receives", "for"), ("title",))
        purpose = self._text(found, "for", what)
        receives = self._names(found, "receives", what, "declared in data", self.data)
        if "for" in found:
            self._read.one_of(purpose, found["for"][1], "declared in purposes", self.purposes)
        used = self.purposes[purpose].uses if purpose in self.purposes else receives
        for name in receives:
            if name not in used and name in self.data:
                self._read.note(
                    found["receives"][1], f'{what} receives "{name}", which purposes.{purpose} does not use.'
                )
        return Recipient(receives, purpose, self._text(found, "title", what))

    def _job(self, node: yaml.Node, what: str) -> Job:
        found = self._read.record(node, what, ("opens", "while"), ("title",))
        opens = self._names(found, "opens", what, "declared in data", self.data)
        during = self._read.texts(found["while"][1], f"{what}.while") if "while" in found else ()
        return Job(opens, during, self._text(found, "title", what))

    def _retention_class(self, node: yaml.Node, what: str) -> RetentionClass:
        found = self._read.record(node, what, ("keep",), ("fields", "reason"))
        keep = self._text(found, "keep", what)
        if keep and keep != UNTIL_ERASED and not PERIOD.fullmatch(keep):
            self._read.note(found["keep"][1], f'"{keep}" is not {UNTIL_ERASED} or a period such as 30d, 6m or 7y.')
        fields = self._read.texts(found["fields"][1], f"{what}.fields") if "fields" in found else ()
        for field in fields:
            self._field(field, found["fields"][1])
        if "fields" in found and not fields:
            self._read.note(found["fields"][1], f"{what}.fields names nothing.")
        if "reason" in found and "fields" not in found:
            self._read.note(found["reason"][1], f"{what} would outlive erasure as a whole: name the fields that must.")
        return RetentionClass(keep, fields, self._text(found, "reason", what))

    def _usage(self, node: yaml.Node, what: str) -> Usage:
        found = self._read.record(node, what, ("events",), ("funnels", "threshold", "level", "keep"))
        plain = Usage()
        events = self._named(found, "events", self._event)
        if len(events) > MOST_EVENTS:
            self._read.note(found["events"][1], f"usage.events has more than {MOST_EVENTS} events.")
        self._event_names = tuple(events)
        threshold = (
            self._read.number(found["threshold"][1], "usage.threshold", "builds") if "threshold" in found else 20
        )
        if threshold < LEAST_THRESHOLD:
            self._read.note(found["threshold"][1], f"usage.threshold is {LEAST_THRESHOLD} builds or more.")
        level = self._text(found, "level", "usage") or plain.level
        if "level" in found:
            self._read.one_of(level, found["level"][1], "a level of usage", LEVELS)
        keep = self._text(found, "keep", "usage") or plain.keep
        if not PERIOD.fullmatch(keep):
            self._read.note(found["keep"][1], f'"{keep}" is not a period such as 30d, 6m or 1y.')
        funnels = self._named(found, "funnels", self._funnel)
        return Usage(MappingProxyType(events), MappingProxyType(funnels), threshold, level, keep)

    def _named(self, found: Members, key: str, build: Callable[[yaml.Node, str], Value]) -> dict[str, Value]:
        if key not in found:
            return {}
        named = {}
        for name, (place, value) in self._read.members(found[key][1], f"usage.{key}").items():
            if not _EVENT.fullmatch(name) or len(name) > LONGEST_EVENT:
                self._read.note(place, f'The name "{name}" is not up to {LONGEST_EVENT} small letters, digits and "_".')
            named[name] = build(value, f"usage.{key}.{name}")
        return named

    def _event(self, node: yaml.Node, what: str) -> Event:
        found = self._read.record(node, what, (), ("title", "values"))
        values = self._read.texts(found["values"][1], f"{what}.values") if "values" in found else ()
        for value in values:
            if not _VALUE.fullmatch(value) or len(value) > LONGEST_EVENT:
                self._read.note(
                    found["values"][1],
                    f'"{value}" of {what}.values is not up to {LONGEST_EVENT} small letters, digits and "_".',
                )
        if "values" in found and not 1 <= len(values) <= MOST_VALUES:
            self._read.note(found["values"][1], f"{what}.values names from 1 to {MOST_VALUES} values.")
        return Event(self._text(found, "title", what), values)

    def _funnel(self, node: yaml.Node, what: str) -> Funnel:
        found = self._read.record(node, what, ("steps",), ("title",))
        steps = (
            self._read.all_of(found["steps"][1], f"{what}.steps", "an event of usage.events", self._event_names)
            if "steps" in found
            else ()
        )
        if "steps" in found and len(steps) < 2:
            self._read.note(found["steps"][1], f"{what}.steps names two events or more.")
        return Funnel(steps, self._text(found, "title", what))

    def _erasure(self, node: yaml.Node, what: str) -> int:
        found = self._read.record(node, what, ("undo",))
        undo = self._text(found, "undo", what)
        taken = _DAYS.fullmatch(undo)
        if undo and (not taken or int(taken[1]) > MOST_UNDO):
            self._read.note(found["undo"][1], f'"{undo}" is not a number of days from 0d to {MOST_UNDO}d, such as 3d.')
        return int(taken[1]) if taken else 0

    def _field(self, field: str, node: yaml.Node) -> None:
        taken = _FIELD.fullmatch(field)
        if not taken:
            self._read.note(node, f'"{field}" is not a field such as order.name: a model\'s label, "." and a datum.')
        else:
            self._read.one_of(taken[2], node, "declared in data", self.data)

    def _settle_rights(self) -> None:
        for name in RIGHTS:
            if name in self.purposes:
                place = self._read.members(self._top["purposes"][1], '"purposes"')[name][0]
                self._read.note(place, f'The purpose "{name}" is a right, which every policy has built in.')

    def _settle_recipients(self) -> None:
        for name in self.recipients:
            if len(name) > LONGEST_RECIPIENT:
                place = self._read.members(self._top["recipients"][1], '"recipients"')[name][0]
                self._read.note(place, f'The recipient "{name}" has a name of more than {LONGEST_RECIPIENT} signs.')

    def _settle_retention(self) -> None:
        """Every field rests in exactly one class: no field in two, and one class for all the others."""
        if "retention" not in self._top:
            return
        node = self._top["retention"][1]
        general = [name for name, kept in self.retention.items() if not kept.fields]
        if len(general) != 1 and isinstance(node, yaml.MappingNode):
            said = f"here are {len(general)}: {', '.join(general)}" if general else "here is none"
            self._read.note(node, f"One class of retention has no fields, and holds for all the others; {said}.")
        owner: dict[str, str] = {}
        for name, kept in self.retention.items():
            for field in kept.fields:
                if owner.setdefault(field, name) != name:
                    self._read.note(node, f'"{field}" rests in two classes: {owner[field]} and {name}.')

    def _text(self, found: Members, key: str, what: str) -> str:
        return self._read.text(found[key][1], f"{what}.{key}") if key in found else ""

    def _names(self, found: Members, key: str, what: str, one: str, known: object) -> tuple[str, ...]:
        names = tuple(known) if isinstance(known, dict) else ()
        return self._read.all_of(found[key][1], f"{what}.{key}", one, names) if key in found else ()
