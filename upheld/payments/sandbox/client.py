"""The sandbox as our side sees it: one more payment processor, spoken to over HTTP."""

import json
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import httpx

from upheld.home import Home
from upheld.payments.errors import (
    CardDeclined,
    KeyReused,
    NotFromProcessor,
    ProcessorRefused,
    TokenUnknown,
    Unreachable,
)
from upheld.payments.processor import CardPage, Charge, Event, KeptCard, Kind, Moved, State
from upheld.payments.sandbox import signing
from upheld.payments.sandbox.running import Folder

SECONDS = 10.0
GONE = {"card_unknown", "token_unknown"}


class Sandbox:
    """Any number of threads may use one. The program is started with the first call when none is running."""

    name = "sandbox"
    title = "the sandbox"
    is_test_money = True
    takes_cards_here = True

    def __init__(self, home: Home, *, seconds: float = SECONDS) -> None:
        self._folder = Folder(home)
        transport = httpx.HTTPTransport(uds=self._folder.socket, limits=httpx.Limits(max_keepalive_connections=16))
        self._http = httpx.Client(base_url="http://sandbox/sandbox/v1/", transport=transport, timeout=seconds)
        self._secret = ""

    def close(self) -> None:
        """Let go of the connections. The program stays."""
        self._http.close()

    def keep_card(self, token: str, *, reference: str, key: str) -> KeptCard:
        card = self._post("cards", key, token=token, reference=reference)
        return KeptCard(card["id"], card["brand"], card["last4"], card["expiry"])

    def card_page(self, *, back: str, reference: str, key: str) -> CardPage:
        """What is typed there is a token like any other, which the sandbox forgets by itself."""
        page = self._post("card_pages", key, back=back)
        return CardPage(page["url"], page["setup"])

    def token_of(self, setup: str) -> str:
        found = self._get(f"card_pages/{setup}")
        return str(found["token"]) if found else ""

    def authorise(
        self, token: str, *, amount: int, currency: str, reference: str, back: str, key: str, off_session: bool = False
    ) -> Charge:
        asked = {"card": token, "amount": amount, "currency": currency, "reference": reference}
        return _charge(self._post("charges", key, back=back, off_session=off_session, **asked))

    def capture(self, charge: str, *, amount: int, key: str) -> Charge:
        return _charge(self._post(f"charges/{charge}/capture", key, amount=amount))

    def cancel(self, charge: str, *, key: str) -> Charge:
        return _charge(self._post(f"charges/{charge}/cancel", key))

    def refund(self, charge: str, *, amount: int, key: str) -> Charge:
        return _charge(self._post(f"charges/{charge}/refund", key, amount=amount))

    def fetch(self, charge: str) -> Charge | None:
        found = self._get(f"charges/{charge}")
        return _charge(found) if found else None

    def find(self, reference: str) -> Charge | None:
        found = self._get("charges", reference=reference)
        return _charge(found) if found else None

    def charges(self, *, since: datetime | None = None) -> Iterator[Charge]:
        after, more = "", True
        while more:
            page = self._get("charges", after=after, since=str(int(since.timestamp() * 1000) if since else 0)) or {}
            for found in page["charges"]:
                yield _charge(found)
                after = found["id"]
            more = page["more"]

    def forget(self, reference: str, *, key: str) -> bool:
        return bool(self._post("forget", key, reference=reference)["done"])

    def event(self, body: bytes, headers: Mapping[str, str]) -> Event | None:
        said = next((value for name, value in headers.items() if name.lower() == signing.HEADER.lower()), "")
        try:
            if signing.holds(body, said, self._folder.secret("webhook"), now=time.time()):
                given = json.loads(body)
                return Event(str(given["id"]), str(given["charge"]), str(given["kind"]))
        except (OSError, ValueError, KeyError, TypeError):  # no program of ours has ever run, or this is no event
            raise NotFromProcessor from None
        raise NotFromProcessor

    def steer(self, path: str, **values: Any) -> dict[str, Any]:
        """For tests and benchmarks: behaviour, reset, charges/<id>/dispute, … as docs/spec/sandbox.md has them."""
        return self._post(path, "", **values)

    def events(self) -> list[dict[str, Any]]:
        """For tests: what was told or is to be told, oldest first."""
        return list((self._get("events") or {})["events"])

    def _get(self, path: str, **query: str) -> dict[str, Any] | None:
        """None for what is not there."""
        answer = self._send("GET", path, "", params=query)
        return None if answer.status_code == httpx.codes.NOT_FOUND else _read(answer)

    def _post(self, path: str, key: str, **values: Any) -> dict[str, Any]:
        return _read(self._send("POST", path, key, json=values))

    def _send(self, method: str, path: str, key: str, **content: Any) -> httpx.Response:
        """Asked a second time when the connection broke: with its key, it is done once all the same."""
        for _ in ("the first time", "the second time"):
            try:
                headers = {"Authorization": f"Bearer {self._key()}", "Idempotency-Key": key}
                return self._http.request(method, path, headers=headers, **content)
            except httpx.TimeoutException:
                break
            except httpx.ConnectError:
                self._secret = ""
                self._folder.ensure()
            except httpx.TransportError:
                continue
        raise Unreachable

    def _key(self) -> str:
        if not self._secret:
            self._folder.ensure()
            self._secret = self._folder.secret("key")
        return self._secret


def _read(answer: httpx.Response) -> dict[str, Any]:
    try:
        body: dict[str, Any] = answer.json()
    except ValueError:
        raise Unreachable from None
    if answer.status_code < 300:
        return body
    error = body.get("error", {})
    code = error.get("code", "")
    if answer.status_code >= 500:
        raise Unreachable
    if code == "card_declined":
        raise CardDeclined(error["decline"])
    if code == "idempotency_key_reused":
        raise KeyReused
    if code in GONE:
        raise TokenUnknown
    raise ProcessorRefused(code)


def _charge(found: dict[str, Any]) -> Charge:
    return Charge(
        id=found["id"],
        reference=found["reference"],
        state=State(found["state"]),
        amount=found["amount"],
        currency=found["currency"],
        movements=tuple(
            Moved(each["id"], Kind(each["kind"]), each["amount"], datetime.fromtimestamp(each["at"] / 1000, UTC))
            for each in found["movements"]
        ),
        decline=found["decline"],
        challenge=found["challenge"],
    )
