"""Void acts are found by themselves."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("yeollak_storage", "0008_feeds")]

    operations = [
        migrations.AddField("rung", "void", models.BooleanField(default=False)),
        migrations.AddIndex(
            "rung", models.Index(fields=["office", "void", "turn", "place"], name="rung_void")
        ),
    ]
