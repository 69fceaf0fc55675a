"""Addresses under which calendar programs fetch the calendar of an office."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("yeollak_storage", "0007_rungs")]

    operations = [
        migrations.CreateModel(
            name="CalendarFeed",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("office", models.CharField(max_length=64)),
                ("name", models.CharField(max_length=64)),
                ("sorts", models.TextField()),
                ("subjects", models.BooleanField()),
                ("created", models.DateTimeField()),
                ("used", models.DateTimeField(null=True)),
                ("revoked", models.DateTimeField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="feeds",
                        to="yeollak_storage.account",
                    ),
                ),
            ],
            options={"indexes": [models.Index(fields=["account", "office"], name="feed_account")]},
        ),
    ]
