from upheld.vault import Personal, Sealed


class Customer(Personal):
    email = Sealed("email", find=True)
    name = Sealed("name")
    country = Sealed("country")

    class Meta:
        app_label = "shop"

    def __str__(self) -> str:
        return str(self.pk)
