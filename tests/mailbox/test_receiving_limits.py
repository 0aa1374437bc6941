"""Our answers fill nobody's mailbox, and whoever forges letters keeps nobody from being answered."""

from collections.abc import Callable
from email.message import EmailMessage

import pytest
from django import conf

from tests.mailbox.post import Post, written
from upheld.accounts.limits import HOUR, Limit
from upheld.mailbox import receiving

Sent = Callable[[], list[EmailMessage]]
FEW = 3


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ANSWERS", "ANSWERS_VOUCHED"):
        monkeypatch.setattr(receiving, name, Limit(name, FEW, HOUR))
    monkeypatch.setattr(receiving, "ANSWERS_TO_DOMAIN", Limit("domain", 2 * FEW, HOUR))


def ask(post: Post, *senders: str, **headers: str) -> None:
    for sender in senders:
        post(written("Please delete all my data.", sender=sender, **headers))


def test_one_mailbox_has_one_limit_whatever_stands_behind_a_plus(letters: Sent, post: Post) -> None:
    ask(post, "victim@example.net", *(f"victim+{n}@example.net" for n in range(2 * FEW)))
    assert len(letters()) == FEW


def test_one_domain_has_a_limit_and_another_its_own(letters: Sent, post: Post) -> None:
    ask(post, *(f"{n}@victim.example" for n in range(4 * FEW)))
    assert len(letters()) == 2 * FEW
    ask(post, "ann@example.net")
    assert len(letters()) == 2 * FEW + 1


def test_forged_letters_use_up_nothing_of_those_that_a_domain_vouches_for(
    letters: Sent, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(conf.settings.HOME.settings, "mail.authserv", "mx.webmr.io")
    ask(post, *["ann@example.net"] * 2 * FEW, *(f"{n}@example.net" for n in range(4 * FEW)))
    sent = len(letters())
    theirs = "mx.webmr.io; dmarc=pass header.from=example.net"
    ask(post, *["ann@example.net"] * 2 * FEW, Authentication_Results=theirs)
    assert len(letters()) == sent + FEW
