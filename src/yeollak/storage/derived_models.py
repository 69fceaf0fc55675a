"""The tables of what follows from the record: findings, matters and what they are found by.

They are projections, which `rebuild.py` throws away and makes again. JSON is kept as text, because
PostgreSQL's own type refuses U+0000, which another side may well send.
"""

# Columns get their types from Django's own stubs only with a plugin that would need a configured project.
# mypy: disable-error-code="var-annotated"

from __future__ import annotations

from typing import ClassVar

from django.db import models

from yeollak.storage.record_models import ID, Kept

#: How many digits of a digest, and of its office, an index of digests has: a digest lies anywhere in an
#: index, so that each act writes a page of it, and whole names would make it four times as large. The office
#: is there because an act may name any matter: what is sent in one is not looked at in another.
PREFIX, OFFICE_PREFIX = 12, 8


def prefix(column: str) -> models.Func:
    """The first digits of a digest and of its office. Indexes are made over it, and `plain.by_digest` asks by
    the same: a database knows an index only by the expression that it was made over.
    """
    of = ((column, PREFIX), ("office", OFFICE_PREFIX))
    digits = (
        models.Func(models.F(name), models.Value(1), models.Value(many), function="SUBSTR")
        for name, many in of
    )
    return models.Func(
        *digits, template="%(expressions)s", arg_joiner=" || ", output_field=models.CharField()
    )


def prefix_of(digest: str, office: str) -> str:
    """What `prefix` is where the column holds this digest, in this office."""
    return digest[:PREFIX] + office[:OFFICE_PREFIX]


class Finding(Kept):
    """Projection: what counting found of an entry (`office.ledger.Counted`), in the order of counting by
    `id`.
    """

    place = models.PositiveSmallIntegerField()
    index = models.BigIntegerField()
    act = models.CharField(max_length=ID)
    matter = models.CharField(max_length=ID)
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
            models.Index(prefix("matter"), name="finding_matter_prefix"),
            models.Index(prefix("act"), name="finding_act_prefix"),
            models.Index(fields=["office", "procedure", "place", "index"], name="finding_procedure"),
        ]


class Matter(Kept):
    """Projection: the state of a matter as this node holds it. `slots` and `marks` are JSON objects.

    opened, updated      the lowest and highest turn of its acts, which order lists: claimed times do not
    opened_at, moved_at  the claimed times of its first and its newest act, as in act documents
    precedence           the highest of its acts: 0 routine to 3 flash
    subject_class        the class that its acts name, or empty
    daily                whether it comes about day by day by itself: calls, presence, watches, the line
    acts                 how many allowed acts it has
    line                 its line of the state digest (`state_lines`); null where none was made yet
    """

    matter = models.CharField(max_length=ID)
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
    line = models.CharField(max_length=100, null=True)

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


class Awaited(Kept):
    """Projection: that a matter waits for the side at `place`, and the earliest due by which it does, as in
    act documents.
    """

    matter = models.CharField(max_length=ID)
    place = models.PositiveSmallIntegerField()
    due = models.CharField(max_length=20)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["office", "matter", "place"], name="one_awaited")
        ]
        indexes: ClassVar = [models.Index(fields=["office", "place", "due"], name="awaited_due")]


class Linked(Kept):
    """Projection: that an allowed act of `matter` names the matter `target`, in its fact `relation`."""

    matter = models.CharField(max_length=ID)
    target = models.CharField(max_length=ID)
    relation = models.CharField(max_length=32)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["office", "matter", "target", "relation"], name="one_link")
        ]
        indexes: ClassVar = [models.Index(fields=["office", "target"], name="link_target")]


class Named(Kept):
    """Projection: that an allowed act names an enclosure, and what it says of it (`record.enclosure`). `size`
    is None where only its class is known.
    """

    digest = models.CharField(max_length=ID)
    act = models.CharField(max_length=ID)
    matter = models.CharField(max_length=ID)
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


class Passage(Kept):
    """Projection: what one act says in words, in parts, as `searching` finds and shows it.

    title  the words of its matter; `texts` a JSON list of [language or empty, text]. What it is found by
           stands beside this table: a column `terms` on PostgreSQL, a full-text table on SQLite.
    """

    act = models.CharField(max_length=ID)
    matter = models.CharField(max_length=ID)
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


class Rung(Kept):
    """Projection: one counted act as the line shows it, void ones too, in the order of `turn` and `place`.

    kind, at    as its document has them; empty where it cannot be read
    precedence  0 routine to 3 flash
    spoken      whether a person did it: what nodes say of the line and of enclosures is not
    void        whether it has no effect from the beginning
    """

    place = models.PositiveSmallIntegerField()
    index = models.BigIntegerField()
    act = models.CharField(max_length=ID)
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
