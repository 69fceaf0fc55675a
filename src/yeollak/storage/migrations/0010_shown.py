"""What pages know of the record may come after what has been counted, and says how far it is."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("yeollak_storage", "0009_voids")]

    operations = [
        migrations.AddField("head", "shown", models.BigIntegerField(default=0)),
        # Until now both were stored together.
        migrations.RunSQL("UPDATE yeollak_storage_head SET shown = counted", migrations.RunSQL.noop),
    ]
