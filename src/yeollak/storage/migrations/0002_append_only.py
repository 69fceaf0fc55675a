"""The database itself refuses to change or delete the record: entries, checkpoints, receipts and evidence."""

from typing import Any

from django.db import migrations

TABLES = ("entry", "checkpoint", "receipt", "evidence")

_FUNCTION = """
CREATE FUNCTION yeollak_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END $$
"""


def guard(apps: Any, editor: Any) -> None:
    vendor = editor.connection.vendor
    if vendor not in {"sqlite", "postgresql"}:
        raise NotImplementedError(f"no guard is written for {vendor}")
    if vendor == "postgresql":
        editor.execute(_FUNCTION, params=None)
    for name in TABLES:
        table = f"yeollak_storage_{name}"
        if vendor == "postgresql":
            editor.execute(
                f"CREATE TRIGGER {table}_guard BEFORE UPDATE OR DELETE ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION yeollak_append_only()"
            )
            editor.execute(
                f"CREATE TRIGGER {table}_guard_all BEFORE TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION yeollak_append_only()"
            )
            continue
        for verb in ("UPDATE", "DELETE"):
            editor.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )


class Migration(migrations.Migration):
    dependencies = [("yeollak_storage", "0001_first")]
    operations = [migrations.RunPython(guard, migrations.RunPython.noop, elidable=False)]
