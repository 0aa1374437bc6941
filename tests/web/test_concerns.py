"""Anyone tells us of a concern, from any page, and has its number and date at once."""

import re
from collections.abc import Callable
from email.message import EmailMessage

from pytest_django import DjangoCaptureOnCommitCallbacks

from tests.canaries import Canaries
from tests.people import Person
from tests.web.buying import Buyer, guest, processor, started, typed  # noqa: F401 - fixtures
from tests.web.conftest import Visitor
from upheld.contact.models import Address
from upheld.conversations import verbs as conversations
from upheld.conversations.models import Conversation
from upheld.policy import force
from upheld.policy.actors import Actor
from upheld.rights.models import Request, Right

Letters = Callable[[], list[EmailMessage]]
SAID = "My address stands on a parcel that is not mine."


def about(request: Request) -> str:
    found = Conversation.objects.get(subject=request.subject, pk=request.conversation)
    return conversations.read(found, by=Actor.person(request.subject))[0].text


def test_every_page_leads_to_it(visitor: Visitor, member: Visitor) -> None:
    for browser, path in ((visitor, "/"), (visitor, "/no/such/page/"), (member, "/account/data/")):
        assert '<a href="/concern/"' in browser.text(path)
    for promise in force.in_force().promises:
        assert f'href="/concern/?about={promise}"' in visitor.text("/policy/evidence/")


def test_someone_unknown_is_answered_at_their_address(
    visitor: Visitor,
    canaries: Canaries,
    letters: Letters,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    given = {"text": SAID, "promise": "no-sale", "is_urgent": "on", "email": canaries["email"]}
    with django_capture_on_commit_callbacks(execute=True):
        answer = visitor.post("/concern/", given)
    assert answer["Location"] == "/concern/received/"
    made = Request.objects.get()
    assert (made.right, made.promise, made.is_urgent, made.way) == (Right.CONCERN, "no-sale", True, "site")
    assert about(made) == SAID
    page = visitor.text("/concern/received/")
    assert made.number in page
    assert f"{made.due_at:%B %Y}" in page
    assert canaries["email"] not in page
    letter = letters()[-1]
    assert letter["To"] == canaries["email"]
    body = letter.get_body(("plain",))
    assert body is not None
    assert made.number in body.get_content()
    assert "parcel" not in body.get_content()


def test_someone_signed_in_need_not_say_who_they_are(person: Person, member: Visitor) -> None:
    assert 'name="email"' not in member.text("/concern/")
    page = member.post("/concern/", {"text": SAID}, follow=True).content.decode()
    made = Request.objects.get()
    assert (made.subject, made.promise, made.is_urgent) == (person.subject, "", False)
    assert made.number in page
    assert "/account/requests/" in page
    assert made.number in member.text("/account/requests/")
    assert SAID in member.text(f"/account/conversations/{made.conversation}/")


def test_an_address_that_we_know_is_answered_like_any_other(person: Person, visitor: Visitor) -> None:
    given = {"text": SAID, "email": person.email}
    page = visitor.post("/concern/", given, follow=True).content.decode()
    other = Visitor().post("/concern/", given | {"email": "new@example.org"}, follow=True).content.decode()
    assert Request.objects.for_subject(person.subject).count() == 1
    assert Request.objects.count() == 2
    without = [re.sub(r"R-\w{8}", "", re.sub(r'value="\w{64}"', "", each)) for each in (page, other)]
    assert without[0] == without[1]


def test_what_is_wrong_is_told_and_nothing_typed_is_lost(visitor: Visitor) -> None:
    given = {"text": SAID, "promise": "no-sale", "is_urgent": "on", "email": "no address"}
    page = visitor.post("/concern/", given).content.decode()
    assert "<title>Error: " in page
    assert 'href="#id_email"' in page
    assert SAID in page
    assert '<option value="no-sale" selected>' in page
    assert re.search(r'name="is_urgent"[^>]* checked', page)
    assert 'value="no address"' in page
    page = visitor.post(
        "/concern/", given | {"text": "", "email": "a@example.org", "promise": "nonsense"}
    ).content.decode()
    assert "Write what is wrong." in page
    assert "Choose one of the promises listed." in page
    assert not Request.objects.exists()
    assert not Address.objects.exists()


def test_the_number_of_a_card_is_taken_out(visitor: Visitor) -> None:
    text = "You charged 4242424242424242 twice."
    page = visitor.post("/concern/", {"text": text, "email": "a@example.org"}).content.decode()
    assert "You charged •••••••••••••••• twice." in page
    assert not Request.objects.exists()


def test_a_link_says_what_it_is_about(visitor: Visitor) -> None:
    assert '<option value="see" selected>' in visitor.text("/concern/", about="see")
    page = visitor.text("/concern/", about="<nonsense>", order="<nonsense>")
    assert "nonsense" not in page
    assert page.count("<option") == len(force.in_force().promises) + 1


def test_it_leads_from_an_order(guest: Buyer) -> None:  # noqa: F811 - the fixture
    order = guest.buy(guest.shop.guide)
    guest.browser.get(guest.link("mine"))
    link = f"/concern/?order={order.number}"
    assert f'href="{link}"' in guest.browser.text(f"/account/orders/{order.pk}/")
    assert f"About my order {order.number}:" in guest.browser.text(link)
    assert order.number not in Visitor().text(link)


def test_there_is_nothing_to_show_before_one_is_told(visitor: Visitor) -> None:
    assert visitor.get("/concern/received/")["Location"] == "/concern/"


def test_nobodys_mailbox_is_filled(visitor: Visitor) -> None:
    given = {"text": SAID, "email": "a@example.org"}
    answers = [visitor.post("/concern/", given).status_code for _ in range(7)]
    assert answers == [302] * 6 + [429]
    assert visitor.post("/concern/", given | {"email": "b@example.org"}).status_code == 302
