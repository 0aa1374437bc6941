"""Where things stand in a drawing, in units of its own: 480 across."""

from dataclasses import dataclass

from upheld.desk.insight.tables import BARS, Table

WIDTH, HEIGHT = 480, 250
LEFT, RIGHT, TOP, BOTTOM = 48, 12, 12, 32
FOOT = 22  # a line of the legend
LONGEST = 20  # signs of a name beside a bar


@dataclass(frozen=True, slots=True)
class Scale:
    """From figures to places; `ticks` from zero to the top."""

    ticks: tuple[int, ...]

    def y(self, value: float) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / self.ticks[-1]

    def x(self, at: int, count: int, *, middle: bool = False) -> float:
        """The place of one of `count` rows: from edge to edge, or in the `middle` of its own column."""
        if middle:
            return LEFT + self.step(count) * (at + 0.5)
        return LEFT + (WIDTH - LEFT - RIGHT) * (at / (count - 1) if count > 1 else 0.5)

    def step(self, count: int) -> float:
        return (WIDTH - LEFT - RIGHT) / max(count, 1)


def of(values: list[int | None]) -> Scale:
    """Four to six round steps from zero to above the largest."""
    most = max((value for value in values if value is not None), default=0) or 4
    size = 1
    while most / size > 5:
        size = _next(size)
    return Scale(tuple(size * at for at in range(-(-most // size) + 1)))


def _next(size: int) -> int:
    """1, 2, 5, 10, 20, 50 …"""
    return size * 5 // 2 if str(size)[0] == "2" else size * 2


def marked(count: int) -> list[int]:
    """Which of `count` rows have their name under them: at most three, the first and the last among them."""
    return sorted({0, count // 2, count - 1}) if count > 2 else list(range(count))


def brief(value: int) -> str:
    for size, sign in ((1_000_000, "M"), (1_000, "k")):
        if value >= size:
            return f"{value / size:.1f}".removesuffix(".0") + sign
    return str(value)


@dataclass(frozen=True, slots=True)
class Listed:
    """Rows one below the other, with their names at the left."""

    names: int  # width of the names
    row: float
    bar: float
    head: int
    count: int

    @property
    def height(self) -> int:
        return int(self.head + self.row * max(self.count, 1) + 10)

    def top(self, at: int) -> float:
        return self.head + at * self.row


def listed(table: Table) -> Listed:
    longest = min(max((len(row) for row in table.rows), default=0), LONGEST)
    if table.shape == BARS:
        bar = 18 if len(table.series) == 1 else 15
        return Listed(int(longest * 7.2) + 14, bar * len(table.series) + 7, bar, 6, len(table.rows))
    return Listed(int(longest * 7.2) + 14, 22, 22, 24, len(table.rows))
