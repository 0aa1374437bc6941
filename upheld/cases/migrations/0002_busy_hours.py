import uuid_utils.compat
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0001_first"),
    ]

    operations = [
        migrations.CreateModel(
            name="Look",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, editable=False, primary_key=True, serialize=False)),
                ("until", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="BusyHour",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("member", models.UUIDField()),
                ("job", models.CharField(max_length=40)),
                ("at", models.DateTimeField(db_index=True)),
                ("opened", models.PositiveIntegerField(default=0)),
                ("copied", models.PositiveIntegerField(default=0)),
                ("printed", models.PositiveIntegerField(default=0)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("member", "job", "at"), name="one_busy_hour")],
            },
        ),
    ]
