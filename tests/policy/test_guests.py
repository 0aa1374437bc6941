"""What somebody may do who has not signed up: order, where the policy lets guests, and nothing more."""

import pytest

from tests.policy.shop import shop
from tests.policy.test_decisions import ANN, SHOP, VISITOR
from upheld.policy import Denied, may
from upheld.policy.acts import Act

GUESTS = shop(
    ("jobs:", "guests: [order]\njobs:"),
    ("for: billing}\n", "for: billing}\n  club: {receives: [email], for: news}\n"),
)  # fmt: skip
NO_GUESTS = "guests does not name order"
BY_GUESTS = [
    (Act.FIELD_COLLECT, VISITOR, {"source": "order", "data": ["name"]}, NO_GUESTS),
    (Act.ORDER_DRAFT, VISITOR, {}, NO_GUESTS),
    (Act.ORDER_PLACE, VISITOR, {}, NO_GUESTS),
    (Act.FIELD_OPEN, VISITOR, {"purpose": "billing", "data": ["name"]}, "purposes.billing is not for a visitor"),
    (Act.LETTER_SEND, VISITOR, {"purpose": "billing"}, "purposes.billing is not for a visitor"),
    (Act.FIELD_DISCLOSE, VISITOR, {"recipient": "carrier", "data": ["name"]}, "receives nothing from a visitor"),
]


@pytest.mark.parametrize(("act", "by", "asked", "refusal"), BY_GUESTS)
def test_only_where_guests_may_order_may_a_visitor(act, by, asked, refusal):
    assert may(act, policy=GUESTS, by=by, subject=ANN, **asked)
    answer = may(act, policy=SHOP, by=by, subject=ANN, **asked)
    assert isinstance(answer, Denied)
    assert refusal in answer.reason


@pytest.mark.parametrize(
    ("act", "asked", "refusal"),
    [
        (Act.FIELD_COLLECT, {"source": "account", "data": ["email"]}, "is for someone who has signed in"),
        (Act.FIELD_COLLECT, {"source": "order", "data": ["passkey"]}, "data.passkey does not come from order"),
        (Act.FIELD_OPEN, {"purpose": "news", "data": ["email"]}, "purposes.news is not for a visitor"),
        (Act.FIELD_OPEN, {"purpose": "access", "data": ["name"]}, "the person's own right"),
        (Act.FIELD_DISCLOSE, {"recipient": "club", "data": ["email"]}, "club receives nothing from a visitor"),
        (Act.ORDER_REFUND, {}, "not for the actor visitor"),
        (Act.DATA_SEE, {}, "not for the actor visitor"),
        (Act.SUBJECT_ERASE, {}, "not for the actor visitor"),
    ],
)
def test_a_guest_who_came_by_no_link_may_order_and_nothing_more(act, asked, refusal):
    answer = may(act, policy=GUESTS, by=VISITOR, subject=ANN, **asked)
    assert isinstance(answer, Denied)
    assert refusal in answer.reason
