"""Which processes serve a store that several serve, and which of them works for which office.

Local to a node, like everything that is no part of the record. Only `leases.py` writes these tables, and only
on PostgreSQL: an SQLite store has one process.
"""

# mypy: disable-error-code="var-annotated"

from __future__ import annotations

from django.db import models


class Process(models.Model):
    """A process that serves. It lives `until` that instant of the database's clock, which it moves on.

    id      random, made at its start: a process that is started again is another one
    label   host and number of the process, for whoever looks
    roles   the roles that it has, with commas
    anchor  what identifies the anchor that it writes to
    """

    id = models.CharField(primary_key=True, max_length=32)
    label = models.CharField(max_length=200)
    roles = models.CharField(max_length=64)
    anchor = models.CharField(max_length=64, default="")
    since = models.DateTimeField()
    until = models.DateTimeField()


class Lease(models.Model):
    """Who does what a node does by itself in an office: `holder` is the id of a process, or empty.

    `token` grows whenever the lease changes hands; what is written under an older one is refused.
    """

    office = models.OneToOneField(
        "yeollak_storage.Office", on_delete=models.PROTECT, primary_key=True, related_name="+"
    )
    holder = models.CharField(max_length=32, default="")
    token = models.BigIntegerField(default=0)
