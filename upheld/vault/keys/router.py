from typing import Any

from django.db.models import Model

STORE = "keys"  # the database alias, and the app's models are the only ones in it
LABEL = "vault_keys"


class KeysApart:
    """The key store's tables rest in their own database, and nothing else does."""

    def db_for_read(self, model: type[Model], **hints: Any) -> str:
        return STORE if model._meta.app_label == LABEL else "default"

    db_for_write = db_for_read

    def allow_relation(self, one: Model, other: Model, **hints: Any) -> bool:
        return (one._meta.app_label == LABEL) == (other._meta.app_label == LABEL)

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return (db == STORE) == (app_label == LABEL)
