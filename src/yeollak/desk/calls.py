"""The calls and contacts of the office, each as every side saw it, told or not.

A call is an act of each side that says what it saw; most have no telling beside them. What a side has not
entered stays empty: nobody's view is made up for him.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from yeollak.desk.course import when_of
from yeollak.desk.held import ActView
from yeollak.desk.public import Item, PublicOffice
from yeollak.desk.texts import Moment

#: What a side may say of a call, as the check-in's slots hold it: the glossary's terms for it.
CALL_TERMS: Final[Mapping[str, str]] = {
    "answered": "answered-call",
    "late": "late-call",
    "unanswered": "unanswered-call",
    "line-dead": "line-dead",
    "excused": "excused",
}
#: A contact in the building, which the record keeps as a call, is held and not answered.
_CONTACT_TERMS: Final[Mapping[str, str]] = {**CALL_TERMS, "answered": "held", "unanswered": "not-held"}
_FACE_TO_FACE: Final = "face-to-face"


@dataclass(frozen=True, slots=True)
class Seen:
    """What one side entered of a call: a term of the glossary, or None for nothing; how late it was."""

    side: str
    term: str | None
    late: timedelta | None


@dataclass(frozen=True, slots=True)
class Call:
    """One call: when, which of the day, what each party saw of it in the charter's order, and the entry that
    tells of it.
    """

    when: Moment
    slot: str
    seen: tuple[Seen, ...]
    item: Item | None
    settled: bool


def calls_of(office: PublicOffice) -> tuple[Call, ...]:
    """Every call in the order of its day and hour; those without an hour stand first on their day.

    Line and hour are those of the first act that was entered of it, by the order in which acts apply: the
    acts of an office come in that order, which is one on all nodes and that of the figures.
    """
    first: dict[str, ActView] = {}
    for act in office.acts:
        if act.kind == "checkin.observe" and not act.overtaken:
            first.setdefault(act.matter, act)
    told = {item.told.event: item for item in reversed(office.items)}
    calls = []
    for matter, act in first.items():
        state = office.matters.get(matter)
        if state is None:
            continue
        terms = _CONTACT_TERMS if act.facts.get("line") == _FACE_TO_FACE else CALL_TERMS
        seen = []
        for party in office.parties:
            view, late = state.slots.get(f"view/{party.side}"), state.slots.get(f"late/{party.side}")
            term = terms.get(view) if isinstance(view, str) else None
            seen.append(Seen(party.side, term, timedelta(minutes=late) if type(late) is int else None))
        event = act.facts.get("event")
        item = told.get(event) if isinstance(event, str) else None
        calls.append(Call(_hour(act, office), str(act.facts.get("slot")), tuple(seen), item, state.settled))
    return tuple(sorted(calls, key=lambda call: (call.when.day, _clock(call.when))))


def _hour(act: ActView, office: PublicOffice) -> Moment:
    """When a call was: by its day and the hour on the signer's clock, where it states one."""
    stated, clock = when_of(act, office.zones), act.facts.get("time")
    zone = office.zones.get(act.side)
    try:
        day = date.fromisoformat(str(act.facts.get("date")))
        if isinstance(clock, str) and zone is not None:
            instant = datetime.combine(day, time.fromisoformat(clock), zone)
            return Moment(day, instant)
    except ValueError:
        return stated
    return Moment(day)


def _clock(when: Moment) -> str:
    return f"{when.instant:%H:%M}" if when.instant else ""
