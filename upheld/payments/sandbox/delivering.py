"""Sends the events to the site, over https as anybody's webhooks come, until each was taken. Ends with the process."""

import http.client
import json
import ssl
import threading
import time

from upheld.home import Home
from upheld.payments.sandbox import charges, signing, webhooks
from upheld.payments.sandbox.storage import DAY, Storage

PATH = "/webhooks/payments/"
SECONDS = 10.0  # for the site to answer
BATCH = 50
IDLE = 0.1
UNREACHED = (0.5, 15.0)  # seconds between tries while no site answers: doubled each time, up to the second
TIDY = 300.0  # seconds between looks at what has expired
ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - where to reach a site that listens on these
ANSWERS_KEPT = 2 * DAY


class Delivery:
    def __init__(self, storage: Storage, home: Home, secret: str) -> None:
        self.storage, self.home, self.secret = storage, home, secret
        self._connection: http.client.HTTPConnection | None = None

    def start(self) -> None:
        threading.Thread(target=self._run, daemon=True, name="webhooks").start()

    def _run(self) -> None:
        wait, tidied = UNREACHED[0], 0.0
        while True:
            if time.monotonic() - tidied > TIDY:
                self._tidy()
                tidied = time.monotonic()
            with self.storage.transaction() as db:
                due = webhooks.due(db, BATCH)
            try:
                for event in due:
                    self._deliver(event)
                wait = UNREACHED[0]
                if not due:
                    time.sleep(IDLE)
            except (OSError, http.client.HTTPException):
                self._hang_up()
                time.sleep(wait)
                wait = min(2 * wait, UNREACHED[1])

    def _deliver(self, event: dict[str, object]) -> None:
        status = self._post(body(event))
        with self.storage.transaction() as db:
            if 200 <= status < 300:
                webhooks.taken(db, event["n"])
            else:
                webhooks.refused(db, event["n"], int(str(event["tries"])))

    def _post(self, content: bytes) -> int:
        """The site's status. Raises OSError or HTTPException when there is no answer."""
        connection = self._connection or self._connect()
        headers = {
            "Host": self.home.site.partition("://")[2],
            "Content-Type": "application/json",
            signing.HEADER: signing.sign(content, self.secret, at=int(time.time())),
        }
        connection.request("POST", PATH, content, headers)
        answer = connection.getresponse()
        answer.read()
        if answer.will_close:
            self._hang_up()
        return answer.status

    def _connect(self) -> http.client.HTTPConnection:
        """To where the site listens on this machine, under its public name, with its certificate checked."""
        context = ssl.create_default_context()
        root = self.home.tls / "root.pem"
        if root.exists():
            context.load_verify_locations(root)
        host = self.home.text("host")
        connection = http.client.HTTPConnection(ANYWHERE.get(host, host), self.home.number("port"), timeout=SECONDS)
        connection.connect()
        assert connection.sock is not None
        try:
            connection.sock = context.wrap_socket(connection.sock, server_hostname=self.home.host)
        except OSError:
            connection.close()
            raise
        self._connection = connection
        return connection

    def _hang_up(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _tidy(self) -> None:
        with self.storage.transaction() as db:
            charges.release_expired(db)  # though nobody asks
            webhooks.drop_old(db)
            db.run("DELETE FROM answer WHERE made < ?", db.now - ANSWERS_KEPT)
            db.run("DELETE FROM token WHERE made < ?", db.now - DAY)
            db.run("DELETE FROM setup WHERE made < ?", db.now - DAY)


def body(event: dict[str, object]) -> bytes:
    return json.dumps({name: event[name] for name in ("id", "charge", "kind", "made")}).encode()
