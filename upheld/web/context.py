"""What every page knows: whose site it is, and which policy holds."""

from typing import Any

from django.http import HttpRequest

from upheld.policy import PolicyError, force


def site(request: HttpRequest) -> dict[str, Any]:
    """The policy in force as `policy`, None when there is none: an error page must still be shown then."""
    try:
        return {"policy": force.in_force()}
    except PolicyError:
        return {"policy": None}
