from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="DataKey",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "subject", "retention", "version", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("subject", models.UUIDField()),
                ("retention", models.CharField(max_length=40)),
                ("version", models.PositiveSmallIntegerField(default=1)),
                ("root_version", models.PositiveIntegerField()),
                ("wrapped", models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name="Erasure",
            fields=[
                ("subject", models.UUIDField(primary_key=True, serialize=False)),
                ("started_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(null=True)),
                ("by", models.CharField(max_length=80)),
                ("because", models.CharField(max_length=80)),
            ],
        ),
        migrations.CreateModel(
            name="ServiceKey",
            fields=[
                ("name", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("root_version", models.PositiveIntegerField()),
                ("wrapped", models.BinaryField()),
            ],
        ),
    ]
