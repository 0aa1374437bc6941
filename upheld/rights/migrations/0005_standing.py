from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("rights", "0004_taking_back")]

    operations = [
        migrations.AddIndex(
            model_name="request",
            index=models.Index(condition=models.Q(("ended_at", None)), fields=["due_at"], name="requests_standing"),
        ),
        migrations.AddIndex(
            model_name="request",
            index=models.Index(
                condition=models.Q(("ended_at", None)), fields=["conversation"], name="requests_of_letters"
            ),
        ),
    ]
