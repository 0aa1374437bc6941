"""Secrets in letters: a code to reply with, and the link that says the same.

A code is ten signs of Crockford's base 32 (50 bits). It stands in a subject line, so that it alone is not enough:
whoever uses it writes from the address that it went to. A link carries the code and sixteen signs more, which only
this instance's key makes of it, and is enough by itself. Of both, a keyed digest of the code is kept.
"""

import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from operator import itemgetter
from uuid import UUID

from django.utils import timezone

from upheld import crockford
from upheld.contact.letters import Link, on_site
from upheld.rights.models import Proposal, Request, Token
from upheld.vault.keys.ring import service_key

CODE, REST = 10, 16
LASTS = timedelta(days=7)
LOOKED_AT = 20  # of what looks like a code in one text: a letter that is full of them costs no more
CONFIRM, CORRECT, FETCH = "confirm", "correct", "fetch"
PATHS = {CONFIRM: "/rights/confirm/", CORRECT: "/rights/correction/", FETCH: "/rights/copy/"}
_QUOTED = re.compile(rf"\[\s*([0-9A-Z]{{{CODE}}})\s*\]|{PATHS[CONFIRM]}([0-9A-Z]{{{CODE + REST}}})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Secret:
    """What goes into a letter, and nowhere else."""

    code: str
    use: str

    @property
    def link(self) -> Link:
        return on_site(f"{PATHS[self.use]}{self.code}{_rest(self.use, self.code)}/")


def issue(use: str, requests: Iterable[Request | Proposal]) -> Secret:
    """A new secret for these, which are kept by their subjects and ids. Each of their people has a row of their own, so
    that it serves the others when one of them is gone."""
    found: dict[UUID, list[str]] = {}
    for each in requests:
        found.setdefault(each.subject, []).append(f"{each.subject}:{each.pk}")
    code, expires_at = crockford.new(CODE), timezone.now() + LASTS
    for subject, named in found.items():
        Token.objects.create(
            subject=subject, digest=_digest(use, code), use=use, requests=named, expires_at=expires_at
        )  # fmt: skip
    return Secret(code, use)


def find(use: str, secret: str, *, from_its_address: bool = False, lock: bool = False) -> Token | None:
    """The token of a secret that still serves. A code alone serves nobody but a letter from its address."""
    code = _code(use, secret, bare=from_its_address)
    tokens = Token.objects.select_for_update() if lock else Token.objects.all()
    serving = tokens.filter(use=use, used_at=None, expires_at__gt=timezone.now())
    return serving.filter(digest=_digest(use, code)).first() if code else None


def ours(use: str, secret: str) -> Token | None:
    """The token of a link's whole secret, whether it serves still or not."""
    code = _code(use, secret, bare=False)
    return issued(use, code) if code else None


def issued(use: str, code: str) -> Token | None:
    """The token of a code that `found_in` found, whether it serves still or not."""
    return Token.objects.filter(use=use, digest=_digest(use, code)).first()


def found_in(text: str) -> str | None:
    """The first code of ours in a letter's subject line or in what it quotes, used or not."""
    for match in islice(_QUOTED.finditer(text), LOOKED_AT):
        code = _signs(match[1] or match[2])[:CODE]
        if Token.objects.filter(use=CONFIRM, digest=_digest(CONFIRM, code)).exists():
            return code
    return None


def of_digest(use: str, digest: bytes) -> list[Token]:
    """The rows of one secret: one for each of its people who are still here."""
    return list(Token.objects.filter(use=use, digest=digest).order_by("id"))


def subjects(token: Token) -> set[UUID]:
    """Everybody whom its secret is about, and who is still here."""
    rows = of_digest(token.use, bytes(token.digest))
    return {UUID(named.partition(":")[0]) for each in rows for named in each.requests}


def use_up(token: Token) -> None:
    """Its secret serves nobody any more."""
    Token.objects.filter(use=token.use, digest=token.digest).update(used_at=timezone.now())


def requests(token: Token, *, lock: bool = False) -> list[Request]:
    """What its secret is for, in the order in which they were asked for; those that are gone are left out."""
    rows = Request.objects.select_for_update() if lock else Request.objects.all()
    together = of_digest(token.use, bytes(token.digest))
    named = [tuple(map(UUID, each.split(":"))) for one in together for each in one.requests]
    found = (rows.filter(subject=subject, pk=id).first() for subject, id in sorted(named, key=itemgetter(1)))
    return [each for each in found if each is not None]


def proposal(token: Token) -> Proposal | None:
    """The one that it is for, beside its request, while nobody has answered it."""
    named = (UUID(each.partition(":")[2]) for each in token.requests[1:])
    return Proposal.objects.filter(subject=token.subject, pk__in=list(named)).first()


def _code(use: str, secret: str, *, bare: bool) -> str | None:
    signs = _signs(secret)
    code, rest = signs[:CODE], signs[CODE:]
    if rest:
        return code if hmac.compare_digest(rest, _rest(use, code)) else None
    return code if bare and len(code) == CODE else None


def _signs(typed: str) -> str:
    signs = crockford.meant(typed)
    return signs if all(sign in crockford.SIGNS for sign in signs) else ""


def _rest(use: str, code: str) -> str:
    made = hmac.digest(service_key("tokens"), f"link\0{use}\0{code}".encode(), "sha256")
    return "".join(crockford.SIGNS[byte % len(crockford.SIGNS)] for byte in made[:REST])


def _digest(use: str, code: str) -> bytes:
    return hmac.digest(service_key("tokens"), f"code\0{use}\0{code}".encode(), "sha256")
