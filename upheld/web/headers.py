"""What every answer tells the browser, pages and static files alike.

The outermost middleware, so that no answer leaves without these, whoever made it. Django's SecurityMiddleware and
django-csp add the transport, referrer and content policies.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

# What a page could ask a browser for, as current browsers know it (an unknown name would fill their console with
# errors), refused, but for the two that passkeys need.
_FEATURES = (
    "accelerometer",
    "autoplay",
    "browsing-topics",
    "camera",
    "clipboard-read",
    "compute-pressure",
    "display-capture",
    "encrypted-media",
    "fullscreen",
    "gamepad",
    "geolocation",
    "gyroscope",
    "hid",
    "identity-credentials-get",
    "idle-detection",
    "interest-cohort",
    "keyboard-map",
    "local-fonts",
    "magnetometer",
    "microphone",
    "midi",
    "otp-credentials",
    "payment",
    "picture-in-picture",
    "private-state-token-issuance",
    "private-state-token-redemption",
    "screen-wake-lock",
    "serial",
    "storage-access",
    "sync-xhr",
    "usb",
    "window-management",
    "xr-spatial-tracking",
)
_PASSKEYS = ("publickey-credentials-create=(self)", "publickey-credentials-get=(self)")
PERMISSIONS_POLICY = ", ".join([*(f"{name}=()" for name in _FEATURES), *_PASSKEYS])


class Headers:
    """Sets what is the same everywhere; and, unless a view says that its answer is public, keeps it out of caches."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        # A page may be personal in ways that nobody thought of: what no view calls public is never stored.
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("Cross-Origin-Embedder-Policy", "require-corp")
        response.headers.setdefault("Referrer-Policy", "no-referrer")
        response.headers.setdefault("X-Permitted-Cross-Domain-Policies", "none")
        return response
