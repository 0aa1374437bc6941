"""Words that are given at the same time: one counts, whole."""

from tests.accounts.test_at_once import at_once
from tests.rights.conftest import Planted
from tests.rights.requesting import officer
from tests.rights.test_buyers import bought, paid
from upheld import vault
from upheld.orders.models import AsIssued, Document, Order
from upheld.policy.actors import Actor
from upheld.rights import verbs
from upheld.rights.corrections import proposing
from upheld.rights.models import Proposal, Right
from upheld.vault.errors import VaultError


def proposed(someone: Planted) -> Proposal:
    """Another name for an order whose invoice was issued."""
    order = bought(someone)
    paid(order)
    [asked] = verbs.ask([someone.subject], [Right.RECTIFICATION], way="site", by=someone.by)
    about = {"label": "order", "row": order.pk, "field": "name"}
    return proposing.propose(asked, **about, value="Ann Right", by=officer(asked))


def name(order: Order) -> str | None:
    row = Order.objects.get(pk=order.pk)
    return vault.open(row, ["name"], by=Actor.person(row.subject), purpose="access")["name"]


def test_yes_and_no_are_never_both_heard(ann: Planted) -> None:
    proposal = proposed(ann)
    yes, also, no = at_once(*[lambda each=each: proposing.decide(proposal, each, by=ann.by) for each in (1, 1, 0)])
    assert [bool(each) for each in (yes, also, no)].count(True) == 1
    assert name(Order.objects.get()) == ("Ann Canary" if no else "Ann Right")
    assert Document.objects.filter(kind="correction").count() == (0 if no else 1)
    assert not Proposal.objects.exists()


def test_two_corrections_at_once_follow_each_other(ann: Planted) -> None:
    order = bought(ann)
    paid(order)
    about = {"label": "order", "row": order.pk, "field": "name", "by": ann.by}
    at_once(*[lambda value=value: verbs.correct(ann.subject, **about, value=value) for value in ("Ann One", "Ann Two")])
    assert sorted(Document.objects.filter(kind="correction").values_list("number", flat=True)) == [1, 2]
    said = {row.document: row for row in AsIssued.objects.all()}
    assert len(said) == 3
    last = Document.objects.filter(kind="correction").order_by("number").last()
    assert last is not None
    assert vault.open(said[last.pk], ["name"], by=ann.by, purpose="access")["name"] == name(order)


def test_an_erasure_at_the_same_time_leaves_nothing_half_done(ann: Planted) -> None:
    proposal = proposed(ann)

    def shred() -> None:
        vault.shred(ann.subject, by=ann.by)

    at_once(shred, lambda: _heard(proposal, ann))
    assert not Proposal.objects.exists()
    kept = {row.document for row in AsIssued.objects.all()}
    issued = set(Document.objects.values_list("pk", flat=True))
    assert kept in (set(), issued), "every document has its copy, or none needs one"


def _heard(proposal: Proposal, ann: Planted) -> object:
    try:
        return proposing.decide(proposal, True, by=ann.by)
    except VaultError:
        return None  # she is erased already
