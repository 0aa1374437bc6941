"""What a letter wants: each kind that its own clauses ask for, with the clause and the rule that say so."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from upheld.mailbox.wants.detecting import UNKNOWN, ranked, written_in
from upheld.mailbox.wants.language import languages
from upheld.mailbox.wants.marks import Clause, read
from upheld.mailbox.wants.rules import Found, Kind, rules
from upheld.mailbox.wants.words import plain

LONGEST = 20_000  # characters that are read; whoever writes more is read by a person
FEW = 7  # words: a letter this short says what it wants without a "please" or a "my"
PITCHES = 2  # words of people who sell something that make a letter theirs
TRIED = 3  # languages, when none is sure
SHORT = 3  # words that may be of any language
SURE = 2.5  # what has to speak for a language before no other is tried
OURS = frozenset(Kind) - {
    Kind.OTHER,
    Kind.ORDER,
    Kind.CONCERN,
}  # what only the person may ask for, about their own data
MENTIONED = frozenset({"mine", "trouble"})  # rules about orders that hold where one is only mentioned
NOW = frozenset({"exposed", "intruder"})  # concerns that say by themselves that it is happening
_REPLY = re.compile(
    r"\s*(?:re|aw|antw|sv|vs|odp|ynt|ref|r|fwd?|wg|tr|rv|enc|res|回复|答复|转发|返信|転送)\s*[:：]",  # noqa: RUF001 - as typed
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """The rule `code` of `kind` held in clause number `clause`, read as `language`."""

    kind: Kind
    code: str
    clause: int
    language: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.code}@{self.language}.{self.clause}"


@dataclass(frozen=True, slots=True)
class Wants:
    """What a letter wants, never nothing: `other` is for a person to read. `unsure` says why it is, as a code.

    `urgent`: it says that something is being done to its writer's data now, or that it has to stop at once.
    """

    kinds: tuple[Kind, ...]
    language: str
    evidence: tuple[Evidence, ...] = ()
    unsure: str = ""
    urgent: bool = False


def wants(text: str, subject: str = "") -> Wants:
    """What the writer of `text` wants. A subject counts as the letter's first sentence, unless it repeats another's."""
    repeated = bool(_REPLY.match(subject)) and bool(text.strip())
    whole = plain(text if repeated else f"{subject}\n\n{text}")
    if len(whole) > LONGEST:
        return Wants((Kind.OTHER,), _language(ranked(whole)), unsure="long")
    likely = ranked(whole)
    tried = likely[:1] if likely and likely[0][1] >= SURE else likely[:TRIED]
    answers = [_in(whole, code) for code, _ in tried]
    best = next((each for each in answers if each.evidence), None)
    return best or _agreed(whole) or (answers[0] if answers else Wants((Kind.OTHER,), UNKNOWN))


def _language(likely: Sequence[tuple[str, float]]) -> str:
    return likely[0][0] if likely else UNKNOWN


def _agreed(text: str) -> Wants | None:
    """A word or two may be of any language: what all say that understand them."""
    if len(text.split()) > SHORT:
        return None
    found = [each for each in (_in(text, code) for code in written_in(text)) if each.evidence]
    return found[0] if len({each.kinds for each in found}) == 1 else None


def _in(text: str, code: str) -> Wants:
    """What the letter wants when it is read in one language."""
    clauses = read(text, languages()[code])
    asked, forbidden = list[Evidence](), set[Kind]()
    few = sum(clause.length for clause in clauses) <= FEW
    for clause in clauses:
        if "boiler" in clause.sentence:
            continue
        for found, evidence in _found(clause, code, few=few):
            if found is Found.ASKED:
                asked.append(evidence)
            else:
                forbidden.add(evidence.kind)
    unsure = _unsure(clauses, forbidden & {each.kind for each in asked})
    if unsure:
        asked = [each for each in asked if each.kind not in (forbidden if unsure == "forbidden" else OURS)]
    asked = _without_mentioned_orders(asked)
    kinds = {each.kind for each in asked} or {Kind.OTHER}
    return Wants(
        tuple(kind for kind in Kind if kind in kinds), code, tuple(asked), unsure, urgent=_urgent(asked, clauses)
    )


def _without_mentioned_orders(asked: list[Evidence]) -> list[Evidence]:
    """Who wants something else may say that they bought something; a concern speaks of orders as of other data."""
    others = {each.kind for each in asked} - {Kind.ORDER}
    passing = MENTIONED if others - {Kind.CONCERN} else frozenset[str]()
    return [
        each for each in asked if each.kind is not Kind.ORDER or not (Kind.CONCERN in others or each.code in passing)
    ]


def _urgent(asked: Sequence[Evidence], clauses: Sequence[Clause]) -> bool:
    """Whether a concern presses: "at once" may stand in any sentence but those that ask for something else."""
    concerns = [each for each in asked if each.kind is Kind.CONCERN]
    if any(each.code in NOW for each in concerns):
        return True
    others = _sentences(asked, clauses) - _sentences(concerns, clauses)
    pressing = (clause for clause in clauses if clause.has("urgent") and id(clause.sentence) not in others)
    return bool(concerns) and any(pressing)


def _sentences(found: Sequence[Evidence], clauses: Sequence[Clause]) -> set[int]:
    """Which sentences the evidence stands in: their clauses share one set of classes."""
    return {id(clauses[each.clause].sentence) for each in found}


def _found(clause: Clause, code: str, *, few: bool) -> Iterator[tuple[Found, Evidence]]:
    language = languages()[code]
    for rule in dict.fromkeys(rule for name in clause.marks for rule in rules().get(name, ())):
        found = rule.on(clause, language, few=few)
        if found is not Found.NOTHING:
            yield found, Evidence(rule.kind, rule.code, clause.number, code)


def _unsure(clauses: Sequence[Clause], contradicted: set[Kind]) -> str:
    """Why a letter that seems to ask for something is for a person to read; empty when it is not."""
    if any(clause.has("another") for clause in clauses):
        return "for-another"
    if sum(len(clause.marks.get("pitch", ())) for clause in clauses) >= PITCHES:
        return "pitch"
    return "forbidden" if contradicted else ""
