"""Entries are found through their findings: two indexes of digests less, a page on disk each for every act."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("yeollak_storage", "0015_tallies")]

    operations = [
        migrations.RemoveIndex("entry", "entry_act"),
        migrations.RemoveIndex("entry", "entry_matter"),
    ]
