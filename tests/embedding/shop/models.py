from typing import ClassVar

from django.db import models

from upheld.vault import AboutPerson, Personal, Sealed


class Customer(Personal):
    email = Sealed("email", find=True)
    name = Sealed("name")
    country = Sealed("country")

    class Meta:
        app_label = "shop"

    def __str__(self) -> str:
        return str(self.pk)


class Purchase(AboutPerson):
    """In the books as long as the customer is."""

    stays_with: ClassVar[str] = "customer"

    customer = models.UUIDField()

    class Meta:
        app_label = "shop"

    def __str__(self) -> str:
        return str(self.pk)
