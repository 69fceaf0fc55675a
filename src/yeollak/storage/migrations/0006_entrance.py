"""Signing in: codes used one by one, browsers that are known, counts of failures, and a log that can be searched."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("yeollak_storage", "0005_search"),
    ]

    operations = [
        migrations.RemoveField("account", "totp_step"),
        migrations.RemoveField("account", "failures"),
        migrations.RemoveField("account", "locked_until"),
        migrations.AddField("account", "totp_new", models.CharField(default="", max_length=64)),
        migrations.AddField("account", "totp_used", models.TextField(default="[]")),
        migrations.AddField("account", "given", models.BooleanField(default=False)),
        migrations.AddField("desksession", "half", models.BooleanField(default=False)),
        migrations.AddField("desksession", "confirmed", models.DateTimeField(null=True)),
        migrations.AddField("desksession", "wrong", models.PositiveSmallIntegerField(default=0)),
        migrations.AddField("audit", "times", models.PositiveIntegerField(default=1)),
        migrations.AddIndex("audit", models.Index(fields=["name", "-id"], name="audit_name")),
        migrations.AddField("audit", "about", models.CharField(default="", max_length=64)),
        migrations.AddIndex("audit", models.Index(fields=["about", "-id"], name="audit_about")),
        migrations.AddIndex("audit", models.Index(fields=["action", "-id"], name="audit_action")),
        migrations.CreateModel(
            name="DeskDevice",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("digest", models.CharField(max_length=64)),
                ("used", models.DateTimeField()),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="yeollak_storage.account",
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("digest", "account"), name="one_device")],
            },
        ),
        migrations.CreateModel(
            name="SignInCount",
            fields=[
                ("key", models.CharField(max_length=96, primary_key=True, serialize=False)),
                ("failures", models.PositiveIntegerField(default=0)),
                ("last", models.DateTimeField()),
                ("until", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["last"], name="signin_last")],
            },
        ),
    ]
