"""The arithmetic of publishing."""

from upheld.builds.guard import between, partition, rounded


def test_figures_are_rounded_down_to_multiples() -> None:
    assert [rounded(count, 20) for count in (0, 19, 20, 39, 40)] == [0, 0, 20, 20, 40]


def test_a_small_group_is_left_out_like_an_empty_one() -> None:
    assert partition({"a": 45, "b": 19, "c": 0}, 20) == partition({"a": 45, "c": 0}, 20) == {"a": 40}


def test_what_is_over_the_budget_is_left_out_in_a_known_order() -> None:
    assert partition({"a": 45, "b": 60, "c": 20}, 20, order=["c", "b", "a"], budget=60) == {"c": 20, "b": 40}
    assert partition({"a": 45}, 20, budget=0) == {}


def test_a_figure_keeps_within_its_bounds() -> None:
    assert [between(figure, 20, 60) for figure in (0, 40, 80)] == [20, 40, 60]
