"""The local tables of the desk: accounts, sessions, drafts, audit, alarms seen and told."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("yeollak_storage", "0003_large"),
    ]

    operations = [
        migrations.CreateModel(
            name="Account",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=64, unique=True)),
                ("shown", models.CharField(max_length=64)),
                ("role", models.CharField(max_length=16)),
                ("passphrase", models.CharField(max_length=256)),
                ("totp", models.CharField(default="", max_length=64)),
                ("totp_step", models.BigIntegerField(default=0)),
                ("recovery", models.TextField(default="[]")),
                ("officers", models.TextField(default="{}")),
                ("language", models.CharField(default="en", max_length=8)),
                ("settings", models.TextField(default="{}")),
                ("failures", models.PositiveIntegerField(default=0)),
                ("locked_until", models.DateTimeField(null=True)),
                ("created", models.DateTimeField()),
                ("disabled", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="DeskDraft",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("office", models.CharField(max_length=64)),
                ("kind", models.CharField(max_length=64)),
                ("matter", models.CharField(default="", max_length=64)),
                ("data", models.TextField(default="{}")),
                ("version", models.PositiveIntegerField(default=1)),
                ("created", models.DateTimeField()),
                ("updated", models.DateTimeField()),
                ("act", models.CharField(default="", max_length=64)),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="yeollak_storage.account",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="drafts",
                        to="yeollak_storage.account",
                    ),
                ),
                (
                    "released_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="yeollak_storage.account",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="DeskSession",
            fields=[
                ("digest", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("created", models.DateTimeField()),
                ("used", models.DateTimeField()),
                ("factor", models.DateTimeField(null=True)),
                ("address", models.CharField(max_length=64)),
                ("agent", models.CharField(max_length=200)),
                ("revoked", models.DateTimeField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sessions",
                        to="yeollak_storage.account",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="DraftFile",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("number", models.PositiveSmallIntegerField()),
                ("name", models.CharField(default="", max_length=200)),
                ("type", models.CharField(max_length=127)),
                ("lang", models.CharField(default="", max_length=35)),
                ("content", models.BinaryField()),
                (
                    "draft",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="files",
                        to="yeollak_storage.deskdraft",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Escalation",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("office", models.CharField(max_length=64)),
                ("act", models.CharField(max_length=64)),
                ("channel", models.CharField(max_length=32)),
                ("at", models.DateTimeField()),
                ("result", models.CharField(max_length=200)),
            ],
            options={
                "indexes": [models.Index(fields=["office", "act"], name="escalation_act")],
            },
        ),
        migrations.CreateModel(
            name="SavedFilter",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("page", models.CharField(max_length=32)),
                ("name", models.CharField(max_length=64)),
                ("query", models.CharField(max_length=500)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="filters",
                        to="yeollak_storage.account",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Acknowledged",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("office", models.CharField(max_length=64)),
                ("act", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="yeollak_storage.account",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("office", "act"), name="one_acknowledgement")
                ],
            },
        ),
        migrations.CreateModel(
            name="Audit",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("name", models.CharField(max_length=64)),
                ("action", models.CharField(max_length=32)),
                ("office", models.CharField(default="", max_length=64)),
                ("address", models.CharField(default="", max_length=64)),
                ("detail", models.TextField(default="{}")),
                (
                    "account",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="yeollak_storage.account",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["-at"], name="audit_at")],
            },
        ),
        migrations.AddIndex(
            model_name="deskdraft",
            index=models.Index(fields=["owner", "act"], name="draft_owner"),
        ),
        migrations.AddConstraint(
            model_name="draftfile",
            constraint=models.UniqueConstraint(fields=("draft", "number"), name="one_draft_file"),
        ),
        migrations.AddConstraint(
            model_name="savedfilter",
            constraint=models.UniqueConstraint(fields=("account", "page", "name"), name="one_saved_filter"),
        ),
    ]
