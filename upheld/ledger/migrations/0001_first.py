from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Checkpoint",
            fields=[
                ("size", models.BigIntegerField(primary_key=True, serialize=False)),
                ("root", models.BinaryField()),
                ("note", models.TextField()),
            ],
        ),
        migrations.CreateModel(
            name="Tile",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "level", "index", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("level", models.PositiveSmallIntegerField()),
                ("index", models.BigIntegerField()),
                ("data", models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("act", models.CharField(max_length=60)),
                ("subject", models.UUIDField(null=True)),
                ("body", models.BinaryField()),
                ("salt", models.BinaryField()),
                ("index", models.BigIntegerField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["subject", "id"], name="ledger_of_subject"),
                    models.Index(fields=["act", "id"], name="ledger_of_act"),
                    models.Index(condition=models.Q(("index", None)), fields=["id"], name="ledger_waiting"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("index__isnull", False)), fields=["index"], name="ledger_one_a_place"
                    ),
                ],
            },
        ),
    ]
