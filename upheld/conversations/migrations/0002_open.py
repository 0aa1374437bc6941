from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("conversations", "0001_first")]

    operations = [
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                condition=models.Q(("closed_at", None)), fields=["waiting_since"], name="open_conversations"
            ),
        ),
    ]
