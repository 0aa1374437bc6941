"""The settings of an instance, with one more app, somebody else's model that embeds the vault; and quick hashes."""

from upheld.settings import *  # noqa: F403 - all of them
from upheld.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.embedding.shop"]
PASSWORD_HASHERS = ["tests.passwords.Quick"]
