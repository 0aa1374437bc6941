import uuid_utils.compat
from django.db import migrations, models

import upheld.vault.rows


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Customer",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("subject", upheld.vault.rows.SubjectKey(db_index=True, editable=False)),
                ("sealed", models.BinaryField(default=b"")),
            ],
        ),
        migrations.CreateModel(
            name="Purchase",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("subject", upheld.vault.rows.SubjectKey(db_index=True, editable=False)),
                ("customer", models.UUIDField()),
            ],
        ),
    ]
