"""The digest that electron-updater asks for."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("builds", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="release",
            name="sha512",
            field=models.CharField(blank=True, max_length=128, default=""),
            preserve_default=False,
        ),
    ]
