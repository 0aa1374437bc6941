"""What templates of the site need: versioned static files, verdict marks, words."""

from decimal import Decimal
from functools import cache
from hashlib import sha256
from pathlib import Path

from django import template
from django.contrib.staticfiles import finders
from django.forms import BaseForm, BoundField
from django.templatetags.static import static
from django.utils.safestring import SafeString

from upheld.payments.money import shown
from upheld.web import drawings, marks

register = template.Library()


@register.simple_tag
@cache
def asset(path: str) -> str:
    """The address of a static file, with a digest of what it holds, so that a new version is fetched at once."""
    found = finders.find(path)
    if not found:
        raise template.TemplateSyntaxError(f"There is no static file {path}.")
    return f"{static(path)}?{sha256(Path(found).read_bytes()).hexdigest()[:12]}"


@register.simple_tag
def verdict(name: str) -> SafeString:
    return marks.verdict(name)


@register.simple_tag
def glyph(name: str) -> SafeString:
    return marks.glyph(name)


@register.simple_tag
def drawing(kind: str, slug: str) -> SafeString:
    return drawings.of(kind, slug)


@register.filter
def money(minor: int, currency: str) -> str:
    """An amount in minor units, as people read it."""
    return shown(minor, currency)


@register.filter
def percent(rate: Decimal) -> str:
    """A rate as people read it: 19%, 8.1%."""
    return f"{rate.normalize():f}%"


@register.filter
def promise_title(name: str) -> str:
    return marks.title(name)


@register.inclusion_tag("web/field.html")
def field(bound: BoundField) -> dict[str, object]:
    """A form's field: label, what it is for, input, what is wrong with it."""
    return {"field": bound}


@register.inclusion_tag("web/problems.html")
def problems(form: BaseForm) -> dict[str, object]:
    """What has to be mended, in one place at the top, each leading to its field."""
    return {"form": form, "first": next(iter(form.visible_fields()), None)}
