import uuid_utils.compat
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_first")]

    operations = [
        migrations.CreateModel(
            name="Reconciliation",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("at", models.DateTimeField(db_index=True)),
                ("since", models.DateTimeField(null=True)),
                ("checked", models.BigIntegerField()),
                ("differences", models.BigIntegerField()),
            ],
        ),
    ]
