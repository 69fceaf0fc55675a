"""The database itself refuses to change or delete the record: charters, entries, checkpoints, receipts and
evidence. Enclosures may be erased, never altered.
"""

from typing import Any

from django.db import migrations

#: Table -> what may not be done to its rows.
VERBS = {
    "office": ("UPDATE", "DELETE"),
    "entry": ("UPDATE", "DELETE"),
    "checkpoint": ("UPDATE", "DELETE"),
    "receipt": ("UPDATE", "DELETE"),
    "evidence": ("UPDATE", "DELETE"),
    "enclosure": ("UPDATE",),
}
#: What makes a row of these tables the same row, besides its number. SQLite's REPLACE deletes it without
#: asking the triggers on DELETE, unless the connection wishes otherwise, and other tools do not wish.
SAME = {
    "office": (),
    "entry": ("office_id", "place", '"index"'),
    "checkpoint": ("office_id", "place", "size"),
    "receipt": ("office_id", "place", "size", "cosigner"),
    "evidence": ("office_id", "digest"),
    "enclosure": ("office_id", "digest"),
}

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
    for name, verbs in VERBS.items():
        table = f"yeollak_storage_{name}"
        for statement in _postgresql(table, verbs) if vendor == "postgresql" else _sqlite(name, table, verbs):
            editor.execute(statement, params=None)


def _postgresql(table: str, verbs: tuple[str, ...]) -> list[str]:
    return [
        f"CREATE TRIGGER {table}_guard BEFORE {' OR '.join(verbs)} ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION yeollak_append_only()",
        f"CREATE TRIGGER {table}_guard_all BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION yeollak_append_only()",
    ]


def _sqlite(name: str, table: str, verbs: tuple[str, ...]) -> list[str]:
    key = " AND ".join(f"{column} = NEW.{column}" for column in SAME[name])
    there = f"id = NEW.id{f' OR ({key})' if key else ''}"
    # Where the same row may come twice in good faith, it is passed over, as the writer asks for it.
    refuse = f"RAISE(ABORT, '{table} is append-only')" if name in ("office", "entry") else "RAISE(IGNORE)"
    return [
        *(
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            for verb in verbs
        ),
        f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "
        f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {there}) BEGIN SELECT {refuse}; END",
    ]


class Migration(migrations.Migration):
    dependencies = [("yeollak_storage", "0001_first")]
    operations = [migrations.RunPython(guard, migrations.RunPython.noop, elidable=False)]
