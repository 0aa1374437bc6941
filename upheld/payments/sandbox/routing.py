"""The program as a WSGI application: which request does what, who may make it, and how often it is done (once)."""

import hmac
import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from upheld.payments.sandbox import charges, html
from upheld.payments.sandbox.errors import Problem, wrong
from upheld.payments.sandbox.http import Answer, Request, text
from upheld.payments.sandbox.storage import Database, Storage

Handler = Callable[["Program", Database, Request, str], Answer]


@dataclass(frozen=True, slots=True)
class Route:
    """`secret`: only for our server, which holds the key. `once`: done once for each idempotency key."""

    method: str
    pattern: re.Pattern[str]
    handler: Handler
    secret: bool
    once: bool


ROUTES: list[Route] = []


def route(method: str, path: str, *, secret: bool = True, once: bool = False) -> Callable[[Handler], Handler]:
    """`<id>` in the path stands for one id, which the handler is given."""

    def wrap(handler: Handler) -> Handler:
        pattern = re.compile("/sandbox" + path.replace("<id>", "([A-Za-z0-9_-]{1,64})"))
        ROUTES.append(Route(method, pattern, handler, secret, once))
        return handler

    return wrap


class Program:
    def __init__(self, storage: Storage, *, key: str, site: str) -> None:
        self.storage, self.key, self.site = storage, key, site

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
        try:
            answer = self.answer(Request(environ))
        except Problem as problem:
            is_page = not environ["PATH_INFO"].startswith("/sandbox/v1/")
            answer = html.trouble(problem) if is_page else refusal(problem)
        if answer.late:
            time.sleep(answer.late)
        return answer.send(start_response)

    def answer(self, request: Request) -> Answer:
        found, given = self._route(request)
        if found.secret and not self._is_ours(request):
            raise Problem(401, "key_wrong", "Send the secret key: Authorization: Bearer …")
        if not found.secret and request.method == "POST" and request.from_elsewhere:
            raise Problem(403, "elsewhere", "This is only for pages of this site.")
        with self.storage.transaction() as db:
            charges.release_expired(db)
            if found.once:
                return self._once(db, found, request, given)
            return found.handler(self, db, request, given)

    def back(self, given: dict[str, Any]) -> str:
        """An address of the site, to which a page leads back. Raises Problem for any other."""
        back = text(given, "back", most=2000)
        if not back.startswith(f"{self.site}/"):
            raise wrong("back", "back is an address of this site.")
        return back

    def _route(self, request: Request) -> tuple[Route, str]:
        allowed = []
        for each in ROUTES:
            if match := each.pattern.fullmatch(request.path):
                if each.method == request.method or (each.method, request.method) == ("GET", "HEAD"):
                    return each, match[1] if match.lastindex else ""
                allowed.append(each.method)
        if allowed:
            raise Problem(405, "method_wrong", f"Only {', '.join(allowed)} is possible here.")
        raise Problem(404, "nothing_here", "There is nothing at this address.")

    def _is_ours(self, request: Request) -> bool:
        return hmac.compare_digest(request.header("Authorization").encode(), f"Bearer {self.key}".encode())

    def _once(self, db: Database, found: Route, request: Request, given: str) -> Answer:
        """As at the first time with this key. The storage's lock has a second one wait for the first."""
        key = request.header("Idempotency-Key")
        if not 0 < len(key) <= 255:
            raise Problem(400, "idempotency_key_missing", "Every write carries an Idempotency-Key.")
        digest = sha256(f"{request.method} {request.path}\n".encode() + request.body).digest()
        before = db.one("SELECT digest, status, body FROM answer WHERE key = ?", key)
        if before is not None:
            if before["digest"] != digest:
                raise Problem(409, "idempotency_key_reused", "This key was used for something else.")
            return Answer(before["status"], before["body"].encode())
        db.run("SAVEPOINT work")
        try:
            answer = found.handler(self, db, request, given)
        except Problem as problem:
            db.run("ROLLBACK TO work")
            answer = refusal(problem)
        db.insert("answer", key=key, digest=digest, status=answer.status, body=answer.body.decode(), made=db.now)
        return answer


def refusal(problem: Problem) -> Answer:
    return Answer.json(problem.body, problem.status)
