"""The tables of what has been counted for figures and call books, and what is marked for the public page:
projections, up to a point of the record.

They follow from the record and from the rules of counting alone. Only `tallying.py` writes them; `rebuild`
throws them away, and a program with other rules does.
"""

# mypy: disable-error-code="var-annotated"

from __future__ import annotations

from typing import ClassVar

from django.db import models


class _Kept(models.Model):
    """What every row has that belongs to an office."""

    id = models.BigAutoField(primary_key=True)
    office = models.ForeignKey(
        "yeollak_storage.Office", on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        abstract = True


class Tally(_Kept):
    """Up to where an office has been counted, by `rule`: `frontier` is a JSON list of the sizes of its
    registers, and `total` their sum. An empty rule is that of rows that are being thrown away.
    """

    rule = models.CharField(max_length=64)
    frontier = models.TextField()
    total = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["office"], name="one_tally")]


class TallyCell(_Kept):
    """What stands in a cell of a figure (`office.statistics.tally`) in a span of days.

    zone       which of the time zones of the charter the days are of (`statistics.zones_of`)
    span       a day, a month or a year, as 2018-09-14, 2018-09 or 2018
    own        whether it rests on the word of whoever signed it
    cell       a JSON list
    many       how many things stand in it
    low, high  what they come to is `low + high * 2**40`: both only ever add up, and sums of money are exact
    """

    zone = models.PositiveSmallIntegerField()
    span = models.CharField(max_length=10)
    own = models.BooleanField()
    figure = models.CharField(max_length=80)
    cell = models.TextField()
    many = models.BigIntegerField()
    low = models.BigIntegerField()
    high = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["office", "zone", "span", "own", "figure", "cell"], name="one_tally_cell"
            )
        ]


class TallyEvent(_Kept):
    """A call (`what` "call") or a contact ("contact"), as streaks and firsts look back on it.

    zone         as of a cell; calls, which state their day, stand under the first
    turn, place  its place among what was entered; `hour` where whoever entered it states one
    sort         the line of a call, the level of a contact
    outcome      what came of a call, and `views` a JSON object of what each side saw of it
    """

    zone = models.PositiveSmallIntegerField()
    what = models.CharField(max_length=8)
    matter = models.CharField(max_length=64)
    day = models.CharField(max_length=10)
    turn = models.BigIntegerField()
    place = models.PositiveSmallIntegerField()
    hour = models.CharField(max_length=8, null=True)
    sort = models.CharField(max_length=64)
    outcome = models.CharField(max_length=64, default="")
    own = models.BooleanField()
    views = models.TextField(default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["office", "zone", "what", "matter"], name="one_tally_event")
        ]
        indexes: ClassVar = [models.Index(fields=["office", "zone", "what", "day"], name="tally_event_day")]


class TallyLink(_Kept):
    """That an allowed report of a contact in `matter` names the act `named`."""

    matter = models.CharField(max_length=64)
    named = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["office", "named", "matter"], name="one_tally_link")
        ]


class TallyMark(_Kept):
    """That the public page may be drawn from the act at a place of a register (`public.marked`)."""

    place = models.PositiveSmallIntegerField()
    index = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["office", "place", "index"], name="one_tally_mark")
        ]


class TallyDead(_Kept):
    """That the act at a place of a register has observed the line as dead (`lines.outages`)."""

    place = models.PositiveSmallIntegerField()
    index = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["office", "place", "index"], name="one_tally_dead")
        ]


class TallyDay(_Kept):
    """That an act of `matter` speaks of `day`, which is another one than that of its claimed time."""

    day = models.CharField(max_length=10)
    matter = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["office", "day", "matter"], name="one_tally_day")
        ]
