"""Several processes serve one store: who lives, who works for which office, and what others have written."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models

#: What is announced once it is committed: table, its column with the office, and after which statements.
TOLD = (
    ("office", "id", ("INSERT",)),
    ("head", "office_id", ("UPDATE",)),
    ("checkpoint", "office_id", ("INSERT",)),
    ("receipt", "office_id", ("INSERT",)),
    ("evidence", "office_id", ("INSERT",)),
    ("large", "office_id", ("INSERT", "UPDATE")),
    ("alarm", "office_id", ("INSERT", "UPDATE")),
    ("acknowledged", "office", ("INSERT",)),
    ("escalation", "office", ("INSERT",)),
    ("deskdraft", "office", ("INSERT", "UPDATE", "DELETE")),
)
_FUNCTION = """
CREATE FUNCTION yeollak_told() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format(
        'SELECT pg_notify(''yeollak'', told.office) FROM (SELECT DISTINCT %I AS office FROM moved) AS told',
        TG_ARGV[0]
    );
    RETURN NULL;
END $$
"""
# How a line goes is noted every few seconds; only that it goes otherwise is worth telling.
_LINE = """
CREATE FUNCTION yeollak_told_line() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('yeollak', NEW.office_id);
    RETURN NULL;
END $$
"""


def tell(apps: Any, editor: Any) -> None:
    if editor.connection.vendor != "postgresql":
        return  # one process serves it, and what it has written itself it knows
    editor.execute(_FUNCTION, params=None)
    editor.execute(_LINE, params=None)
    for name, column, verbs in TOLD:
        table = f"yeollak_storage_{name}"
        for verb in verbs:
            rows = "OLD" if verb == "DELETE" else "NEW"
            editor.execute(
                f"CREATE TRIGGER {table}_told_{verb.lower()} AFTER {verb} ON {table} "
                f"REFERENCING {rows} TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION yeollak_told('{column}')",
                params=None,
            )
    table = "yeollak_storage_outbox"
    editor.execute(
        f"CREATE TRIGGER {table}_told_update AFTER UPDATE ON {table} FOR EACH ROW "
        "WHEN (OLD.last_error IS DISTINCT FROM NEW.last_error) EXECUTE FUNCTION yeollak_told_line()",
        params=None,
    )


class Migration(migrations.Migration):
    dependencies = [("yeollak_storage", "0012_lookups")]

    operations = [
        migrations.CreateModel(
            name="Process",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("label", models.CharField(max_length=200)),
                ("roles", models.CharField(max_length=64)),
                ("anchor", models.CharField(default="", max_length=64)),
                ("since", models.DateTimeField()),
                ("until", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Lease",
            fields=[
                (
                    "office",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="yeollak_storage.office",
                    ),
                ),
                ("holder", models.CharField(default="", max_length=32)),
                ("token", models.BigIntegerField(default=0)),
            ],
        ),
        migrations.RunPython(tell, migrations.RunPython.noop, elidable=False),
    ]
