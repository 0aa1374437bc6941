from django.apps import AppConfig


class KeysConfig(AppConfig):
    name = "upheld.vault.keys"
    label = "vault_keys"
