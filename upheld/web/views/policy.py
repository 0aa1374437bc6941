"""The policy, its versions, and the evidence for each of its promises."""

import re
from datetime import date
from functools import lru_cache
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.views.decorators.http import condition

from upheld.evidence import retention
from upheld.evidence.verdicts import Verdict
from upheld.policy import Policy, Promise, checks, force
from upheld.policy.render import counted, footnotes, html, inventory
from upheld.web import marks, verdicts
from upheld.web.doors import door

_HEADING = re.compile(r'<h2 id="([^"]+)">(.*?)</h2>', re.DOTALL)
_TITLE = re.compile(r"\A\s*<h1[^>]*>(.*?)</h1>", re.DOTALL)
_NOTES = re.compile(r'<section class="footnotes">.*\Z', re.DOTALL)


@door("GET")
def policy(request: HttpRequest) -> HttpResponse:
    return _document(request, force.in_force())


@door("GET")
def version(request: HttpRequest, effective: date) -> HttpResponse:
    return _document(request, _version(effective))


def _document(request: HttpRequest, policy: Policy) -> HttpResponse:
    now = verdicts.now()
    context = {
        "document": policy,
        "in_force": policy == force.in_force(),
        **_rendered(policy, tuple(now.words.items())),
        "now": now,
        "versions": force.published().versions(),
    }
    return render(request, "web/policy.html", context)


@lru_cache(maxsize=16)
def _rendered(policy: Policy, words: tuple[tuple[Promise, str], ...]) -> dict[str, Any]:
    """The parts that follow from the file and the verdicts alone, so that they are made once for everyone."""
    # render.html escapes the prose and refuses HTML in it, so what comes out is only its tags and our marks.
    whole = html(policy, mark=marks.Marker(dict(words)).behind)
    body = _NOTES.sub("", _TITLE.sub("", whole))
    return {
        "body": mark_safe(body),  # noqa: S308 - the renderer escaped it
        "contents": [(slug, mark_safe(text)) for slug, text in _HEADING.findall(body)],  # noqa: S308 - the renderer escaped it
        "counted": counted(policy),
        "inventory": inventory(policy),
    }


def _version(effective: date) -> Policy:
    for each in force.published().versions():
        if each.effective == effective:
            return each
    raise Http404


@door("GET")
def versions(request: HttpRequest) -> HttpResponse:
    found = reversed(force.published().versions())
    return render(request, "web/versions.html", {"versions": list(found), "held": force.in_force()})


def _etag(request: HttpRequest, effective: date | None = None) -> str:
    return f'"{(_version(effective) if effective else force.in_force()).digest}"'


@door("GET")
@condition(etag_func=_etag)
def raw(request: HttpRequest, effective: date | None = None) -> HttpResponse:
    """The file itself, byte for byte: anyone can take its digest and compare."""
    policy = _version(effective) if effective else force.in_force()
    headers = {"Cache-Control": "public, no-cache"}
    return HttpResponse(policy.text, content_type="text/markdown; charset=utf-8", headers=headers)


_said = lru_cache(maxsize=16)(footnotes)


@door("GET")
def evidence(request: HttpRequest) -> HttpResponse:
    policy, now = force.in_force(), verdicts.now()
    said, registered = _said(policy), checks.registered()
    rows = [
        {
            "promise": promise,
            "verdict": now.of(promise),
            "found": now.found.get(promise),
            "said": mark_safe(said[promise]) if promise in said else "",  # noqa: S308 - escaped by the renderer
            "sentences": [each.text for each in policy.sentences if promise in each.labels],
            "checks": registered.get(promise, ()),
            **_details(now.found.get(promise)),
        }
        for promise in Promise
    ]
    return render(request, "web/evidence.html", {"rows": rows, "now": now})


def _details(found: Verdict | None) -> dict[str, Any]:
    """What a check saw, line by line; how old things got, as a table."""
    lines = [(line, retention.read(line)) for line in (found.details if found else ())]
    return {"details": [line for line, read in lines if not read], "classes": [read for _, read in lines if read]}
