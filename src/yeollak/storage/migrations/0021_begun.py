"""When a large enclosure was begun to be fetched: what a side has us fetch in a day is bounded."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("yeollak_storage", "0020_prefixes")]

    operations = [
        migrations.AddField("large", "begun", models.DateTimeField(null=True)),
        migrations.AddIndex("large", models.Index(fields=["office", "place", "begun"], name="large_begun")),
    ]
