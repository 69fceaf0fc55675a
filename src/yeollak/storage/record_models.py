"""The tables of the record: which offices a node serves, and the registers of each as held.

Entries, checkpoints, receipts and evidence are the record: the database itself refuses to change or delete
them (see the first migration). Heads move by compare-and-swap. Only `journal.py` writes these tables.
"""

# Columns get their types from Django's own stubs only with a plugin that would need a configured project.
# mypy: disable-error-code="var-annotated"

from __future__ import annotations

from typing import ClassVar

from django.db import models

#: How many hex digits an id has, which is a SHA-256.
ID = 64


class Office(models.Model):
    """An office that this node serves, for the side `side`. Its id is the SHA-256 of `charter`."""

    id = models.CharField(primary_key=True, max_length=ID)
    number = models.PositiveIntegerField()
    side = models.CharField(max_length=64)
    charter = models.BinaryField()


class Kept(models.Model):
    """What every row has that belongs to an office."""

    id = models.BigAutoField(primary_key=True)
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        abstract = True


class Head(Kept):
    """Where a register stands: `size` entries held with their tree, of which `counted` count, and `shown` are
    known to pages and searches.
    """

    place = models.PositiveSmallIntegerField()
    size = models.BigIntegerField(default=0)
    root = models.BinaryField()
    frontier = models.BinaryField()
    counted = models.BigIntegerField(default=0)
    shown = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["office", "place"], name="one_head")]


class Entry(Kept):
    """One entry of a register, the stored bytes and what they are found by once they count: until then there
    are few, and an index of digests would cost every act a page of its own on disk.

    `weight` is what the entry adds to a batch: statement, document and `right` enclosures, in bytes.
    `request` is the idempotency key under which an act of our own was appended.
    """

    place = models.PositiveSmallIntegerField()
    index = models.BigIntegerField()
    statement = models.BinaryField()
    document = models.BinaryField()
    act = models.CharField(max_length=ID)
    matter = models.CharField(max_length=ID)
    weight = models.PositiveIntegerField()
    request = models.CharField(max_length=200, null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["office", "place", "index"], name="one_entry"),
            models.UniqueConstraint(fields=["office", "request"], name="one_request"),
        ]


class Checkpoint(Kept):
    """A signed head of a register: issued here for our own, taken over with a batch for the others'."""

    place = models.PositiveSmallIntegerField()
    size = models.BigIntegerField()
    root = models.BinaryField()
    frontier = models.BinaryField()
    note = models.BinaryField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["office", "place", "size"], name="one_checkpoint")
        ]


class Receipt(Kept):
    """A checkpoint with the lines of one cosigner, as they came. The first for a register, size and
    cosigner is kept. `time` is the POSIX second that its lines state.
    """

    place = models.PositiveSmallIntegerField()
    size = models.BigIntegerField()
    cosigner = models.PositiveSmallIntegerField()
    note = models.BinaryField()
    time = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["office", "place", "size", "cosigner"], name="one_receipt")
        ]


class Enclosure(Kept):
    """An enclosure's 16-byte salt and bytes under its digest. It may be erased, never altered. Of a large one
    the bytes are a file (`files`), and `blob` is empty.
    """

    digest = models.CharField(max_length=ID)
    blob = models.BinaryField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["office", "digest"], name="one_enclosure")]


class Large(Kept):
    """A large enclosure that a register names. `state` is `wanted` (not here yet), `held` (here, and our side
    has not said so), `done` (ours, or acknowledged), `refused` (larger than we take, another side's, or
    erased before it came) or `given` (another's, kept and not released by its side). `begun` is when it was
    begun to be fetched, last.
    """

    place = models.PositiveSmallIntegerField()
    digest = models.CharField(max_length=ID)
    size = models.BigIntegerField()
    state = models.CharField(max_length=16)
    begun = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["office", "place", "digest"], name="one_large")
        ]
        indexes: ClassVar = [
            models.Index(fields=["office", "state"], name="large_state"),
            models.Index(fields=["office", "place", "begun"], name="large_begun"),
        ]


class Evidence(Kept):
    """Two views of one register, whole (rule 7). `digest` is that of `data`, or of the claim it is about,
    so that it is kept once.
    """

    place = models.PositiveSmallIntegerField()
    digest = models.CharField(max_length=ID)
    data = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["office", "digest"], name="one_evidence")]
