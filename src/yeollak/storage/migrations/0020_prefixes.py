"""Findings are found by the first digits of a digest and of its office: such an index is a quarter as large."""

from typing import Any

from django.db import migrations, models


def _prefix(column: str) -> models.Func:
    of = ((column, 12), ("office", 8))
    digits = (models.Func(models.F(name), models.Value(1), models.Value(many), function="SUBSTR") for name, many in of)
    return models.Func(*digits, template="%(expressions)s", arg_joiner=" || ", output_field=models.CharField())


def _analyse(_apps: Any, schema_editor: Any) -> None:
    # PostgreSQL knows nothing of how an expression is spread before it has looked, and would go through all
    # findings for a batch of acts until it comes to that by itself.
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ANALYZE yeollak_storage_finding")


class Migration(migrations.Migration):
    dependencies = [("yeollak_storage", "0019_lines")]

    operations = [
        migrations.RemoveIndex("finding", "finding_matter"),
        migrations.RemoveIndex("finding", "finding_act"),
        migrations.AddIndex("finding", models.Index(_prefix("matter"), name="finding_matter_prefix")),
        migrations.AddIndex("finding", models.Index(_prefix("act"), name="finding_act_prefix")),
        migrations.RunPython(_analyse, migrations.RunPython.noop),
    ]
