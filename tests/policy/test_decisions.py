"""What may happen, as a table; and that nothing is permitted that no declaration permits."""

from dataclasses import replace
from types import MappingProxyType
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.policy.shop import shop
from upheld.policy import RIGHTS, Allowed, Denied, Policy, Promise, Refused, force, may, require
from upheld.policy.actors import Actor, Case, Kind
from upheld.policy.acts import Act
from upheld.policy.standing import STANDING

SHOP = shop()
ANN, BOB, STAFF, MATTER = (UUID(int=number) for number in range(1, 5))
VISITOR, OPERATOR, SYSTEM = Actor.visitor(), Actor.operator(), Actor.system("letters")


def clerk(job="billing", kind="refund", subject=ANN, open=True):
    return Actor.staff(STAFF, job=job, case=Case(kind, MATTER, subject, open=open))


ASKED = [
    # Opening
    (Act.FIELD_OPEN, SYSTEM, {"purpose": "billing", "data": ["name"]}, ""),
    (Act.FIELD_OPEN, SYSTEM, {"purpose": "billing", "data": ["password"]}, "purposes.billing does not use password"),
    (Act.FIELD_OPEN, SYSTEM, {"purpose": "selling", "data": ["name"]}, "purposes.selling is not declared"),
    (Act.FIELD_OPEN, SYSTEM, {"data": ["name"]}, "no purpose is named"),
    (Act.FIELD_OPEN, SYSTEM, {"purpose": "billing"}, "no data are named"),
    (Act.FIELD_OPEN, SYSTEM, {"purpose": "billing", "data": ["shoe"]}, "data.shoe is not declared"),
    (Act.FIELD_OPEN, SYSTEM, {"purpose": "news", "data": ["email"]}, ""),
    (
        Act.FIELD_OPEN,
        Actor.system(""),
        {"purpose": "news", "data": ["email"]},
        "the system acts under the name of a task",
    ),
    (Act.FIELD_OPEN, OPERATOR, {"purpose": "billing", "data": ["name"]}, "not for the actor operator"),
    (Act.FIELD_OPEN, VISITOR, {"purpose": "sign_in", "data": ["password"]}, ""),
    (Act.FIELD_OPEN, VISITOR, {"purpose": "sign_up", "data": ["email"]}, ""),
    (Act.FIELD_OPEN, VISITOR, {"purpose": "billing", "data": ["name"]}, "purposes.billing is not for a visitor"),
    (Act.FIELD_OPEN, VISITOR, {"purpose": "access", "data": ["name"]}, "the person's own right"),
    (Act.FIELD_OPEN, Actor.person(ANN), {"purpose": "access", "data": ["name", "password"]}, ""),
    (Act.FIELD_OPEN, Actor.person(ANN), {"purpose": "correction", "data": ["name"]}, ""),
    (Act.FIELD_OPEN, Actor.person(BOB), {"purpose": "access", "data": ["name"]}, "their own data only"),
    (Act.FIELD_OPEN, Actor.person(ANN), {"purpose": "news", "data": ["email"]}, "purposes.news is for letters"),
    # Staff
    (Act.FIELD_OPEN, clerk(), {"purpose": "billing", "data": ["name"]}, ""),
    (Act.FIELD_OPEN, clerk(), {"purpose": "sign_in", "data": ["password"]}, "jobs.billing does not open password"),
    (Act.FIELD_OPEN, clerk(), {"purpose": "access", "data": ["name"]}, "the person's own right"),
    (Act.FIELD_OPEN, clerk(), {"purpose": "news", "data": ["email"]}, "purposes.news is for letters"),
    (Act.FIELD_OPEN, clerk(open=False), {"purpose": "billing", "data": ["name"]}, "is closed"),
    (Act.FIELD_OPEN, clerk(subject=BOB), {"purpose": "billing", "data": ["name"]}, "is about someone else"),
    (Act.FIELD_OPEN, clerk(kind="gossip"), {"purpose": "billing", "data": ["name"]}, "does not work on gossip"),
    (Act.FIELD_OPEN, clerk(job="sales"), {"purpose": "billing", "data": ["name"]}, "jobs.sales is not declared"),
    (Act.FIELD_OPEN, clerk(job=""), {"purpose": "billing", "data": ["name"]}, "no job is named"),
    (
        Act.FIELD_OPEN,
        Actor.staff(STAFF, job="billing"),
        {"purpose": "billing", "data": ["name"]},
        "opens nothing without a case",
    ),
    # Collecting
    (Act.FIELD_COLLECT, VISITOR, {"source": "sign_up", "data": ["email", "password"]}, ""),
    (Act.FIELD_COLLECT, VISITOR, {"source": "account", "data": ["email"]}, "for someone who has signed in"),
    (Act.FIELD_COLLECT, Actor.person(ANN), {"source": "account", "data": ["email"]}, ""),
    (Act.FIELD_COLLECT, Actor.person(BOB), {"source": "account", "data": ["email"]}, "their own data only"),
    (Act.FIELD_COLLECT, VISITOR, {"source": "sign_up", "data": ["name"]}, "data.name does not come from sign_up"),
    (Act.FIELD_COLLECT, SYSTEM, {"source": "import", "data": ["name"]}, "data.name does not come from import"),
    (Act.FIELD_COLLECT, SYSTEM, {"data": ["name"]}, "no source is named"),
    (Act.FIELD_COLLECT, SYSTEM, {"source": "order", "data": ["name"], "purpose": "billing"}, ""),
    (
        Act.FIELD_COLLECT,
        SYSTEM,
        {"source": "order", "data": ["name"], "purpose": "news"},
        "purposes.news does not use name",
    ),
    (Act.FIELD_COLLECT, clerk(), {"source": "letter", "data": ["email"]}, "not for the actor staff"),
    # Correcting
    (Act.FIELD_CORRECT, Actor.person(ANN), {"source": "account", "data": ["name"]}, ""),
    (Act.FIELD_CORRECT, Actor.person(BOB), {"source": "account", "data": ["name"]}, "their own data only"),
    (Act.FIELD_CORRECT, Actor.person(ANN), {"source": "import", "data": ["name"]}, "does not come from import"),
    (Act.FIELD_CORRECT, SYSTEM, {"source": "account", "data": ["name"]}, "not for the actor system"),
    # Disclosing
    (Act.FIELD_DISCLOSE, SYSTEM, {"recipient": "carrier", "data": ["name"]}, ""),
    (Act.FIELD_DISCLOSE, SYSTEM, {"recipient": "carrier", "purpose": "billing", "data": ["name"]}, ""),
    (Act.FIELD_DISCLOSE, clerk(), {"recipient": "carrier", "data": ["name"]}, ""),
    (
        Act.FIELD_DISCLOSE,
        SYSTEM,
        {"recipient": "carrier", "data": ["email"]},
        "recipients.carrier does not receive email",
    ),
    (Act.FIELD_DISCLOSE, SYSTEM, {"recipient": "broker", "data": ["name"]}, "recipients.broker is not declared"),
    (Act.FIELD_DISCLOSE, SYSTEM, {"data": ["name"]}, "no recipient is named"),
    (
        Act.FIELD_DISCLOSE,
        SYSTEM,
        {"recipient": "carrier", "purpose": "news", "data": ["name"]},
        "recipients.carrier is for billing, not for news",
    ),
    # Choices and letters
    (Act.CHOICE_RECORD, VISITOR, {"purpose": "news"}, ""),
    (Act.CHOICE_RECORD, Actor.person(ANN), {}, ""),
    (Act.CHOICE_RECORD, VISITOR, {"purpose": "billing"}, "purposes.billing declares no choice"),
    (Act.LETTER_SEND, SYSTEM, {"purpose": "news"}, ""),
    (Act.LETTER_SEND, SYSTEM, {"purpose": "gossip"}, "purposes.gossip is not declared"),
    (Act.LETTER_SEND, SYSTEM, {}, "no purpose is named"),
    (Act.LETTER_SEND, VISITOR, {"purpose": "sign_up"}, ""),
    (Act.LETTER_SEND, VISITOR, {"purpose": "billing"}, "purposes.billing is not for a visitor"),
    (Act.LETTER_SEND, Actor.person(ANN), {"purpose": "news"}, "purposes.news is for letters, which the system sends"),
    (Act.LETTER_SEND, clerk(), {"purpose": "billing"}, ""),
    (Act.LETTER_SEND, clerk(subject=BOB), {"purpose": "billing"}, "is about someone else"),
    # The rest
    (Act.DATA_SEE, Actor.person(ANN), {}, ""),
    (Act.DATA_SEE, clerk(), {}, "not for the actor staff"),
    (Act.SUBJECT_ERASE, Actor.person(ANN), {}, ""),
    (Act.SUBJECT_ERASE, Actor.person(BOB), {}, "their own data only"),
    (Act.SUBJECT_ERASE, SYSTEM, {}, ""),
    (Act.SUBJECT_ERASE, OPERATOR, {}, "not for the actor operator"),
    (Act.POLICY_PUBLISH, OPERATOR, {}, ""),
    (Act.POLICY_PUBLISH, Actor.person(ANN), {}, "not for the actor person"),
    (Act.KEYS_ROTATE, OPERATOR, {}, ""),
    (Act.SIGN_UP_BEGIN, VISITOR, {}, ""),
    (Act.SESSION_START, VISITOR, {}, ""),
    (Act.TOTP_ADD, Actor.person(ANN), {}, ""),
]


@pytest.mark.parametrize(("act", "by", "asked", "refusal"), ASKED)
def test_the_shop_permits_exactly_this(act, by, asked, refusal):
    answer = may(act, policy=SHOP, by=by, subject=ANN, **asked)
    assert bool(answer) is not bool(refusal), answer
    assert refusal in getattr(answer, "reason", "")


STRIPPED = [
    (Act.DATA_SEE, Actor.person(ANN), {}, [("[^see]", "[^note]")], "does not promise see"),
    (
        Act.FIELD_OPEN,
        Actor.person(ANN),
        {"purpose": "access", "data": ["name"]},
        [("[^see]", "[^note]")],
        "does not promise see",
    ),
    (Act.SUBJECT_ERASE, Actor.person(ANN), {}, [("[^delete]", "[^note]")], "does not promise delete"),
    (Act.CHOICE_RECORD, VISITOR, {}, [(", choice: opt_out", "")], "no purpose declares a choice"),
    (Act.PASSKEY_ADD, Actor.person(ANN), {}, [("  passkey:", "  key:")], "data.passkey is not declared"),
    (Act.SESSION_START, VISITOR, {}, [("  sign_in:", "  enter:")], "purposes.sign_in is not declared"),
    (
        Act.SIGN_UP_BEGIN,
        VISITOR,
        {},
        [("[sign_up, account, letter]", "[account]"), ("[sign_up]", "[order]")],
        "source sign_up",
    ),
]


@pytest.mark.parametrize(("act", "by", "asked", "changes", "refusal"), STRIPPED)
def test_without_its_declaration_an_act_is_refused(act, by, asked, changes, refusal):
    assert may(act, policy=SHOP, by=by, subject=ANN, **asked)
    answer = may(act, policy=shop(*changes), by=by, subject=ANN, **asked)
    assert isinstance(answer, Denied)
    assert refusal in answer.reason


def test_every_act_stands_on_something():
    assert set(STANDING) == set(Act)


def test_an_act_that_is_in_no_table_is_refused():
    answer = may("shop:window:break", policy=SHOP, by=OPERATOR)
    assert answer == Denied("no rule says who may do shop:window:break")


def test_one_name_is_not_taken_for_its_letters():
    assert may(Act.FIELD_OPEN, policy=SHOP, by=SYSTEM, subject=ANN, purpose="billing", data="name")


def test_data_are_always_about_someone():
    answer = may(Act.FIELD_OPEN, policy=SHOP, by=SYSTEM, purpose="billing", data=["name"])
    assert answer == Denied("data are always about someone, and nobody is named")


def test_require_asks_the_policy_in_force(tmp_path, monkeypatch):
    monkeypatch.setattr(force, "_published", [])
    force.configure(tmp_path).add(SHOP)
    require(Act.FIELD_OPEN, by=SYSTEM, subject=ANN, purpose="billing", data=["name"])
    with pytest.raises(Refused, match=r"purposes\.billing does not use password"):
        require(Act.FIELD_OPEN, by=SYSTEM, subject=ANN, purpose="billing", data=["password"])


# The names that a policy declares, the ones that every policy has built in, and any other.
NAMES = st.sampled_from(["", *SHOP.data, *SHOP.purposes, *SHOP.recipients, *SHOP.jobs, *RIGHTS, "account", "order"])
ANYONE = st.sampled_from([None, ANN, BOB])
CASES = st.none() | st.builds(
    Case,
    kind=st.sampled_from(["refund", "gossip"]),
    id=st.just(MATTER),
    subject=st.sampled_from([ANN, BOB]),
    open=st.booleans(),
)
ACTORS = st.builds(
    Actor, kind=st.sampled_from(Kind), id=ANYONE, name=st.sampled_from(["", "task"]), job=NAMES, case=CASES
)
REQUESTS = st.fixed_dictionaries(
    {
        "act": st.sampled_from(Act),
        "by": ACTORS,
        "subject": ANYONE,
        "purpose": NAMES | st.text(max_size=5),
        "data": st.lists(NAMES | st.text(max_size=5), max_size=3),
        "recipient": NAMES,
        "source": st.sampled_from(["", "sign_up", "order", "account", "letter", "usage", "import"]),
    }
)

EMPTY = MappingProxyType({})
NOTHING = replace(SHOP, data=EMPTY, purposes=EMPTY, recipients=EMPTY, jobs=EMPTY, retention=EMPTY, promises=frozenset())


@given(REQUESTS)
def test_the_answer_to_anything_is_yes_or_a_reason(request):
    answer = may(policy=SHOP, **request)
    assert answer == Allowed() or (isinstance(answer, Denied) and answer.reason)


@given(REQUESTS)
def test_a_policy_that_declares_nothing_permits_nothing(request):
    assert isinstance(may(policy=NOTHING, **request), Denied)


def without(policy: Policy, request) -> list[Policy]:
    """The policy with each declaration that the request leans on taken out, one at a time."""

    def less(section, *names):
        kept = {name: each for name, each in getattr(policy, section).items() if name not in names}
        return replace(policy, **{section: MappingProxyType(kept)})

    act, found = request["act"], []
    if act in {Act.FIELD_OPEN, Act.FIELD_COLLECT, Act.FIELD_CORRECT, Act.FIELD_DISCLOSE}:
        found += [less("data", name) for name in request["data"]]
    if act in {Act.FIELD_OPEN, Act.LETTER_SEND} and request["purpose"] not in RIGHTS:
        found.append(less("purposes", request["purpose"]))
    if act is Act.FIELD_OPEN and request["purpose"] in RIGHTS:
        promise = Promise.CORRECT if request["purpose"] == "correction" else Promise.SEE
        found.append(replace(policy, promises=policy.promises - {promise}))
    if act is Act.FIELD_DISCLOSE:
        found.append(less("recipients", request["recipient"]))
    if request["by"].kind is Kind.STAFF:
        found.append(less("jobs", request["by"].job))
    row = STANDING[act]
    if row.promises:
        found.append(replace(policy, promises=policy.promises - row.promises))
    if row.datum:
        found.append(less("data", row.datum))
    if row.purpose:
        found.append(less("purposes", row.purpose))
    if row.source:
        found.append(less("data", *policy.fields_of(row.source)))
    if act is Act.CHOICE_RECORD:
        found.append(less("purposes", *policy.topics))
    return found


@given(REQUESTS)
def test_what_is_permitted_is_refused_once_its_declaration_is_gone(request):
    if may(policy=SHOP, **request):
        stripped = without(SHOP, request)
        assert stripped, "an act was permitted that leans on no declaration"
        for policy in stripped:
            assert isinstance(may(policy=policy, **request), Denied)


BY_OPERATOR = {
    Act.BACKUP_MAKE, Act.BACKUP_RESTORE, Act.CHECKS_RUN, Act.KEYS_ROTATE, Act.NEWS_COMPOSE, Act.NEWS_SEND,
    Act.NOTICE_ANSWER, Act.NOTICE_SEND,  # of a recipient: ids and codes
    Act.POLICY_PUBLISH,
    Act.PRODUCT_CHANGE,
}  # fmt: skip


@given(REQUESTS)
def test_staff_need_a_case_and_nobody_acts_on_someone_else(request):
    """Staff act on an open case about the person; the operator touches nobody's data at all."""
    by = request["by"]
    if may(policy=SHOP, **request) and by.kind is Kind.STAFF:
        assert by.case.open
        assert by.case.subject == request["subject"]
    if may(policy=SHOP, **request) and by.kind is Kind.OPERATOR:
        assert request["act"] in BY_OPERATOR
    if may(policy=SHOP, **request) and by.kind is Kind.PERSON:
        assert by.id == request["subject"]
