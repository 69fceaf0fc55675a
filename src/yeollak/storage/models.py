"""The tables of one node. Only `journal.py` writes them.

Entries, checkpoints, receipts and evidence are the record: the database itself refuses to change or delete
them (see the first migration). Heads move by compare-and-swap. Findings, matters and what they are found by
are projections that `rebuild.py` throws away and makes again. JSON is kept as text, because PostgreSQL's own
type refuses U+0000, which another side may well send.
"""

# Columns get their types from Django's own stubs only with a plugin that would need a configured project.
# mypy: disable-error-code="var-annotated"

from __future__ import annotations

from typing import ClassVar

from django.db import models

# Django looks for every model of an app here.
from yeollak.storage.local import (
    Account,
    Acknowledged,
    Audit,
    CalendarFeed,
    DeskDevice,
    DeskDraft,
    DeskSession,
    DraftFile,
    Escalation,
    SavedFilter,
    SignInCount,
)
from yeollak.storage.pouch_models import Pouch, PouchDue
from yeollak.storage.process_models import Lease, Process
from yeollak.storage.tally_models import (
    Tally,
    TallyCell,
    TallyDay,
    TallyDead,
    TallyEvent,
    TallyLink,
    TallyMark,
)

__all__ = [
    "Account",
    "Acknowledged",
    "Alarm",
    "Attempt",
    "Audit",
    "Awaited",
    "CalendarFeed",
    "Checkpoint",
    "DeskDevice",
    "DeskDraft",
    "DeskSession",
    "DraftFile",
    "Enclosure",
    "Entry",
    "Escalation",
    "Evidence",
    "Finding",
    "Head",
    "Large",
    "Lease",
    "Linked",
    "Matter",
    "Named",
    "Office",
    "Outbox",
    "Passage",
    "Pouch",
    "PouchDue",
    "Process",
    "Receipt",
    "Rung",
    "SavedFilter",
    "SignInCount",
    "Tally",
    "TallyCell",
    "TallyDay",
    "TallyDead",
    "TallyEvent",
    "TallyLink",
    "TallyMark",
]

_ID = 64


class Office(models.Model):
    """An office that this node serves, for the side `side`. Its id is the SHA-256 of `charter`."""

    id = models.CharField(primary_key=True, max_length=_ID)
    number = models.PositiveIntegerField()
    side = models.CharField(max_length=64)
    charter = models.BinaryField()


class _Kept(models.Model):
    """What every row has that belongs to an office."""

    id = models.BigAutoField(primary_key=True)
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        abstract = True


class Head(_Kept):
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


class Entry(_Kept):
    """One entry of a register, the stored bytes and what they are found by once they count: until then there
    are few, and an index of digests would cost every act a page of its own on disk.

    `weight` is what the entry adds to a batch: statement, document and `right` enclosures, in bytes.
    `request` is the idempotency key under which an act of our own was appended.
    """

    place = models.PositiveSmallIntegerField()
    index = models.BigIntegerField()
    statement = models.BinaryField()
    document = models.BinaryField()
    act = models.CharField(max_length=_ID)
    matter = models.CharField(max_length=_ID)
    weight = models.PositiveIntegerField()
    request = models.CharField(max_length=200, null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["office", "place", "index"], name="one_entry"),
            models.UniqueConstraint(fields=["office", "request"], name="one_request"),
        ]


class Checkpoint(_Kept):
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


class Receipt(_Kept):
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


class Enclosure(_Kept):
    """An enclosure's 16-byte salt and bytes under its digest. It may be erased, never altered. Of a large one
    the bytes are a file (`files`), and `blob` is empty.
    """

    digest = models.CharField(max_length=_ID)
    blob = models.BinaryField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["office", "digest"], name="one_enclosure")]


class Large(_Kept):
    """A large enclosure that a register names. `state` is `wanted` (not here yet), `held` (here, and our side
    has not said so), `done` (ours, or acknowledged) or `refused` (larger than we take, or not what it should
    be).
    """

    place = models.PositiveSmallIntegerField()
    digest = models.CharField(max_length=_ID)
    size = models.BigIntegerField()
    state = models.CharField(max_length=16)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["office", "place", "digest"], name="one_large")
        ]
        indexes: ClassVar = [models.Index(fields=["office", "state"], name="large_state")]


class Finding(_Kept):
    """Projection: what counting found of an entry (`office.ledger.Counted`), in the order of counting by
    `id`.
    """

    place = models.PositiveSmallIntegerField()
    index = models.BigIntegerField()
    act = models.CharField(max_length=_ID)
    matter = models.CharField(max_length=_ID)
    procedure = models.CharField(max_length=64)
    turn = models.BigIntegerField()
    vector = models.TextField()
    void = models.CharField(max_length=64)
    move = models.TextField(null=True)
    key = models.BinaryField(default=b"")
    counted_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["office", "place", "index"], name="one_finding")
        ]
        indexes: ClassVar = [
            models.Index(fields=["office", "matter"], name="finding_matter"),
            models.Index(fields=["office", "act"], name="finding_act"),
            models.Index(fields=["office", "procedure", "place", "index"], name="finding_procedure"),
        ]


class Matter(_Kept):
    """Projection: the state of a matter as this node holds it. `slots` and `marks` are JSON objects.

    opened, updated      the lowest and highest turn of its acts, which order lists: claimed times do not
    opened_at, moved_at  the claimed times of its first and its newest act, as in act documents
    precedence           the highest of its acts: 0 routine to 3 flash
    subject_class        the class that its acts name, or empty
    daily                whether it comes about day by day by itself: calls, presence, watches, the line
    acts                 how many allowed acts it has
    """

    matter = models.CharField(max_length=_ID)
    procedure = models.CharField(max_length=64)
    family = models.CharField(max_length=64)
    phase = models.CharField(max_length=64)
    slots = models.TextField()
    marks = models.TextField()
    settled = models.BooleanField()
    opened = models.BigIntegerField()
    updated = models.BigIntegerField()
    opened_at = models.CharField(max_length=20, default="")
    moved_at = models.CharField(max_length=20, default="")
    precedence = models.PositiveSmallIntegerField(default=0)
    subject_class = models.CharField(max_length=64, default="")
    daily = models.BooleanField(default=False)
    acts = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["office", "matter"], name="one_matter")]
        indexes: ClassVar = [
            models.Index(fields=["office", "settled"], name="matter_settled"),
            models.Index(fields=["office", "daily", "updated", "id"], name="matter_updated"),
            models.Index(fields=["office", "daily", "opened", "id"], name="matter_opened"),
            models.Index(fields=["office", "procedure", "phase", "updated", "id"], name="matter_procedure"),
            models.Index(fields=["office", "precedence", "updated", "id"], name="matter_precedence"),
            models.Index(fields=["office", "subject_class", "updated", "id"], name="matter_class"),
            models.Index(fields=["office", "moved_at"], name="matter_moved"),
        ]


class Awaited(_Kept):
    """Projection: that a matter waits for the side at `place`, and the earliest due by which it does, as in
    act documents.
    """

    matter = models.CharField(max_length=_ID)
    place = models.PositiveSmallIntegerField()
    due = models.CharField(max_length=20)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["office", "matter", "place"], name="one_awaited")
        ]
        indexes: ClassVar = [models.Index(fields=["office", "place", "due"], name="awaited_due")]


class Linked(_Kept):
    """Projection: that an allowed act of `matter` names the matter `target`, in its fact `relation`."""

    matter = models.CharField(max_length=_ID)
    target = models.CharField(max_length=_ID)
    relation = models.CharField(max_length=32)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["office", "matter", "target", "relation"], name="one_link")
        ]
        indexes: ClassVar = [models.Index(fields=["office", "target"], name="link_target")]


class Named(_Kept):
    """Projection: that an allowed act names an enclosure, and what it says of it (`record.enclosure`). `size`
    is None where only its class is known.
    """

    digest = models.CharField(max_length=_ID)
    act = models.CharField(max_length=_ID)
    matter = models.CharField(max_length=_ID)
    place = models.PositiveSmallIntegerField()
    index = models.BigIntegerField()
    release = models.CharField(max_length=16)
    type = models.CharField(max_length=127)
    lang = models.CharField(max_length=64, default="")
    name = models.CharField(max_length=255, default="")
    size = models.BigIntegerField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["office", "place", "index", "digest"], name="one_named")
        ]
        indexes: ClassVar = [models.Index(fields=["office", "digest"], name="named_digest")]


class Passage(_Kept):
    """Projection: what one act says in words, in parts, as `searching` finds and shows it.

    title  the words of its matter; `texts` a JSON list of [language or empty, text]. What it is found by
           stands beside this table: a column `terms` on PostgreSQL, a full-text table on SQLite.
    """

    act = models.CharField(max_length=_ID)
    matter = models.CharField(max_length=_ID)
    place = models.PositiveSmallIntegerField()
    index = models.BigIntegerField()
    part = models.PositiveSmallIntegerField()
    title = models.TextField()
    texts = models.TextField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["office", "place", "index", "part"], name="one_passage")
        ]
        indexes: ClassVar = [models.Index(fields=["office", "act"], name="passage_act")]


class Rung(_Kept):
    """Projection: one counted act as the line shows it, void ones too, in the order of `turn` and `place`.

    kind, at    as its document has them; empty where it cannot be read
    precedence  0 routine to 3 flash
    spoken      whether a person did it: what nodes say of the line and of enclosures is not
    void        whether it has no effect from the beginning
    """

    place = models.PositiveSmallIntegerField()
    index = models.BigIntegerField()
    act = models.CharField(max_length=_ID)
    procedure = models.CharField(max_length=64)
    kind = models.CharField(max_length=64)
    precedence = models.PositiveSmallIntegerField(default=0)
    turn = models.BigIntegerField()
    at = models.CharField(max_length=20)
    spoken = models.BooleanField()
    void = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["office", "place", "index"], name="one_rung")
        ]
        indexes: ClassVar = [
            models.Index(fields=["office", "spoken", "turn", "place"], name="rung_spoken"),
            models.Index(fields=["office", "place", "spoken", "turn"], name="rung_side"),
            models.Index(fields=["office", "procedure", "turn", "place"], name="rung_procedure"),
            models.Index(fields=["office", "kind", "turn", "place"], name="rung_kind"),
            models.Index(fields=["office", "precedence", "turn", "place"], name="rung_precedence"),
            models.Index(fields=["office", "at", "turn", "place"], name="rung_at"),
            models.Index(fields=["office", "void", "turn", "place"], name="rung_void"),
            models.Index(fields=["office", "act"], name="rung_act"),
        ]


class Outbox(_Kept):
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


class Attempt(_Kept):
    """One attempt to reach a peer; `outcome` is empty when it went well, else a code. `line.report` sums
    these up.
    """

    peer = models.CharField(max_length=64)
    at = models.DateTimeField()
    outcome = models.CharField(max_length=64)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["office", "peer", "at"], name="attempt_at")]


class Alarm(_Kept):
    """Something that a person must look at. `data` is a JSON object; the same alarm stands once until it
    is cleared.
    """

    code = models.CharField(max_length=64)
    data = models.TextField()
    at = models.DateTimeField()
    cleared_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["office", "cleared_at"], name="alarm_open")]


class Evidence(_Kept):
    """Two views of one register, whole (rule 7). `digest` is that of `data`, or of the claim it is about,
    so that it is kept once.
    """

    place = models.PositiveSmallIntegerField()
    digest = models.CharField(max_length=_ID)
    data = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["office", "digest"], name="one_evidence")]


#: The tables whose rows the database itself refuses to change or delete.
APPEND_ONLY = (Entry, Checkpoint, Receipt, Evidence)
