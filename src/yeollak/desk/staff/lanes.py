"""The two lanes of Today: what waits for us and what for them, by clock, with what rings before it, drafts
that a colleague has left and what our side may still sign.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from urllib.parse import urlencode

from yeollak.desk.staff import asking, dayof, docket
from yeollak.desk.staff.access import Permission
from yeollak.desk.staff.bridge import Bell
from yeollak.desk.staff.clocks import clocks, reader_of, reading_zone
from yeollak.desk.staff.docket import Drafted, Lane, Places, Stripped
from yeollak.desk.staff.gate import Desk
from yeollak.desk.staff.shell import link
from yeollak.desk.staff.titles import Title, title_of
from yeollak.office import waiting
from yeollak.office.waiting import Waiting
from yeollak.office.zones import whole
from yeollak.record.canon import parse_instant
from yeollak.storage.desk_drafts import DeskDrafts
from yeollak.storage.waits import Foremost
from yeollak.words import clean, clock, day, say
from yeollak.words.acts import kind_word


def lanes_of(
    desk: Desk, items: Sequence[Waiting], bells: Sequence[Bell], beyond: Foremost | None = None
) -> tuple[Lane, Lane]:
    """Our lane and theirs, from what is waited for and what rings; what waits `beyond` the foremost is
    counted.
    """
    reader, ours = reader_of(desk), desk.view.side
    places = Places(
        lambda one: (
            title_of(desk.view.office, one.matter, desk.lang, reader.name).brief()
            if desk.view.ledger.matter(one.matter)
            else _unopened(desk, one)
        ),
        lambda one: link(desk, "matter", one.matter) if desk.view.ledger.matter(one.matter) else "",
        lambda one: _deed(desk, one) if desk.may(Permission.DRAFT) else "",
    )
    with_us = [one for one in items if one.awaited == ours]
    ringing = {bell.matter for bell in bells}
    rung = {
        one.matter: docket.strip_of(one, reader, desk.now, places)
        for one in reversed(with_us)
        if one.matter in ringing
    }
    mine = docket.waits([one for one in with_us if one.matter not in rung], reader, desk.now, places)
    mine += [docket.bell_strip(bell, desk.now, desk.lang, rung.pop(bell.matter, None)) for bell in bells]
    mine += [docket.draft_strip(one, desk.now, reader.zone, desk.lang) for one in _drafts(desk)]
    mine += _asked(desk, {*(one.matter for one in with_us), *(bell.act for bell in bells)})
    theirs = docket.waits([one for one in items if one.awaited != ours], reader, desk.now, places)
    others = [side for side in desk.sides if side != ours]
    return (
        docket.lane(mine, *_beyond(desk, beyond, [ours])),
        docket.lane(theirs, *_beyond(desk, beyond, others)),
    )


def _beyond(desk: Desk, beyond: Foremost | None, sides: Collection[str]) -> tuple[int, int]:
    """How many matters wait for these sides beyond the foremost, and for how many of them they are late; of
    more than two parties, all the others are taken to wait.
    """
    if beyond is None:
        return 0, 0
    (calendar, outages), now = clocks(desk.view), whole(desk.now)
    late = sum(
        waiting.late(one.due, side, [other for other in desk.sides if other != side], now, calendar, outages)
        for one in beyond.passed
        for side in sides
        if one.side == side
    )
    late += sum(beyond.over.get(side, 0) for side in sides)
    return sum(beyond.many(side) for side in sides), late


def _asked(desk: Desk, shown: Collection[str]) -> list[Stripped]:
    """What nobody waits for and our side may still sign, but for the matters and acts that are `shown`."""
    reader, calendar = reader_of(desk), clocks(desk.view)[0]

    def named(matter: str) -> Title:
        return title_of(desk.view.office, matter, desk.lang, reader.name).brief()

    def placed(matter: str) -> str:
        return link(desk, "matter", matter)

    unread, over = asking.delivered(desk.view, shown), asking.passed(desk.view, calendar, desk.now)
    return [
        *(asking.delivered_strip(one, reader, desk.now, named, placed) for one in unread),
        *(asking.passed_strip(one, reader, desk.now, named, placed) for one in over),
    ]


def _unopened(desk: Desk, one: Waiting) -> Title:
    """What a call is called that nobody has entered: its matter has no act yet."""
    calendar, _ = clocks(desk.view)
    begins = parse_instant(one.since)
    that_day = calendar.day(begins)
    name = next(
        (name for name in calendar.slots if calendar.slot(that_day, name) == begins),
        "",
    )
    at = clock(begins.astimezone(reading_zone(desk)))
    return Title(
        say(
            desk.lang,
            "{call}, {day}, {time}",
            call=dayof.call_name(desk.lang, name),
            day=day(that_day, desk.lang),
            time=at,
        )
    )


def _deed(desk: Desk, one: Waiting) -> str:
    """Where what is waited for is done: the call's own form, else the matter with everything that may be."""
    if one.procedure != "check-in":
        return link(desk, "matter", one.matter)
    calendar, _ = clocks(desk.view)
    begins = parse_instant(one.since)
    that_day = calendar.day(begins)
    name = next((name for name in calendar.slots if calendar.slot(that_day, name) == begins), "")
    return entering(desk, that_day, name)


def _drafts(desk: Desk) -> list[Drafted]:
    """Drafts that a colleague has written and that lie in this person's hands."""
    return [
        Drafted(
            kind_word(desk.lang, row.kind),
            clean(row.author_shown, longest=64),
            row.updated,
            link(desk, "draft", row.id),
        )
        for row in DeskDrafts(desk.hands.alias).listed(desk.view.id)
        if row.owner == desk.person.id != int(row.data.get("written_by", row.author))
    ]


def entering(desk: Desk, that_day: date, name: str) -> str:
    """Where a call of a day is entered, or the empty string."""
    address = link(desk, "compose-kind", "checkin.observe")
    return f"{address}?{urlencode({'f.date': that_day.isoformat(), 'f.slot': name})}" if address else ""
