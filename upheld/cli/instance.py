"""The instance that a command works on."""

import os

from upheld.cli.errors import NoInstance
from upheld.home import Home


def open_instance() -> Home:
    """The folder named by UPHELD_HOME, with Django set up from its settings. Raises NoInstance, HomeError, BackupError
    while it is restored."""
    from upheld.backups import locks

    home = Home.here()
    if not home.exists:
        raise NoInstance(home.folder)
    locks.share(home)
    set_up(home)
    return home


def set_up(home: Home) -> None:
    import django

    os.umask(0o077)  # whatever is made from here on is the owner's alone
    _ = home.settings  # read first, so that a mistake in the file is told as a sentence
    os.environ["DJANGO_SETTINGS_MODULE"] = "upheld.settings"
    django.setup()
