"""Charts are read without colour, by keyboard and by a screen reader, and stand as files of their own."""

from xml.etree import ElementTree

import pytest

from upheld.desk.insight import drawing, tables
from upheld.desk.insight.scales import of
from upheld.desk.insight.tables import BARS, HEAT, LINE, STACKED, Series, Table

SVG = "{http://www.w3.org/2000/svg}"
SHAPES = (LINE, STACKED, BARS, HEAT)


def made(shape: str, *series: tuple[int | None, ...], rows: tuple[str, ...] = ("a", "b", "c")) -> Table:
    named = tuple(Series(f"S{at}", values) for at, values in enumerate(series))
    return Table("view", "A title", "What it is.", "Row", rows, named, shape)


def drawn(table: Table) -> ElementTree.Element:
    return ElementTree.fromstring(drawing.svg(table, threshold=20))  # noqa: S314 - our own drawing


@pytest.mark.parametrize("shape", SHAPES)
def test_each_says_what_it_is_and_every_row_in_words(shape: str) -> None:
    svg = drawn(made(shape, (20, None, 60), (40, 40, None)))
    assert svg.findtext(f"{SVG}title") == "A title"
    assert "From 20 to 60 builds" in str(svg.findtext(f"{SVG}desc"))
    points = [each for each in svg.iter() if each.get("class") == "point"]
    assert [each.get("aria-label") for each in points] == [
        "a: S0 20; S1 40", "b: S0 fewer than 20, or none; S1 40", "c: S0 60; S1 fewer than 20, or none",
    ]  # fmt: skip
    assert [each.findtext(f"{SVG}title") for each in points] == [each.get("aria-label") for each in points]
    assert [each.get("tabindex") for each in points] == ["0", "-1", "-1"]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("values", [(), (None, None, None), (0, 0, 0), (10**9, 0, 20)])
def test_a_table_of_nothing_or_of_much_is_drawn_within_its_frame(shape: str, values: tuple[int | None, ...]) -> None:
    svg = drawn(made(shape, values, rows=("a", "b", "c") if values else ()))
    _, _, width, height = map(float, str(svg.get("viewBox")).split())
    for each in svg.iter(f"{SVG}rect"):
        assert 0 <= float(each.get("x", 0)) <= width
        assert float(each.get("y", 0)) + float(each.get("height", 0)) <= height + 1


def test_a_line_breaks_where_a_figure_is_withheld() -> None:
    (path,) = drawn(made(LINE, (20, None, 60))).iter(f"{SVG}path")
    assert str(path.get("d")).count("M") == 2


def test_lines_differ_without_colour() -> None:
    svg = drawn(made(LINE, *[(20, 40, 60)] * 6))
    dashes = [each.get("stroke-dasharray") for each in svg.iter(f"{SVG}path") if each.get("fill") == "none"]
    assert len(set(dashes)) == 6


@pytest.mark.parametrize("shape", [STACKED, BARS])
def test_areas_differ_without_colour(shape: str) -> None:
    svg = drawn(made(shape, *[(20, 40, 60)] * 6))
    over = {str(each.get("fill")) for each in svg.iter(f"{SVG}path")}
    assert {f"url(#hatch-view-{at})" for at in range(1, 6)} <= over
    assert len(list(svg.iter(f"{SVG}pattern"))) == 5


def test_bars_without_any_figure_stand_in_the_table_alone() -> None:
    svg = drawn(made(BARS, (20, None, 60)))
    assert [each.get("aria-label") for each in svg.iter() if each.get("class") == "point"] == ["a: 20", "c: 60"]


def test_what_cannot_be_told_apart_is_added_up() -> None:
    few = tables.fewest(made(STACKED, *[(20 * at, None, 20) for at in range(1, 9)]), 6)
    assert [each.name for each in few.series][-1] == "3 others"
    assert few.series[-1].values == (20 + 40 + 60, None, 60)


@pytest.mark.parametrize("most", [0, 1, 4, 5, 6, 20, 99, 100, 101, 12_345, 10**9])
def test_a_scale_reaches_its_largest_figure_in_few_round_steps(most: int) -> None:
    ticks = of([most]).ticks
    assert ticks[0] == 0
    assert ticks[-1] >= most
    assert 2 <= len(ticks) <= 6


def test_of_very_many_rows_every_few_can_be_asked_and_all_are_drawn() -> None:
    svg = drawn(made(LINE, tuple(range(0, 22_000, 20)), rows=tuple(str(at) for at in range(1100))))
    assert len([each for each in svg.iter() if each.get("class") == "point"]) == 110
    (path,) = svg.iter(f"{SVG}path")
    assert str(path.get("d")).count("L") == 1099
