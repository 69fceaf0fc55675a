"""An account opens the offices that it was given; wrong answers are counted by what they were given for."""

import json
from typing import Any

from django.db import migrations, models


def give_all(apps: Any, schema_editor: Any) -> None:
    """Whoever had an account saw every office that the node has: he keeps those, and gets no later one."""
    alias = schema_editor.connection.alias
    offices = list(
        apps.get_model("yeollak_storage", "Office").objects.using(alias).values_list("id", flat=True)
    )
    accounts = apps.get_model("yeollak_storage", "Account").objects.using(alias)
    accounts.update(offices=json.dumps(sorted(offices)))


class Migration(migrations.Migration):
    dependencies = [
        ("yeollak_storage", "0012_lookups"),
    ]

    operations = [
        migrations.AddField("account", "offices", models.TextField(default="[]")),
        migrations.AddField("desksession", "wrong_keys", models.TextField(default="{}")),
        migrations.RunPython(give_all, migrations.RunPython.noop),
    ]
