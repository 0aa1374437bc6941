"""What the writer wrote, apart from what they quoted, forwarded, or have at the foot of every letter."""

import re
from dataclasses import dataclass

_QUOTE = re.compile(r"\s{0,3}(?:>|\|\s)")
_DATED = re.compile(r"\d{1,4}[./ -]|\d{1,2}:\d{2}|@")


def _any(words: str) -> str:
    """A pattern for any of these, each apart from the next by a comma."""
    return "|".join(part.strip().replace(" ", r"\s") for part in words.split(","))


# What mail programs put above what they quote, in many languages. "On … wrote:" may be wrapped once.
_VERBS = _any("""
    wrote, schrieb, a [ée]crit, escribi[óo], ha scritto, scrisse, schreef, escreveu, napisa[łl]\\(?a?\\)?, skrev,
    kirjoitti, napsal\\(?a?\\)?, nap[íi]sal, a scris, [íi]rta, yazd[ıi], έγραψε, пишет, написала?, пише, написав,
    写道, 寫道, のメール, 작성, كتب, כתב/?ה?
""")  # noqa: RUF001 - as they are written
_RULES = _any("""
    original(?:nachricht| message), urspr[üu]ngliche nachricht, message d'origine, message transf[ée]r[ée],
    mensaje original, mensaje reenviado, messaggio originale, messaggio inoltrato, oorspronkelijk bericht,
    doorgestuurd bericht,
    mensagem original, mensagem encaminhada, forwarded message, weitergeleitete nachricht,
    oryginalna wiadomo[śs][ćc],
    ursprungligt meddelande, opprinnelig melding, oprindelig meddelelse
""")
_SENDERS = _any("""
    from, von, de, da, van, från, fra, od, kimden, от, від, lähettäjä, feladó, από, 差出人, 发件人, 寄件者,
    보낸 사람, من,
    מאת
""")
_DATES = _any("""
    sent, date, gesendet, datum, envoy[ée], enviado(?: el)?, fecha, inviato, data, verzonden, skickat, sendt, dato,
    wys[łl]ano, lähetetty, päivämäärä, odesl[áa]no, trimis, elküldve, dátum, tarih, gönderildi, отправлено, дата,
    надіслано, 送信日時, 日期, 发送时间, 보낸 날짜, תאריך, التاريخ
""")
_WROTE = re.compile(rf"(?:{_VERBS})\s?(?:[^:\n]{{0,200}})?[:：]\s*", re.IGNORECASE)  # noqa: RUF001 - full-width colon
_RULE = re.compile(
    rf"\s*(?:-{{2,}}|_{{2,}})\s*(?:{_RULES}|[^\n]{{0,40}})\s*(?:-{{2,}}|_{{2,}})\s*|_{{20,}}\s*", re.IGNORECASE
)
_FROM = re.compile(rf"\s*\*?(?:{_SENDERS})\*?\s?[:：]\s?\S", re.IGNORECASE)  # noqa: RUF001 - full-width colon
_SENT = re.compile(rf"\s*\*?(?:{_DATES})\*?\s?[:：]\s?\S", re.IGNORECASE)  # noqa: RUF001 - full-width colon
LONGEST_QUOTED = 65  # characters of a quoted line after which some programs break it
_DELIMITER = re.compile(r"--\s?|__+\s?")
_DEVICE = re.compile(
    r"\s*(?:sent (?:from|with|via) (?:my |the )?\w|get outlook for|von mein\w* \S+ gesendet|gesendet (?:von|mit) \S|"
    r"envoy[ée] (?:de|depuis) mon|enviado desde|inviato da|verstuurd vanaf|verzonden vanaf|enviado do meu|"
    r"wys[łl]ane z|skickat från min|sendt fra min|lähetetty (?:laitteesta|iphone)|отправлено\s|iphoneから送信|"
    r"나의 iphone에서)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Written:
    own: str
    quoted: str
    signature: str


def apart(text: str) -> Written:
    """The three parts of a letter. Each line is looked at a few times at most, so that no letter takes long.

    Below a line that introduces a quotation everything is quoted, unless the quotation bears marks: then what bears
    none is the writer's, who answers below it or between its lines.
    """
    lines = text.split("\n")
    own, quoted = list[str](), list[str]()
    at, is_introduced = 0, False
    while at < len(lines):
        if _cuts(lines, at):
            begins = _begins_marked(lines, at)
            quoted += lines[at:begins]
            at, is_introduced = begins, True
            continue
        is_quoted = _QUOTE.match(lines[at]) or (is_introduced and _was_wrapped(lines, at))
        (quoted if is_quoted else own).append(lines[at])
        at += 1
    foot = _foot(own)
    return Written("\n".join(own[:foot]).strip(), "\n".join(quoted).strip(), "\n".join(own[foot:]).strip())


def _cuts(lines: list[str], at: int) -> bool:
    """Whether everything from this line on was written by others."""
    line = lines[at][:400]
    if not line.strip() or _QUOTE.match(line):
        return False
    if _RULE.fullmatch(line) and _has_more(lines, at):
        return True
    if _FROM.match(line) and any(_SENT.match(each[:400]) for each in lines[at + 1 : at + 4]):
        return True
    following = lines[at + 1][:400] if at + 1 < len(lines) else ""
    return _introduces(line) or (len(line) > 30 and bool(following.strip()) and _introduces(f"{line} {following}"))


def _introduces(line: str) -> bool:
    return line.rstrip().endswith((":", "：")) and bool(_WROTE.search(line)) and bool(_DATED.search(line))  # noqa: RUF001 - full-width colon


def _begins_marked(lines: list[str], at: int) -> int:
    """Where the quotation with marks begins that this line introduces; the end, when it bears none."""
    first = at + 1 if _introduces(lines[at][:400]) else at + 2
    found = next((n for n in range(first, min(first + 4, len(lines))) if lines[n].strip()), None)
    return found if found is not None and _QUOTE.match(lines[found]) else len(lines)


def _was_wrapped(lines: list[str], at: int) -> bool:
    """The rest of a quoted line that some program broke, by which it lost its mark."""
    return bool(lines[at].strip() and _QUOTE.match(lines[at - 1])) and len(lines[at - 1]) > LONGEST_QUOTED


def _has_more(lines: list[str], at: int) -> bool:
    return any(_FROM.match(each[:400]) or _SENT.match(each[:400]) for each in lines[at + 1 : at + 8])


def is_device(line: str) -> bool:
    """Whether a line says what the letter was written with, and nothing more."""
    told = re.sub(r"[<(]https?:[^<>()\s]*[>)]", " ", line.strip().rstrip("."))
    return bool(_DEVICE.match(line)) and len(told.split()) <= 7 and not re.search(r"[.,:;!?–—]|\s-", told)  # noqa: RUF001 - dashes as they are written


def is_delimiter(line: str) -> bool:
    return bool(_DELIMITER.fullmatch(line))


def _foot(lines: list[str]) -> int:
    """Where the signature begins: at its delimiter (RFC 3676), or where a telephone says what it is."""
    for at, line in enumerate(lines):
        short = line[:80]
        if (at and _DELIMITER.fullmatch(short)) or _DEVICE.match(short):
            return at
    return len(lines)
