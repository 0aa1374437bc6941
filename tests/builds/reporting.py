"""A product that is published, a build of it, and what the build says."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any
from unittest.mock import patch

from django.utils import timezone

from upheld.builds import numbers, taking
from upheld.builds.limits import Crowd, Daily
from upheld.builds.models import Release

PRODUCT, VERSION, PLATFORM = "engine", "1.2.3", "linux-x64"


def today() -> date:
    return datetime.now(UTC).date()


def published(version: str = VERSION, platform: str = PLATFORM, product: str = PRODUCT) -> Release:
    return Release.objects.create(
        product=product, version=version, platform=platform, name="a.zip", size=1, sha256="0" * 64,
        address="https://files.example/a.zip", published_at=timezone.now(),
    )  # fmt: skip


def number(product: str = PRODUCT) -> str:
    return numbers.new(product)


def day(back: int = 1, counts: object = None, **other: object) -> dict[str, Any]:
    at = today() - timedelta(days=back)
    said = {"start": 3, "display": {"webvr": 1}} if counts is None else counts
    return {"day": at.isoformat(), "version": VERSION, "platform": PLATFORM, "counts": said} | other


def report(build: str, *days: dict[str, Any], **other: object) -> dict[str, Any]:
    return {"v": 1, "number": build, "product": PRODUCT, "days": list(days) or [day()]} | other


def body(build: str, *days: dict[str, Any], **other: object) -> bytes:
    return json.dumps(report(build, *days, **other)).encode()


@contextmanager
def unlimited() -> Iterator[None]:
    """What this process remembers of the day's reports and releases is as when it began."""
    with (
        patch.object(taking, "_daily", Daily()),
        patch.object(taking, "_crowd", Crowd()),
        patch.object(taking, "_released", set()),
    ):
        yield
