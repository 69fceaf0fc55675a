"""What the line shows: every counted act in the order of the record, found by side, kind, precedence and day."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("yeollak_storage", "0006_entrance")]

    operations = [
        migrations.CreateModel(
            name="Rung",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("place", models.PositiveSmallIntegerField()),
                ("index", models.BigIntegerField()),
                ("act", models.CharField(max_length=64)),
                ("procedure", models.CharField(max_length=64)),
                ("kind", models.CharField(max_length=64)),
                ("precedence", models.PositiveSmallIntegerField(default=0)),
                ("turn", models.BigIntegerField()),
                ("at", models.CharField(max_length=20)),
                ("spoken", models.BooleanField()),
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
                "constraints": [
                    models.UniqueConstraint(fields=("office", "place", "index"), name="one_rung")
                ],
                "indexes": [
                    models.Index(fields=["office", "spoken", "turn", "place"], name="rung_spoken"),
                    models.Index(fields=["office", "place", "spoken", "turn"], name="rung_side"),
                    models.Index(fields=["office", "procedure", "turn", "place"], name="rung_procedure"),
                    models.Index(fields=["office", "kind", "turn", "place"], name="rung_kind"),
                    models.Index(fields=["office", "precedence", "turn", "place"], name="rung_precedence"),
                    models.Index(fields=["office", "at", "turn", "place"], name="rung_at"),
                    models.Index(fields=["office", "act"], name="rung_act"),
                ],
            },
        ),
    ]
