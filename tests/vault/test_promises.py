"""Each check of the vault upholds what holds, and sees the promise broken when it is."""

from uuid import UUID

import pytest
from django.db import transaction
from django.utils import timezone

from tests.embedding.shop.models import Customer
from tests.vault.conftest import POLICY, SYSTEM, Known
from upheld import ledger, vault
from upheld.policy import force, loads
from upheld.policy.actors import Actor, Case
from upheld.policy.acts import Act
from upheld.vault import promises
from upheld.vault.models import Disclosure

pytestmark = pytest.mark.django_db
ORDER = f"order:{UUID(int=7)}"
CLERK = UUID(int=9)


def hand_over(ada: Known) -> Disclosure:
    vault.disclose(ada.row, ["name", "country"], to="carrier", by=SYSTEM, because=ORDER)
    return Disclosure.objects.get()


def look_as_staff(ada: Known, act: Act = Act.FIELD_OPEN, **by: object) -> None:
    """An entry as a program without the policy would leave it."""
    facts: dict[str, ledger.Fact] = {"row": ada.row.reference, "fields": ["email"], "purpose": "greeting"}
    with transaction.atomic():
        ledger.append(act, by=Actor.staff(CLERK, **by), subject=ada.row.subject, facts=facts)


def test_they_hold(ada: Known) -> None:
    hand_over(ada)
    look_as_staff(ada, job="support", case=Case("conversation", UUID(int=3), ada.row.subject))
    for check in (promises.voluntary, promises.sealed, promises.no_sale, promises.on_request, promises.job_bound):
        finding = check()
        assert finding.upheld, (check.__name__, finding)
    assert promises.voluntary().figure.startswith("3 values")
    assert promises.no_sale().figure.startswith("1 disclosures")
    assert promises.job_bound().figure.startswith("1 openings by staff")


def test_a_value_from_nowhere_breaks_voluntary(ada: Known, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("upheld.vault.collecting.require", lambda *_, **__: None)
        vault.collect(Customer(subject=ada.row.subject), {"country": "GB"}, source="bought_list", by=SYSTEM)
    finding = promises.voluntary()
    assert finding.upheld is False
    assert finding.details[0].endswith("holds country from bought_list")


def test_a_value_in_clear_breaks_the_precautions(ada: Known) -> None:
    Customer.objects.filter(subject=ada.row.subject).update(sealed=b"ada@example.org")
    assert promises.sealed().upheld is False


def test_a_disclosure_that_the_ledger_does_not_know_breaks_no_sale(ada: Known) -> None:
    Disclosure.objects.create(
        subject=ada.row.subject, at=timezone.now(), recipient="carrier", purpose="fulfilment",
        fields=["name"], because=ORDER, entry=UUID(int=5),
    )  # fmt: skip
    finding = promises.no_sale()
    assert finding.upheld is False
    assert finding.details[0].endswith("has no entry in the ledger")


def test_an_entry_whose_row_was_taken_away_breaks_no_sale(ada: Known) -> None:
    hand_over(ada).delete()
    finding = promises.no_sale()
    assert finding.upheld is False
    assert finding.details[0].endswith("has no row in the record of disclosures")


@pytest.mark.parametrize(
    "changed", [{"fields": ["name"]}, {"recipient": "broker"}, {"because": f"order:{UUID(int=8)}"}]
)
def test_a_row_that_was_changed_breaks_no_sale(ada: Known, changed: dict[str, object]) -> None:
    row = hand_over(ada)
    Disclosure.objects.filter(subject=row.subject, pk=row.pk).update(**changed)
    assert promises.no_sale().upheld is False


@pytest.mark.parametrize(
    "changed", [{"fields": ["email"]}, {"recipient": "broker"}, {"purpose": "greeting"}, {"because": "a whim"}]
)
def test_a_disclosure_beyond_the_declaration_breaks_on_request(ada: Known, changed: dict[str, object]) -> None:
    row = hand_over(ada)
    assert promises.on_request().upheld
    Disclosure.objects.filter(subject=row.subject, pk=row.pk).update(**changed)
    assert promises.on_request().upheld is False


@pytest.mark.parametrize("by", [{"job": ""}, {"job": "support"}, {"job": "marketing"}])
def test_an_opening_outside_of_a_job_breaks_job_bound(ada: Known, by: dict[str, str]) -> None:
    look_as_staff(ada, **by)
    finding = promises.job_bound()
    assert finding.upheld is False
    assert "was by" in finding.details[0]


@pytest.mark.parametrize("act", [Act.FIELD_MASK, Act.FIELD_COPY, Act.FIELD_PRINT])
def test_what_is_shown_copied_or_printed_is_asked_about_too(ada: Known, act: Act) -> None:
    look_as_staff(ada, act, job="support", case=Case("conversation", UUID(int=3), ada.row.subject))
    finding = promises.job_bound()
    assert finding.upheld
    assert finding.figure.startswith("0 openings by staff")
    look_as_staff(ada, act, job="support")
    assert promises.job_bound().upheld is False


def test_an_opening_on_a_case_of_another_kind_breaks_job_bound(ada: Known) -> None:
    look_as_staff(ada, job="support", case=Case("curiosity", UUID(int=3), ada.row.subject))
    assert promises.job_bound().upheld is False


def test_a_decision_that_forgets_the_rules_is_noticed(ada: Known, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(promises, "may", lambda *_, **__: True)
    assert "support may open email without a case" in promises.job_bound().details
    assert "email may be handed to anyone_else" in promises.on_request().details


def test_what_an_earlier_version_permitted_stays_permitted(ada: Known) -> None:
    text = POLICY.read_bytes().replace(b"2026-01-01", b"2026-02-01").replace(b"sources: [order]", b"sources: [account]")
    force.published().add(loads(text))
    assert promises.voluntary().upheld
