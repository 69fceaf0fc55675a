"""Duties as the pages of agreements and Today show them: what clauses put on the sides, what the record holds
of each, and what may be said of it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from urllib.parse import urlencode

from django.utils.text import capfirst

from yeollak.desk.staff.agenda import fallen
from yeollak.desk.staff.clocks import clocks, reader_of
from yeollak.desk.staff.gate import Desk
from yeollak.desk.staff.matteracts import compose_url
from yeollak.desk.staff.values import Part, Stated, Voice, stated, words_text
from yeollak.desk.texts import Text
from yeollak.office.duties import Held, Occurrence
from yeollak.office.zones import first_at
from yeollak.procedures.obligation import OBLIGATION, TERMS
from yeollak.record.canon import parse_instant
from yeollak.storage import matters, models
from yeollak.words import clean, say
from yeollak.words.docket import duty_reason, duty_word
from yeollak.words.labels import state_word

#: How many obligations of one agreement are shown, and duties.
_MOST: Final = 100
#: Duties of which something is still to be said.
_TO_SAY: Final = frozenset({Held.WAITING, Held.SILENT, Held.TOLD_LATE, Held.DIFFERING})
_LATE: Final = frozenset({Held.SILENT, Held.MISSED, Held.TOLD_LATE})


@dataclass(frozen=True, slots=True)
class DutyShown:
    """One time that an obligation falls due, with what may be said of it."""

    key: str
    due: Part
    word: str
    why: str
    views: tuple[tuple[Part, str], ...]
    late: bool
    bearers: tuple[Part, ...]
    clause: str
    subject: Text | None
    url: str
    agreement: str
    deeds: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ObligationShown:
    """An obligation with its terms, the duties of the days that are shown, and how many there are of each
    sort among them.
    """

    matter: str
    anchor: str
    url: str
    clause: str
    subject: Text | None
    state: str
    bearers: tuple[Part, ...]
    terms: tuple[Stated, ...]
    counted: str
    duties: tuple[DutyShown, ...]
    standing: bool


def obligations_of(
    desk: Desk, agreement: str, voice: Voice, first: date, last: date, *, may: bool
) -> tuple[list[ObligationShown], bool]:
    """The obligations of an agreement with their duties of some days, by clause; and whether there are more.
    `may` is whether the reader may draft.
    """
    view, calendar = desk.view, clocks(desk.view)[0]
    linked = view.rows(models.Linked).filter(target=agreement, relation="parent").order_by("id")
    ids = list(linked.values_list("matter", flat=True)[: _MOST + 1])
    known = {
        matter: row
        for matter, row in matters.matter_rows(view, ids[:_MOST]).items()
        if row.procedure == OBLIGATION.name
    }
    several, cut = fallen(
        view,
        calendar,
        first_at(first, 0, calendar.where),
        calendar.end(last),
        desk.now,
        obligations=list(known),
    )
    found = []
    for matter, row in known.items():
        slots = view.office.state(matter).state.slots
        duties = [one for one in several if one.obligation == matter]
        terms = {name: slots[name] for name in TERMS if name in slots}
        facts = {name: terms[name] for name in terms if name not in ("clause", "bearers", "subject")}
        found.append(
            ObligationShown(
                matter,
                f"o{matter[:16]}",
                desk.url("matter", matter),
                clean(str(terms.get("clause", "")), longest=64),
                words_text(terms.get("subject")),
                state_word(voice.lang, OBLIGATION.name, row.phase, slots),
                tuple(voice.side(side) for side in terms.get("bearers", ())),
                stated(OBLIGATION.kind("obligation.propose"), facts, voice),
                _counted(duties, voice.lang),
                tuple(duty_shown(desk, one, voice, may=may) for one in duties[:_MOST]),
                terms.get("shape") == "standing",
            )
        )
    return sorted(found, key=lambda one: _clause(one.clause)), cut or len(ids) > _MOST


def duties_near(
    desk: Desk, voice: Voice, first: datetime, last: datetime, *, may: bool
) -> tuple[list[DutyShown], int, bool]:
    """The duties between two instants of which something is still to be said, how many of them have passed in
    silence, and whether there may be more.
    """
    several, cut = fallen(desk.view, clocks(desk.view)[0], first, last, desk.now)
    held = [one for one in several if one.held in _TO_SAY]
    late = sum(one.held == Held.SILENT for one in held)
    return [duty_shown(desk, one, voice, may=may) for one in held[:_MOST]], late, cut or len(held) > _MOST


def between(desk: Desk, fact: str, sides: Collection[str], but: str = "") -> str:
    """What the address of a page where an act is composed adds of the sides that it is between, `but` one:
    nothing where these are all parties.
    """
    if set(sides) == set(desk.view.office.parties):
        return ""
    return "".join("&" + urlencode({f"f.{fact}": side}) for side in sides if side != but)


def duty_shown(desk: Desk, one: Occurrence, voice: Voice, *, may: bool) -> DutyShown:
    """One time that an obligation falls due."""
    reader, view = reader_of(desk), desk.view
    own = dict(one.views).get(view.side)
    deeds = []
    if may and desk.officer and one.held in _TO_SAY and own is None and view.side in one.sides:
        asked = {"f.parent": one.obligation, "f.occurrence": one.key}
        past = parse_instant(one.due) <= desk.now
        opened_as = one.matter if view.ledger.matter(one.matter) else ""
        for kind, word in (
            ("duty.done", say(voice.lang, "Enter as done")),
            *((("duty.missed", say(voice.lang, "Enter as missed")),) if past else ()),
            ("duty.waive", say(voice.lang, "Waive it this time")),
        ):
            deeds.append(
                (word, compose_url(desk, kind, opened_as, **asked) + between(desk, "sides", one.sides))
            )
    return DutyShown(
        clean(one.key, longest=64),
        voice.time(one.due),
        capfirst(duty_word(voice.lang, one.held)),
        duty_reason(reader, one.waivers, one.begins, one.told),
        tuple((voice.side(side), duty_word(voice.lang, view_)) for side, view_ in one.views),
        one.held in _LATE,
        tuple(voice.side(side) for side in one.bearers),
        clean(one.clause, longest=64),
        words_text(dict(one.subject)),
        desk.url("matter", one.matter) if view.ledger.matter(one.matter) else "",
        desk.url("agreement", one.agreement),
        tuple(deeds),
    )


def _counted(duties: Sequence[Occurrence], lang: str) -> str:
    """How many duties there are of each sort, in words."""
    many: dict[str, int] = {}
    for one in duties:
        many[str(one.held)] = many.get(str(one.held), 0) + 1
    return " · ".join(f"{capfirst(duty_word(lang, held))} {number}" for held, number in many.items())


def _clause(text: str) -> tuple[tuple[int, str], ...]:
    """Clauses in their order: 2.10 behind 2.9."""
    return tuple((int(part), "") if part.isdecimal() else (10**9, part) for part in text.split("."))
