"""What a worker does with reports, for `benchmarks.usage`."""

import gzip
import io
import json
import resource
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from threading import Thread
from typing import Any

from django.db import connection, connections, transaction
from django.utils import timezone

from benchmarks.usage import COUNTS, DAYS
from upheld.api.front import PATH, Front
from upheld.builds import counting, inflating, limits, numbers, schema, taking
from upheld.builds.models import Release, Report
from upheld.policy import force

THREADS = 5  # as `upheld serve` has them on two cores
VERSION, PLATFORM, PRODUCT = "1.0.0", "linux-x64", "engine"
_bodies: list[bytes] = []


def usage_release(times: int) -> list[float]:
    Release.objects.get_or_create(
        product=PRODUCT, version=VERSION, platform=PLATFORM,
        defaults={"name": "a.zip", "size": 1, "sha256": "0" * 64, "published_at": timezone.now()},
    )  # fmt: skip
    return [0.0] * times


def usage_prepare(times: int) -> list[float]:
    """So many reports, each of another build, as they are sent; and nothing waits any more."""
    counting.count_due()
    today = datetime.now(UTC).date()
    days = [{"day": f"{today - timedelta(days=back)}", "version": VERSION, "platform": PLATFORM, "counts": COUNTS}
            for back in range(DAYS)]  # fmt: skip
    said = ({"v": 1, "number": numbers.new(PRODUCT), "product": PRODUCT, "days": days} for _ in range(times))
    _bodies[:] = [gzip.compress(json.dumps(each).encode(), 1) for each in said]
    taking._crowd._most = max(limits.MOST_WAITING, 4 * times)  # here nobody counts meanwhile
    return []


def usage_taken(times: int) -> list[float]:
    return [_timed(lambda: _at_once(_send))]


def usage_whole(times: int) -> list[float]:
    return [_timed(lambda: _at_once(_send)) + _timed(counting.count_due)]


def usage_counted(times: int) -> list[float]:
    _at_once(_send)
    return [_timed(counting.count_due)]


def usage_decoded(times: int) -> list[float]:
    words, today = schema.vocabulary(force.in_force()), datetime.now(UTC).date()
    return [_timed(lambda: [taking._months(_read(body), words, today) for body in _bodies])]


def usage_inserted(times: int) -> list[float]:
    """The rows that these reports became, written anew by a thousand, as fast as the database takes them."""
    _at_once(_send)
    rows = list(Report.objects.values_list("build", "product", "months"))
    Report.objects.all().delete()
    return [_timed(lambda: _insert(rows))]


def usage_memory(times: int) -> list[float]:
    """MiB that this process has ever held."""
    return [resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024] * times


def _read(body: bytes) -> schema.Said:
    return schema.read(inflating.inflate(body, "gzip"))


def _insert(rows: Sequence[tuple[Any, ...]]) -> None:
    for start in range(0, len(rows), 1000):
        with transaction.atomic(), connection.cursor() as cursor:
            some = rows[start : start + 1000]
            cursor.executemany("INSERT INTO builds_report (build, product, months) VALUES (%s, %s, %s)", some)


def _timed(done: Callable[[], object]) -> float:
    start = time.perf_counter()
    done()
    return time.perf_counter() - start


def _at_once(send: Callable[[Sequence[bytes]], None]) -> None:
    def work(some: Sequence[bytes]) -> None:
        send(some)
        connections.close_all()

    threads = [Thread(target=work, args=(_bodies[place::THREADS],)) for place in range(THREADS)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()


def _send(bodies: Sequence[bytes]) -> None:
    door = Front(_elsewhere)
    for body in bodies:
        environ = {
            "REQUEST_METHOD": "POST", "PATH_INFO": PATH, "CONTENT_TYPE": "application/json",
            "HTTP_CONTENT_ENCODING": "gzip", "CONTENT_LENGTH": str(len(body)), "wsgi.input": io.BytesIO(body),
        }  # fmt: skip
        for _ in door(environ, _expect_taken):
            pass


def _elsewhere(*_: Any) -> list[bytes]:
    raise AssertionError


def _expect_taken(status: str, headers: object) -> None:
    assert status == "202 Accepted", status
