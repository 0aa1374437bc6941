import statistics
import time
from datetime import timedelta

import pytest
from django.contrib.auth import get_user
from django.contrib.sessions.backends.base import UpdateError
from django.db import connections
from django.http import HttpRequest
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.accounts.people import HERE, PASSWORD, VISITOR, Someone, sign_in
from upheld import ledger
from upheld.accounts import limits, verbs
from upheld.accounts.answers import TooMany, Wrong
from upheld.accounts.models import Account, Allowance, Session, Visit
from upheld.accounts.sessions import SessionStore
from upheld.policy.acts import Act
from upheld.vault.keys.models import ServiceKey

pytestmark = pytest.mark.django_db


def user_of(store: SessionStore) -> object:
    """Whom Django takes the browser with this session for, on its next request."""
    request = HttpRequest()
    request.session = SessionStore(store.session_key)
    return get_user(request)


def test_the_right_password_signs_in(ada: Someone) -> None:
    assert sign_in(ada.email, PASSWORD) == ada.account


@pytest.mark.parametrize("email", ["ADA@EXAMPLE.ORG", " ada@example.org ", "\uff41d\uff41@example.org"])
def test_however_the_address_is_spelt(ada: Someone, email: str) -> None:
    assert sign_in(email, PASSWORD) == ada.account


def test_the_password_is_compared_by_what_was_meant(ada: Someone) -> None:
    assert sign_in(ada.email, PASSWORD.translate({ord("a"): "\uff41"})) == ada.account


@pytest.mark.parametrize("password", ["", "wrong", PASSWORD.upper(), PASSWORD + " ", "x" * 100_000, "\0"])
def test_a_wrong_password_and_an_unknown_address_are_told_the_same(ada: Someone, password: str) -> None:
    known, unknown = sign_in(ada.email, password), sign_in("nobody@example.org", password)
    assert type(known) is type(unknown) is Wrong


@pytest.mark.parametrize("email", ["", "@", "no address", "a" * 1000, "\0@\0"])
def test_whatever_is_typed_as_an_address_is_wrong_at_worst(email: str) -> None:
    assert isinstance(sign_in(email, PASSWORD), Wrong)


def test_the_ledger_grows_alike(ada: Someone) -> None:
    sizes = [ledger.Entry.objects.count()]
    for email in (ada.email, "nobody@example.org"):
        sign_in(email, "wrong password")
        sizes.append(ledger.Entry.objects.count())
    assert sizes[1] - sizes[0] == sizes[2] - sizes[1] == 1


def test_the_same_queries_are_asked(ada: Someone) -> None:
    counts = []
    sign_in("warm@example.org", "wrong")
    for email in (ada.email, "nobody@example.org"):
        with CaptureQueriesContext(connections["default"]) as data, CaptureQueriesContext(connections["keys"]) as keys:
            sign_in(email, "wrong password")
        counts.append([" ".join(q["sql"].partition('"s1')[0].split()[:3]) for q in (*data, *keys)])
    assert sorted(counts[0]) == sorted(counts[1])


@pytest.mark.usefixtures("real_hashes")
def test_an_unknown_address_takes_as_long(ada: Someone, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "take", lambda asked: None)
    spent: dict[str, list[float]] = {ada.email: [], "nobody@example.org": []}
    for _ in range(15):  # in turns, so that whatever else the machine does meets both
        for email, times in spent.items():
            start = time.thread_time()  # of the processor: what it waits for is the machine's, not the address's
            verbs.sign_in(email=email, password="wrong password", by=VISITOR, source=HERE)
            times.append(time.thread_time() - start)
    known, unknown = (statistics.median(times) for times in spent.values())
    assert abs(known - unknown) < 0.2 * known


def test_a_guesser_is_slowed_down_but_the_owner_elsewhere_is_not(ada: Someone) -> None:
    answers = [sign_in(ada.email, f"guess {n}") for n in range(9)]
    assert [type(answer) for answer in answers] == [Wrong] * 8 + [TooMany]
    assert isinstance(sign_in(ada.email, PASSWORD), TooMany)
    assert sign_in(ada.email, PASSWORD, source="203.0.113.5") == ada.account


def test_an_unknown_address_is_slowed_down_alike(db: None) -> None:
    answers = [sign_in("nobody@example.org", f"guess {n}") for n in range(9)]
    assert [type(answer) for answer in answers] == [Wrong] * 8 + [TooMany]


def test_signing_in_wipes_the_slate(ada: Someone) -> None:
    for _ in range(3):
        assert [type(sign_in(ada.email, "guess")) for _ in range(6)] == [Wrong] * 6
        assert sign_in(ada.email, PASSWORD) == ada.account


def test_a_limit_gives_back_as_time_goes_by(monkeypatch: pytest.MonkeyPatch) -> None:
    limit, whose, now = limits.Limit("test", 2, 10), b"someone", timezone.now()
    said = []
    for second in (0, 0, 0, 4, 5, 6, 30, 30, 30):
        monkeypatch.setattr(limits.timezone, "now", lambda second=second: now + timedelta(seconds=second))
        refused = limits.take([(limit, whose)])
        said.append(refused.retry_after if refused is not None else 0)
    assert said == [0, 0, 6, 2, 0, 5, 0, 0, 6]


def test_a_refused_try_counts_against_no_limit(db: None) -> None:
    tight, loose = limits.Limit("tight", 1, 60), limits.Limit("loose", 2, 60)
    assert limits.take([(tight, b"a"), (loose, b"a")]) is None
    assert limits.take([(tight, b"a"), (loose, b"a")]) is not None
    assert limits.take([(loose, b"a")]) is None
    assert limits.take([(loose, b"a")]) is not None


def test_what_no_limit_counts_any_more_is_removed(db: None) -> None:
    limits.take([(limits.Limit("test", 2, 10), b"someone")])
    Allowance.objects.update(used_until=timezone.now() - timedelta(seconds=1))
    assert limits.forget_used() == 1


def test_the_key_of_whereabouts_is_destroyed_with_its_hour(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    first = limits.whereabouts(HERE)
    assert first == limits.whereabouts(HERE) != limits.whereabouts("192.0.2.8")
    later = time.time() + 3600
    monkeypatch.setattr(limits.time, "time", lambda: later)
    assert limits.whereabouts(HERE) != first
    assert ServiceKey.objects.filter(name__startswith="source-").count() == 1


def test_an_ipv6_network_is_one_place(db: None) -> None:
    assert limits.whereabouts("2001:db8:1:2::1") == limits.whereabouts("2001:db8:1:2:ffff::9")
    assert limits.whereabouts("2001:db8:1:2::1") != limits.whereabouts("2001:db8:1:3::1")
    assert limits.whereabouts("::ffff:192.0.2.7") == limits.whereabouts(HERE)


def test_a_session_makes_the_browser_someones(ada: Someone) -> None:
    store = ada.session()
    assert user_of(store) == ada.account
    assert [shown for _, shown in verbs.sessions_of(ada.account, by=ada.actor)] == ["Firefox on Linux"]


def test_signing_in_changes_the_cookie_and_carries_nothing_over(ada: Someone) -> None:
    store = SessionStore()
    store["planted"] = "by someone else"
    store.save()
    before = store.session_key
    verbs.start_session(store, ada.account, ways=["password"], user_agent="")
    assert store.session_key != before
    assert "planted" not in SessionStore(store.session_key)
    assert not SessionStore(before).exists(before)
    assert not Visit.objects.exists()


def test_signing_in_again_ends_the_browsers_session_on_record(ada: Someone, eve: Someone) -> None:
    store = ada.session()
    verbs.start_session(store, eve.account, ways=["password"], user_agent="")
    assert user_of(store) == eve.account
    last = ledger.Entry.objects.of(ada.account.subject).last()
    assert last is not None
    assert (last.act, last.facts["reason"]) == (Act.SESSION_END, "replaced")


def test_the_table_of_sessions_holds_no_cookie(ada: Someone) -> None:
    key = ada.session().session_key
    row = Session.objects.get()
    secret = bytes.fromhex(key[-64:])
    assert secret not in bytes(row.digest) + bytes(row.sealed) + row.data.encode()
    assert key[-64:] not in row.data


def test_a_cookie_with_another_secret_is_nobodys(ada: Someone) -> None:
    key = ada.session().session_key
    forged = key[:-64] + "0" * 64
    assert not SessionStore(forged).load()
    SessionStore(forged).delete()
    assert SessionStore(key).load()


NO_KEYS = ["", "x", "s", "v" + "0" * 96, "s" + "0" * 128, "v" + "g" * 96, "s" + "0" * 96, "é" * 20]


@pytest.mark.parametrize("key", NO_KEYS)
def test_any_other_cookie_is_nobodys(db: None, key: str) -> None:
    store = SessionStore(key)
    assert not dict(store.items())
    assert not store.exists(key)
    store["visit"] = 1
    store.save()
    assert store.session_key != key
    assert SessionStore(store.session_key)["visit"] == 1


def test_one_session_is_ended_and_the_others_stay(ada: Someone) -> None:
    stores = [ada.session(), ada.session()]
    assert verbs.end_session(ada.account, session=stores[0].row_id, by=ada.actor)
    assert user_of(stores[0]) != ada.account
    assert user_of(stores[1]) == ada.account
    assert not verbs.end_session(ada.account, session=stores[0].row_id, by=ada.actor)


def test_nobody_ends_someone_elses_session(ada: Someone, eve: Someone) -> None:
    hers = ada.session()
    assert not verbs.end_session(eve.account, session=hers.row_id, by=eve.actor)
    assert user_of(hers) == ada.account


def test_all_other_sessions_are_ended_at_once(ada: Someone) -> None:
    stores = [ada.session() for _ in range(3)]
    assert verbs.end_other_sessions(ada.account, keep=stores[1].row_id, by=ada.actor) == 2
    assert [user_of(store) == ada.account for store in stores] == [False, True, False]


def test_a_session_that_is_over_counts_no_more_and_is_swept(ada: Someone) -> None:
    store = ada.session()
    Session.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert user_of(store) != ada.account
    assert verbs.expire_sessions() == 1
    last = ledger.Entry.objects.of(ada.account.subject).last()
    assert last is not None
    assert (last.act, last.facts["reason"]) == (Act.SESSION_END, "expired")


def test_an_ended_session_cannot_be_saved_back(ada: Someone) -> None:
    store = ada.session()
    verbs.end_session(ada.account, session=store.row_id, by=ada.actor)
    store["late"] = 1
    with pytest.raises(UpdateError):
        store.save()
    assert not Session.objects.exists()


def test_a_stale_account_is_signed_out(ada: Someone) -> None:
    store = ada.session()
    Account.objects.filter(pk=ada.account.pk).update(stamp="another")
    assert user_of(store) != ada.account
