"""The processor that this instance's settings name."""

import atexit
from functools import cache
from pathlib import Path

from django.conf import settings

from upheld.home import Home, HomeError
from upheld.payments.processor import Processor
from upheld.payments.sandbox.client import Sandbox

NAMES = ("sandbox", "stripe")


def current() -> Processor:
    """The one that takes cards now. Raises HomeError for a setting that cannot be."""
    return named(settings.HOME.text("payments.processor"))


def named(name: str) -> Processor:
    """The one that a row names: payments made with one processor stay with it when the setting changes."""
    home: Home = settings.HOME
    if name == "sandbox":
        return _sandbox(home.folder)
    if name == "stripe":
        return _stripe(*(home.text(f"payments.{each}") for each in ("stripe_key", "stripe_webhook", "stripe_url")))
    raise HomeError(f"payments.processor must be one of {', '.join(NAMES)}, not {name!r}.")


@cache
def _stripe(key: str, webhook: str, url: str) -> Processor:
    if not key or not webhook:
        raise HomeError("payments.stripe_key and payments.stripe_webhook must be set to take cards with Stripe.")
    from upheld.payments.stripe.client import Stripe  # slow to load, which the sandbox need not wait for

    return Stripe(key, webhook_secret=webhook, url=url)


@cache
def _sandbox(folder: Path) -> Sandbox:
    made = Sandbox(Home(folder))
    atexit.register(made.close)
    return made
