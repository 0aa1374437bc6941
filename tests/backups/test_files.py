"""Who writes alone in a folder waits for others, and never for what is no folder."""

from pathlib import Path

import pytest

from upheld.backups import files


@pytest.mark.parametrize("what", ["a file", "a link that leads nowhere"])
def test_what_is_no_folder_is_not_waited_for(tmp_path: Path, what: str) -> None:
    place = tmp_path / "record"
    place.touch() if what == "a file" else place.symlink_to(tmp_path / "nowhere")
    with pytest.raises(FileExistsError), files.alone_in(place):
        pass
