"""The pages about commands and settings say what the program does."""

from pathlib import Path

import pytest

from tests.instance import PROJECT
from upheld.cli import commands, reference
from upheld.cli.init import settings_text
from upheld.home import SETTINGS, Home

FOLDER = PROJECT / "docs" / "reference"


@pytest.mark.parametrize(
    ("name", "page"), [("commands.md", reference.commands_page), ("settings.md", reference.settings_page)]
)
def test_a_page_is_current(name: str, page: object) -> None:
    assert callable(page)
    assert (FOLDER / name).read_text("utf-8") == page(), "run: make docs"


def test_every_command_helps_with_an_example() -> None:
    for names, command in reference.leaves(commands, ("upheld",)):
        assert command.help, names
        example = command.epilog or ""
        assert example.startswith("Example: "), names
        assert " ".join(names) in example, names


def test_the_settings_that_init_writes_are_the_defaults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for each in SETTINGS:
        monkeypatch.delenv(each.environment or each.name, raising=False)
    written = Home(tmp_path / "written")
    written.folder.mkdir()
    text = settings_text("localhost/upheld-1")
    written.toml.write_text(text)
    assert written.settings == {each.name: each.default for each in SETTINGS} | {"origin": "localhost/upheld-1"}
    everything = "\n".join(line.removeprefix("# ") if " = " in line else line for line in text.splitlines())
    written = Home(tmp_path / "written")
    written.toml.write_text(everything)
    assert written.settings == {each.name: each.default for each in SETTINGS} | {"origin": "localhost/upheld-1"}
