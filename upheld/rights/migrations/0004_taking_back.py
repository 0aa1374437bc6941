from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("rights", "0003_waiting_and_proposals"),
    ]

    operations = [
        migrations.AddField(
            model_name="erasurerequest",
            name="restricted",
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name="request",
            name="settle",
            field=models.CharField(default="cancel", max_length=8),
        ),
    ]
