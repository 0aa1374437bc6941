"""Patterns over areas, so that they are told apart without colour."""

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

LINES = ("", "M0 6 6 0", "M0 0 6 6", "M0 3H6", "M3 0V6", "M0 6 6 0M0 0 6 6")


def patterns(view: str) -> SafeString:
    """Their definitions, under names that no other drawing of the page has."""
    return format_html_join(
        "",
        '<pattern id="hatch-{}-{}" width="6" height="6" patternUnits="userSpaceOnUse">'
        '<path class="hatch" d="{}" fill="none" stroke="#ffffff" stroke-width="1"/></pattern>',
        ((view, at, line) for at, line in enumerate(LINES) if line),
    )


def over(path: str, at: int, view: str) -> SafeString:
    """The pattern of the series `at` over a path; the first has none."""
    return format_html('<path d="{}" fill="url(#hatch-{}-{})"/>', path, view, at) if at and path else SafeString("")
