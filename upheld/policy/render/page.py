"""The policy as HTML, safe to put into a page: its prose is escaped, and only our own tags come out."""

import re
from collections.abc import Callable, MutableMapping, Sequence
from html import escape
from itertools import pairwise
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

from upheld.policy.document import Policy
from upheld.policy.promises import Promise
from upheld.policy.prose import NOTE, parser

Mark = Callable[[Promise], str]
Link = Callable[[str], str]

EVIDENCE = "/policy/evidence/"


def mark(promise: Promise) -> str:
    """What stands behind a sentence on the page, unless a page marks it in its own way: a link to the evidence."""
    return f'<a class="promise" href="{EVIDENCE}#{promise}" data-promise="{promise}">{promise.replace("-", " ")}</a>'


def html(policy: Policy, mark: Mark = mark, link: Link = str) -> str:
    """The prose, then what each footnote says, as a fragment of HTML.

    `mark` gives the HTML of a reference to a promise, so that a page can show the live verdict there; `link` gives the
    address that a link in the prose leads to, so that a site can announce that someone is leaving it.
    """
    body, notes = _parts(policy, mark, link)
    items = "".join(f'<dt id="promise-{label}">{_name(label)}</dt>\n<dd>{text}</dd>\n' for label, text in notes.items())
    return f'{body}<section class="footnotes">\n<dl>\n{items}</dl>\n</section>\n'


def footnotes(policy: Policy, link: Link = str) -> dict[str, str]:
    """What the footnote of each promise says, as HTML, in the order in which the file defines them."""
    return _parts(policy, mark, link)[1]


def _parts(policy: Policy, mark: Mark, link: Link) -> tuple[str, dict[str, str]]:
    """The HTML of the prose, and that of each footnote's definition, wherever in the prose it stands."""
    markdown = _markdown(mark, link)
    parts: dict[str, list[Token]] = {"": []}
    label = ""
    for token in markdown.parse(policy.prose):
        if token.type == "footnote_reference_open":
            label = token.meta["label"]
        elif token.type == "footnote_reference_close":
            label = ""
        else:
            parts.setdefault(label, []).append(token)
    shown = {label: str(markdown.renderer.render(each, markdown.options, {})).strip() for label, each in parts.items()}
    return shown.pop("") + "\n", shown


def _name(label: str) -> str:
    return escape(label.replace("-", " "))


def _markdown(mark: Mark, link: Link) -> MarkdownIt:
    """The loader's own parser, so that a page shows what was counted; its renderer writes no HTML of the file's."""
    markdown = parser()
    markdown.options["html"] = False
    markdown.core.ruler.after("inline", "link_addresses", lambda state: _address(state.tokens, link))
    markdown.core.ruler.after("inline", "heading_ids", lambda state: _name_headings(state.tokens))

    def reference(
        renderer: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: MutableMapping[str, Any]
    ) -> str:
        label = tokens[index].meta["label"]
        inner = '<a href="#promise-note">note</a>' if label == NOTE else mark(Promise(label))
        return f'<sup class="{"note" if label == NOTE else "backed"}">{inner}</sup>'

    markdown.add_render_rule("footnote_ref", reference)
    return markdown


def _address(tokens: list[Token], link: Link) -> None:
    for token in tokens:
        for child in token.children or ():
            if child.type == "link_open":
                child.attrs["href"] = link(str(child.attrs["href"]))


def _name_headings(tokens: list[Token]) -> None:
    """Give each heading an id made of its words, so that a section has an address."""
    taken: set[str] = set()
    for token, text in pairwise(tokens):
        if token.type == "heading_open":
            slug = "-".join(re.findall(r"\w+", text.content.lower())) or "section"
            while slug in taken:
                slug += "-again"
            taken.add(slug)
            token.attrs["id"] = slug
