"""Bytes as text, whatever charset they claim to be in."""

import codecs

# Names that mail programs write and Python does not know.
_OTHER_NAMES = {
    "ansi": "cp1252", "cp-850": "cp850", "default": "utf-8", "iso-8859-1-windows-1252": "cp1252",
    "unicode-1-1-utf-7": "utf-7", "unknown-8bit": "utf-8", "us-ascii": "utf-8", "ascii": "utf-8", "utf8mb4": "utf-8",
    "x-unknown": "utf-8", "iso-8859-8-i": "iso-8859-8", "ks_c_5601-1987": "cp949", "euc-kr": "cp949",
    "gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932", "x-sjis": "cp932", "latin1": "cp1252",
    "iso-8859-1": "cp1252",
}  # fmt: skip


def decoded(content: bytes | None, charset: object) -> str:
    """The text: in the charset named if it fits, else UTF-8, else Windows' Latin letters, which always fit."""
    content = content or b""
    for name in (_known(str(charset or "utf-8")), "utf-8"):
        try:
            return content.decode(name) if name else content.decode("utf-8")
        except (UnicodeError, ValueError):
            continue
    return content.decode("cp1252", "replace")


def _known(charset: str) -> str:
    """Python's name for a charset of text; empty for one that it does not know, or that is none, such as `zip`."""
    name = charset.strip().strip("'\"").lower()[:40]
    try:
        found = codecs.lookup(_OTHER_NAMES.get(name, name))
    except (LookupError, ValueError):
        return ""
    return found.name if found._is_text_encoding and found.name not in {"idna", "punycode", "undefined"} else ""
