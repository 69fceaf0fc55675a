"""Entries are found through their findings: two indexes less, each of which cost every act a page on disk."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("yeollak_storage", "0015_tallies")]

    operations = [
        migrations.RemoveIndex("entry", "entry_act"),
        migrations.RemoveIndex("entry", "entry_matter"),
    ]
