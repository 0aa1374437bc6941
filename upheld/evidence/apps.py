from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    name = "upheld.evidence"
