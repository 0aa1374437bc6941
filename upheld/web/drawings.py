"""Drawings in place of photographs: what kind of thing it is, on a ground of the product's own.

Made from the product's short name, so that each looks like itself on every page, and nothing is loaded for it. Colours
are the style sheet's.
"""

from hashlib import sha256

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

TINTS = 5
# 320 by 200. Each reads by its outline alone.
_THINGS = {
    "parcel": '<path d="m160 42 78 35-78 35-78-35Z"/><path d="M82 77v62l78 35 78-35V77"/><path d="M160 112v62"/>'
    '<path d="m121 59.500 78 35v24" class="thin"/>',
    "download": '<path d="M160 38v88"/><path d="m122 92 38 38 38-38"/>'
    '<path d="M90 130v22a14 14 0 0 0 14 14h112a14 14 0 0 0 14-14v-22"/>',
    "service": '<circle cx="160" cy="104" r="62"/><circle cx="160" cy="104" r="27"/>'
    '<path d="m116 60 25 25m38 38 25 25m0-88-25 25m-38 38-25 25"/>',
}
# Tiles of 40 by 40, drawn faintly behind it.
_GROUNDS = (
    '<circle cx="20" cy="20" r="2.200"/>',
    '<path d="M0 40 40 0M-10 10 10-10M30 50 50 30" class="line"/>',
    '<path d="M0 20a20 20 0 0 0 40 0" class="line"/>',
    '<path d="M20 12v16M12 20h16" class="line"/>',
    '<path d="M0 30 20 10 40 30" class="line"/>',
)


def of(kind: str, slug: str) -> SafeString:
    """An SVG. It says nothing that the words beside it do not, and so is hidden from those who listen."""
    digest = sha256(slug.encode()).digest()
    tint, ground, name = digest[0] % TINTS, digest[1] % len(_GROUNDS), f"ground-{digest[2:6].hex()}"
    return format_html(
        '<svg class="drawing tint-{}" viewBox="0 0 320 200" aria-hidden="true"><defs><pattern id="{}" width="40" '
        'height="40" patternUnits="userSpaceOnUse"><g class="ground">{}</g></pattern></defs>'
        '<rect class="wall" width="320" height="200"/><rect width="320" height="200" fill="url(#{})"/>'
        '<g class="thing">{}</g></svg>',
        tint,
        name,
        mark_safe(_GROUNDS[ground]),  # noqa: S308 - a constant above
        name,
        mark_safe(_THINGS[kind]),  # noqa: S308 - a constant above
    )
