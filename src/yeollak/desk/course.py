"""How a matter went: its acts as steps, who signed them, and the one text that sides signed.

Steps come from acts alone and are dated by the day that an act states or, where it states none, by the time
at which it was signed, on the clock of the side that signed it. Nothing here says why a step was taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from yeollak.desk.held import ActView
from yeollak.desk.texts import Moment, moment_of
from yeollak.errors import TheirFault

#: Slots of a matter that hold one entry a side for a text signed or agreed to, by the slot's name.
_SIGNED: Final = ("signed", "agreed")
#: Kinds that name the text that a slot of the second sort agrees to.
_OFFERS: Final = frozenset({"project.propose", "project.counter"})

Zones = Mapping[str, ZoneInfo]


@dataclass(frozen=True, slots=True)
class Step:
    """What one side did, or several alike on one day; `event` names the entry that tells of it."""

    kind: str
    sides: tuple[str, ...]
    when: Moment
    event: str | None
    overtaken: bool


@dataclass(frozen=True, slots=True)
class Signed:
    """One text by its digest (64 hex digits), and which sides have signed it, on what day each."""

    text: str
    sides: tuple[tuple[str, Moment], ...]


def when_of(act: ActView, zones: Zones) -> Moment:
    """The day or instant that an act states; for one that states none, the day on which it was signed."""
    zone = zones.get(act.side)
    for name in ("when", "from", "date"):
        value = act.facts.get(name)
        try:
            stated = moment_of(value, name)
        except TheirFault:
            continue
        return _local(stated.instant, zone) if stated.instant is not None else stated
    return Moment(_local(act.at, zone).day)


def _local(instant: datetime, zone: ZoneInfo | None) -> Moment:
    here = instant.astimezone(zone) if zone is not None else instant
    return Moment(here.date(), here)


def steps(acts: Iterable[ActView], zones: Zones) -> tuple[Step, ...]:
    """Acts as steps: what several sides did alike on one day is one step, and so is what one side said twice.

    A remark, which moves nothing, is no step.
    """
    found: list[Step] = []
    for act in acts:
        if act.kind == "remark":
            continue
        event = act.facts.get("event")
        step = Step(
            act.kind,
            (act.side,),
            when_of(act, zones),
            event if isinstance(event, str) else None,
            act.overtaken,
        )
        same = next((at for at, one in enumerate(found) if _alike(one, step)), None)
        if same is None:
            found.append(step)
        elif act.side not in found[same].sides:
            found[same] = replace(found[same], sides=(*found[same].sides, act.side))
    return tuple(found)


def _alike(one: Step, other: Step) -> bool:
    return (one.kind, one.when.day, one.event, one.overtaken) == (
        other.kind,
        other.when.day,
        other.event,
        other.overtaken,
    )


def signed(acts: Sequence[ActView], slots: Mapping[str, Any], zones: Zones) -> Signed | None:
    """The text that stands in a matter and who has signed it or agreed to it, as the slots say; None where
    there is no text or nobody's signature.
    """
    text = slots.get("text")
    if not isinstance(text, str):
        return None
    sides: dict[str, Moment] = {}
    for act in acts:
        held = any(f"{slot}/{act.side}" in slots for slot in _SIGNED)
        if held and not act.overtaken and (act.facts.get("text") == text) and _signs(act):
            sides[act.side] = when_of(act, zones)
    return Signed(text, tuple(sides.items())) if sides else None


def _signs(act: ActView) -> bool:
    return act.kind in _OFFERS or act.kind.endswith((".sign", ".agree"))
