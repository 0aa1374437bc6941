"""A table as SVG: readable without colour, by a screen reader and by keyboard, on a page and as a file of its own.

Colours stand in attributes, which the page's style sheet overrides for light and dark; a file of its own keeps them.
Everything that comes from figures or the policy is escaped.
"""

from collections.abc import Iterable, Iterator

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from upheld.desk.insight import hatching, scales, tables
from upheld.desk.insight.scales import BOTTOM, FOOT, HEIGHT, LEFT, RIGHT, TOP, WIDTH, Scale
from upheld.desk.insight.tables import BARS, HEAT, STACKED, Table

MOST = 6  # series that can be told apart
ASKED = 120  # bands at most that say their figures
CLOSE = 45  # columns from which on there is no gap between them
INKS = ("#2f5fd0", "#a8481b", "#1c6b48", "#7a3f9d", "#6a5c34", "#0f6f80")
DASHES = ("", "7 4", "2 3", "10 3 2 3", "4 2", "12 4")
NOTHING = SafeString("")


def svg(table: Table, *, threshold: int) -> SafeString:
    """The whole element. A table without one figure is drawn as its axes."""
    table = table if table.shape == HEAT else tables.fewest(tables.published(table), MOST)
    drawn = {BARS: _bars, HEAT: _heat, STACKED: _stacked}.get(table.shape, _lines)(table, threshold)
    foot = NOTHING if table.shape == HEAT or len(table.series) < 2 else _legend(table)
    height = _height(table) + (FOOT * ((len(table.series) + 1) // 2) if foot else 0)
    return format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" class="chart" viewBox="0 0 {} {}" width="{}" height="{}" '
        'role="graphics-document" aria-labelledby="title-{} desc-{}" font-family="system-ui, sans-serif" '
        'font-size="13" fill="#1d1c19"><title id="title-{}">{}</title><desc id="desc-{}">{}</desc>'
        '<rect class="ground" width="{}" height="{}" fill="#ffffff"/>{}{}</svg>',
        WIDTH, height, WIDTH, height, table.view, table.view, table.view, table.title, table.view,
        f"{table.about} {_summary(table)}", WIDTH, height, drawn, foot,
    )  # fmt: skip


def _height(table: Table) -> int:
    if table.shape in (BARS, HEAT):
        return scales.listed(table).height
    return HEIGHT


def _summary(table: Table) -> str:
    figures = [value for each in table.series for value in each.values if value is not None]
    if not figures:
        return "No figure of it is published."
    return f"From {min(figures):,} to {max(figures):,} {table.unit}; the table beneath has every figure."


def _lines(table: Table, threshold: int) -> SafeString:
    scale = scales.of([value for each in table.series for value in each.values])
    drawn = [_line(each.values, scale, at) for at, each in enumerate(table.series)]
    return _framed(table, scale, _joined(drawn), threshold)


def _line(values: tuple[int | None, ...], scale: Scale, at: int) -> SafeString:
    """A line that breaks where a figure is withheld; a figure between two gaps is a dot."""
    parts, begun = [], False
    for place, value in enumerate(values):
        if value is not None:
            parts.append(f"{'L' if begun else 'M'}{scale.x(place, len(values)):.1f} {scale.y(value):.1f}")
            alone = not begun and (place + 1 == len(values) or values[place + 1] is None)
            parts += ["h0.01"] if alone else []
        begun = value is not None
    return format_html(
        '<path class="series ink-{}" d="{}" fill="none" stroke="{}" stroke-width="2.2" stroke-linejoin="round" '
        'stroke-linecap="round" stroke-dasharray="{}"/>',
        at, " ".join(parts), INKS[at], DASHES[at] or "none",
    )  # fmt: skip


def _stacked(table: Table, threshold: int) -> SafeString:
    """Columns, each of its series' figures on top of each other, the first lowest: one path for each series."""
    scale = scales.of([sum(value or 0 for value in values) for _, values in table.lines()])
    count = len(table.rows)
    wide = scale.step(count) * (0.82 if count < CLOSE else 1)
    paths: list[list[str]] = [[] for _ in table.series]
    for place, (_, values) in enumerate(table.lines()):
        low, x = 0, scale.x(place, count, middle=True) - wide / 2
        for at, value in enumerate(values):
            if value:
                high = scale.y(low) - scale.y(low + value)
                paths[at].append(f"M{x:.1f} {scale.y(low):.1f}v-{high:.1f}h{wide:.1f}v{high:.1f}z")
                low += value
    drawn = [_hatched("".join(path), at, table.view) for at, path in enumerate(paths)]
    return _framed(table, scale, hatching.patterns(table.view) + _joined(drawn), threshold, middle=True)


def _hatched(path: str, at: int, view: str) -> SafeString:
    return format_html(
        '<path class="block ink-{}" d="{}" fill="{}"/>{}', at, path, INKS[at], hatching.over(path, at, view)
    )


def _block(x: float, y: float, wide: float, high: float, at: int, view: str) -> SafeString:
    """A lying bar, or the sign of a series."""
    return _hatched(f"M{x:.1f} {y:.1f}h{max(wide, 0.5):.1f}v{high:.1f}H{x:.1f}z", at, view)


def _framed(table: Table, scale: Scale, drawn: SafeString, threshold: int, *, middle: bool = False) -> SafeString:
    grid = format_html_join(
        "",
        '<line class="grid" x1="{}" x2="{}" y1="{}" y2="{}" stroke="#dfdbd0"/>'
        '<text class="tick" x="{}" y="{}" text-anchor="end" fill="#5d594f">{}</text>',
        (
            (LEFT, WIDTH - RIGHT, f"{scale.y(tick):.1f}", f"{scale.y(tick):.1f}", LEFT - 8, f"{scale.y(tick) + 4:.1f}",
             scales.brief(tick) + ("%" if table.unit == tables.PERCENT else ""))
            for tick in scale.ticks
        ),
    )  # fmt: skip
    count = len(table.rows)
    labels = format_html_join(
        "",
        '<text class="tick" x="{}" y="{}" text-anchor="{}" fill="#5d594f">{}</text>',
        (
            (f"{scale.x(at, count, middle=middle):.1f}", HEIGHT - BOTTOM + 20, _anchor(at, count), table.rows[at])
            for at in scales.marked(count)
        ),
    )
    return format_html("{}{}{}{}", grid, labels, drawn, _points(table, scale, threshold, middle))


def _anchor(at: int, count: int) -> str:
    if count == 1:
        return "middle"
    return "start" if at == 0 else "end" if at == count - 1 else "middle"


def _points(table: Table, scale: Scale, threshold: int, middle: bool) -> SafeString:
    """A band for each row, or of very many for every few, which says its figures: to a pointer, to the keyboard, to a
    screen reader."""
    count = len(table.rows)
    few = -(-count // ASKED)
    wide = scale.step(count) * few
    bands = [(at, line) for at, line in enumerate(table.lines()) if at % few == 0]
    return _joined(
        _point(scale.x(at, count, middle=middle) - wide / 2, TOP, wide, HEIGHT - TOP - BOTTOM, at,
               _told(table, row, values, threshold))
        for at, (row, values) in bands
    )  # fmt: skip


def _point(x: float, y: float, wide: float, high: float, at: int, words: str) -> SafeString:
    left, right = max(x, 0), min(x + wide, WIDTH)
    return format_html(
        '<rect class="point" x="{}" y="{}" width="{}" height="{}" fill="transparent" tabindex="{}" '
        'role="graphics-symbol" aria-label="{}"><title>{}</title></rect>',
        f"{left:.1f}", f"{y:.1f}", f"{right - left:.1f}", f"{high:.1f}", -1 if at else 0, words, words,
    )  # fmt: skip


def _told(table: Table, row: str, values: list[int | None], threshold: int) -> str:
    each = [tables.said(value, table.unit, threshold) for value in values]
    if len(each) == 1:
        return f"{row}: {each[0]}"
    return f"{row}: " + "; ".join(f"{found.name} {words}" for found, words in zip(table.series, each, strict=True))


def _bars(table: Table, threshold: int) -> SafeString:
    """Lying bars with the figure behind each, one below the other, those of one row together."""
    layout = scales.listed(table)
    most = max((value for each in table.series for value in each.values if value is not None), default=1) or 1
    room = WIDTH - layout.names - 118
    drawn: list[SafeString] = [hatching.patterns(table.view)] if len(table.series) > 1 else []
    for at, (row, values) in enumerate(table.lines()):
        top = layout.top(at)
        drawn.append(_name(row, layout.names - 8, top + layout.row / 2 + 4))
        for place, value in enumerate(values):
            y = top + 3 + place * layout.bar
            wide = room * (value or 0) / most
            drawn.append(_block(layout.names, y, wide, layout.bar - 2, place, table.view) if value else NOTHING)
            drawn.append(_figure(layout.names + wide + 6, y + layout.bar / 2 + 4, value, table, threshold))
        drawn.append(_point(0, top, WIDTH, layout.row, at, _told(table, row, values, threshold)))
    return _joined(drawn)


def _name(text: str, x: float, y: float) -> SafeString:
    cut = text if len(text) <= scales.LONGEST else text[: scales.LONGEST - 1] + "…"
    return format_html('<text x="{}" y="{}" text-anchor="end">{}</text>', f"{x:.1f}", f"{y:.1f}", cut)


def _figure(x: float, y: float, value: int | None, table: Table, threshold: int) -> SafeString:
    words = f"fewer than {threshold}" if value is None else tables.said(value, table.unit, threshold)
    return format_html('<text class="tick" x="{}" y="{}" fill="#5d594f">{}</text>', f"{x:.1f}", f"{y:.1f}", words)


def _heat(table: Table, threshold: int) -> SafeString:
    """A row for each week of first use, a square for each week since: the fuller, the more of them came back."""
    layout = scales.listed(table)
    wide = (WIDTH - layout.names - RIGHT) / max(len(table.series), 1)
    drawn: list[SafeString] = [
        _tick(layout.names + wide * (at + 0.5), layout.top(0) - 6, each.name)
        for at, each in enumerate(table.series)
        if at % (1 + len(table.series) // 13) == 0
    ]
    for at, (row, values) in enumerate(table.lines()):
        drawn.append(_name(row, layout.names - 8, layout.top(at) + layout.row / 2 + 4))
        drawn += _squares(values, layout, wide, at, table)
        drawn.append(_point(0, layout.top(at), WIDTH, layout.row, at, _told(table, row, values, threshold)))
    return _joined(drawn)


def _squares(
    values: list[int | None], layout: scales.Listed, wide: float, at: int, table: Table
) -> Iterator[SafeString]:
    most = 100 if table.unit == tables.PERCENT else max((value or 0 for value in values), default=0) or 1
    for place, value in enumerate(values):
        if value is None:
            continue
        x, y, part = layout.names + wide * place, layout.top(at), value / most
        yield format_html(
            '<rect class="square ink-0" x="{}" y="{}" width="{}" height="{}" fill="{}" fill-opacity="{}"/>'
            '<text class="{}" x="{}" y="{}" text-anchor="middle" font-size="11" fill="{}">{}</text>',
            f"{x + 0.5:.1f}", f"{y + 0.5:.1f}", f"{wide - 1:.1f}", f"{layout.row - 1:.1f}", INKS[0],
            f"{0.08 + 0.92 * part:.2f}", "on-full" if part > 0.55 else "on-pale", f"{x + wide / 2:.1f}",
            f"{y + layout.row / 2 + 4:.1f}", "#ffffff" if part > 0.55 else "#1d1c19",
            scales.brief(value) if wide > 20 else "",
        )  # fmt: skip


def _tick(x: float, y: float, text: str) -> SafeString:
    return format_html(
        '<text class="tick" x="{}" y="{}" text-anchor="middle" fill="#5d594f">{}</text>', f"{x:.1f}", f"{y:.1f}", text
    )


def _legend(table: Table) -> SafeString:
    return format_html(
        '<g class="legend">{}</g>', _joined(_key(table, at, each.name) for at, each in enumerate(table.series))
    )


def _key(table: Table, at: int, name: str) -> SafeString:
    x, y = LEFT - 20 + (at % 2) * (WIDTH / 2 - 10), _height(table) + FOOT * (at // 2) + 8
    cut = name if len(name) <= 24 else name[:23] + "…"
    mark = _block(x, y - 6, 22, 11, at, table.view) if table.shape != tables.LINE else format_html(
        '<path class="series ink-{}" d="M{} {}h22" stroke="{}" stroke-width="2.2" stroke-dasharray="{}"/>',
        at, x, y, INKS[at], DASHES[at] or "none",
    )  # fmt: skip
    return format_html('{}<text x="{}" y="{}">{}</text>', mark, f"{x + 30:.1f}", f"{y + 4:.1f}", cut)


def _joined(parts: Iterable[SafeString]) -> SafeString:
    return format_html_join("", "{}", ((part,) for part in parts))
