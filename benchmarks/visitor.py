"""A browser for both sides, and what people are called there."""

from itertools import count
from typing import Any

from django.http import HttpResponse
from django.test import Client

PASSWORD = "a walk along the river"
AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
_places = count(1)


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


def visitor() -> Visitor:
    """Someone who comes from a network address of their own, so that no rate limit stands in the way."""
    place = next(_places)
    return Visitor(REMOTE_ADDR=f"198.18.{place // 250 % 250}.{place % 250}", HTTP_USER_AGENT=AGENT)
