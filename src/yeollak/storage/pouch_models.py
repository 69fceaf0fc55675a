"""The tables of what has been carried by hand: memory of this node alone, and no part of the record.

What must be packed follows from checkpoints and receipts; losing these tables loses no word of either side.
Only `pouches.py` writes them.
"""

# mypy: disable-error-code="var-annotated"

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Pouch(models.Model):
    """A pouch that was packed here (`way` "out") or opened here ("in").

    peer        to whom, or from whom
    pouch       its id, 64 hex digits
    at          when it was packed, or last opened; `times` how often
    parts, size how many parts and bytes it has
    first, last what it holds of its sender's register: entries from index `first` to before `last`
    receipts    up to where it receipts the other side's register
    enclosures  how many large enclosures are in it
    waits       whether the quota has left something of it for another day
    """

    id = models.BigAutoField(primary_key=True)
    office = models.CharField(max_length=64)
    peer = models.CharField(max_length=64)
    way = models.CharField(max_length=3)
    pouch = models.CharField(max_length=64)
    at = models.DateTimeField()
    times = models.PositiveIntegerField(default=1)
    parts = models.PositiveIntegerField()
    size = models.BigIntegerField()
    first = models.BigIntegerField(default=0)
    last = models.BigIntegerField(default=0)
    receipts = models.BigIntegerField(default=0)
    enclosures = models.PositiveIntegerField(default=0)
    waits = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["office", "way", "pouch"], name="one_pouch"),
        ]
        indexes: ClassVar = [models.Index(fields=["office", "peer", "way", "at"], name="pouch_at")]


class PouchDue(models.Model):
    """What is remembered of one side between two pouches: `pouch_dues.Dues`. `wants` is a JSON object."""

    id = models.BigAutoField(primary_key=True)
    office = models.CharField(max_length=64)
    peer = models.CharField(max_length=64)
    asked = models.CharField(max_length=32, default="")
    answered = models.DateTimeField(null=True)
    wants = models.TextField(default="")
    refusal = models.BinaryField(default=b"")
    refused = models.CharField(max_length=64, default="")
    stands = models.BigIntegerField(default=0)
    until = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["office", "peer"], name="one_pouch_due")]
