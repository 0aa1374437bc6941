"""What was confirmed is done: a copy is fetched by link and code, an erasure leaves a receipt and nothing else."""

import io
import json
import re
import zipfile
from collections.abc import Callable
from datetime import datetime, timedelta
from email.message import EmailMessage
from uuid import UUID

import pytest
from django.utils import timezone

from tests.rights.conftest import Planted
from tests.rights.requesting import ADDRESS, CONFIRM, COPY, DIGITS, ask, fresh, last, secret, words
from upheld import vault
from upheld.accounts.answers import CodeSpent, TooMany, WrongCode
from upheld.contact.models import Address, Letter
from upheld.policy.actors import Actor
from upheld.rights import links, reasons, verbs
from upheld.rights.answers import CopyGone
from upheld.rights.erasure import erasing, waiting
from upheld.rights.erasure.erasing import look_again
from upheld.rights.models import ErasureRequest, Request, Right, State, Token
from upheld.rights.papers import receipting
from upheld.rights.reasons import Reason
from upheld.rights.requests import tokens
from upheld.rights.seen import fetching
from upheld.web import progress

Letters = Callable[[], list[EmailMessage]]
NOBODY = Actor.visitor()
RECEIPT = re.compile(r"/rights/receipt/([\w:.=-]+)/")


def confirmed(letters: Letters, *rights: Right) -> list[Request]:
    ask(rights)
    found = verbs.confirm(secret(CONFIRM, last(letters)), by=NOBODY)
    assert isinstance(found, list)
    return found


def offered(letters: Letters) -> tuple[Request, str]:
    [request] = confirmed(letters, Right.ACCESS)
    assert (verbs.carry_out_due(), verbs.carry_out_due()) == (1, 0)
    return request, secret(COPY, last(letters))


def coded(letters: Letters, link: str) -> str:
    assert verbs.begin_fetch(link, by=NOBODY) is True
    return secret(DIGITS, last(letters))


def test_a_copy_is_fetched_once(ann: Planted, letters: Letters) -> None:
    request, link = offered(letters)
    assert fresh(request).reason == Reason.COPY_READY
    code = coded(letters, link)
    content = verbs.fetch(link, code, by=NOBODY)
    assert isinstance(content, verbs.Copy)
    with zipfile.ZipFile(io.BytesIO(b"".join(content.pieces))) as archive:
        held = json.loads(archive.read("data.json"))["held"]
    assert ADDRESS in {item["value"] for item in held}
    assert fresh(request).state == State.FULFILLED
    assert isinstance(verbs.fetch(link, code, by=NOBODY), CopyGone)
    assert isinstance(verbs.begin_fetch(link, by=NOBODY), CopyGone)


def test_a_download_that_breaks_is_begun_again_three_times_at_most(ann: Planted, letters: Letters) -> None:
    request, link = offered(letters)
    code = coded(letters, link)
    for _ in range(2):
        broken = verbs.fetch(link, code, by=NOBODY)
        assert isinstance(broken, verbs.Copy)
        next(broken.pieces)
        broken.pieces.close()  # type: ignore[attr-defined]  # as a server does when nobody listens any more
        assert fresh(request).state == State.IN_PROGRESS
    last_try = verbs.fetch(link, code, by=NOBODY)
    assert isinstance(last_try, verbs.Copy)
    assert isinstance(verbs.fetch(link, code, by=NOBODY), CopyGone)
    assert zipfile.is_zipfile(io.BytesIO(b"".join(last_try.pieces)))
    assert fresh(request).state == State.FULFILLED


def test_the_letters_hold_nothing_of_the_copy(ann: Planted, letters: Letters) -> None:
    _, link = offered(letters)
    coded(letters, link)
    assert not any(value in words(letter) for letter in letters() for value in ann.values.values())


def test_the_link_alone_is_not_enough(ann: Planted, letters: Letters) -> None:
    request, link = offered(letters)
    assert isinstance(verbs.fetch(link, "000000", by=NOBODY), CodeSpent)
    right = coded(letters, link)
    wrong = f"{(int(right) + 1) % 10**6:06}"
    answers = [verbs.fetch(link, wrong, by=NOBODY) for _ in range(5)]
    assert isinstance(answers[0], WrongCode)
    assert isinstance(answers[-1], TooMany)
    assert isinstance(verbs.fetch(link, right, by=NOBODY), TooMany)
    assert fresh(request).state == State.IN_PROGRESS


def test_a_new_code_ends_the_one_before(ann: Planted, letters: Letters) -> None:
    _, link = offered(letters)
    first, second = coded(letters, link), coded(letters, link)
    if first != second:
        assert isinstance(verbs.fetch(link, first, by=NOBODY), WrongCode)
    assert isinstance(verbs.fetch(link, second, by=NOBODY), verbs.Copy)


def test_a_code_of_half_an_hour_ago_is_spent(ann: Planted, letters: Letters) -> None:
    _, link = offered(letters)
    code = coded(letters, link)
    Token.objects.filter(use="code").update(expires_at=timezone.now())
    assert isinstance(verbs.fetch(link, code, by=NOBODY), CodeSpent)


def test_a_copy_that_is_not_fetched_ends(ann: Planted, letters: Letters) -> None:
    request, link = offered(letters)
    assert verbs.expire_due() == 0
    Token.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert isinstance(verbs.copy(link), CopyGone)
    assert (verbs.expire_due(), verbs.expire_due()) == (1, 0)
    assert (fresh(request).state, fresh(request).reason) == (State.EXPIRED, Reason.NOT_FETCHED)


def test_an_old_code_is_forgotten(ann: Planted, letters: Letters) -> None:
    ask([Right.ERASURE])
    Token.objects.update(expires_at=timezone.now() - timedelta(days=31))
    verbs.expire_due()
    assert not Token.objects.exists()


def test_an_erasure_leaves_nothing_but_the_receipt(ann: Planted, bob: Planted, letters: Letters) -> None:
    confirmed(letters, Right.ERASURE)
    assert (verbs.carry_out_due(), verbs.carry_out_due()) == (1, 0)
    assert not any(count for _, count in look_again(ann.subject))
    assert all(not model._base_manager.filter(subject=ann.subject).exists() for model in vault.people())
    assert not ErasureRequest.objects.exists()
    assert verbs.receipt(ann.subject).clean
    assert Address.objects.get().subject == bob.subject


def test_the_last_letter_leaves_after_the_person(ann: Planted, letters: Letters) -> None:
    confirmed(letters, Right.ERASURE)
    verbs.carry_out_due()
    assert [letter["To"] for letter in letters()] == [ADDRESS], "all that was written to her before went with her"
    assert "being deleted" in last(letters)
    token = secret(RECEIPT, last(letters))
    assert links.read(token) == ann.subject
    assert Letter.objects.get().subject != ann.subject


def test_a_receipts_link_is_ours_or_none() -> None:
    assert links.read("nonsense") is None


def test_a_copy_comes_before_the_erasure(ann: Planted, letters: Letters) -> None:
    _, erasure = confirmed(letters, Right.ACCESS, Right.ERASURE)
    assert (verbs.carry_out_due(), verbs.carry_out_due()) == (1, 0)
    assert waits_for_copy(erasure, tokens.LASTS)
    link = secret(COPY, last(letters))
    copy = verbs.fetch(link, coded(letters, link), by=NOBODY)
    assert isinstance(copy, verbs.Copy)
    assert b"".join(copy.pieces)
    assert verbs.carry_out_due() == 1
    assert not any(count for _, count in look_again(ann.subject))


def test_a_copy_that_was_begun_three_times_keeps_no_erasure_waiting(ann: Planted, letters: Letters) -> None:
    wanted, erasure = confirmed(letters, Right.ACCESS, Right.ERASURE)
    verbs.carry_out_due()
    link = secret(COPY, last(letters))
    code = coded(letters, link)
    assert all(isinstance(verbs.fetch(link, code, by=NOBODY), verbs.Copy) for _ in range(3))
    assert isinstance(verbs.fetch(link, code, by=NOBODY), CopyGone)
    assert waits_for_copy(erasure, fetching.LAST_TRY), "the third may still be on its way"
    Token.objects.filter(use=tokens.FETCH).update(expires_at=timezone.now())
    assert (verbs.expire_due(), fresh(wanted).reason) == (1, Reason.NOT_FETCHED)
    assert verbs.carry_out_due() == 1
    assert not any(count for _, count in look_again(ann.subject))


def waits_for_copy(erasure: Request, serves: timedelta) -> bool:
    """Whether it says so, wherever it is read, and until when: while the link serves and its request is not ended."""
    [row] = progress.rows([fresh(erasure)])
    until = timezone.now() + serves + waiting.ENDED_WITHIN
    assert row.wait is not None
    assert isinstance(row.wait.until, datetime)
    said = str(reasons.SENTENCES[Reason.AWAITS_COPY])
    assert (row.why, said in receipting.of_request(fresh(erasure)).text) == (said, True)
    return until - timedelta(minutes=5) < row.wait.until <= until


def test_what_a_person_does_is_left_to_a_person(ann: Planted, letters: Letters) -> None:
    [found] = confirmed(letters, Right.RECTIFICATION)
    assert found.reason == Reason.OFFICER
    assert found.number in last(letters)
    assert verbs.carry_out_due() == 0


def test_nothing_leaves_without_a_word(ann: Planted, letters: Letters) -> None:
    ask([Right.ERASURE, Right.ACCESS])
    assert verbs.carry_out_due() == 0
    assert Address.objects.filter(subject=ann.subject).exists()


def test_a_letter_in_german_is_answered_in_german_from_then_on(ann: Planted, letters: Letters) -> None:
    [request] = ask([Right.ERASURE], language="de-AT")
    assert request.language == "de-AT"
    html = letters()[-1].get_body(("html",))
    assert html is not None
    assert '<html lang="de">' in html.get_content()


def test_one_that_fails_keeps_no_other_waiting(
    ann: Planted, bob: Planted, letters: Letters, monkeypatch: pytest.MonkeyPatch
) -> None:
    for email in (ADDRESS, bob.values["email"]):
        ask([Right.ACCESS], email)
        verbs.confirm(secret(CONFIRM, last(letters)), by=NOBODY)
    offer, seen = tokens.issue, list[str]()

    def failing_first(use: str, requests: list[Request]) -> tokens.Secret:
        seen.append(use)
        if len(seen) == 1:
            raise OSError("no room")
        return offer(use, requests)

    monkeypatch.setattr(tokens, "issue", failing_first)
    with pytest.raises(OSError, match="no room"):
        verbs.carry_out_due()
    assert sorted(Request.objects.values_list("reason", flat=True)) == [Reason.CONFIRMED, Reason.COPY_READY]
    assert verbs.carry_out_due() == 1


def test_an_erasure_that_fails_is_left_to_the_minutes_round(
    ann: Planted, letters: Letters, monkeypatch: pytest.MonkeyPatch
) -> None:
    confirmed(letters, Right.ERASURE)
    tries = list[object]()

    def failing(subject: UUID, *_: object, **__: object) -> None:
        tries.append(subject)
        raise OSError("no room")

    with monkeypatch.context() as patch:
        patch.setattr(vault, "shred_if", failing)
        with pytest.raises(OSError, match="no room"):
            verbs.carry_out_due()
        assert verbs.carry_out_due() == 0
        assert tries == [ann.subject]
    assert verbs.resume() == 1
    assert verbs.receipt(ann.subject).clean
    assert sum("being deleted" in words(letter) for letter in letters()) == 1


def test_an_erasure_is_carried_on_from_where_its_letter_was_written(
    ann: Planted, letters: Letters, monkeypatch: pytest.MonkeyPatch
) -> None:
    confirmed(letters, Right.ERASURE)
    with monkeypatch.context() as patch:
        patch.setattr(erasing, "_carry_out", lambda *_, **__: None)  # killed right after
        verbs.carry_out_due()
    assert (verbs.carry_out_due(), verbs.resume()) == (0, 1)
    assert verbs.receipt(ann.subject).clean
