import uuid_utils.compat
from django.db import migrations, models

import upheld.vault.rows


class Migration(migrations.Migration):
    dependencies = [("orders", "0001_first")]

    operations = [
        migrations.CreateModel(
            name="AsIssued",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("subject", upheld.vault.rows.SubjectKey(db_index=True, editable=False)),
                ("sealed", models.BinaryField(default=b"", editable=False)),
                ("order", models.UUIDField(db_index=True)),
                ("document", models.UUIDField(db_index=True)),
                ("kept_since", models.DateTimeField()),
            ],
            options={"abstract": False},
        ),
    ]
