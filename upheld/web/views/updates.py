"""Feeds for updaters: which version of a product is the newest. Public, and about nobody: no number, no cookie."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse

from upheld.builds import feeds
from upheld.builds.models import CHANNELS, PLATFORMS
from upheld.policy import force
from upheld.web.doors import door

CACHED = {"Cache-Control": "public, max-age=300"}


@door("GET")
def appcast(request: HttpRequest, product: str, platform: str, channel: str) -> HttpResponse:
    """As Sparkle reads it; with no item when nothing was published."""
    _check(product, platform, channel)
    text = feeds.appcast(product, platform, channel, site=settings.HOME.site)
    return HttpResponse(text, content_type="application/rss+xml; charset=utf-8", headers=CACHED)


@door("GET")
def latest_yml(request: HttpRequest, product: str, platform: str, channel: str) -> HttpResponse:
    """As electron-updater reads it."""
    _check(product, platform, channel)
    text = feeds.latest_yml(product, platform, channel, site=settings.HOME.site)
    if text is None:
        raise Http404
    return HttpResponse(text, content_type="text/yaml; charset=utf-8", headers=CACHED)


def _check(product: str, platform: str, channel: str) -> None:
    if product not in force.in_force().products or platform not in PLATFORMS or channel not in CHANNELS:
        raise Http404
