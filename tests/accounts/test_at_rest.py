"""What a thief of the databases and files could read: nothing that anybody typed."""

from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connections

from tests.accounts.authenticator import Authenticator
from tests.accounts.people import HERE, VISITOR, Someone, begin, committed, last_letter, link_in, someone
from tests.canaries import Canaries, scan, seen_in
from upheld.accounts import verbs
from upheld.contact.models import Letter
from upheld.home import Home

AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.7) Gecko/20100101 Firefox/140.7"


def everything_in(alias: str) -> bytes:
    """Every value of every table, one after another."""
    content = bytearray()
    with connections[alias].cursor() as cursor:
        for table in connections[alias].introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - the names are the database's own
            for row in cursor.fetchall():
                for value in row:
                    content += bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
                    content += b"\n"
    return bytes(content)


def live(canaries: Canaries) -> tuple[Someone, list[str]]:
    """Someone does everything that there is to do here; what they typed, and every secret that was made for them."""
    ada = someone(canaries["email"], canaries["password"])
    store = ada.session(AGENT)
    ceremony = verbs.begin_passkey(ada.account, proof=ada.proof(), by=ada.actor)
    device = Authenticator(django_settings.HOME.site)
    verbs.finish_passkey(
        ada.account, credential=device.make(ceremony.options), challenge=ceremony.challenge,
        name=canaries["passkey"], by=ada.actor,
    )  # fmt: skip
    setup: Any = verbs.begin_totp(ada.account, proof=ada.proof(), by=ada.actor)
    committed(verbs.begin_reset, email=ada.email, by=VISITOR, source=HERE)
    token = link_in(last_letter(), "/reset/")
    begin("pending." + canaries["email"], canaries["password"] + " too")
    verbs.begin_change_of_address(ada.account, email="new." + canaries["email"], proof=ada.proof(), by=ada.actor)
    verbs.sign_in(email=ada.email, password="not " + canaries["password"], by=VISITOR, source="198.51.100.77")
    secrets = [setup.secret, token[43:], store.session_key[-64:], device.id.hex()]
    return ada, [*canaries.values.values(), *secrets, "Firefox/140", "Gecko", "198.51.100.77", HERE]


@pytest.mark.django_db(transaction=True)
def test_nothing_that_was_typed_rests_in_clear(canaries: Canaries) -> None:
    _, secrets = live(canaries)
    assert seen_in(everything_in("default") + everything_in("keys"), secrets) == []
    assert scan(Home.here().folder, secrets) == []


@pytest.mark.django_db(transaction=True)
def test_the_search_would_have_found_it(canaries: Canaries) -> None:
    ada, _ = live(canaries)
    Letter.objects.create(subject=ada.account.subject, kind=canaries["passkey"][-30:], at=ada.account.created_at)
    assert seen_in(everything_in("default"), [canaries["passkey"][-30:]])
