from django.apps import AppConfig


class Web(AppConfig):
    name = "upheld.web"
    label = "web"
