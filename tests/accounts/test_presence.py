import pytest
from django.conf import settings

from tests.accounts.people import PASSWORD, Someone, begin, code_in, last_letter
from upheld.accounts import presence, verbs
from upheld.accounts.devices import device
from upheld.accounts.sessions import SessionStore
from upheld.policy.actors import Actor

pytestmark = pytest.mark.django_db

AGENTS = {
    "Firefox on Linux": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Chrome on Windows": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/143.0.0.0 Safari/537.36",
    "Edge on Windows": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/143.0.0.0 Safari/537.36 Edg/143.0.0.0",
    "Safari on iPhone": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) Version/18.6 Safari/604.1",
    "Safari on macOS": "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/18.6 Safari/605.1.15",
    "Chrome on Android": "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/143.0.0.0 Mobile Safari/537.36",
    "A browser": "curl/8 (ada@example.org)",
}


@pytest.mark.parametrize("name", AGENTS)
def test_a_browser_is_named_coarsely(name: str) -> None:
    assert device(AGENTS[name]) == name


def test_a_browser_remembers_the_sign_up_that_it_began() -> None:
    store = SessionStore()
    assert presence.sign_up_of(store) is None
    begun = begin("ada@example.org")
    presence.remember_sign_up(store, begun)
    store.save()
    again = SessionStore(store.session_key)
    assert presence.sign_up_of(again) == begun
    verbs.confirm_sign_up(begun, code=code_in(last_letter()), by=Actor.visitor())
    assert presence.sign_up_of(again) is None
    presence.forget_sign_up(again)
    assert "sign_up" not in again


def test_a_second_step_is_awaited_for_five_minutes(ada: Someone, monkeypatch: pytest.MonkeyPatch) -> None:
    store = SessionStore()
    presence.await_code(store, ada.account)
    assert presence.awaited(store) == ada.account
    later = presence.time.time() + 301
    monkeypatch.setattr(presence.time, "time", lambda: later)
    assert presence.awaited(store) is None


def test_a_challenge_serves_once_and_for_five_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    store = SessionStore()
    presence.open_ceremony(store, "challenge")
    assert presence.close_ceremony(store) == "challenge"
    assert presence.close_ceremony(store) == ""
    presence.open_ceremony(store, "challenge")
    later = presence.time.time() + 301
    monkeypatch.setattr(presence.time, "time", lambda: later)
    assert presence.close_ceremony(store) == ""


def test_what_a_session_remembers_are_ids_and_times(ada: Someone) -> None:
    store = ada.session()
    presence.mark_proven(store, ada.proof())
    presence.await_code(store, ada.account)
    store.save()
    kept = str(dict(SessionStore(store.session_key).items()))
    assert ada.email not in kept
    assert PASSWORD not in kept


def test_cookies_are_for_this_host_over_https_only() -> None:
    assert settings.SESSION_COOKIE_NAME.startswith("__Host-")
    assert settings.SESSION_COOKIE_SECURE
