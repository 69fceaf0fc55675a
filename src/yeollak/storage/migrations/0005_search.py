"""What matters are listed by and acts are found by: columns, and an index of words beside `passage`."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models

_TABLE = "yeollak_storage_passage"
# `ascii` leaves every letter beyond ASCII as it is: what is indexed has been folded already, by one way for
# all databases.
_SQLITE = f"CREATE VIRTUAL TABLE {_TABLE}_terms USING fts5(title, body, tokenize='ascii', prefix='2')"
_POSTGRESQL = (
    f"ALTER TABLE {_TABLE} ADD COLUMN terms tsvector",
    f"CREATE INDEX {_TABLE}_terms ON {_TABLE} USING gin (terms)",
)


def index_words(apps: Any, editor: Any) -> None:
    vendor = editor.connection.vendor
    if vendor not in {"sqlite", "postgresql"}:
        raise NotImplementedError(f"no index of words is written for {vendor}")
    for statement in _POSTGRESQL if vendor == "postgresql" else (_SQLITE,):
        editor.execute(statement, params=None)


def _office() -> Any:
    return models.ForeignKey(
        db_index=False,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to="yeollak_storage.office",
    )


class Migration(migrations.Migration):
    dependencies = [("yeollak_storage", "0004_desk")]

    operations = [
        migrations.AddField("matter", "opened_at", models.CharField(default="", max_length=20)),
        migrations.AddField("matter", "moved_at", models.CharField(default="", max_length=20)),
        migrations.AddField("matter", "precedence", models.PositiveSmallIntegerField(default=0)),
        migrations.AddField("matter", "subject_class", models.CharField(default="", max_length=64)),
        migrations.AddField("matter", "daily", models.BooleanField(default=False)),
        migrations.AddField("matter", "acts", models.BigIntegerField(default=0)),
        migrations.AddIndex(
            "matter", models.Index(fields=["office", "daily", "updated", "id"], name="matter_updated")
        ),
        migrations.AddIndex(
            "matter", models.Index(fields=["office", "daily", "opened", "id"], name="matter_opened")
        ),
        migrations.AddIndex(
            "matter",
            models.Index(fields=["office", "procedure", "phase", "updated", "id"], name="matter_procedure"),
        ),
        migrations.AddIndex(
            "matter", models.Index(fields=["office", "precedence", "updated", "id"], name="matter_precedence")
        ),
        migrations.AddIndex(
            "matter", models.Index(fields=["office", "subject_class", "updated", "id"], name="matter_class")
        ),
        migrations.AddIndex("matter", models.Index(fields=["office", "moved_at"], name="matter_moved")),
        migrations.CreateModel(
            name="Awaited",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("matter", models.CharField(max_length=64)),
                ("place", models.PositiveSmallIntegerField()),
                ("due", models.CharField(max_length=20)),
                ("office", _office()),
            ],
            options={
                "indexes": [models.Index(fields=["office", "place", "due"], name="awaited_due")],
                "constraints": [
                    models.UniqueConstraint(fields=("office", "matter", "place"), name="one_awaited")
                ],
            },
        ),
        migrations.CreateModel(
            name="Linked",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("matter", models.CharField(max_length=64)),
                ("target", models.CharField(max_length=64)),
                ("relation", models.CharField(max_length=32)),
                ("office", _office()),
            ],
            options={
                "indexes": [models.Index(fields=["office", "target"], name="link_target")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("office", "matter", "target", "relation"), name="one_link"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Named",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("digest", models.CharField(max_length=64)),
                ("act", models.CharField(max_length=64)),
                ("matter", models.CharField(max_length=64)),
                ("place", models.PositiveSmallIntegerField()),
                ("index", models.BigIntegerField()),
                ("release", models.CharField(max_length=16)),
                ("type", models.CharField(max_length=127)),
                ("lang", models.CharField(default="", max_length=64)),
                ("name", models.CharField(default="", max_length=255)),
                ("size", models.BigIntegerField(null=True)),
                ("office", _office()),
            ],
            options={
                "indexes": [models.Index(fields=["office", "digest"], name="named_digest")],
                "constraints": [
                    models.UniqueConstraint(fields=("office", "place", "index", "digest"), name="one_named")
                ],
            },
        ),
        migrations.CreateModel(
            name="Passage",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("act", models.CharField(max_length=64)),
                ("matter", models.CharField(max_length=64)),
                ("place", models.PositiveSmallIntegerField()),
                ("index", models.BigIntegerField()),
                ("part", models.PositiveSmallIntegerField()),
                ("title", models.TextField()),
                ("texts", models.TextField()),
                ("office", _office()),
            ],
            options={
                "indexes": [models.Index(fields=["office", "act"], name="passage_act")],
                "constraints": [
                    models.UniqueConstraint(fields=("office", "place", "index", "part"), name="one_passage")
                ],
            },
        ),
        migrations.RunPython(index_words, migrations.RunPython.noop, elidable=False),
    ]
