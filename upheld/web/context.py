"""What every page knows: whose site it is, and which policy holds."""

from typing import Any

from django.http import HttpRequest

from upheld.policy import PolicyError, force

ACCOUNT_PAGES = (
    ("/account/", "Overview"),
    ("/account/data/", "Your data"),
    ("/account/choices/", "Choices"),
    ("/account/security/", "Security"),
    ("/account/delete/", "Delete everything"),
)


def site(request: HttpRequest) -> dict[str, Any]:
    """The policy in force as `policy`, None when there is none: an error page must still be shown then."""
    try:
        policy = force.in_force()
    except PolicyError:
        policy = None
    return {"policy": policy, "account_pages": ACCOUNT_PAGES}
