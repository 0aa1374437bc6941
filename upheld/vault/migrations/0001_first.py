import uuid_utils.compat
from django.db import migrations, models

import upheld.vault.rows


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Lookup",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "field", "digest", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("field", models.CharField(max_length=80)),
                ("digest", models.BinaryField(max_length=32)),
                ("subject", upheld.vault.rows.SubjectKey(db_index=True, editable=False)),
                ("row", models.UUIDField()),
            ],
        ),
        migrations.CreateModel(
            name="Disclosure",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("subject", upheld.vault.rows.SubjectKey(db_index=True, editable=False)),
                ("at", models.DateTimeField()),
                ("recipient", models.CharField(max_length=40)),
                ("purpose", models.CharField(max_length=60)),
                ("fields", models.JSONField()),
                ("because", models.CharField(max_length=80)),
                ("entry", models.UUIDField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("subject", "recipient", "because"), name="disclosed_once")
                ],
            },
        ),
    ]
