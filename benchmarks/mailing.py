"""News to a mail server on this machine: with everything asked and recorded, and with none of it."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from unittest.mock import MagicMock, patch

from django.conf import settings
from django.utils import timezone

from upheld.contact import bulletins, delivering
from upheld.contact.models import Bulletin, Letter

Turns = Iterator[Callable[[], object]]


def choose(count: int) -> list[float]:
    """Seconds to choose among all people and queue, for each of those who were written to."""
    from benchmarks.worker import timed

    news = _news()
    [taken] = timed(iter([lambda: _queue(news)]))
    queued = Letter.objects.filter(bulletin=news.pk).count()
    _leave(count)
    return [taken / queued] * queued


def deliver(count: int) -> Turns:
    """Each turn hands one letter over."""
    yield from _delivered(count)


def deliver_unchecked(count: int) -> Turns:
    """The same worker without lock, choice, policy and record of the leaving. The address is opened as ever."""
    with ExitStack() as patched:
        for name, stub in (
            ("alone_with", lambda subject: nullcontext()),
            ("_is_wanted", lambda *_: True),
            ("require", lambda *_, **__: None),
            ("ledger", MagicMock()),
        ):
            patched.enter_context(patch.object(delivering, name, stub))
        yield from _delivered(count)


def _delivered(count: int) -> Turns:
    while Letter.objects.due().count() < count:
        _queue(_news())
    _leave(count)
    with _server():
        connection = delivering.get_connection()
        for letter in list(Letter.objects.due()[:count]):
            yield lambda letter=letter: delivering.deliver(letter, by_way_of=connection)
        connection.close()


def _news() -> Bulletin:
    return Bulletin.objects.create(
        topic="news.specials", title="A benchmark", text="It is *fast*.\n" * 20, composed_at=timezone.now()
    )


def _queue(news: Bulletin) -> None:
    while bulletins._queue_lot(news.pk):
        pass


def _leave(count: int) -> None:
    """No more than `count` that are due, so that counting them costs both the same."""
    some = Letter.objects.due().values_list("pk", flat=True)[:count]
    Letter.objects.due().exclude(pk__in=list(some)).delete()


@contextmanager
def _server() -> Iterator[None]:
    command = [sys.executable, "-m", "benchmarks.sink"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as sink:
        assert sink.stdout is not None
        with patch.dict(settings.HOME.settings, {"mail.url": f"smtp://127.0.0.1:{int(sink.stdout.readline())}"}):
            yield
        sink.communicate()
