import uuid_utils.compat
from django.db import migrations, models

import upheld.vault.rows


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Glass",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("subject", upheld.vault.rows.SubjectKey(db_index=True, editable=False)),
                ("number", models.CharField(db_index=True, max_length=12)),
                ("reason", models.CharField(max_length=40)),
                ("asked_by", models.UUIDField()),
                ("asked_at", models.DateTimeField()),
                ("agreed_by", models.UUIDField(null=True)),
                ("ends_at", models.DateTimeField(null=True)),
                ("refused_at", models.DateTimeField(null=True)),
                ("reviewed_by", models.UUIDField(null=True)),
                ("reviewed_at", models.DateTimeField(null=True)),
                ("outcome", models.CharField(blank=True, max_length=20)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Note",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("subject", upheld.vault.rows.SubjectKey(db_index=True, editable=False)),
                ("sealed", models.BinaryField(default=b"")),
                ("about", models.UUIDField(db_index=True)),
                ("member", models.UUIDField()),
                ("at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Oddity",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("kind", models.CharField(max_length=20)),
                ("member", models.UUIDField(db_index=True)),
                ("case", models.CharField(blank=True, max_length=60)),
                ("figure", models.CharField(blank=True, max_length=80)),
                ("at", models.DateTimeField()),
                ("told_at", models.DateTimeField(null=True)),
                ("closed_by", models.UUIDField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
                ("outcome", models.CharField(blank=True, max_length=20)),
            ],
        ),
        migrations.CreateModel(
            name="Turn",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("subject", upheld.vault.rows.SubjectKey(db_index=True, editable=False)),
                ("case", models.UUIDField(db_index=True)),
                ("member", models.UUIDField(db_index=True)),
                ("since", models.DateTimeField()),
                ("until", models.DateTimeField(null=True)),
                ("ending", models.CharField(blank=True, max_length=12)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Case",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("subject", upheld.vault.rows.SubjectKey(db_index=True, editable=False)),
                ("kind", models.CharField(max_length=20)),
                ("about", models.UUIDField(db_index=True)),
                ("number", models.CharField(max_length=14)),
                ("reason", models.CharField(blank=True, max_length=40)),
                ("opened_at", models.DateTimeField()),
                ("taken_by", models.UUIDField(null=True)),
                ("taken_at", models.DateTimeField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("closed_at", None)), fields=["taken_by"], name="open_cases_of_member"
                    ),
                    models.Index(
                        condition=models.Q(("closed_at", None)), fields=["kind", "about"], name="open_cases_of_kind"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("closed_at", None)),
                        fields=("subject", "kind", "about"),
                        name="one_open_case_a_matter",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Draft",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("subject", upheld.vault.rows.SubjectKey(db_index=True, editable=False)),
                ("sealed", models.BinaryField(default=b"")),
                ("about", models.UUIDField(db_index=True)),
                ("member", models.UUIDField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("subject", "about", "member"), name="one_draft_a_member")
                ],
            },
        ),
        migrations.CreateModel(
            name="Relation",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("member", models.UUIDField(db_index=True)),
                ("digest", models.BinaryField(max_length=32)),
                ("kind", models.CharField(max_length=10)),
                ("declared_at", models.DateTimeField()),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("member", "digest"), name="one_relation_an_address")],
            },
        ),
    ]
