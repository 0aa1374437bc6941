"""How Django finds the account of a session. Signing in itself is a verb, not a backend's matter."""

from typing import Any
from uuid import UUID

from django.contrib.auth.backends import BaseBackend

from upheld.accounts.models import Account, account_of


class AccountBackend(BaseBackend):
    def get_user(self, user_id: Any) -> Account | None:
        """The account with this id, which is its subject's."""
        return account_of(user_id if isinstance(user_id, UUID) else UUID(str(user_id)))
