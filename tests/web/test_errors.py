"""Error pages look like the site, say what to do, and repeat nothing that was sent."""

import pytest
from django.conf import settings
from django.test import RequestFactory

from tests.canaries import Canaries
from tests.web.conftest import Visitor
from upheld.policy import force
from upheld.web import errors
from upheld.web.views import home


def body(answer: object) -> str:
    return answer.content.decode()  # type: ignore[attr-defined]  # the test client's response


def test_a_page_that_is_not_there_shows_nothing_of_its_address(visitor: Visitor) -> None:
    answer = visitor.get("/no/such/canary-page/?q=canary")
    assert answer.status_code == 404
    assert "There is no page here" in body(answer)
    assert "canary" not in body(answer)


def test_a_form_that_expired_can_be_mended(db: None, canaries: Canaries) -> None:
    answer = Visitor(enforce_csrf_checks=True).post("/sign-up/", {"email": canaries["email"], "password": "x"})
    assert answer.status_code == 403
    assert "This form can no longer be sent" in body(answer)
    assert canaries["email"] not in body(answer)


def test_another_method_is_refused_with_those_allowed(visitor: Visitor) -> None:
    answer = visitor.put("/policy/")
    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD")
    answer = visitor.get("/sign-out/")
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert "cannot be used in that way" in body(answer)


def test_too_much_at_once(visitor: Visitor) -> None:
    too_much = "x" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
    answer = visitor.post("/sign-up/", {"email": too_much}, content_type="application/x-www-form-urlencoded")
    assert answer.status_code in {400, 413}
    answer = visitor.generic("POST", "/sign-up/", b"a=" + too_much.encode(), "application/x-www-form-urlencoded")
    assert answer.status_code == 413
    assert "too much" in body(answer)


def test_a_host_that_is_not_ours_is_refused(visitor: Visitor) -> None:
    answer = visitor.get("/", HTTP_HOST="evil.example")
    assert answer.status_code == 400
    assert "evil" not in body(answer)


def test_too_many_tries_say_when_to_come_back(visitor: Visitor) -> None:
    answers = [visitor.post("/sign-in/", {"email": "a@example.org", "password": "wrong one"}) for _ in range(10)]
    assert answers[-1].status_code == 429
    assert 0 < int(answers[-1]["Retry-After"]) <= 600
    assert "Too many tries" in body(answers[-1])
    assert "a@example.org" not in body(answers[-1])


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_fault_of_ours_tells_nothing_of_it(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise RuntimeError("canary of the inside")

    monkeypatch.setattr(home.verdicts, "now", fail)
    visitor.raise_request_exception = False
    answer = visitor.get("/")
    assert answer.status_code == 500
    assert "Something went wrong on our side" in body(answer)
    assert "canary" not in body(answer)


def test_a_refusal_of_the_policy_is_a_page(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    from upheld.policy import Refused

    def refuse() -> None:
        raise Refused("canary: purposes.nothing is not declared")

    monkeypatch.setattr(home.verdicts, "now", refuse)
    answer = visitor.get("/")
    assert answer.status_code == 403
    assert "canary" not in body(answer)


def test_error_pages_stand_without_a_policy(monkeypatch: pytest.MonkeyPatch, rf: RequestFactory) -> None:
    from upheld.policy.errors import NotConfigured

    def none() -> None:
        raise NotConfigured

    monkeypatch.setattr(force, "in_force", none)
    assert errors.page(None, 500).status_code == 500
