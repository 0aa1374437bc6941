"""The rules of rules.toml, and whether a clause fulfils one."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, Literal

from upheld.mailbox.wants.language import Language
from upheld.mailbox.wants.marks import Clause

FILE = Path(__file__).with_name("rules.toml")
QUIET = frozenset({"if", "how", "asked", "done"})  # what makes a clause no request, unless a rule says otherwise


class Kind(StrEnum):
    """What a letter may want, in the order in which it is told."""

    ERASURE = "erasure"
    OPT_OUT = "opt_out"
    RECTIFICATION = "rectification"
    ACCESS = "access"
    RESTRICTION = "restriction"
    OBJECTION = "objection"
    CONCERN = "concern"
    REMINDER = "reminder"
    ORDER = "order"
    OTHER = "other"


class Found(StrEnum):
    ASKED = "asked"
    FORBIDDEN = "forbidden"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """See rules.toml. `all` are alternatives of classes, one of each of which must be there."""

    kind: Kind
    code: str
    all: tuple[tuple[str, ...], ...]
    any: frozenset[str]
    none: frozenset[str]
    never: frozenset[str]
    somewhere: frozenset[str] = frozenset()
    nowhere: frozenset[str] = frozenset()
    bare: bool = False
    polite: bool = False
    closer: str = ""
    negation: Literal["forbids", "needed", "ignored"] = "forbids"
    near: int = 9

    def on(self, clause: Clause, language: Language, *, few: bool) -> Found:
        """Whether the clause asks for the rule's kind, or forbids it. `few`: the letter has few words."""
        if not all(any(name in clause.marks for name in names) for names in self.all):
            return Found.NOTHING
        act = next((at for at in _places(clause, self.all[0]) if self._reaches(clause, at)), None)
        if act is None or self._excluded(clause) or not self._supported(clause, few=few or _orders(clause, act)):
            return Found.NOTHING
        if self.negation == "ignored" or _negated(clause, act, language) == (self.negation == "needed"):
            return Found.ASKED
        return Found.NOTHING if self.negation == "needed" else Found.FORBIDDEN

    def _excluded(self, clause: Clause) -> bool:
        return bool(
            self.none.intersection(clause.marks)
            or self.never & clause.sentence
            or self.nowhere & clause.letter
            or (self.polite and (clause.question or clause.has("may")) and "please" not in clause.sentence)
            or (self.bare and clause.words_in_letter > len(self.all) + 1)
        )

    def _supported(self, clause: Clause, *, few: bool) -> bool:
        if self.somewhere and not self.somewhere & clause.letter:
            return False
        brief = few and (self.polite or self.kind is Kind.OPT_OUT)
        return brief or not self.any or bool(self.any & clause.sentence)

    def _reaches(self, clause: Clause, act: int) -> bool:
        """Whether what is acted on is near enough, and nearer than what would make it something else."""
        away = [min(abs(at - act) for at in _places(clause, names)) for names in self.all[1:]]
        rival = min((abs(at - act) for at in clause.marks.get(self.closer, ())), default=self.near + 1)
        return not away or (max(away) <= self.near and min(away) < rival)


def _places(clause: Clause, names: tuple[str, ...]) -> list[int]:
    return [at for name in names for at in clause.marks.get(name, ())]


def _orders(clause: Clause, act: int) -> bool:
    """Whether the clause begins with the act, as an order does."""
    return act == 0 and not clause.question and not clause.has("you")


def _negated(clause: Clause, act: int, language: Language) -> bool:
    after, before = language.not_after, language.not_before
    return clause.denied or any(-after <= act - at <= before for at in clause.marks.get("not", ()))


def _rules() -> Iterator[Rule]:
    for kind, found in tomllib.loads(FILE.read_text("utf-8")).items():
        for code, told in found.items():
            told["all"] = tuple(tuple(each.split("|")) for each in told["all"])
            told["none"] = {*told.get("none", ()), *(QUIET - set(told.pop("even", ())))}
            told["any"] = told.pop("with", ())
            names = ("any", "none", "never", "somewhere", "nowhere")
            sets: dict[str, Any] = {name: frozenset(told.pop(name, ())) for name in names}
            for name in ("none", "never", "nowhere"):
                sets[name] |= {"orders"} if "order" in sets[name] else set()
            yield Rule(Kind(kind), code, **sets, **told)


@cache
def rules() -> Mapping[str, tuple[Rule, ...]]:
    """Every rule, under each class that its act may be of."""
    found: dict[str, list[Rule]] = {}
    for rule in _rules():
        for name in rule.all[0]:
            found.setdefault(name, []).append(rule)
    return {name: tuple(those) for name, those in found.items()}
