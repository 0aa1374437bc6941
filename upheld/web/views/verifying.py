"""`/receipt/`: anybody checks a receipt, in their own browser. The page asks nothing and sends nothing."""

import base64
import hashlib
import re
from functools import cache
from html import escape
from pathlib import Path

from csp.decorators import csp_replace
from django.contrib.auth.models import AnonymousUser
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from upheld import ledger
from upheld.policy import force
from upheld.web.doors import door
from upheld.web.templatetags.site import asset

ALONE = {"connect-src": ["'none'"], "form-action": ["'none'"]}
STYLES = ("tokens", "base", "parts", "account", "receipt")
_FONT = re.compile(r"@font-face\s*\{[^}]*\}")
_EXPORT = re.compile(r"^export .*\n", re.MULTILINE)
_IMPORT = re.compile(r"^const \{.*\} = await import\(.*\n", re.MULTILINE)


@csp_replace(ALONE)
@door("GET")
def check(request: HttpRequest) -> HttpResponse:
    """The same for everybody: the form to sign out, which could not be sent from here, is left away."""
    request.user = AnonymousUser()
    context = {"checker": asset("js/receipt.js"), **_ours()}
    return render(request, "web/receipts/check.html", context)


@door("GET")
def keep(request: HttpRequest) -> HttpResponse:
    """The same page as one file that needs no site and no network."""
    headers = {"Content-Disposition": 'attachment; filename="receipt-check.html"'}
    return HttpResponse(_alone(**_ours()), headers=headers)


def _ours() -> dict[str, str]:
    return {"key": ledger.verifier_key(), "controller": force.in_force().controller.name}


@cache
def _alone(key: str, controller: str) -> str:
    """It may run its own script and nothing else, and reach nobody."""
    script = _EXPORT.sub("", _static("js/receipt.js")) + _IMPORT.sub("", _static("js/receipt-page.js"))
    style = _FONT.sub("", "".join(_static(f"css/{name}.css") for name in STYLES))
    allowed = f"default-src 'none'; base-uri 'none'; form-action 'none'; script-src {_digest(script)}"
    block = render_to_string("web/receipts/block.html", {"key": key, "controller": controller, "checker": ""})
    return f"""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{allowed}; style-src {_digest(style)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Check a receipt · {escape(controller)}</title>
<style>{style}</style>
<main class="alone">
<h1>Check a receipt</h1>
<p>It is checked in this browser, and sent nowhere.</p>
<noscript><p>This page needs JavaScript. Without it: upheld receipt verify FILE --key KEY</p></noscript>
{block}</main>
<script type="module">{script}</script>
</html>
"""


def _static(path: str) -> str:
    found = finders.find(path)
    assert found
    return Path(found).read_text("utf-8")


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
