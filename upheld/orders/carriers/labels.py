"""Fetching a label that EasyPost made. It holds the address, and is kept by nobody here."""

import httpx

LARGEST = 5_000_000  # bytes


class LabelMissing(Exception):
    """The label cannot be had now."""


def fetched(url: str, *, own: str, timeout: int) -> bytes:
    """The PDF at the address. Raises LabelMissing.

    It travels encrypted, except from where the settings have EasyPost's interface: `own`, which may be on this machine.
    """
    if not url.startswith(("https://", f"{own}/")):
        raise LabelMissing
    content = bytearray()
    try:
        with httpx.stream("GET", url, timeout=timeout) as answer:
            for part in answer.iter_bytes():
                content += part
                if len(content) > LARGEST:
                    raise LabelMissing
    except (httpx.HTTPError, httpx.InvalidURL):
        raise LabelMissing from None
    if not content.startswith(b"%PDF"):
        raise LabelMissing
    return bytes(content)
