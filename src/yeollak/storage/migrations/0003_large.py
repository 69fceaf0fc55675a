"""Large enclosures that registers name, and how far each has come."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("yeollak_storage", "0002_append_only")]
    operations = [
        migrations.CreateModel(
            name="Large",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("place", models.PositiveSmallIntegerField()),
                ("digest", models.CharField(max_length=64)),
                ("size", models.BigIntegerField()),
                ("state", models.CharField(max_length=16)),
                (
                    "office",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="yeollak_storage.office",
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("office", "place", "digest"), name="one_large")],
                "indexes": [models.Index(fields=["office", "state"], name="large_state")],
            },
        ),
    ]
