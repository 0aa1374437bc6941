"""What documents say, read back from their own bytes; and that they are made of nothing but what was handed in."""

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from moneyed import Money
from pypdf import PdfReader

from tests.orders.papers import GUIDE, ORDERED, SHIRT, archived, eur, pages, text
from upheld.orders.documents import Company, Item, Kind, Paid, PaperUnknown, SumsDiffer, TotalMissing, made

SIZES = {"A4": (595, 842), "Letter": (612, 792)}
SCRIPTS = {
    "Arabic": "محمد علي",
    "Armenian": "Արամ",
    "Bengali": "কমল শেখ",
    "Chinese": "张伟 陳怡君",
    "Cyrillic": "Жуков Їжак",
    "Devanagari": "मीरा",
    "emoji": "😀",
    "Ethiopic": "አበበ",
    "Georgian": "გიორგი",
    "Greek": "Ωμέγα",
    "Gujarati": "અમર",
    "Gurmukhi": "ਅਮਰ",
    "Hebrew": "דוד",
    "Japanese": "山田太郎 やまだ タロウ",
    "Kannada": "ಅಮರ",
    "Khmer": "សុខ",
    "Korean": "김민준",
    "Lao": "ສົມ",
    "Latin": "Žluťoučký Đặng Ễ",
    "Malayalam": "അമല",
    "Myanmar": "မမ",
    "Sinhala": "අමර",
    "Tamil": "கமல",
    "Telugu": "అమర",
    "Thai": "นาง",
}
HOSTILE = [
    "#panic()",
    '#read("/etc/passwd")',
    "$x^2$ *bold* _it_ `raw` <label> @ref",
    '"] #eval("1/0") [',
    "\\u{41} \\ // no comment /* none */",
    "= Heading",
    "- 1. + / term:",
    "%PDF-1.7 (\\) >> endobj",
    "{{ 7*7 }} <script>alert(1)</script>",
]


def test_an_invoice_says_what_tax_law_asks_for() -> None:
    said = text(made("invoice", ORDERED))
    for each in [
        "Invoice number INV-2026-000123",
        "Date 23 November 2026",
        "Supplied on 22 November 2026",
        "Order K7QD-2MXA",
        "Ada Lovelace",
        "12 St James's Square",
        "Exokit Products · 1 Harbour Way · San Francisco CA 94111 hello@webmr.io · Tax number DE123456789",
        "Printed guide GUIDE-2 2 24.90 7 % 49.80",
        "Without tax 85.70",
        "VAT, 7 % of 49.80 3.49",
        "VAT, 19 % of 35.90 6.82",
        "Total EUR 96.01",
        "Paid with Visa ending in 4242 on 23 November 2026 EUR 96.01",
        "Page 1 of 1",
    ]:
        assert each in said


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_name_in_any_script_prints_as_it_was_written(script: str) -> None:
    name = SCRIPTS[script]
    pdf = made("invoice", replace(ORDERED, person=(name,)))
    # Readers give the words of a line from right to left in the order in which they stand on the paper.
    assert all(word in text(pdf) for word in name.split())
    assert archived(pdf), "a character without a glyph would have kept it from the standard"


def test_a_line_of_several_scripts_is_whole() -> None:
    said = text(made("packing_slip", replace(ORDERED, person=("محمد 山田太郎", "דוד 김민준 नाम नाम", "नाम 12b"))))
    assert all(word in said for word in ("محمد", "山田太郎", "דוד", "김민준", "नाम", "12b"))


@pytest.mark.parametrize("words", HOSTILE)
def test_no_words_are_ever_taken_for_markup(words: str) -> None:
    item = replace(GUIDE, title=words, sku=words, tax_name=words)
    content = replace(
        ORDERED,
        items=(item,),
        total=eur("53.29"),
        person=(words,) * 3,
        company=Company(words, (words,), words, words),
        number=words,
        order=words,
        corrects=words,
        notes=(words,),
        person_tax_number=words,
        paid=(Paid(words, words, eur("53.29"), date(2026, 11, 23)),),
    )
    for kind in Kind:
        assert "".join(text(made(kind, content)).split()).count("".join(words.split())) >= 6


def test_a_character_that_no_font_has_does_not_stop_a_document() -> None:
    pdf = made("invoice", replace(ORDERED, person=("Ada \ue000\U0010ffff Lovelace",)))
    assert "Lovelace" in text(pdf)
    assert not archived(pdf)


@pytest.mark.parametrize("paper", SIZES)
@pytest.mark.parametrize("kind", Kind)
def test_each_kind_prints_on_each_paper(kind: Kind, paper: str) -> None:
    pdf = made(kind, ORDERED, paper=paper)
    (sheet,) = PdfReader(BytesIO(pdf)).pages
    assert (round(sheet.mediabox.width), round(sheet.mediabox.height)) == SIZES[paper]
    assert kind.heading in text(pdf)
    assert archived(pdf)


def test_days_are_written_as_the_paper_s_readers_write_them() -> None:
    assert "November 23, 2026" in text(made("invoice", ORDERED, paper="Letter"))


def test_a_packing_slip_names_no_price() -> None:
    said = text(made("packing_slip", replace(ORDERED, items=(GUIDE, SHIRT))))
    assert "2 Printed guide GUIDE-2" in said
    assert not re.search(r"\d\.\d\d|EUR|VAT|Visa|4242", said)


def test_a_credit_note_names_the_invoice_that_it_corrects() -> None:
    said = text(made("credit_note", replace(ORDERED, number="CN-2026-000004", corrects="INV-2026-000123")))
    assert "Credit note number CN-2026-000004" in said
    assert "Corrects invoice INV-2026-000123" in said
    assert "Total returned EUR 96.01" in said
    assert "Returned to Visa ending in 4242" in said


def test_many_lines_go_on_over_pages_each_with_the_heads_of_the_columns() -> None:
    items = (SHIRT,) * 60
    content = replace(ORDERED, items=items, total=(SHIRT.net + SHIRT.tax) * 60, paid=(), test_money=True)
    each = pages(made("invoice", content))
    assert len(each) > 2
    for number, page in enumerate(each, start=1):
        said = page.replace("\u00a0", " ")
        assert f"Page {number} of {len(each)}" in said
        assert "Item Quantity Price Tax Amount, EUR" in said
        assert "Test money" in said
        assert ("Invoice INV-2026-000123" in said) == (number > 1)
    assert "".join(each).count("TS-M") == 60
    assert "Total" in each[-1]
    assert "TS-M" in each[-1]


@pytest.mark.parametrize("lines", range(10, 20))
def test_a_total_never_stands_alone_on_a_page(lines: int) -> None:
    content = replace(ORDERED, items=(SHIRT,) * lines, total=(SHIRT.net + SHIRT.tax) * lines, paid=())
    each = pages(made("invoice", content))
    assert all("TS-M" in page and "Quantity" in page for page in each)


def test_test_money_is_said_only_where_it_is() -> None:
    assert "Test money" not in text(made("invoice", ORDERED))
    assert "Test money" in text(made("invoice", replace(ORDERED, test_money=True)))


def test_a_long_address_is_set_smaller_and_stays_whole() -> None:
    lines = ("W" * 100, *("Long street " * 8 for _ in range(5)), "DONAUDAMPFSCHIFFFAHRTSGESELLSCHAFTSKAPITÄN", "END")
    letters = "".join(text(made("packing_slip", replace(ORDERED, person=lines))).split())
    assert all("".join(line.split()) in letters for line in lines)


def test_an_order_without_a_parcel_needs_no_address() -> None:
    assert "Order confirmation" in text(made("confirmation", replace(ORDERED, person=(), paid=())))


@pytest.mark.parametrize(
    ("currency", "unit", "written"), [("JPY", "1980", "JPY 1,980"), ("KWD", "1.005", "KWD 1.005"), ("USD", "7", "7.00")]
)
def test_amounts_have_the_decimals_of_their_currency(currency: str, unit: str, written: str) -> None:
    item = Item("Guide", "G", 1, Money(unit, currency), "", Decimal(0), Money(0, currency))
    said = text(made("invoice", replace(ORDERED, items=(item,), total=item.net, paid=())))
    assert f"Total {currency} {written.removeprefix(currency).strip()}" in said
    assert "Without tax" not in said


def test_what_does_not_add_up_is_not_made() -> None:
    with pytest.raises(SumsDiffer, match=r"its total is .*96\.02, and its lines make .*96\.01"):
        made("invoice", replace(ORDERED, total=eur("96.02")))
    with pytest.raises(TotalMissing):
        made("confirmation", replace(ORDERED, total=None))
    assert made("packing_slip", replace(ORDERED, total=None))


def test_an_unknown_kind_or_paper_is_refused() -> None:
    with pytest.raises(ValueError, match="letter"):
        made("letter", ORDERED)
    with pytest.raises(PaperUnknown, match="A4 or Letter, not on 'A5'"):
        made("invoice", ORDERED, paper="A5")
