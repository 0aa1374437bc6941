"""Which language a letter is in: its script, and how many of its words each language's file knows."""

import re
from functools import cache

from upheld.mailbox.wants.language import languages
from upheld.mailbox.wants.words import words

LOOKED_AT = 1000  # characters from the letter's beginning, which tell
UNKNOWN = "und"  # BCP 47's word for it
_SCRIPTS = {
    "arabic": re.compile("[\u0600-\u06ff]"),
    "cyrillic": re.compile("[\u0400-\u04ff]"),
    "devanagari": re.compile("[\u0900-\u097f]"),
    "greek": re.compile("[\u0370-\u03ff]"),
    "han": re.compile("[\u4e00-\u9fff]"),
    "hangul": re.compile("[\uac00-\ud7af]"),
    "hebrew": re.compile("[\u0590-\u05ff]"),
    "kana": re.compile("[\u3040-\u30ff]"),
}
_LATIN, _ASCII = re.compile("[a-z]"), re.compile("[\x00-\x7f]+")


@cache
def _weights() -> dict[str, list[tuple[str, float]]]:
    """What each word says for a language: the fewer others know it, the more."""
    knowing: dict[str, set[str]] = {}
    for code, language in languages().items():
        if not language.spaceless:
            own = {entry[0] for group in language.classes.values() for entry in group if len(entry) == 1}
            for word in language.common | own:
                knowing.setdefault(word.rstrip("*"), set()).add(code)
    return {
        word: [(code, (1 if word in languages()[code].common else 0.6) / len(codes)) for code in sorted(codes)]
        for word, codes in knowing.items()
    }


def script(text: str) -> str:
    """The script that most of the letters are in. Kana among Chinese characters is Japanese."""
    foreign = _ASCII.sub("", text)
    counts = {name: len(pattern.findall(foreign)) for name, pattern in _SCRIPTS.items()}
    if not any(counts.values()):
        return "latin" if _LATIN.search(text) else ""
    counts["latin"] = len(_LATIN.findall(text)) // 4  # links, names and brands
    if counts["kana"] * 10 > counts["han"] and counts["kana"]:
        counts["kana"] += counts["han"]
    return max(counts, key=lambda each: counts[each])


def written_in(text: str) -> list[str]:
    """The languages that have the text's script."""
    written = script(text[:LOOKED_AT])
    return [code for code, language in languages().items() if (language.script or "latin") == written]


def ranked(text: str) -> list[tuple[str, float]]:
    """Languages in which plain text may be, the likeliest first, with what speaks for each, from 0."""
    text = text[:LOOKED_AT]
    possible = written_in(text)
    if len(possible) == 1:
        return [(possible[0], 9.0)]
    scores = dict.fromkeys(possible, 0.0)
    weights = _weights()
    for word in words(text, elides=True):
        for code, weight in weights.get(word, ()):
            if code in scores:
                scores[code] += weight
    return sorted(((code, score) for code, score in scores.items() if score > 0), key=_order)


def _order(found: tuple[str, float]) -> tuple[float, bool, str]:
    """English first among equals: its words are in every language's letters."""
    code, score = found
    return -score, code != "en", code
