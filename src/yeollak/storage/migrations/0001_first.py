
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Office',
            fields=[
                ('id', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('number', models.PositiveIntegerField()),
                ('side', models.CharField(max_length=64)),
                ('charter', models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name='Matter',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('matter', models.CharField(max_length=64)),
                ('procedure', models.CharField(max_length=64)),
                ('family', models.CharField(max_length=64)),
                ('phase', models.CharField(max_length=64)),
                ('slots', models.TextField()),
                ('marks', models.TextField()),
                ('settled', models.BooleanField()),
                ('opened', models.BigIntegerField()),
                ('updated', models.BigIntegerField()),
                ('office', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='yeollak_storage.office')),
            ],
            options={
                'indexes': [models.Index(fields=['office', 'settled'], name='matter_settled')],
                'constraints': [models.UniqueConstraint(fields=('office', 'matter'), name='one_matter')],
            },
        ),
        migrations.CreateModel(
            name='Head',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('place', models.PositiveSmallIntegerField()),
                ('size', models.BigIntegerField(default=0)),
                ('root', models.BinaryField()),
                ('frontier', models.BinaryField()),
                ('counted', models.BigIntegerField(default=0)),
                ('office', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='yeollak_storage.office')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('office', 'place'), name='one_head')],
            },
        ),
        migrations.CreateModel(
            name='Finding',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('place', models.PositiveSmallIntegerField()),
                ('index', models.BigIntegerField()),
                ('act', models.CharField(max_length=64)),
                ('matter', models.CharField(max_length=64)),
                ('procedure', models.CharField(max_length=64)),
                ('turn', models.BigIntegerField()),
                ('vector', models.TextField()),
                ('void', models.CharField(max_length=64)),
                ('move', models.TextField(null=True)),
                ('key', models.BinaryField(default=b'')),
                ('counted_at', models.DateTimeField()),
                ('office', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='yeollak_storage.office')),
            ],
            options={
                'indexes': [models.Index(fields=['office', 'matter'], name='finding_matter')],
                'constraints': [models.UniqueConstraint(fields=('office', 'place', 'index'), name='one_finding')],
            },
        ),
        migrations.CreateModel(
            name='Evidence',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('place', models.PositiveSmallIntegerField()),
                ('digest', models.CharField(max_length=64)),
                ('data', models.BinaryField()),
                ('at', models.DateTimeField()),
                ('office', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='yeollak_storage.office')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('office', 'digest'), name='one_evidence')],
            },
        ),
        migrations.CreateModel(
            name='Entry',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('place', models.PositiveSmallIntegerField()),
                ('index', models.BigIntegerField()),
                ('statement', models.BinaryField()),
                ('document', models.BinaryField()),
                ('act', models.CharField(max_length=64)),
                ('matter', models.CharField(max_length=64)),
                ('weight', models.PositiveIntegerField()),
                ('request', models.CharField(max_length=200, null=True)),
                ('office', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='yeollak_storage.office')),
            ],
            options={
                'indexes': [models.Index(fields=['office', 'act'], name='entry_act'), models.Index(fields=['office', 'matter'], name='entry_matter')],
                'constraints': [models.UniqueConstraint(fields=('office', 'place', 'index'), name='one_entry'), models.UniqueConstraint(fields=('office', 'request'), name='one_request')],
            },
        ),
        migrations.CreateModel(
            name='Enclosure',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('digest', models.CharField(max_length=64)),
                ('blob', models.BinaryField()),
                ('office', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='yeollak_storage.office')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('office', 'digest'), name='one_enclosure')],
            },
        ),
        migrations.CreateModel(
            name='Checkpoint',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('place', models.PositiveSmallIntegerField()),
                ('size', models.BigIntegerField()),
                ('root', models.BinaryField()),
                ('frontier', models.BinaryField()),
                ('note', models.BinaryField()),
                ('office', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='yeollak_storage.office')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('office', 'place', 'size'), name='one_checkpoint')],
            },
        ),
        migrations.CreateModel(
            name='Attempt',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('peer', models.CharField(max_length=64)),
                ('at', models.DateTimeField()),
                ('outcome', models.CharField(max_length=64)),
                ('office', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='yeollak_storage.office')),
            ],
            options={
                'indexes': [models.Index(fields=['office', 'peer', 'at'], name='attempt_at')],
            },
        ),
        migrations.CreateModel(
            name='Alarm',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('code', models.CharField(max_length=64)),
                ('data', models.TextField()),
                ('at', models.DateTimeField()),
                ('cleared_at', models.DateTimeField(null=True)),
                ('office', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='yeollak_storage.office')),
            ],
            options={
                'indexes': [models.Index(fields=['office', 'cleared_at'], name='alarm_open')],
            },
        ),
        migrations.CreateModel(
            name='Outbox',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('peer', models.CharField(max_length=64)),
                ('attempts', models.PositiveIntegerField(default=0)),
                ('next_at', models.DateTimeField(null=True)),
                ('last_error', models.CharField(default='', max_length=64)),
                ('last_ok', models.DateTimeField(null=True)),
                ('office', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='yeollak_storage.office')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('office', 'peer'), name='one_outbox')],
            },
        ),
        migrations.CreateModel(
            name='Receipt',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('place', models.PositiveSmallIntegerField()),
                ('size', models.BigIntegerField()),
                ('cosigner', models.PositiveSmallIntegerField()),
                ('note', models.BinaryField()),
                ('time', models.BigIntegerField()),
                ('office', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='yeollak_storage.office')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('office', 'place', 'size', 'cosigner'), name='one_receipt')],
            },
        ),
    ]
