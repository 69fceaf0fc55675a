"""What counting asks of the record is found without reading what came before."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("yeollak_storage", "0011_pouches")]

    operations = [
        migrations.AddIndex("finding", models.Index(fields=["office", "act"], name="finding_act")),
        migrations.AddIndex(
            "finding",
            models.Index(fields=["office", "procedure", "place", "index"], name="finding_procedure"),
        ),
    ]
