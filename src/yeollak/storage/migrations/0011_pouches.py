"""What has been carried by hand."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("yeollak_storage", "0010_shown")]

    operations = [
        migrations.CreateModel(
            name="Pouch",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("office", models.CharField(max_length=64)),
                ("peer", models.CharField(max_length=64)),
                ("way", models.CharField(max_length=3)),
                ("pouch", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
                ("times", models.PositiveIntegerField(default=1)),
                ("parts", models.PositiveIntegerField()),
                ("size", models.BigIntegerField()),
                ("first", models.BigIntegerField(default=0)),
                ("last", models.BigIntegerField(default=0)),
                ("receipts", models.BigIntegerField(default=0)),
                ("enclosures", models.PositiveIntegerField(default=0)),
                ("waits", models.BooleanField(default=False)),
            ],
            options={
                "indexes": [models.Index(fields=["office", "peer", "way", "at"], name="pouch_at")],
                "constraints": [
                    models.UniqueConstraint(fields=["office", "way", "pouch"], name="one_pouch"),
                ],
            },
        ),
        migrations.CreateModel(
            name="PouchDue",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("office", models.CharField(max_length=64)),
                ("peer", models.CharField(max_length=64)),
                ("asked", models.CharField(default="", max_length=32)),
                ("answered", models.DateTimeField(null=True)),
                ("wants", models.TextField(default="")),
                ("refusal", models.BinaryField(default=b"")),
                ("refused", models.CharField(default="", max_length=64)),
                ("stands", models.BigIntegerField(default=0)),
                ("until", models.BigIntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["office", "peer"], name="one_pouch_due"),
                ],
            },
        ),
    ]
