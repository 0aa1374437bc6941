"""What every page knows: whose site it is, which policy holds, and what is in the basket."""

from typing import Any

from django.http import HttpRequest

from upheld.payments import processors
from upheld.policy import PolicyError, force
from upheld.web import catcher
from upheld.web.basket import Basket

ACCOUNT_PAGES = (
    ("/account/", "Overview"),
    ("/account/orders/", "Orders"),
    ("/account/cards/", "Cards"),
    ("/account/builds/", "Builds"),
    ("/account/data/", "Your data"),
    ("/account/openings/", "Who looked"),
    ("/account/requests/", "Requests"),
    ("/account/conversations/", "Conversations"),
    ("/account/choices/", "Choices"),
    ("/account/security/", "Security"),
    ("/account/delete/", "Delete everything"),
)


GUEST_PAGES = (
    ("/account/orders/", "Orders"),
    ("/account/data/", "Your data"),
    ("/account/openings/", "Who looked"),
    ("/account/requests/", "Requests"),
    ("/account/conversations/", "Conversations"),
    ("/order/delete/", "Delete everything"),
)

UNDER = {"/account/uses/": "/account/requests/"}
"""Pages that belong to another one of the menu than the one above them."""


def _under(path: str) -> str:
    """The page of the menu that one further down belongs to; empty for none."""
    path = UNDER.get(path, path)
    known = {each for each, _ in (*ACCOUNT_PAGES, *GUEST_PAGES)} - {"/account/"}
    return next((each for each in known if path.startswith(each)), "")


def site(request: HttpRequest) -> dict[str, Any]:
    """The policy in force as `policy`, None when there is none: an error page must still be shown then."""
    try:
        policy = force.in_force()
    except PolicyError:
        policy = None
    return {
        "policy": policy,
        "account_pages": ACCOUNT_PAGES,
        "guest_pages": GUEST_PAGES,
        "under": _under(request.path),
        "is_demonstration": catcher.is_open(),
    }


def payments(request: HttpRequest) -> dict[str, Any]:
    """The processor who takes cards, of whom a page that shows payment says whether its money is real."""
    return {"processor": processors.current, "basket_count": len(Basket.of(request))}
