"""Findings are found by the first digits of a digest: an index of them is a fifth as large."""

from django.db import migrations, models


def _head(column: str) -> models.Func:
    return models.Func(models.F(column), models.Value(1), models.Value(12), function="SUBSTR")


class Migration(migrations.Migration):
    dependencies = [("yeollak_storage", "0019_lines")]

    operations = [
        migrations.RemoveIndex("finding", "finding_matter"),
        migrations.RemoveIndex("finding", "finding_act"),
        migrations.AddIndex("finding", models.Index(_head("matter"), name="finding_matter_head")),
        migrations.AddIndex("finding", models.Index(_head("act"), name="finding_act_head")),
    ]
