"""Verdict marks: what stands behind a sentence, told by shape and word as well as by colour."""

from collections.abc import Mapping

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from upheld.policy import Promise

WORDS = {"upheld": "Upheld", "broken": "Broken", "not_enforced": "Not yet enforced", "unknown": "Unknown"}

# 16 by 16, drawn with the colour of the text: a full disc with a tick, a full diamond with a cross, an open ring
# with a gap, a square with a question mark. No two share an outline, so that none depends on colour.
_SHAPES = {
    "upheld": '<path fill="currentColor" fill-rule="evenodd" d="M8 .75a7.25 7.25 0 1 1 0 14.5A7.25 7.25 0 0 1 8 .75Z'
    "m3.53 4.3a.85.85 0 0 0-1.2.13L7.05 9.2 5.6 7.76a.85.85 0 0 0-1.2 1.2l2.13 2.12a.85.85 0 0 0 1.26-.07l3.88-4.76"
    'a.85.85 0 0 0-.14-1.2Z"/>',
    "broken": '<path fill="currentColor" fill-rule="evenodd" d="M8.92.88 15.12 7.08a1.3 1.3 0 0 1 0 1.84L8.92 15.12'
    "a1.3 1.3 0 0 1-1.84 0L.88 8.92a1.3 1.3 0 0 1 0-1.84L7.08.88a1.3 1.3 0 0 1 1.84 0ZM6.3 5.1a.85.85 0 0 0-1.2 1.2"
    "L6.8 8 5.1 9.7a.85.85 0 0 0 1.2 1.2L8 9.2l1.7 1.7a.85.85 0 0 0 1.2-1.2L9.2 8l1.7-1.7a.85.85 0 0 0-1.2-1.2L8 6.8Z"
    '"/>',
    "not_enforced": '<circle cx="8" cy="8" r="6.25" fill="none" stroke="currentColor" stroke-width="1.7" '
    'stroke-dasharray="4.4 2.15" stroke-linecap="butt"/>',
    "unknown": '<rect x="1.75" y="1.75" width="12.5" height="12.5" rx="2.5" fill="none" stroke="currentColor" '
    'stroke-width="1.6"/><path fill="none" stroke="currentColor" stroke-width="1.6" stroke-linecap="round" '
    'd="M6.1 6.2a1.95 1.95 0 1 1 2.9 1.7c-.65.37-1 .7-1 1.35"/><circle cx="8" cy="11.6" r=".95" fill="currentColor"/>',
}


def glyph(verdict: str) -> SafeString:
    return format_html(
        '<svg class="glyph" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">{}</svg>',
        mark_safe(_SHAPES[verdict]),  # noqa: S308 - a constant above
    )


def verdict(verdict: str) -> SafeString:
    """The mark as it stands beside a promise: shape and word."""
    return format_html('<span class="verdict {}">{}{}</span>', verdict, glyph(verdict), WORDS[verdict])


def title(promise: str) -> str:
    return promise.replace("-", " ")


class Marker:
    """Makes the marks of one page. The first of each promise has an id, `says-` and its name, for others to lead to."""

    def __init__(self, verdicts: Mapping[Promise, str]) -> None:
        self.verdicts = verdicts
        self.made: set[Promise] = set()

    def behind(self, promise: Promise) -> str:
        """The mark as it stands behind a sentence of the policy: it leads to the evidence for the promise."""
        found = self.verdicts.get(promise, "not_enforced")
        place = "" if promise in self.made else format_html(' id="says-{}"', promise.value)
        self.made.add(promise)
        return format_html(
            '&#8288;<a class="mark {}"{} href="/policy/evidence/#{}">{}'
            '<span class="said"><span class="word">{}</span> <span class="name">{}</span></span></a>',
            found,
            place,
            promise.value,
            glyph(found),
            WORDS[found],
            title(promise),
        )
