"""What there is to download: releases by product and platform, given to people who signed up, one build at a time."""

from collections.abc import Iterator
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe

from upheld.accounts import limits
from upheld.builds import allowing, artefacts, issuing, notes, releases
from upheld.builds.errors import FileMissing, NoLongerGiven, TooManyBuilds
from upheld.builds.models import Release
from upheld.policy import force
from upheld.web import errors
from upheld.web.doors import door
from upheld.web.people import account_of, actor

ISSUED = limits.Limit("builds.issued", 60, limits.HOUR)
PAGE = 50
STABLE = "stable"
NONE_MADE = "No build was made"
GONE = errors.Trouble("This release is given out no more", "Choose another one under Downloads.")


@door("GET", signed_in=True)
def downloads(request: HttpRequest) -> HttpResponse:
    """The newest release for each platform. Nothing is opened, and nobody is noted down for looking."""
    products = [(name, list(_newest(name))) for name in force.in_force().products]
    return render(request, "web/builds/downloads.html", {"products": [each for each in products if each[1]]})


@door("GET", signed_in=True)
def versions(request: HttpRequest, product: str) -> HttpResponse:
    """All releases of a product, the newest first, some at a time."""
    rows = releases.standing(product)
    before = request.GET.get("before", "")
    if before:
        last = rows.filter(pk=_id(before)).first()
        if last is None:
            raise Http404
        rows = rows.filter(published_at__lte=last.published_at).exclude(published_at=last.published_at, pk__gte=last.pk)
    found = list(rows[: PAGE + 1])
    if not found:
        raise Http404
    older = found[PAGE - 1].pk if len(found) > PAGE else ""
    return render(request, "web/builds/versions.html", {"name": product, "rows": found[:PAGE], "older": older})


@door("GET", "POST", signed_in=True)
def release(request: HttpRequest, row: UUID) -> HttpResponse:
    """What is new in it, and the button that makes a build of it for this person."""
    found = releases.standing().filter(pk=row).first()
    if found is None:
        return errors.page(request, 410, GONE)
    if request.method == "POST":
        return _issue(request, found)
    # The room renders notes without any markup of their own (upheld.builds.notes).
    context = {"release": found, "notes": mark_safe(notes.html(found.notes))}  # noqa: S308 - as said above
    return render(request, "web/builds/release.html", context)


def _issue(request: HttpRequest, found: Release) -> HttpResponse:
    """The build that they have of it is offered first; of copies to hand on, each is another one."""
    subject = account_of(request).subject
    refused = limits.take([(ISSUED, subject.bytes)])
    if refused is not None:
        return errors.too_many(request, refused.retry_after)
    handed_on, is_another = "handed_on" in request.POST, "another" in request.POST
    had = None if handed_on or is_another else allowing.had(found, subject)
    try:
        if had is not None:
            given = issuing.again(had, by=actor(request))
        else:
            given = issuing.issue(found, to=subject, by=actor(request), handed_on=handed_on)
    except NoLongerGiven:
        return errors.page(request, 410, GONE)
    except FileMissing as error:
        return errors.page(request, 410, errors.Trouble(NONE_MADE, str(error)))
    except TooManyBuilds as error:
        return errors.page(request, 429, errors.Trouble(NONE_MADE, str(error)))
    is_here = artefacts.path(found.sha256).exists()
    return render(request, "web/builds/given.html", {"given": given, "is_here": is_here, "had": had is not None})


def _newest(product: str) -> Iterator[Release]:
    """One for each platform and channel."""
    rows = releases.standing(product)
    kinds = set(rows.order_by().values_list("channel", "platform").distinct())
    for channel, platform in sorted(kinds, key=lambda kind: (kind[0] != STABLE, kind)):
        yield rows.filter(channel=channel, platform=platform)[0]


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None
