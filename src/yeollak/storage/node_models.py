"""The tables of what a node remembers of its own work: how sending goes, and what a person must look at.

Nothing here is part of the record; losing it loses no word of either side.
"""

# Columns get their types from Django's own stubs only with a plugin that would need a configured project.
# mypy: disable-error-code="var-annotated"

from __future__ import annotations

from typing import ClassVar

from django.db import models

from yeollak.storage.record_models import Kept


class Outbox(Kept):
    """How sending to a peer goes. What is to be sent follows from checkpoints and receipts, and is not
    kept here.
    """

    peer = models.CharField(max_length=64)
    attempts = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=64, default="")
    last_ok = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["office", "peer"], name="one_outbox")]


class Attempt(Kept):
    """One attempt to reach a peer; `outcome` is empty when it went well, else a code. `line.report` sums
    these up.
    """

    peer = models.CharField(max_length=64)
    at = models.DateTimeField()
    outcome = models.CharField(max_length=64)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["office", "peer", "at"], name="attempt_at")]


class Alarm(Kept):
    """Something that a person must look at. `data` is a JSON object; the same alarm stands once until it
    is cleared.
    """

    code = models.CharField(max_length=64)
    data = models.TextField()
    at = models.DateTimeField()
    cleared_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["office", "cleared_at"], name="alarm_open")]
