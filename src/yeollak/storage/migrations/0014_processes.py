"""Several processes serve one store: who lives, who works for which office, and what others have written."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models

#: What is told once it is committed: table, its column with the office, and after which statements.
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
# A transaction that notifies is committed alone: PostgreSQL lets no other one that does beside it, however
# long the disk and a standby take. So a transaction only keeps in mind what has moved, in a setting of its
# session that a rollback takes back with it, and what it has moved is told right after it, by a transaction
# that waits for no disk.
_FUNCTIONS = (
    """
CREATE FUNCTION yeollak_keep_moved(names text) RETURNS void LANGUAGE sql AS $$
    SELECT set_config(
        'yeollak.moved', concat_ws(' ', nullif(current_setting('yeollak.moved', true), ''), names), false
    )
$$
""",
    """
CREATE FUNCTION yeollak_moved() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    names text;
BEGIN
    EXECUTE format('SELECT string_agg(DISTINCT %I, '' '') FROM moved', TG_ARGV[0]) INTO names;
    IF names IS NOT NULL THEN
        PERFORM yeollak_keep_moved(names);
    END IF;
    RETURN NULL;
END $$
""",
    # How a line goes is noted every few seconds; only that it goes otherwise is worth telling.
    """
CREATE FUNCTION yeollak_moved_line() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM yeollak_keep_moved(NEW.office_id);
    RETURN NULL;
END $$
""",
    """
CREATE FUNCTION yeollak_tell() RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    names text := current_setting('yeollak.moved', true);
BEGIN
    IF coalesce(names, '') = '' THEN
        RETURN 0;
    END IF;
    PERFORM set_config('yeollak.moved', '', false);
    PERFORM set_config('synchronous_commit', 'off', true);
    PERFORM pg_notify('yeollak', told.one)
        FROM (SELECT DISTINCT unnest(string_to_array(names, ' ')) AS one) AS told;
    RETURN 1;
END $$
""",
)


def tell(apps: Any, editor: Any) -> None:
    if editor.connection.vendor != "postgresql":
        return  # one process serves it, and what it has written itself it knows
    for function in _FUNCTIONS:
        editor.execute(function, params=None)
    for name, column, verbs in TOLD:
        table = f"yeollak_storage_{name}"
        for verb in verbs:
            rows = "OLD" if verb == "DELETE" else "NEW"
            editor.execute(
                f"CREATE TRIGGER {table}_moved_{verb.lower()} AFTER {verb} ON {table} "
                f"REFERENCING {rows} TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION yeollak_moved('{column}')",
                params=None,
            )
    table = "yeollak_storage_outbox"
    editor.execute(
        f"CREATE TRIGGER {table}_moved_update AFTER UPDATE ON {table} FOR EACH ROW "
        "WHEN (OLD.last_error IS DISTINCT FROM NEW.last_error) EXECUTE FUNCTION yeollak_moved_line()",
        params=None,
    )


class Migration(migrations.Migration):
    dependencies = [("yeollak_storage", "0013_offices")]

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
