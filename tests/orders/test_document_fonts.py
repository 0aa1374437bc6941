"""The fonts of the documents are the files that their record names, each with its licence."""

import re
from hashlib import sha256
from pathlib import Path

from upheld.orders import documents

FONTS = Path(documents.__file__).parent / "fonts"


def recorded() -> dict[str, tuple[str, str]]:
    rows = re.findall(
        r"^\| (\S+\.ttf) \|.*\| ([a-z0-9-]+) \| ([0-9a-f]{64}) \|$", (FONTS / "README.md").read_text(), re.M
    )
    return {name: (licence, digest) for name, licence, digest in rows}


def test_each_font_is_the_one_recorded() -> None:
    have = {file.name: sha256(file.read_bytes()).hexdigest() for file in FONTS.glob("*.ttf")}
    assert {name: digest for name, (_, digest) in recorded().items()} == have


def test_each_font_has_its_licence_beside_it() -> None:
    named = {licence for licence, _ in recorded().values()}
    assert named == {file.name.removesuffix(".LICENSE.txt") for file in FONTS.glob("*.LICENSE.txt")}
    for licence in named:
        words = "Apache License" if licence.startswith("droid") else "SIL Open Font License, Version 1.1"
        assert words in (FONTS / f"{licence}.LICENSE.txt").read_text()


def test_the_fonts_stay_small() -> None:
    assert sum(file.stat().st_size for file in FONTS.glob("*.ttf")) < 8_000_000
