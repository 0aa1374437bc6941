"""Documents as PDF, typeset in this process from templates and fonts of our own.

Nothing is written to disk and nothing is fetched: the templates read what they say from one JSON input, so that no
name, however it is spelt, is ever part of their source. The bytes are PDF/A-2a and PDF/UA-1: they can be kept for
the years that tax law asks for, and read aloud.
"""

import json
from datetime import UTC, datetime, time
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import typst

from upheld.orders.documents.content import Content, Kind
from upheld.orders.documents.errors import PaperUnknown
from upheld.orders.documents.sums import check
from upheld.orders.documents.written import LOCALES, words

if TYPE_CHECKING:
    from typst import PDFStandard

Paper = Literal["A4", "Letter"]
HERE = Path(__file__).parent
KEPT: "list[PDFStandard]" = ["a-2a", "ua-1"]


def made(kind: Kind | str, content: Content, *, paper: Paper | str = "A4") -> bytes:
    """One document as the bytes of a PDF.

    Raises SumsDiffer for content that does not add up, TotalMissing, PaperUnknown, and ValueError for another kind.
    """
    kind = Kind(kind)
    if paper not in LOCALES:
        raise PaperUnknown(paper)
    check(kind, content)
    said = json.dumps(words(kind, content, paper=paper))
    midnight = datetime.combine(content.dated, time(), UTC)
    try:
        return _typeset(said, midnight, KEPT)
    except typst.TypstError:
        # The standards refuse a character that no font has, and those for private use. The document is still owed.
        return _typeset(said, midnight, [])


def _typeset(said: str, at: datetime, standards: "list[PDFStandard]") -> bytes:
    return typst.compile(
        HERE / "typeset" / "document.typ",
        root=HERE / "typeset",
        font_paths=_fonts(),
        sys_inputs={"content": said},
        pdf_standards=standards,
        timestamp=at,
        package_path=HERE / "typeset",
        package_cache_path=HERE / "typeset",
    )


@cache
def _fonts() -> typst.Fonts:
    """Ours alone, so that a document looks the same on every machine."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[HERE / "fonts"])
