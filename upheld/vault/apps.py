from django.apps import AppConfig
from django.conf import settings

from upheld.policy import force


class VaultConfig(AppConfig):
    name = "upheld.vault"

    def ready(self) -> None:
        force.configure(settings.UPHELD_POLICY_DIR)  # the policy is pure Python: it learns here where it rests
