from django.apps import AppConfig


class OrdersConfig(AppConfig):
    name = "upheld.orders"

    def ready(self) -> None:
        from upheld.orders.following import moved
        from upheld.payments import watchers

        watchers.register(moved)
