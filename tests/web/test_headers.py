"""Every answer of every address carries the same strict headers, and says nothing that a cache may keep."""

from typing import Any

import pytest
from django.http import HttpResponse
from django.urls import URLPattern, reverse

from tests.people import Person
from tests.web.conftest import Visitor
from upheld.web.urls import demonstration, urlpatterns

PATTERNS = [*(each for each in urlpatterns if isinstance(each, URLPattern)), *demonstration]
PUBLIC = {"policy_raw", "version_raw", "checkpoint", "privacy_control", "tile", "robots"}
SOME_ROW = "01890000-0000-7000-8000-000000000000"
PARTS: dict[str, dict[str, Any]] = {
    "version": {"effective": "2026-11-01"},
    "version_raw": {"effective": "2026-11-01"},
    "tile": {"path": "0/000.p/1"},
    "reset_choose": {"token": "nonsense"},
    "correct": {"label": "order", "row": SOME_ROW, "field": "name"},
    "amend": {"label": "order", "row": SOME_ROW, "field": "name"},
    "cancel_order": {"row": SOME_ROW},
    "choose_card": {"row": SOME_ROW},
    "confirm_request": {"secret": "nonsense"},
    "conversation": {"row": SOME_ROW},
    "correction": {"row": SOME_ROW},
    "correction_code": {"secret": "nonsense"},
    "correction_link": {"secret": "nonsense"},
    "delete_item": {"label": "order", "row": SOME_ROW},
    "follow_request": {"token": "nonsense"},
    "item_deleted": {"entry": SOME_ROW},
    "keep_by_link": {"token": "nonsense"},
    "copy": {"secret": "nonsense"},
    "copy_code": {"secret": "nonsense"},
    "demo_letter": {"letter": SOME_ROW},
    "demo_page": {"letter": SOME_ROW},
    "demo_reply": {"letter": SOME_ROW},
    "end_session": {"row": SOME_ROW},
    "letter": {"kind": "farewell"},
    "letter_page": {"kind": "farewell"},
    "order_document": {"row": SOME_ROW, "kind": "invoice"},
    "order_mend": {"token": "nonsense"},
    "order_mine": {"token": "nonsense"},
    "order_proof": {"row": SOME_ROW, "entry": SOME_ROW},
    "order_seen": {"row": SOME_ROW},
    "product": {"slug": "nothing"},
    "receipt_seen": {"token": "nonsense"},
    "remove_card": {"row": SOME_ROW},
    "remove_conversation": {"row": SOME_ROW},
    "remove_passkey": {"row": SOME_ROW},
    "request_receipt": {"row": SOME_ROW},
    "stop_letters": {"token": "nonsense"},
    "delete_own_build": {"row": SOME_ROW},
    "own_build": {"row": SOME_ROW},
    "own_build_file": {"row": SOME_ROW},
    "release": {"row": SOME_ROW},
    "stop_own_build": {"row": SOME_ROW},
    "release_versions": {"product": "nothing"},
    "appcast": {"product": "nothing", "platform": "any", "channel": "stable"},
    "latest_yml": {"product": "nothing", "platform": "any", "channel": "stable"},
    "withdraw_request": {"row": SOME_ROW},
}


def address(pattern: URLPattern) -> str:
    parts = PARTS.get(str(pattern.name), {})
    if "effective" in parts:
        return f"/policy/versions/{parts['effective']}/{'raw' if 'raw' in str(pattern.name) else ''}"
    return reverse(str(pattern.name), kwargs=parts)


FRAMED = {"letter_page"}  # shown in a frame on a page of ours


def check(answer: HttpResponse, *, public: bool, framed: bool = False) -> None:
    policy = answer["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "require-trusted-types-for 'script'" in policy
    assert "http" not in policy, "no other origin is named"
    assert answer["Referrer-Policy"] == "no-referrer"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == ("SAMEORIGIN" if framed else "DENY")
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer["Cross-Origin-Embedder-Policy"] == "require-corp"
    assert answer["Strict-Transport-Security"] == "max-age=31536000"
    assert "camera=()" in answer["Permissions-Policy"]
    assert "publickey-credentials-get=(self)" in answer["Permissions-Policy"]
    if public and answer.status_code == 200:
        assert answer["Cache-Control"].startswith("public")
    else:
        assert answer["Cache-Control"] == "no-store"
    for cookie in answer.cookies.values():
        assert cookie.key.startswith("__Host-")
        assert cookie["secure"]
        assert cookie["httponly"]
        assert cookie["samesite"] in {"Lax", "Strict"}


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: str(pattern.name))
def test_every_address_answers_a_visitor_with_strict_headers(pattern: URLPattern, visitor: Visitor) -> None:
    check(visitor.get(address(pattern)), public=pattern.name in PUBLIC, framed=pattern.name in FRAMED)


def test_every_address_answers_a_member_with_strict_headers(person: Person, member: Visitor) -> None:
    for pattern in PATTERNS:
        answer = member.get(address(pattern))
        assert answer.status_code in {200, 302, 404, 405, 410}, f"{pattern.name}: {answer.status_code}"
        check(answer, public=pattern.name in PUBLIC, framed=pattern.name in FRAMED)


def test_a_static_file_has_them_too(visitor: Visitor) -> None:
    answer = visitor.get("/static/css/tokens.css")
    answer.close()
    assert answer.status_code == 200
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "no-referrer"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"


def test_every_account_page_asks_a_visitor_to_sign_in(visitor: Visitor) -> None:
    for pattern in PATTERNS:
        path = address(pattern)
        if path.startswith("/account/") and pattern.name != "receipt":
            answers = [visitor.get(path), visitor.post(path)]
            for answer in answers:
                to_sign_in = answer.status_code == 302 and answer["Location"].startswith("/sign-in/?next=")
                assert to_sign_in or answer.status_code == 405, path
            assert any(answer.status_code == 302 for answer in answers), path
