"""A server on this machine that answers as EasyPost's documentation says: what our carrier is tried against.

It keeps what it was sent, so that a test can see that nothing else left, and can be told to fail: see `Fault`.
"""

import json
import re
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TEST_KEY = "EZTKcarrierserver"
PDF = b"%PDF-1.4\n% a label\n%%EOF\n"
NOWHERE = "1 Nowhere"  # the street that no carrier finds
UNSERVED = "AQ"  # the country that has no rates
RATES = (("UPS", "Ground", "12.40"), ("USPS", "GroundAdvantage", "7.15"), ("USPS", "Priority", "9.85"))
Body = dict[str, Any]


@dataclass
class Fault:
    """The next call of an operation goes wrong, once: before it is done, or after, when nobody learns that it was."""

    operation: str
    status: int = 0  # 0: no answer within the client's patience
    code: str = ""
    done: bool = False
    raw: bytes = b""


class Refused(Exception):
    def __init__(self, status: int, code: str, message: str, errors: list[Any] | None = None) -> None:
        super().__init__(code)
        self.status = status
        self.body = {"error": {"code": code, "message": message, "errors": errors or []}}


@dataclass
class CarrierServer:
    """`calls` are (operation, body) in order; `bought` counts the postage that was paid for."""

    patience: float = 1.0
    calls: list[tuple[str, Body]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    addresses: dict[str, Body] = field(default_factory=dict)
    shipments: dict[str, Body] = field(default_factory=dict)
    bought: int = 0
    url: str = ""

    def __enter__(self) -> "CarrierServer":
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def operations(self) -> list[str]:
        return [operation for operation, _ in self.calls]

    @property
    def everything_sent(self) -> str:
        return json.dumps([body for _, body in self.calls], ensure_ascii=False)

    def becomes(self, shipment: str, status: str, at: str = "2026-11-25T10:00:00Z") -> None:
        """The parcel moves on, as its tracker tells."""
        tracker = self.shipments[shipment]["tracker"]
        tracker |= {"status": status, "updated_at": at}
        tracker["tracking_details"].append({"status": status, "datetime": at})

    def answer(self, method: str, path: str, body: Body) -> Body:
        for wanted, pattern, name in ROUTES:
            match = re.fullmatch(pattern, path)
            if wanted == method and match:
                return self._played(name, match.groups(), body)
        raise Refused(404, "NOT_FOUND", "The requested resource could not be found.")

    def _played(self, name: str, parts: tuple[str, ...], body: Body) -> Body:
        self.calls.append((name, body))
        fault = next((each for each in self.faults if each.operation == name), None)
        if fault:
            self.faults.remove(fault)
        if fault and not fault.done:
            self._fail(fault)
        operation: Callable[..., Body] = getattr(self, f"_{name}")
        answer = operation(*parts, body)
        if fault:
            self._fail(fault)
        return answer

    def _fail(self, fault: Fault) -> None:
        if not fault.status:
            time.sleep(self.patience + 0.5)
            raise ConnectionAbortedError
        if fault.raw:
            raise RawAnswer(fault.status, fault.raw)
        raise Refused(fault.status, fault.code, "something quotes Ada Lovelace of 12 St James's Square")

    def _create_address(self, body: Body) -> Body:
        address = body["address"]
        found = address["street1"] != NOWHERE
        errors = [] if found else [{"field": "address", "code": "E.ADDRESS.NOT_FOUND", "message": "Address not found"}]
        made = address | {"id": named("adr"), "object": "Address", "mode": "test"}
        made["verifications"] = {"delivery": {"success": found, "errors": errors}} if "verify" in body else {}
        self.addresses[made["id"]] = made
        return made

    def _create_shipment(self, body: Body) -> Body:
        asked = body["shipment"]
        to = self.addresses[asked["to_address"]["id"]]
        shipment = asked | {"id": named("shp"), "object": "Shipment", "mode": "test", "to_address": to}
        shipment |= {"tracking_code": None, "postage_label": None, "selected_rate": None, "tracker": None}
        shipment |= {"refund_status": None, "messages": [], "rates": [] if to["country"] == UNSERVED else rates()}
        self.shipments[shipment["id"]] = shipment
        return shipment

    def _retrieve_shipment(self, name: str, body: Body) -> Body:
        """By id, or by the reference that it was made with."""
        for shipment in self.shipments.values():
            if name in (shipment["id"], shipment.get("reference")):
                return shipment
        raise Refused(404, "NOT_FOUND", "The requested resource could not be found.")

    def _buy(self, name: str, body: Body) -> Body:
        shipment = self._retrieve_shipment(name, body)
        if shipment["postage_label"]:
            raise Refused(422, "SHIPMENT.POSTAGE.EXISTS", "Postage already exists for this shipment.")
        (rate,) = [each for each in shipment["rates"] if each["id"] == body["rate"]["id"]]
        tracking = f"9400100{uuid.uuid4().int % 10**15:015}"
        tracker = {"id": named("trk"), "object": "Tracker", "status": "unknown", "tracking_details": []}
        label = {"id": named("pl"), "object": "PostageLabel", "label_url": f"{self.url}/labels/{tracking}.pdf"}
        shipment |= {"selected_rate": rate, "tracking_code": tracking, "postage_label": label, "tracker": tracker}
        self.bought += 1
        return shipment

    def _refund(self, name: str, body: Body) -> Body:
        shipment = self._retrieve_shipment(name, body)
        delivered = (shipment["tracker"] or {}).get("status") == "delivered"
        shipment["refund_status"] = "rejected" if delivered else "submitted"
        return shipment


ROUTES = (
    ("POST", "/v2/addresses", "create_address"),
    ("POST", "/v2/shipments", "create_shipment"),
    ("GET", "/v2/shipments/([^/]+)", "retrieve_shipment"),
    ("POST", "/v2/shipments/([^/]+)/buy", "buy"),
    ("POST", "/v2/shipments/([^/]+)/refund", "refund"),
)


class RawAnswer(Exception):
    """What something between us and them might answer, such as a proxy's page."""

    def __init__(self, status: int, content: bytes) -> None:
        super().__init__(status)
        self.status = status
        self.content = content


def named(prefix: str) -> str:
    return f"{prefix}_{uuid.uuid4().hex}"


def rates() -> list[Body]:
    return [
        {"id": named("rate"), "object": "Rate", "carrier": who, "service": what, "rate": price, "currency": "USD"}
        for who, what, price in RATES
    ]


def _handler(server: CarrierServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path.startswith("/labels/"):
                self._send(200, PDF)
            else:
                self._answer({})

        def do_POST(self) -> None:
            self._answer(json.loads(self.rfile.read(int(self.headers["Content-Length"] or 0)) or b"{}"))

        def _answer(self, body: Body) -> None:
            try:
                if self.headers["Authorization"] != f"Bearer {TEST_KEY}":
                    raise Refused(401, "APIKEY.INACTIVE", "This api key is no longer active.")
                self._send(200, json.dumps(server.answer(self.command, self.path, body)).encode())
            except Refused as refused:
                self._send(refused.status, json.dumps(refused.body).encode())
            except RawAnswer as raw:
                self._send(raw.status, raw.content)
            except ConnectionAbortedError:
                self.close_connection = True

        def _send(self, status: int, content: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Nothing: the tests read `calls`."""

    return Handler
