from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("staff", "0001_first"),
    ]

    operations = [
        migrations.AddField(
            model_name="terminal",
            name="seen_at",
            field=models.DateTimeField(null=True),
        ),
    ]
