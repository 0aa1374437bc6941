"""The text of an HTML letter. nh3 makes it well-formed and harmless first."""

import re
from html.parser import HTMLParser

import nh3

LONGEST = 500_000  # characters of HTML that are looked at
DEEPEST = 300  # elements within elements; making deep ones well-formed takes time that grows with their square
_ELEMENT = re.compile(r"<(/?)([a-z][a-z0-9]*)", re.IGNORECASE)
# What never holds more of its kind: it is empty, or ends where the next begins.
_FLAT = {
    "area", "base", "br", "col", "dd", "dt", "embed", "hr", "img", "input", "li", "link", "meta", "option", "p",
    "source", "track", "wbr",
}  # fmt: skip
_BLOCKS = {
    "address", "article", "blockquote", "dd", "div", "dl", "dt", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header",
    "hr", "li", "ol", "p", "pre", "section", "table", "tr", "ul",
}  # fmt: skip
_TAGS = _BLOCKS | {"br", "td", "th"}
_QUOTES = ("gmail_quote", "yahoo_quoted", "moz-cite-prefix", "protonmail_quote", "divRplyFwdMsg", "appendonsend")
_OUTSIDE = {"head", "script", "style", "template", "textarea", "title"}


class _Text(HTMLParser):
    """Gathers text; what stands in a quotation is begun with `> `, as plain letters do it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = [""]
        self.open: list[tuple[str, bool]] = []

    @property
    def quoting(self) -> bool:
        return any(quotes for _, quotes in self.open)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS or tag == "br":
            self.lines.append("")
        if tag in ("blockquote", "div"):
            names = " ".join(value or "" for _, value in attributes)
            self.open.append((tag, tag == "blockquote" or any(each in names for each in _QUOTES)))

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            self.lines.append("")
        if self.open and self.open[-1][0] == tag:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        said = " ".join(data.split())
        if said:
            start = "> " if self.quoting and not self.lines[-1] else ""
            self.lines[-1] += start + (" " if self.lines[-1] and data[0].isspace() else "") + said
            self.lines[-1] += " " if data[-1].isspace() else ""


def shallow(source: str) -> str:
    """The HTML up to where it is nested too deep."""
    depth = 0
    for element in _ELEMENT.finditer(source):
        if element[2].lower() not in _FLAT:
            depth = max(0, depth - 1) if element[1] else depth + 1
            if depth > DEEPEST:
                return source[: element.start()]
    return source


def text(source: str) -> str:
    """The text that a reader of it sees, a line a paragraph."""
    clean = nh3.clean(
        shallow(source[:LONGEST]),
        tags=_TAGS,
        clean_content_tags=_OUTSIDE,
        attributes={"div": {"class", "id"}, "blockquote": {"class"}},
        strip_comments=True,
    )
    reader = _Text()
    reader.feed(clean)
    reader.close()
    return "\n".join(" ".join(line.split()) for line in reader.lines)
