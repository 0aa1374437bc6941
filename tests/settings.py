"""The settings of an instance, with one more app: a model of somebody else's that embeds the vault."""

from upheld.settings import *  # noqa: F403 - all of them
from upheld.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.embedding.shop"]
