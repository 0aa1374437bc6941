"""The crash harness kills at every step, and its check can fail."""

import pytest
from django.conf import settings
from django.db import connection, transaction

from tests.crash import Died, kill_at_each_step


def make_table() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE paper (word text)")


def write_two_words_and_a_file() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO paper VALUES ('one')")
        cursor.execute("INSERT INTO paper VALUES ('two')")
    (settings.HOME.folder / "done").write_text("done")


def write_unwatched_between_two_words() -> None:
    """No step of the harness makes a link, so none counts as lasting."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO paper VALUES ('one')")
        (settings.HOME.folder / "link").symlink_to(settings.HOME.web_key)
        cursor.execute("INSERT INTO paper VALUES ('two')")


def both_or_neither() -> None:
    assert _words() in (0, 2)
    assert _words() == 2 or not (settings.HOME.folder / "done").exists()


def done_means_nothing_was_written() -> None:
    assert _words() == 0


def _words() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM paper")
        return int(cursor.fetchone()[0])


def test_it_dies_before_each_statement_commit_and_file() -> None:
    steps = kill_at_each_step(write_two_words_and_a_file, before=make_table, check=both_or_neither)
    assert steps == 4


def test_a_check_that_fails_is_told_with_its_step() -> None:
    with pytest.raises(Died, match="after a death before step 4"):
        kill_at_each_step(write_two_words_and_a_file, before=make_table, check=done_means_nothing_was_written)


def test_a_death_that_leaves_more_than_the_one_before_is_told() -> None:
    with pytest.raises(Died, match="death before step 2 left Counter"):
        kill_at_each_step(write_unwatched_between_two_words, before=make_table, check=both_or_neither)
