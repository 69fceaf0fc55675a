"""Today: what needs somebody here now, by clock, and whether all is well."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.text import capfirst
from django.views.decorators.http import require_safe

from yeollak.desk.staff import dayline, dayof, docket, nodealarms, verdict
from yeollak.desk.staff.access import Permission
from yeollak.desk.staff.bridge import Bell, Wire, hour
from yeollak.desk.staff.clocks import clocks, post_of, reader_of
from yeollak.desk.staff.docket import Lane
from yeollak.desk.staff.dutiesof import duties_near
from yeollak.desk.staff.escalating import Told
from yeollak.desk.staff.gate import Desk, page
from yeollak.desk.staff.lanes import entering, lanes_of
from yeollak.desk.staff.matterpage import voice_of
from yeollak.desk.staff.pages.calls import may_enter
from yeollak.desk.staff.shell import frame, link, watch_of
from yeollak.desk.staff.titles import Title, title_of
from yeollak.office.calendar import Calendar
from yeollak.office.calls import calls
from yeollak.office.matter import natural_id
from yeollak.office.outages import Outages
from yeollak.office.waiting import Waiting, Word, certain, waiting
from yeollak.office.zones import later, whole
from yeollak.record.canon import parse_instant
from yeollak.storage import models, reading, waits, watching
from yeollak.words import clean, clock, day, say
from yeollak.words.acts import value_word
from yeollak.words.figures import offset
from yeollak.words.own import own
from yeollak.words.states import stand_word, state_word

#: How far back calls are looked for that nobody has entered, in days.
_BACK = 7
#: How many matters are looked at of those that ring, that are over and that come next, for each side: more
#: than a lane shows. Those beyond are counted.
_MOST = docket.MOST + 4
#: How far back and ahead duties are told of, and how many are shown; the agreements list the others.
_DUTIES = timedelta(days=7)
_MOST_DUTIES = 8


@dataclass(frozen=True, slots=True)
class NextCall:
    """The call of now or the next: its name, when it begins (empty where it has begun), and its hour in the
    office's zone, in others and in UTC, each as a day, where it is not today, a clock, and a place; `href` is
    where it is entered, by whom may and while it goes on.
    """

    name: str
    until: str
    left: str
    hours: tuple[tuple[str, str, str], ...]
    href: str


@dataclass(frozen=True, slots=True)
class Stand:
    """One row of who stands where: of a side (`ours`), what it is about, how it is, since when; `href` is the
    matter in which it is stated, or where it can be.
    """

    side: str
    ours: bool
    what: str
    word: str
    since: str
    href: str = ""


@require_safe
@page()
def today(desk: Desk) -> HttpResponse:
    """Everything of the day, in two sentences, a line, two lanes and three lists."""
    shown = frame(desk, "today")
    return render(desk.request, "staff/today.html", {**shown, **gathered(desk, shown)})


def gathered(desk: Desk, shown: Mapping[str, Any]) -> dict[str, Any]:
    """What the page shows beside its frame `shown`."""
    calendar, outages = clocks(desk.view)
    reader, that_day = reader_of(desk), calendar.day(desk.now)
    office, lang = desk.view.office, desk.lang
    wanted = waits.foremost(desk.view, desk.now, _MOST, certain(whole(desk.now), calendar, outages))
    items = waiting(office, desk.now, calendar, outages=outages, matters=wanted.matters)
    began = dayof.founded(desk.view)
    missed = _missed(desk, calendar, began, outages)
    items = (*items, *missed)
    lanes = lanes_of(desk, items, shown["bells"], wanted)
    met = _met(desk, calendar, that_day, began)
    coming = dayof.next_call(calendar, desk.now) if began is not None else None
    told = nodealarms.shown(reading.alarms(desk.view), reader, desk.now, reader.zone)
    seen = replace(calendar, where=reader.zone)
    here = seen.day(desk.now)
    line = dayof.line_of(
        met if seen.where == calendar.where else _seen(desk, calendar, seen, began),
        dayof.acts_of(desk.view, seen, here, lang),
        dayof.gaps_of(desk.view, seen, here, desk.now, lang),
        seen,
        desk.now,
        reader.isolated(post_of(seen.where, lang)),
        reader,
    )
    duties, _, more = duties_near(desk, voice_of(desk), desk.now - _DUTIES, desk.now + _DUTIES, may=False)
    mirrored = shown["dir"] == "rtl"
    said = verdict.verdict(lang, _facts(desk, shown, lanes, told, coming, seen))
    return {
        "said": said,
        "call": _call(desk, calendar, seen, coming, missed),
        "drawings": (
            ("only-wide", dayline.wide(line, mirrored=mirrored)),
            ("only-slim", dayline.slim(line, mirrored=mirrored)),
        ),
        "with_us": lanes[0],
        "with_them": lanes[1],
        "duties": duties[:_MOST_DUTIES],
        "duties_more": more or len(duties) > _MOST_DUTIES,
        "schedule": _schedule(desk, calendar, met, coming, that_day),
        "watches": list(_watches(desk, seen)),
        "stands": list(_stands(desk, seen)),
        "alarms": told,
        "zone": ", ".join(
            dict.fromkeys((post_of(seen.where, lang), offset(desk.now.astimezone(reader.zone))))
        ),
        "today": day(that_day, lang),
    }


# the sentences


def _facts(
    desk: Desk,
    shown: Mapping[str, Any],
    lanes: tuple[Lane, Lane],
    told: Sequence[nodealarms.NodeAlarm],
    coming: tuple[str, datetime] | None,
    calendar: Calendar,
) -> verdict.Facts:
    reader = reader_of(desk)
    bells: Sequence[Bell] = shown["bells"]
    wires: Sequence[Wire] = shown["wires"]
    dead = [one for one in wires if one.state == "cut"]
    ringing = {bell.precedence: (bell.side, reader.isolated(bell.clock)) for bell in reversed(bells)}
    facts: dict[str, Any] = {}
    if wires and len(dead) == len(wires):
        lines = [one for one in desk.hands.lines(desk.view.id) if not one.up]
        went = [watching.going(desk.view, one.peer, desk.now) for one in lines]
        since = max((one.since for one in went if one is not None and one.since is not None), default=None)
        heard = max((one.heard for one in lines if one.heard is not None), default=None)
        facts["dead"] = reader.isolated(hour(since or desk.now, desk.now, reader.zone, desk.lang))
        if heard is not None:
            facts["heard"] = reader.isolated(hour(heard, desk.now, reader.zone, desk.lang))
    elif dead:
        facts["partly"] = reader.sides(one.peer for one in dead)
    us, them = lanes
    away = [side for side in desk.sides if _phase(desk, side) == "withdrawn"]
    return verdict.Facts(
        flash=ringing.get("flash", ("", "")),
        immediate=ringing.get("immediate", ("", "")),
        told=bells[0].told if bells else Told.BEFORE,
        over=bool(bells) and bells[0].late,
        evidence=any(one.evidence for one in told),
        alarms=len(told),
        late_with_us=us.late,
        with_us=us.total,
        first=reader.isolated(us.first) if us.first else "",
        late_with_them=them.late,
        with_them=them.total,
        owed=max((one.owed for one in wires), default=0),
        away=reader.sides(away) if away else "",
        next_call=""
        if coming is None
        else reader.isolated(hour(coming[1], desk.now, calendar.where, desk.lang)),
        **facts,
    )


def _phase(desk: Desk, side: str) -> str:
    """Where a side stands to the office by its own acts."""
    return desk.view.office.state(natural_id(desk.view.id, "standing", side)).state.phase


# the call and the lists


def _call(
    desk: Desk,
    calendar: Calendar,
    seen: Calendar,
    coming: tuple[str, datetime] | None,
    missed: Sequence[Waiting],
) -> NextCall | None:
    """The call that goes on and that our side has not entered, else the next. It is entered from here by whom
    the call book lets do it, and no earlier than there.
    """
    going = [one for one in missed if one.awaited == desk.view.side and one.word is Word.WAITING]
    if going:
        at = parse_instant(going[-1].since)
        that_day = calendar.day(at)
        name = next((name for name in calendar.slots if calendar.slot(that_day, name) == at), "")
        href = entering(desk, that_day, name) if may_enter(desk) else ""
        began = clock(at.astimezone(seen.where))
        return NextCall(dayof.call_name(desk.lang, name), "", began, _hours(desk, calendar, seen, at), href)
    if coming is None:
        return None
    name, at = coming
    hours, left = _hours(desk, calendar, seen, at), docket.left(at, desk.now, desk.lang)
    return NextCall(dayof.call_name(desk.lang, name), at.isoformat(), left, hours, "")


def _hours(desk: Desk, calendar: Calendar, seen: Calendar, at: datetime) -> tuple[tuple[str, str, str], ...]:
    """An instant on the reader's clock, on those of sides that differ from it, and in UTC."""
    place, here = post_of(seen.where, desk.lang), at.astimezone(seen.where)
    that_day = "" if here.date() == desk.now.astimezone(seen.where).date() else day(here.date(), desk.lang)
    hours = {(that_day, clock(here), place): None}
    for party in desk.view.charter.parties:
        local = clock(calendar.local(at, party.side))
        if local != clock(here):
            hours["", local, own().post(party.time_zone, desk.lang)] = None
    if place != "UTC":
        hours["", f"{at:%H:%M}", "UTC"] = None
    return tuple(hours)


def _schedule(
    desk: Desk,
    calendar: Calendar,
    met: Sequence[dayof.Met],
    coming: tuple[str, datetime] | None,
    that_day: date,
) -> list[dayof.Planned]:
    reader = reader_of(desk)
    rows = [
        dayof.Planned(
            one.at,
            clock(one.at.astimezone(reader.zone)),
            Title(dayof.call_name(desk.lang, one.name)),
            dayof.answer_word(desk.lang, one),
            link(desk, "matter", one.matter) if desk.view.ledger.matter(one.matter) else "",
            coming is not None and one.at == coming[1],
        )
        for one in met
    ]
    for found, procedure in (
        (dayof.meetings(desk.view, calendar, that_day), "meeting"),
        (dayof.crossings(desk.view, calendar, that_day), "request"),
    ):
        for matter, phase, at in found:
            slots = desk.view.office.state(matter).state.slots
            rows.append(
                dayof.Planned(
                    at,
                    clock(at.astimezone(reader.zone)) if at is not None else "",
                    title_of(desk.view.office, matter, desk.lang, reader.name).brief(),
                    state_word(desk.lang, procedure, phase, slots),
                    link(desk, "matter", matter),
                )
            )
    return sorted(rows, key=lambda one: (one.at is not None, one.at.isoformat() if one.at else ""))


def _watches(desk: Desk, calendar: Calendar) -> list[Stand]:
    """Who of each side has the watch, by that side's own acts."""
    reader, found = reader_of(desk), []
    for side in desk.sides:
        key, function, since, until = watch_of(desk, side)
        word = value_word(desk.lang, "function", function) or say(desk.lang, "an officer, not named")
        when = ""
        if key and until and "T" in until:
            when = say(desk.lang, "until {when}", when=_hour(desk, until, calendar))
        elif since:
            when = say(desk.lang, "since {when}", when=_hour(desk, since, calendar))
        found.append(
            Stand(
                reader.name(side),
                side == desk.view.side,
                capfirst(word) if key else say(desk.lang, "Nobody named"),
                "",
                when,
            )
        )
    return found


def _stands(desk: Desk, calendar: Calendar) -> list[Stand]:
    """How each side stands to the office, its lines and premises, and what is suspended together."""
    reader, found, office = reader_of(desk), [], desk.view.office
    for side in desk.sides:
        ours, name = side == desk.view.side, reader.name(side)
        matter = natural_id(desk.view.id, "standing", side)
        if not desk.view.ledger.matter(matter):
            unsaid, may = say(desk.lang, "not stated"), ours and desk.may(Permission.DRAFT)
            href = link(desk, "compose-kind", "standing.open") if may else ""
            found.append(Stand(name, ours, say(desk.lang, "Presence"), unsaid, "", href))
            continue
        state = office.state(matter).state
        since = _since(desk, calendar, matter, ("standing.open", "standing.withdraw", "standing.return"))
        word, href = stand_word(desk.lang, state.phase), link(desk, "matter", matter)
        found.append(Stand(name, ours, say(desk.lang, "Presence"), word, since, href))
        if (premises := state.slots.get("premises")) is not None:
            word = value_word(desk.lang, "premises", str(premises)) or clean(str(premises), longest=40)
            since = _since(desk, calendar, matter, ("standing.premises",))
            found.append(Stand(name, ours, say(desk.lang, "Premises"), word, since))
        cut = [
            slot for slot, value in sorted(state.slots.items()) if slot.startswith("line/") and value == "cut"
        ]
        if cut:
            since = _since(desk, calendar, matter, ("standing.line",))
            found.append(
                Stand(name, ours, say(desk.lang, "Lines"), say(desk.lang, "cut: {n}", n=len(cut)), since)
            )
    rows = desk.view.rows(models.Matter).filter(procedure="suspension", phase__in=("suspended", "ending"))
    for matter, phase in rows.order_by("-updated").values_list("matter", "phase")[:3]:
        word = state_word(desk.lang, "suspension", phase, office.state(matter).state.slots)
        found.append(
            Stand("", False, say(desk.lang, "Work of the office"), word, _since(desk, calendar, matter, ()))
        )
    return found


def _since(desk: Desk, calendar: Calendar, matter: str, kinds: Sequence[str]) -> str:
    """The claimed time of the newest act of these kinds (of any, where none is named) in a matter."""
    for act in reversed(desk.view.ledger.matter(matter)):
        if not act.void and act.move is not None and (not kinds or act.move.kind in kinds):
            return _hour(desk, act.move.at, calendar)
    return ""


def _hour(desk: Desk, at: str, calendar: Calendar) -> str:
    return hour(parse_instant(at), desk.now, calendar.where, desk.lang)


def _met(desk: Desk, calendar: Calendar, day: date, began: datetime | None) -> list[dayof.Met]:
    """The calls of a day of the office; none of before it was founded."""
    if began is None:
        return []
    return [one for one in dayof.calls_of(desk.view.office, calendar, day, desk.now) if one.at >= began]


def _seen(desk: Desk, calendar: Calendar, seen: Calendar, began: datetime | None) -> list[dayof.Met]:
    """The calls that fall on today where the reader is: by his clock they may be of another day's."""
    that_day, here = calendar.day(desk.now), seen.day(desk.now)
    near = [one for step in (-1, 0, 1) for one in _met(desk, calendar, later(that_day, step), began)]
    return [one for one in near if seen.day(one.at) == here]


def _missed(desk: Desk, calendar: Calendar, began: datetime | None, outages: Outages) -> tuple[Waiting, ...]:
    """The calls of the last week that somebody has not entered; none of before the office was founded."""
    if began is None:
        return ()
    first = max(calendar.day(began), later(calendar.day(desk.now), -_BACK))
    found = calls(desk.view.office, desk.now, calendar, first, outages=outages)
    return tuple(one for one in found if parse_instant(one.since) >= began)


URLS = [path("<int:number>/", today, name="today")]
