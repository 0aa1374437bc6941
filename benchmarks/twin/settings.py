"""The settings of an instance, with Django's own accounts and sessions, and the twin's tables beside them."""

from upheld.settings import *  # noqa: F403 - all of them
from upheld.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "django.contrib.sessions", "benchmarks.twin"]
AUTH_USER_MODEL = "twin.Account"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
SESSION_ENGINE = "django.contrib.sessions.backends.db"
ROOT_URLCONF = "benchmarks.twin.urls"
