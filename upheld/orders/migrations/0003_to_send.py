from typing import Any

from django.db import migrations, models
from django.db.models import Exists, OuterRef, Q


def mark(apps: Any, editor: Any) -> None:
    """Of orders from before: those that are over, have no parcel, or whose parcel has left."""

    def has(model: str, **conditions: Any) -> Q:
        rows = apps.get_model("orders", model).objects.filter(subject=OuterRef("subject"), order=OuterRef("pk"))
        return Q(Exists(rows.filter(**conditions)))

    over, parcel = has("Step", kind__in=("cancelled", "expired")), has("Line", kind="parcel")
    left = has("Shipment", shipped_at__isnull=False, returned_at=None)
    orders = apps.get_model("orders", "Order").objects.using(editor.connection.alias)
    orders.exclude(placed_at=None).filter(over | ~parcel | left).update(to_send=False)


class Migration(migrations.Migration):
    dependencies = [("orders", "0002_as_issued")]

    operations = [
        migrations.AddField(model_name="order", name="to_send", field=models.BooleanField(default=True)),
        migrations.RunPython(mark, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(condition=models.Q(("to_send", True)), fields=["placed_at"], name="orders_to_send"),
        ),
        migrations.AddIndex(
            model_name="step",
            index=models.Index(
                condition=models.Q(("kind", "refund_failed")), fields=["order"], name="steps_of_failed_refunds"
            ),
        ),
    ]
