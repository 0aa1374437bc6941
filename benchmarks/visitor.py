"""A browser for both sides, and what people are called there."""

from collections import deque
from itertools import count
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.test import Client

PASSWORD = "a walk along the river"
AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
_places = count(1)
known: deque[UUID] = deque()
"""Subjects in the order in which they came; the oldest are used up first."""


def someone() -> UUID:
    """Who has not been used for anything yet."""
    return known.popleft()


def address(number: int) -> str:
    return f"person.{number}@example.com"


class Visitor(Client):
    """Django's test client, over https."""

    def generic(self, *arguments: Any, **options: Any) -> HttpResponse:
        return super().generic(*arguments, **{**options, "secure": True})

    def fetch(self, path: str) -> None:
        answer = self.get(path)
        assert answer.status_code == 200, f"{path}: {answer.status_code}"

    def send(self, path: str, values: dict[str, str], *, expect: int) -> None:
        answer = self.post(path, values)
        assert answer.status_code == expect, f"{path}: {answer.status_code}"

    def changed(self, path: str, shows: str) -> None:
        """A part of a page at the desk, which has something in it."""
        answer = self.post(path, headers={"HX-Request": "true"})
        assert answer.status_code == 200, f"{path}: {answer.status_code}"
        assert shows in answer.text, f"{path} does not show what it should."

    def found(self, path: str, what: str, shows: str) -> None:
        answer = self.post(path, {"what": what})
        assert answer.status_code == 200, f"{path}: {answer.status_code}"
        assert shows in answer.text, f"{path} does not find what it should."

    def told(self, path: str, body: bytes, headers: dict[str, str]) -> None:
        """As another program tells us something."""
        answer = self.post(path, body, content_type="application/json", headers=headers)
        assert answer.status_code == 200, f"{path}: {answer.status_code}"


def visitor() -> Visitor:
    """Someone who comes from a network address of their own, so that no rate limit stands in the way."""
    place = next(_places)
    return Visitor(REMOTE_ADDR=f"198.18.{place // 250 % 250}.{place % 250}", HTTP_USER_AGENT=AGENT)
