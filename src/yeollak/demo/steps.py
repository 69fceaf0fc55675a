"""What the replay is made of: steps, scenes of steps, and the beats in which they are played.

A step is one act of one officer as the script wants it. A scene is what belongs to one moment of the
history. `schedule` gives every step its instant from the script alone, so that an interrupted replay goes on
with the same bytes. Nothing here knows a node.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any, Final

from yeollak.node.acting import Text

#: Acts that answer one another within a scene are so far apart, well within the charter's 30 seconds.
_BEAT: Final = timedelta(seconds=10)
#: After a scene so much time passes, so that whoever has not spoken says that he has seen it.
SEEN: Final = timedelta(seconds=31)
#: Two scenes are at least so far apart.
_GAP: Final = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class MatterOf:
    """The matter that a step opened, wherever its id is wanted."""

    step: str


@dataclass(frozen=True, slots=True)
class ActOf:
    """The act of a step."""

    step: str


@dataclass(frozen=True, slots=True)
class TextOf:
    """The digest of the first enclosure of a step: the text that a joint act names."""

    step: str


@dataclass(frozen=True, slots=True)
class Natural:
    """A matter with a natural key: its procedure, and the key."""

    procedure: str
    key: str


@dataclass(frozen=True, slots=True)
class Step:
    """One act. `name` is its idempotency key; `officer` one of the cast, or `authority`.

    `matter` is None where the act opens one or its facts hold the natural key. Facts may hold `MatterOf`,
    `ActOf` and `TextOf`, also in a tuple. `delivers` names the step whose sealed enclosures this one
    releases, `posts` the officer of the cast whose key it posts. `derives` are the first day and the day
    after the last of figures that its node derives from the record when it is done: they are its text.
    """

    name: str
    event: str
    side: str
    officer: str
    kind: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    matter: MatterOf | Natural | None = None
    texts: tuple[Text, ...] = ()
    due: datetime | None = None
    delivers: str | None = None
    posts: str | None = None
    precedence: str = "routine"
    derives: tuple[date, date] | None = None


@dataclass(frozen=True, slots=True)
class Scene:
    """Steps of one moment, in order; `at` is when the history has it."""

    at: datetime
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Beat:
    """Steps of one side that are done in one instant, having seen all that was done before."""

    at: datetime
    side: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Played:
    """A scene with its instants: its beats, and the instant when it is over."""

    beats: tuple[Beat, ...]
    ends: datetime

    @property
    def steps(self) -> tuple[Step, ...]:
        """Every step of the scene."""
        return tuple(step for beat in self.beats for step in beat.steps)


def schedule(scenes: Iterable[Scene]) -> list[Played]:
    """Every scene in the order of the history, each after the one before it has been seen by all. Scenes of
    one moment are played as one.
    """
    played: list[Played] = []
    for moment, together in groupby(sorted(scenes, key=lambda one: one.at), key=lambda one: one.at):
        at = max(moment, played[-1].ends + _GAP) if played else moment
        beats = []
        every = (step for scene in together for step in scene.steps)
        for side, steps in groupby(every, key=lambda step: step.side):
            beats.append(Beat(at, side, tuple(steps)))
            at += _BEAT
        played.append(Played(tuple(beats), beats[-1].at + SEEN))
    return played
