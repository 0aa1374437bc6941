"""The first policy: it makes every promise, backs every sentence, and says what it enforces."""

from uuid import UUID

import pytest

from tests.policy.shop import EXOKIT as FILE
from upheld.policy import Promise, coverage, load, may
from upheld.policy.actors import Actor, Case
from upheld.policy.acts import Act

EXOKIT = load(FILE)
ANN = UUID(int=1)


def test_every_sentence_is_backed():
    assert coverage(EXOKIT).as_json() | {"sentences": 0, "backed": 0, "notes": 0} == {
        "sentences": 0,
        "backed": 0,
        "notes": 0,
        "coverage": 1.0,
        "unbacked": [],
    }


def test_it_makes_every_promise():
    assert EXOKIT.promises == set(Promise)


def test_it_names_its_products_and_its_controller():
    assert EXOKIT.products == ("engine", "browser", "exoport")
    assert (EXOKIT.controller.name, EXOKIT.controller.contact) == ("Exokit", "hello@webmr.io")
    assert str(EXOKIT.effective) == "2026-11-01"


def test_the_forms_ask_for_what_the_page_says():
    assert EXOKIT.fields_of("sign_up") == ("email", "password", "card")
    assert EXOKIT.fields_of("order") == ("email", "card", "name", "address", "country")


def test_everything_declared_is_used_and_said_in_words():
    used = {name for purpose in EXOKIT.purposes.values() for name in purpose.uses}
    assert used == set(EXOKIT.data)
    assert all(datum.title for datum in EXOKIT.data.values())
    assert all(purpose.title and purpose.why and purpose.dpv for purpose in EXOKIT.purposes.values())


def test_news_is_all_a_matter_of_choice():
    assert EXOKIT.topics == ("news.specials", "news.products", "news.policy")
    assert {EXOKIT.purposes[topic].choice for topic in EXOKIT.topics} == {"opt_out"}


def test_what_outlives_erasure_has_its_reason():
    kept = {name: each for name, each in EXOKIT.retention.items() if each.outlives_erasure}
    assert list(kept) == ["books"]
    assert kept["books"].fields == ("order.name", "order.country", "as_issued.name", "as_issued.country")
    assert EXOKIT.retention_class("sign_up", "password") == "sign_up"
    assert EXOKIT.retention_class("address", "email") == "account"


def test_its_jobs_open_this_and_nothing_else():
    assert {name: (job.opens, job.during) for name, job in EXOKIT.jobs.items()} == {
        "billing": (("email", "card", "name", "country", "note"), ("payment_trouble", "refund", "dispute")),
        "shipping": (("email", "name", "address", "country", "note"), ("shipment", "lost_parcel")),
        "support": (("email", "message", "note"), ("conversation", "order_trouble")),
        "privacy": (("email", "message", "note"), ("rights_request", "concern", "alarm", "oversight")),
        "news": ((), ("news",)),
        "shop": ((), ("catalogue",)),
        "products": ((), ("products",)),
        "administration": ((), ("staff",)),
        "emergency": (("email", "name", "address", "country", "message", "note"), ("emergency",)),
    }
    assert all(job.title for job in EXOKIT.jobs.values())


def test_what_staff_note_is_kept_as_long_as_what_was_said():
    assert EXOKIT.retention_class("note", "note") == EXOKIT.retention_class("message", "message") == "conversation"
    assert EXOKIT.retention_class("draft", "message") == "proposal"


WORK = {
    "news": {Act.NEWS_COMPOSE, Act.NEWS_SEND},
    "shop": {Act.PRODUCT_CHANGE},
    "administration": {Act.MEMBER_CHANGE, Act.MEMBER_INVITE, Act.MEMBER_LEAVE},
    "privacy": {Act.GLASS_REVIEW, Act.MEMBER_NAME, Act.ODDITY_CLOSE},
}


@pytest.mark.parametrize("job", EXOKIT.jobs)
def test_work_about_nobody_is_done_in_its_job_alone(job):
    by = Actor.staff(UUID(int=2), job=job)
    acts = set().union(*WORK.values())
    assert {act for act in acts if may(act, policy=EXOKIT, by=by)} == WORK.get(job, set())
    assert not [act for act in acts if may(act, policy=EXOKIT, by=Actor.staff(UUID(int=2), job=""))]


@pytest.mark.parametrize(
    ("job", "kind", "purpose", "datum", "permitted"),
    [
        ("billing", "refund", "billing", "card", True),
        ("support", "conversation", "reply", "message", True),
        ("support", "conversation", "billing", "card", False),
        ("shipping", "shipment", "reply", "note", True),
        ("shipping", "shipment", "reply", "message", False),
        ("shipping", "shipment", "fulfilment", "address", True),
        ("shipping", "refund", "fulfilment", "address", False),
        ("billing", "refund", "sign_in", "password", False),
        ("emergency", "emergency", "reply", "message", True),
        ("emergency", "refund", "reply", "message", False),
        ("news", "news", "news.specials", "email", False),
        ("privacy", "concern", "reply", "message", True),
        ("privacy", "concern", "billing", "card", False),
    ],
)
def test_staff_open_what_their_job_needs(job, kind, purpose, datum, permitted):
    by = Actor.staff(UUID(int=2), job=job, case=Case(kind, UUID(int=3), ANN))
    assert bool(may(Act.FIELD_OPEN, policy=EXOKIT, by=by, subject=ANN, purpose=purpose, data=[datum])) is permitted


def test_nobody_but_its_owner_opens_a_password():
    for purpose in EXOKIT.purposes:
        for job, declared in EXOKIT.jobs.items():
            by = Actor.staff(UUID(int=2), job=job, case=Case(declared.during[0], UUID(int=3), ANN))
            assert not may(Act.FIELD_OPEN, policy=EXOKIT, by=by, subject=ANN, purpose=purpose, data=["password"])
