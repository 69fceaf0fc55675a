"""Every matter is kept with its line of the state digest. Those that are there get theirs behind who waits."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("yeollak_storage", "0018_dead_lines"),
    ]

    operations = [
        migrations.AddField(
            model_name="matter",
            name="line",
            field=models.CharField(max_length=100, null=True),
        ),
    ]
