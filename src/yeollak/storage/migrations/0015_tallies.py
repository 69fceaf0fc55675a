"""What figures and call books count is kept, up to a point of the record."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("yeollak_storage", "0014_processes"),
    ]

    operations = [
        migrations.CreateModel(
            name="Tally",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("rule", models.CharField(max_length=64)),
                ("frontier", models.TextField()),
                ("total", models.BigIntegerField(default=0)),
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
                "constraints": [models.UniqueConstraint(fields=("office",), name="one_tally")],
            },
        ),
        migrations.CreateModel(
            name="TallyCell",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("zone", models.PositiveSmallIntegerField()),
                ("span", models.CharField(max_length=10)),
                ("own", models.BooleanField()),
                ("figure", models.CharField(max_length=80)),
                ("cell", models.TextField()),
                ("many", models.BigIntegerField()),
                ("low", models.BigIntegerField()),
                ("high", models.BigIntegerField()),
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
                    models.UniqueConstraint(
                        fields=("office", "zone", "span", "own", "figure", "cell"), name="one_tally_cell"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="TallyDay",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("day", models.CharField(max_length=10)),
                ("matter", models.CharField(max_length=64)),
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
                    models.UniqueConstraint(fields=("office", "day", "matter"), name="one_tally_day")
                ],
            },
        ),
        migrations.CreateModel(
            name="TallyEvent",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("zone", models.PositiveSmallIntegerField()),
                ("what", models.CharField(max_length=8)),
                ("matter", models.CharField(max_length=64)),
                ("day", models.CharField(max_length=10)),
                ("turn", models.BigIntegerField()),
                ("place", models.PositiveSmallIntegerField()),
                ("hour", models.CharField(max_length=8, null=True)),
                ("sort", models.CharField(max_length=64)),
                ("outcome", models.CharField(default="", max_length=64)),
                ("own", models.BooleanField()),
                ("views", models.TextField(default="")),
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
                "indexes": [models.Index(fields=["office", "zone", "what", "day"], name="tally_event_day")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("office", "zone", "what", "matter"), name="one_tally_event"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="TallyLink",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("matter", models.CharField(max_length=64)),
                ("named", models.CharField(max_length=64)),
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
                    models.UniqueConstraint(fields=("office", "named", "matter"), name="one_tally_link")
                ],
            },
        ),
    ]
