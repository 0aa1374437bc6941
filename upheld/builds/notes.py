"""What a release's notes say, as HTML that is safe to put into a page: markup of their own is shown as it was typed."""

from markdown_it import MarkdownIt


def html(notes: str) -> str:
    return str(MARKDOWN.render(notes))


def _stays_here(url: str) -> bool:
    """Whether a link leads to a page of this site. One that leaves it is shown as it was typed, and is no link."""
    return url.startswith("/") and not url.startswith("//") and "\\" not in url


MARKDOWN = MarkdownIt("commonmark", {"html": False}).disable("image")
MARKDOWN.validateLink = _stays_here  # type: ignore[method-assign]  # how markdown-it has it replaced
