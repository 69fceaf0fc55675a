"""Which acts have observed a line as dead is kept, up to the point to which figures are counted."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ('yeollak_storage', '0017_marks'),
    ]

    operations = [
        migrations.CreateModel(
            name='TallyDead',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('place', models.PositiveSmallIntegerField()),
                ('index', models.BigIntegerField()),
                ('office', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='yeollak_storage.office')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('office', 'place', 'index'), name='one_tally_dead')],
            },
        ),
    ]
