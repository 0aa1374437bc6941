import json
import time
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.core import mail

from tests.accounts.authenticator import Authenticator
from tests.accounts.people import VISITOR, Someone, committed, last_letter
from upheld import vault
from upheld.accounts import verbs
from upheld.accounts.answers import WrongPasskey
from upheld.accounts.ceremonies import Ceremony
from upheld.accounts.errors import NotProven
from upheld.accounts.models import Account, Passkey
from upheld.accounts.presence import Proof
from upheld.vault.models import Lookup

pytestmark = pytest.mark.django_db


@pytest.fixture
def device() -> Authenticator:
    return Authenticator(settings.HOME.site)


def add(someone: Someone, device: Authenticator, name: str = "My telephone") -> Any:
    ceremony = verbs.begin_passkey(someone.account, proof=someone.proof(), by=someone.actor)
    return committed(
        verbs.finish_passkey, someone.account, credential=device.make(ceremony.options),
        challenge=ceremony.challenge, name=name, by=someone.actor,
    )  # fmt: skip


def use(device: Authenticator, ceremony: Ceremony | None = None) -> Account | WrongPasskey:
    ceremony = ceremony or verbs.begin_passkey_sign_in(by=VISITOR)
    signed = device.sign(ceremony.options)
    return verbs.finish_passkey_sign_in(credential=signed, challenge=ceremony.challenge, by=VISITOR)


def test_a_passkey_signs_in_alone(ada: Someone, device: Authenticator) -> None:
    assert isinstance(add(ada, device), Passkey)
    assert use(device) == ada.account


def test_its_owner_sees_it_by_the_name_they_gave(ada: Someone, device: Authenticator) -> None:
    add(ada, device, "  My telephone ")
    [(row, name)] = verbs.passkeys_of(ada.account, by=ada.actor)
    assert (name, row.used_at) == ("My telephone", None)
    use(device)
    assert Passkey.objects.get().used_at


def test_notice_goes_to_the_address(ada: Someone, device: Authenticator) -> None:
    add(ada, device)
    assert last_letter().to == [ada.email]
    assert "passkey was added" in last_letter().subject


def test_making_one_asks_for_verification_and_a_key_that_can_be_found(ada: Someone) -> None:
    options = json.loads(verbs.begin_passkey(ada.account, proof=ada.proof(), by=ada.actor).options)
    wanted = options["authenticatorSelection"]
    assert (wanted["residentKey"], wanted["userVerification"]) == ("required", "required")
    assert options["rp"] == {"id": "localhost", "name": "Exokit"}


def test_signing_in_names_nobody(ada: Someone, device: Authenticator) -> None:
    add(ada, device)
    assert not json.loads(verbs.begin_passkey_sign_in(by=VISITOR).options)["allowCredentials"]


def test_a_device_that_does_not_verify_its_owner_will_not_do(ada: Someone, device: Authenticator) -> None:
    device.verifies = False
    assert isinstance(add(ada, device), WrongPasskey)
    device.verifies = True
    add(ada, device)
    device.verifies = False
    assert isinstance(use(device), WrongPasskey)


def test_an_answer_serves_its_own_challenge_only(ada: Someone, device: Authenticator) -> None:
    add(ada, device)
    ceremony, later = (verbs.begin_passkey_sign_in(by=VISITOR) for _ in range(2))
    signed = device.sign(ceremony.options)
    for challenge in (later.challenge, "", "!", ceremony.challenge[:-2]):
        answer = verbs.finish_passkey_sign_in(credential=signed, challenge=challenge, by=VISITOR)
        assert isinstance(answer, WrongPasskey)


def test_an_answer_made_for_another_site_will_not_do(ada: Someone, device: Authenticator) -> None:
    add(ada, device)
    device.origin = "https://localhost.example"
    assert isinstance(use(device), WrongPasskey)


def test_a_copy_of_the_authenticator_is_noticed(ada: Someone, device: Authenticator) -> None:
    add(ada, device)
    use(device)
    device.count -= 1
    assert isinstance(use(device), WrongPasskey)


def test_an_authenticator_that_does_not_count_will_do(ada: Someone, device: Authenticator) -> None:
    device.counts = False
    add(ada, device)
    assert use(device) == use(device) == ada.account


def test_another_key_under_the_same_id_will_not_do(ada: Someone, device: Authenticator) -> None:
    add(ada, device)
    thief = Authenticator(settings.HOME.site, id=device.id, handle=device.handle, count=99)
    assert isinstance(use(thief), WrongPasskey)


def test_a_key_that_names_another_account_will_not_do(ada: Someone, eve: Someone, device: Authenticator) -> None:
    add(ada, device)
    device.handle = eve.account.id.bytes
    assert isinstance(use(device), WrongPasskey)


def test_one_credential_is_kept_once(ada: Someone, eve: Someone, device: Authenticator) -> None:
    add(ada, device)
    assert isinstance(add(eve, device), WrongPasskey)
    assert use(device) != eve.account


@pytest.mark.parametrize(
    "credential", ["", "{}", "[]", "null", '"x"', '{"id": 1}', '{"id": "x", "response": 1}', "{" * 99]
)
def test_what_is_no_credential_is_wrong_at_worst(ada: Someone, credential: str) -> None:
    ceremony = verbs.begin_passkey(ada.account, proof=ada.proof(), by=ada.actor)
    for answer in (
        verbs.finish_passkey(ada.account, credential=credential, challenge=ceremony.challenge, name="x", by=ada.actor),
        verbs.finish_passkey_sign_in(credential=credential, challenge=ceremony.challenge, by=VISITOR),
    ):
        assert isinstance(answer, WrongPasskey)


def test_a_broken_answer_of_a_real_passkey_is_wrong_at_worst(ada: Someone, device: Authenticator) -> None:
    add(ada, device)
    ceremony = verbs.begin_passkey_sign_in(by=VISITOR)
    whole = json.loads(device.sign(ceremony.options))
    for name in whole["response"]:
        for value in (None, 7, "", "AAAA", "é", [], {}):
            broken = json.dumps(whole | {"response": whole["response"] | {name: value}})
            answer = verbs.finish_passkey_sign_in(credential=broken, challenge=ceremony.challenge, by=VISITOR)
            # The handle may be left out: the specification has it optional.
            assert isinstance(answer, WrongPasskey) or (name == "userHandle" and not value)


def test_a_removed_passkey_signs_nobody_in(ada: Someone, device: Authenticator) -> None:
    row = add(ada, device)
    assert committed(verbs.remove_passkey, ada.account, passkey=row.id, proof=ada.proof(), by=ada.actor)
    assert isinstance(use(device), WrongPasskey)
    assert not Lookup.objects.filter(field="passkey.credential_id").exists()
    assert "removed" in last_letter().subject
    assert isinstance(add(ada, device), Passkey)  # and it may come back


def test_nobody_removes_someone_elses(ada: Someone, eve: Someone, device: Authenticator) -> None:
    row = add(ada, device)
    assert not verbs.remove_passkey(eve.account, passkey=row.id, proof=eve.proof(), by=eve.actor)
    assert not verbs.remove_passkey(ada.account, passkey=uuid4(), proof=ada.proof(), by=ada.actor)
    assert use(device) == ada.account


def test_it_takes_a_proof_to_add_or_remove_one(ada: Someone, eve: Someone, device: Authenticator) -> None:
    row = add(ada, device)
    for proof in (eve.proof(), Proof(ada.account.id, time.time() - 601), Proof(ada.account.id, time.time() + 60)):
        with pytest.raises(NotProven):
            verbs.begin_passkey(ada.account, proof=proof, by=ada.actor)
        with pytest.raises(NotProven):
            verbs.remove_passkey(ada.account, passkey=row.id, proof=proof, by=ada.actor)


def test_a_passkey_proves_its_owner_again(ada: Someone, eve: Someone, device: Authenticator) -> None:
    add(ada, device)
    for someone in (ada, eve):
        ceremony = verbs.begin_passkey_sign_in(ada.account, by=ada.actor)
        assert json.loads(ceremony.options)["allowCredentials"]
        answer = verbs.prove_by_passkey(
            someone.account, credential=device.sign(ceremony.options), challenge=ceremony.challenge, by=someone.actor
        )
        assert bool(answer) == (someone is ada)


def test_nothing_of_it_rests_in_clear(ada: Someone, device: Authenticator) -> None:
    row = add(ada, device, "A canary of a name")
    row.refresh_from_db()
    assert device.id not in bytes(row.sealed)
    assert b"canary" not in bytes(row.sealed)
    assert str(row.credential) == "•••"
    assert vault.find(Passkey, "credential_id", device.id.hex()) == row


def test_the_letter_does_not_say_which(ada: Someone, device: Authenticator) -> None:
    add(ada, device, "A canary of a name")
    assert all("canary" not in letter.body for letter in mail.outbox)
