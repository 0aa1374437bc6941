"""All that the lower floors ask of a project's settings."""

import os
from pathlib import Path

FOLDER = Path(os.environ["SHOP_FOLDER"])
SECRET_KEY = "the shop's own"
INSTALLED_APPS = ["upheld.ledger", "upheld.vault", "upheld.vault.keys", "tests.embedding.shop"]
SQLITE = {
    "transaction_mode": "IMMEDIATE",
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON",
}
DATABASES = {
    "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": FOLDER / "shop.sqlite3", "OPTIONS": SQLITE},
    "keys": {"ENGINE": "django.db.backends.sqlite3", "NAME": FOLDER / "keys.sqlite3", "OPTIONS": SQLITE},
}
DATABASE_ROUTERS = ["upheld.vault.keys.router.KeysApart"]
USE_TZ = True

UPHELD_ROOT_KEY = FOLDER / "root.key"
UPHELD_POLICY_DIR = FOLDER / "policy"
UPHELD_LEDGER_DIR = FOLDER / "ledger"
UPHELD_LEDGER_KEY = FOLDER / "ledger.key"
UPHELD_ORIGIN = "shop.example/ledger"
