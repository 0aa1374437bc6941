"""Which imports can reach the verb that makes numbers of builds, and which cannot."""

from pathlib import PurePath

import pytest

from upheld.builds.checks.given import MAKERS
from upheld.builds.checks.makers import ROOT, can_make

MAKES = [
    'from upheld.builds import numbers\nnumbers.new("engine")',
    'from upheld.builds import numbers as n\nmade = n.new("engine")',
    "from upheld.builds.numbers import new",
    "from upheld.builds.numbers import new as other",
    "from upheld.builds.numbers import read, _tag",
    "from upheld.builds.numbers import *",
    "from upheld.builds import *\nnumbers",
    "from upheld.builds.issuing import *\nnumbers",
    'import upheld.builds.numbers\nupheld.builds.numbers.new("engine")',
    'import upheld.builds.numbers as n\nn.new("engine")',
    'import upheld\nupheld.builds.numbers.new("engine")',
    'import upheld.builds.issuing as i\ni.numbers.new("engine")',
    'from upheld import builds\nbuilds.numbers.new("engine")',
    'from upheld.builds import issuing\nissuing.numbers.new("engine")',
    "from upheld.builds import issuing\nn = issuing.numbers",
    'from upheld.builds.issuing import numbers\nnumbers.new("engine")',
    'from upheld.web.views.builds import numbers as n\nn.new("engine")',
    'from upheld.builds import numbers\nmake = getattr(numbers, "new")',
    "from upheld.builds import numbers\nn = numbers",
    'from upheld.builds import issuing\ngetattr(issuing, "numbers").new("engine")',
    'from importlib import import_module\nimport_module("upheld.builds.numbers").new("engine")',
    'import sys\nsys.modules["upheld.builds.numbers"].new("engine")',
    'def late():\n    from upheld.builds import numbers\n    return numbers.new("engine")',
]
RELATIVE = [
    ("builds/taking.py", "from .numbers import new"),
    ("builds/taking.py", "from . import numbers\nnumbers.new('engine')"),
    ("builds/checks/resting.py", "from ..numbers import new"),
    ("builds/checks/resting.py", "from .. import numbers as n\nn.new('engine')"),
    ("builds/__init__.py", "from .numbers import new"),
    ("web/views/builds.py", "from ...builds.issuing import numbers\nnumbers.new('engine')"),
]
MAKES_NONE = [
    'from upheld.builds import numbers\nsigns = numbers.read("4K7QX")',
    "from upheld.builds.numbers import read, build_id",
    "from upheld.conversations import numbers\nnumbers.new()",
    "from upheld.orders import numbers\nmake = numbers.new",
    'from babel.numbers import format_decimal\nself.numbers.new("engine")',
    '"""What upheld.builds.numbers makes."""',
    "numbers = [1, 2]\nprint(numbers)",
]


@pytest.mark.parametrize("source", MAKES)
def test_whatever_reaches_it_is_seen(source: str) -> None:
    assert can_make(source, PurePath("cli/shop.py"))


@pytest.mark.parametrize(("where", "source"), RELATIVE)
def test_relative_imports_are_followed(where: str, source: str) -> None:
    assert can_make(source, PurePath(where))


@pytest.mark.parametrize("source", MAKES_NONE)
def test_who_reads_numbers_or_makes_others_is_not_meant(source: str) -> None:
    assert not can_make(source, PurePath("cli/shop.py"))


def test_relative_imports_of_other_rooms_are_not_meant() -> None:
    assert not can_make("from . import numbers\nnumbers.new()", PurePath("conversations/verbs.py"))


def test_each_file_that_is_named_makes_numbers() -> None:
    for name in MAKERS:
        assert can_make((ROOT / name).read_text("utf-8"), PurePath(name)), name
