from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("vault", "0003_holds_and_restrictions"),
    ]

    operations = [
        migrations.AddField(
            model_name="restriction",
            name="lifts_at",
            field=models.DateTimeField(null=True),
        ),
    ]
