"""A server that stands for Stripe: it writes down each request, and answers as it was told to.

Its objects are as Stripe's reference documents them, as far as we read them.
"""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

SECRET = "whsec_example"
CHARGE = {
    "id": "ch_1", "object": "charge", "amount": 1000, "amount_captured": 0, "amount_refunded": 0, "captured": False,
    "created": 1_795_000_000, "disputed": False, "status": "succeeded", "balance_transaction": None,
}  # fmt: skip
INTENT = {
    "id": "pi_1", "object": "payment_intent", "amount": 1000, "currency": "usd", "created": 1_795_000_000,
    "metadata": {"reference": "payment:1"}, "status": "requires_capture", "latest_charge": CHARGE,
}  # fmt: skip
METHOD = {"id": "pm_1", "object": "payment_method", "customer": None}
PAGE = {"id": "cs_1", "object": "checkout.session", "url": "https://checkout/"}


class Told:
    """One request."""

    def __init__(self, handler: BaseHTTPRequestHandler, body: bytes) -> None:
        where = urlsplit(handler.path)
        self.line = f"{handler.command} {where.path}"
        self.key = handler.headers.get("Idempotency-Key", "")
        self.version = handler.headers["Stripe-Version"]
        self.given = dict(parse_qsl(body.decode() or where.query, keep_blank_values=True))


class Stand:
    """Answers by method and path, the last answer again and again; what is not foreseen is 404."""

    def __init__(self) -> None:
        self.answers: dict[str, list[tuple[int, dict[str, Any]]]] = {}
        self.told: list[Told] = []
        stand = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do(self) -> None:
                told = Told(self, self.rfile.read(int(self.headers.get("Content-Length") or 0)))
                stand.told.append(told)
                left = stand.answers.get(told.line, [(404, {"error": {"type": "invalid_request_error"}})])
                status, body = left.pop(0) if len(left) > 1 else left[0]
                content = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_DELETE = do  # noqa: N815 - the names that the library looks for

            def log_message(self, format: str, *args: object) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def says(self, line: str, body: dict[str, Any], status: int = 200) -> None:
        self.answers.setdefault(line, []).append((status, body))

    def asked(self, line: str) -> Told:
        return next(told for told in reversed(self.told) if told.line == line)

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


def listed(*objects: dict[str, Any]) -> dict[str, Any]:
    return {"object": "list", "data": list(objects), "has_more": False, "url": "/v1/x"}
