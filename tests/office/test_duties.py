"""Duties: when obligations fall due on a calendar with a history, and what the record holds of each."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.office.dockets import SIDES
from tests.office.test_amended import void
from tests.office.world import START, World, keys_of, seed
from tests.work import lines
from yeollak.office.calendar import Calendar
from yeollak.office.duties import Held, Occurrence, duties, duty_matter, occurrences
from yeollak.office.propose import Draft, document, sign
from yeollak.office.zones import FIRST, LAST
from yeollak.procedures.recurrence import EVERY, Recurrence
from yeollak.record.keys import SigningKey

DAY = timedelta(days=1)
TEXT = seed("agreement").hex()
READING = {"clause": "3.2", "bearers": ["north"], "subject": {"en": "Notice"}}
LATER = START + 30 * DAY
#: The clock of the North: at 23:30 of 4 May 2018 it was put forward to midnight. Both sides have a holiday.
NORTHERN = Calendar.make(
    {
        "calendar": {"zone": "Asia/Pyongyang"},
        "holidays": {"south": ["2018-05-07"], "north": ["2018-05-08", "2018-09-17"]},
    },
    SIDES,
)


class Pact:
    """An office of two sides with an agreement in force, and obligations that both read out of it."""

    def __init__(
        self,
        parties: Sequence[str] = ("south", "north"),
        start: str | None = None,
        claimed: datetime | None = None,
        **of: Any,
    ) -> None:
        """Of more parties, the two by which it is signed are those that `to` names; `claimed` is the time
        that the last signature claims.
        """
        self.world = World(parties).found()
        facts = {"text": TEXT, "subject": {"en": "Pact"}, **({"start": start} if start else {}), **of}
        self.agreement = self.world.say("south", "agreement.draft", facts=facts, due=LATER)
        self.world.meet()
        for side, when in (("south", None), ("north", claimed)):
            of = {"re": (self.agreement,), "facts": {"text": TEXT}, **({"at": when} if when else {})}
            self.say(side, "agreement.sign", self.agreement, **of)
        self.obligations: list[str] = []

    def say(self, side: str, kind: str, matter: str | None = None, **of: Any) -> str:
        act = self.world.say(side, kind, matter=matter, **of)
        self.world.meet()
        return act

    def owe(self, **terms: Any) -> str:
        facts = {"parent": self.agreement, **READING, **terms}
        made = self.say("south", "obligation.propose", facts=facts, due=LATER)
        self.say("north", "obligation.agree", made, re=(made,))
        self.obligations.append(made)
        return made

    def duty(self, side: str, kind: str, obligation: str, name: str, **of: Any) -> str:
        return self.say(side, f"duty.{kind}", facts={"parent": obligation, "occurrence": name, **of})

    def find(
        self,
        first: datetime = FIRST,
        last: datetime = LAST,
        now: datetime = START,
        calendar: Calendar = NORTHERN,
    ) -> tuple[Occurrence, ...]:
        """What every node finds, which must be the same."""
        found = {duties(office, now, calendar, first, last) for office in self.world.offices}
        assert len(found) == 1
        return found.pop()


def only(found: Sequence[Occurrence]) -> Occurrence:
    (one,) = found
    return one


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.fixture
def pact() -> Pact:
    return Pact()


def test_what_was_skipped_on_the_clock_of_the_north_is_the_instant_of_the_change(pact: Pact) -> None:
    pact.owe(
        shape="recurring", every="day", first="2018-05-03", last="2018-05-06", closed="kept", hour="23:45"
    )
    # On the 4th no clock of the North showed 23:45: by +8:30 before, by +9:00 after.
    assert [one.due for one in pact.find()] == [
        "2018-05-03T15:15:00Z",
        "2018-05-04T15:00:00Z",
        "2018-05-05T14:45:00Z",
        "2018-05-06T14:45:00Z",
    ]


def test_the_end_of_a_date_is_that_of_the_clock_of_the_office(pact: Pact) -> None:
    pact.owe(shape="recurring", every="day", first="2018-05-03", last="2018-05-05", closed="kept")
    assert [one.due for one in pact.find()] == [
        "2018-05-03T15:29:59Z",
        "2018-05-04T14:59:59Z",
        "2018-05-05T14:59:59Z",
    ]


@pytest.mark.parametrize(
    ("closed", "days"),
    [
        # 5 and 6 May were a Saturday and a Sunday, the 7th was free for the South, the 8th for the North.
        ("kept", ["04", "05", "06", "07", "08", "09"]),
        ("skipped", ["04", "09"]),
        ("next", ["04", "09", "09", "09", "09", "09"]),
        ("before", ["04", "04", "04", "04", "04", "09"]),
    ],
)
def test_a_day_that_is_not_worked_gives_way_as_the_facts_say(
    pact: Pact, closed: str, days: list[str]
) -> None:
    terms = {"every": "day", "first": "2018-05-04", "last": "2018-05-09", "hour": "12:00"}
    pact.owe(shape="recurring", closed=closed, **terms)
    found = pact.find()
    assert [one.due[8:10] for one in found] == days
    if closed != "skipped":
        assert sorted(one.key for one in found) == [f"2018-05-0{day}" for day in range(4, 10)]


def test_working_days_are_those_of_both_sides(pact: Pact) -> None:
    pact.owe(shape="recurring", every="working-day", first="2018-05-03", last="2018-05-10")
    assert [one.key for one in pact.find()] == ["2018-05-03", "2018-05-04", "2018-05-09", "2018-05-10"]


def plainly(terms: Mapping[str, Any], calendar: Calendar, zone: str) -> Iterator[tuple[str, datetime]]:
    """Every time of a recurring obligation with its due: each date from the first, by hand, in local time."""
    said = Recurrence(terms["every"], date.fromisoformat(terms["first"]), date.fromisoformat(terms["last"]))
    for day in said.dates(date.min, date.max):
        on, closed = day, terms.get("closed", "skipped")
        if not calendar.working(day) and closed != "kept":
            if closed == "skipped":
                continue
            way, steps = DAY if closed == "next" else -DAY, 0
            while not calendar.working(on) and steps < 60:
                on, steps = on + way, steps + 1
            on = on if calendar.working(on) else day
        hour = terms.get("hour")
        wanted = (
            datetime.fromisoformat(f"{on}T{hour}") if hour else datetime.fromisoformat(f"{on + DAY}T00:00")
        )
        # Minute by minute over two days: the first at which the clock on the wall shows it or more.
        moment = wanted.replace(tzinfo=UTC) - DAY
        while moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None) < wanted:
            moment += timedelta(minutes=15)
        yield said.name(day), moment if hour else moment - timedelta(seconds=1)


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(EVERY),
    st.dates(date(2018, 4, 1), date(2018, 6, 1)),
    st.integers(0, 120),
    st.sampled_from(("kept", "next", "before", "skipped")),
    st.sampled_from((None, "00:00", "09:00", "23:30", "23:45")),
    st.sampled_from(("Asia/Pyongyang", "Asia/Seoul", "America/New_York", "UTC")),
    st.sets(st.dates(date(2018, 4, 1), date(2018, 9, 30)), max_size=40),
    st.integers(-10, 150),
    st.integers(0, 60),
)
def test_the_times_are_those_of_the_plain_model(
    every: str,
    first: date,
    lasts: int,
    closed: str,
    hour: str | None,
    zone: str,
    free: set[date],
    ahead: int,
    long: int,
) -> None:
    days = [str(day) for day in sorted(free)]
    holidays = {"south": days[::2], "north": days[1::2]}
    calendar = Calendar.make({"calendar": {"zone": zone}, "holidays": holidays}, SIDES)
    terms = {"every": every, "first": str(first), "last": str(first + lasts * DAY)}
    terms |= {} if every == "working-day" else {"closed": closed}
    terms |= {"hour": hour} if hour else {}
    pact = PACTS.setdefault("one", Pact())
    made = pact.owe(shape="recurring", **terms)
    start = datetime(first.year, first.month, first.day, tzinfo=UTC) + ahead * DAY
    end = start + long * DAY
    office = pact.world.offices[1]
    found = [(one.key, at(one.due[:-1])) for one in occurrences(office, made, START, calendar, start, end)]
    assert found == [one for one in plainly(terms, calendar, zone) if start <= one[1] <= end]


#: Shared by the examples of one test: founding an office costs more than they do.
PACTS: dict[str, Pact] = {}


def test_only_what_is_asked_for_is_reckoned(pact: Pact) -> None:
    """A duty of every day for eight thousand years: what is taken counts, and not what lies before."""
    made = pact.owe(shape="recurring", every="day", first="2001-01-01", closed="kept")
    office, names = pact.world.offices[0], list[list[str]]()

    def reckon(since: datetime) -> None:
        found = occurrences(office, made, START, NORTHERN, since, LAST)
        names.append([one.key for one in islice(found, 3)])
        found = occurrences(office, made, START, NORTHERN, since, since + 30 * DAY)
        names.append([one.key for one in found])

    near, far = (partial(reckon, at(f"{year}-12-31T12:00:00")) for year in (2001, 8999))
    near()  # what is known from then on is no longer read
    names.clear()
    first, last = lines(near), lines(far)
    assert names[2] == ["8999-12-31", "9000-01-01", "9000-01-02"]
    assert [len(one) for one in names] == [3, 30, 3, 30]
    assert last < 2 * first


def test_what_the_sides_say_of_a_duty_stands_before_the_clock(pact: Pact) -> None:
    weekly = pact.owe(shape="recurring", every="week", first="2018-09-16", last="2018-10-21", closed="kept")
    names = [f"2018-w{week}" for week in range(37, 43)]
    now = at("2018-10-20T00:00:00")
    pact.duty("south", "done", weekly, names[0])
    pact.duty("north", "missed", weekly, names[1])
    pact.duty("south", "done", weekly, names[2])
    pact.duty("north", "missed", weekly, names[2])
    pact.duty("south", "waive", weekly, names[3])
    pact.duty("north", "waive", weekly, names[3])
    pact.duty("south", "waive", weekly, names[4])
    found = pact.find(now=now)
    assert [one.key for one in found] == names
    assert [one.held for one in found] == [
        Held.DONE,
        Held.MISSED,
        Held.DIFFERING,
        Held.WAIVED,
        Held.SILENT,
        Held.WAITING,
    ]
    assert found[0].views == (("south", "done"),)
    assert found[2].views == (("south", "done"), ("north", "missed"))
    assert [one.waivers for one in found[3:]] == [("south", "north"), ("south",), ()]
    one = found[0]
    assert (one.agreement, one.clause, one.bearers) == (pact.agreement, "3.2", ("north",))
    assert (one.subject, one.shape, one.obligation) == ((("en", "Notice"),), "recurring", weekly)
    # The matter is known before anybody has opened it.
    assert one.matter in set(pact.world.ledgers[0].matters())
    assert found[5].matter == duty_matter(pact.world.offices[0], weekly, names[5])
    # At the due itself it is over, and a second before it is not.
    due = at(found[5].due[:-1])
    assert pact.find(now=due - timedelta(seconds=1))[5].held is Held.WAITING
    assert pact.find(now=due)[5].held is Held.SILENT


@pytest.mark.parametrize(
    ("by", "due"),
    [("2018-10-01", "2018-10-01T14:59:59Z"), ("2018-10-01T03:00:00Z", "2018-10-01T03:00:00Z")],
)
def test_a_dated_duty_is_due_once(pact: Pact, by: str, due: str) -> None:
    made = pact.owe(shape="dated", by=by)
    assert [(one.key, one.due) for one in pact.find()] == [("2018-10-01", due)]
    moment = at(due[:-1])
    assert len(pact.find(moment, moment)) == 1
    assert pact.find(moment + timedelta(seconds=1)) == ()
    assert pact.find(last=moment - timedelta(seconds=1)) == ()
    pact.duty("north", "done", made, "2018-10-01")
    assert only(pact.find(now=moment)).held is Held.DONE


def test_what_is_owed_always_falls_due_at_no_time(pact: Pact) -> None:
    made = pact.owe(shape="standing")
    pact.duty("south", "missed", made, "2018-10-01")
    assert pact.find() == ()


@pytest.mark.parametrize(
    ("unit", "notice", "due"),
    [
        ("hours", 3, "2018-09-19T00:00:00Z"),
        # The 17th, a Monday, is a holiday of the North, and the 15th and 16th are no working days.
        ("working-days", 2, "2018-09-14T14:59:59Z"),
        ("days", 2, "2018-09-17T14:59:59Z"),
        # Three hours of the 19th up to noon, and then of the 18th from 17:00 back.
        ("working-hours", 4, "2018-09-18T07:00:00Z"),
    ],
)
def test_notice_is_owed_so_long_before_the_event_that_is_named(
    pact: Pact, unit: str, notice: int, due: str
) -> None:
    made = pact.owe(shape="notice-period", notice=notice, unit=unit, before="discharge")
    assert pact.find(first=START - 60 * DAY) == ()
    pact.duty("south", "event", made, "discharge-1", begins="2018-09-19T03:00:00Z")
    # The other side has seen it coming; whoever bears the duty has said nothing.
    found = only(pact.find(first=START - 60 * DAY, now=LATER))
    assert (found.key, found.due, found.begins) == ("discharge-1", due, "2018-09-19T03:00:00Z")
    assert (found.held, found.told) == (Held.SILENT, "")
    pact.duty("north", "event", made, "discharge-1", begins="2018-09-19T03:00:00Z")
    told = only(pact.find(first=START - 60 * DAY, now=LATER))
    assert told.told
    assert told.held is (Held.TOLD if at(told.told[:-1]) <= at(due[:-1]) else Held.TOLD_LATE)
    pact.duty("south", "missed", made, "discharge-1")
    assert only(pact.find(first=START - 60 * DAY, now=LATER)).held is Held.MISSED


def test_of_an_event_for_which_sides_say_different_times_each_stands_and_nobody_is_late(pact: Pact) -> None:
    made = pact.owe(shape="notice-period", notice=1, unit="hours", before="discharge")
    pact.duty("north", "event", made, "gate-2", begins="2018-09-19T03:00:00Z")
    assert only(pact.find(now=LATER)).held is Held.TOLD
    # A side that says something else of it afterwards neither makes the notice late nor takes it away.
    for other in ("1999-01-01", "2018-09-19", "9999-12-31T00:00:00Z"):
        pact.duty("south", "event", made, "gate-2", begins=other)
        found = {one.begins: one for one in pact.find(now=LATER)}
        assert found.keys() == {other, "2018-09-19T03:00:00Z"}
        assert {one.held for one in found.values()} <= {Held.DIFFERING, Held.NOT_IN_FORCE}
        mine = found["2018-09-19T03:00:00Z"]
        assert (mine.held, mine.due) == (Held.DIFFERING, "2018-09-19T02:00:00Z")
        assert (bool(mine.told), found[other].told) == (True, "")
    pact.duty("south", "event", made, "gate-2", begins="2018-09-19T03:00:00Z")
    assert only(pact.find(now=LATER)).held is Held.TOLD


def test_a_notice_that_is_repeated_was_given_when_it_was_first_given(pact: Pact) -> None:
    made = pact.owe(shape="notice-period", notice=7, unit="days", before="discharge")
    pact.duty("north", "event", made, "gate-2", begins="2018-10-20")
    first = only(pact.find(now=LATER)).told
    pact.world.now = at("2018-10-15T00:00:00")
    pact.duty("north", "event", made, "gate-2", begins="2018-10-20")
    found = only(pact.find(now=LATER))
    assert (found.held, found.told) == (Held.TOLD, first)
    # Another time is another notice, and so is the first time again after it.
    for begins in ("2018-10-21", "2018-10-20"):
        pact.duty("north", "event", made, "gate-2", begins=begins)
        found = only(pact.find(now=LATER))
        assert (found.begins, found.held, found.told[:10]) == (begins, Held.TOLD_LATE, "2018-10-15")


def test_a_change_of_staff_is_its_own_notice_and_nothing_reaches_back(pact: Pact) -> None:
    def appoint(side: str, name: str, day: str) -> str:
        key = SigningKey(seed(side, name)).public.hex()
        facts = {"key": key, "function": "liaison", "from": day}
        return pact.say(side, "posting.appoint", officer="authority", facts=facts)

    appoint("north", "before", "2018-09-20")
    pact.owe(shape="notice-period", notice=7, unit="days", before="staff")
    pact.world.now = at("2018-09-19T01:00:00")
    late, good = appoint("north", "late", "2018-09-22"), appoint("north", "good", "2018-09-30")
    appoint("south", "other", "2018-09-23")
    found = {one.key: one for one in pact.find(now=LATER)}
    assert found.keys() == {late, good}
    assert (found[late].held, found[late].due) == (Held.TOLD_LATE, "2018-09-15T14:59:59Z")
    assert (found[good].held, found[good].due) == (Held.TOLD, "2018-09-23T14:59:59Z")
    assert found[good].bearers == ("north",)
    assert found[good].told[:10] == "2018-09-19"


def test_a_list_of_holidays_is_told_before_its_first(pact: Pact) -> None:
    pact.owe(shape="notice-period", notice=1, unit="days", before="holidays", bearers=["south", "north"])
    pact.say("south", "standing.open", facts={})
    facts = {"dates": ["2018-12-25", "2018-10-09"], "state": "holiday"}
    told = pact.say("south", "standing.days", facts=facts)
    pact.say("south", "standing.days", facts={"dates": ["2018-10-06"], "state": "working"})
    found = only(pact.find(now=LATER))
    assert (found.key, found.begins, found.bearers) == (told, "2018-10-09", ("south",))
    assert (found.due, found.held) == ("2018-10-08T14:59:59Z", Held.TOLD)


def test_nothing_falls_due_once_all_have_agreed_that_it_ends(pact: Pact) -> None:
    made = pact.owe(shape="recurring", every="day", first="2018-09-13", closed="kept", hour="09:00")
    window = (at("2018-09-12T00:00:00"), at("2018-09-17T12:00:00"))
    assert [one.key[-2:] for one in pact.find(*window)] == ["13", "14", "15", "16", "17"]
    pact.say("south", "obligation.release", made, at=at("2018-09-14T03:00:00"))
    assert len(pact.find(*window)) == 5
    pact.say("north", "obligation.release", made, at=at("2018-09-15T03:00:00"))
    assert [one.key[-2:] for one in pact.find(*window)] == ["13", "14", "15"]


def test_an_agreement_that_is_not_applied_asks_for_nothing_meanwhile(pact: Pact) -> None:
    made = pact.owe(shape="recurring", every="day", first="2018-09-14", closed="kept", hour="09:00")
    pact.say("north", "agreement.suspend", pact.agreement, facts={"start": "2018-09-16"})
    pact.duty("south", "missed", made, "2018-09-17")
    for side in ("south", "north"):
        pact.say(side, "agreement.resume", pact.agreement, facts={"start": "2018-09-19"})
    pact.say("south", "agreement.denounce", pact.agreement, facts={"start": "2018-09-20T12:00:00Z"})
    held = {one.key[-2:]: one.held for one in pact.find(START, START + 8 * DAY, now=LATER)}
    assert held == {
        "15": Held.SILENT,
        "16": Held.NOT_IN_FORCE,
        "17": Held.MISSED,
        "18": Held.NOT_IN_FORCE,
        "19": Held.SILENT,
        "20": Held.SILENT,
        "21": Held.NOT_IN_FORCE,
        "22": Held.NOT_IN_FORCE,
    }


def test_a_void_act_before_the_one_that_reads_an_obligation_out_shows_nothing(pact: Pact) -> None:
    """A side knows the matter before its opening act, and may name it with whatever time it claims."""
    world, key = pact.world, keys_of("south").officers["duty"]
    facts = {"parent": pact.agreement, **READING, "shape": "recurring", "every": "day"}
    facts |= {"first": "2018-09-10", "closed": "kept", "hour": "09:00"}
    draft = Draft("obligation.propose", facts=facts, due=LATER)
    data = document(world.offices[0], "south", key.kid, draft, world.now + DAY, seed("early")[:16])
    made = hashlib.sha256(data).hexdigest()
    world.say("south", "remark", matter=made, checked=False, at=START - 9 * DAY)
    world.put(0, sign(world.offices[0], "south", data, key))
    world.meet()
    pact.say("north", "obligation.agree", made, re=(made,))
    named = world.offices[1].ledger.matter(made)
    assert [one.void for one in named] == ["matter", "", ""]
    held = {one.key[-2:]: one.held for one in pact.find(START - 4 * DAY, START + 2 * DAY, now=LATER)}
    assert held == {
        **dict.fromkeys(("11", "12", "13", "14"), Held.NOT_IN_FORCE),
        **dict.fromkeys(("15", "16"), Held.SILENT),
    }


def _of(obligation: str, name: str) -> dict[str, str]:
    return {"parent": obligation, "occurrence": name}


def test_of_three_parties_the_two_that_have_signed_state_and_waive_their_duties() -> None:
    pact = Pact(("south", "north", "west"), to=["north"])
    made = pact.owe(to=["north"], shape="dated", by="2018-10-01")
    named = {**_of(made, "2018-10-01"), "sides": ["north", "south"]}
    assert void(pact.world, "west", "duty.missed", facts=named) == "other-sides"
    assert void(pact.world, "south", "duty.waive", facts=_of(made, "2018-10-01")) == "other-sides"
    pact.say("south", "duty.waive", facts=named)
    found = only(pact.find(now=LATER))
    assert (found.held, found.waivers) == (Held.SILENT, ("south",))
    pact.say("north", "duty.waive", facts=named)
    found = only(pact.find(now=LATER))
    assert (found.held, found.waivers) == (Held.WAIVED, ("south", "north"))
    assert pact.world.offices[2].state(found.matter).state.phase == "waived"


def test_events_outside_of_the_window_are_not_reckoned(pact: Pact, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many are named, and by however many obligations: only those of the window ask for days."""
    owed = [
        pact.owe(shape="notice-period", notice=14, unit="working-days", before="discharge") for _ in range(3)
    ]
    pact.duty("north", "event", owed[0], "near", begins="2030-01-20")
    looked, plainly = list[date](), Calendar.opening

    def opening(self: Calendar, day: date) -> tuple[datetime, datetime] | None:
        looked.append(day)
        return plainly(self, day)

    def found() -> tuple[int, int]:
        looked.clear()
        first = at("2029-12-20T00:00:00")
        office = pact.world.offices[0]
        return len(duties(office, LATER, NORTHERN, first, first + 30 * DAY)), len(looked)

    monkeypatch.setattr(Calendar, "opening", opening)
    alone = found()
    assert alone[0] == 1
    for number in range(30):
        begins = f"{2019 + number % 10}-05-20" if number % 2 else f"{2031 + 200 * number}-05-20"
        pact.duty("north", "event", owed[number % 3], f"gate-{number}", begins=begins)
    many = found()
    # Days are walked once for each obligation that still has an event ahead, and none twice.
    assert many[0] == 1
    assert many[1] <= 3 * (30 + 3 * 14)


def test_what_not_all_have_agreed_to_is_owed_by_nobody(pact: Pact) -> None:
    facts = {"parent": pact.agreement, **READING, "shape": "dated", "by": "2018-10-01"}
    pact.say("south", "obligation.propose", facts=facts, due=LATER)
    assert pact.find() == ()
    assert list(occurrences(pact.world.offices[0], pact.agreement, START, NORTHERN, FIRST, LAST)) == []


@pytest.mark.parametrize("number", range(4))
def test_every_node_finds_the_same_and_a_window_is_a_part_of_the_whole(number: int) -> None:
    chance, pact = random.Random(number), Pact()
    for every in chance.sample(EVERY, 3):
        closed = {} if every == "working-day" else {"closed": chance.choice(["kept", "next", "before"])}
        made = pact.owe(shape="recurring", every=every, first="2018-09-10", last="2019-09-10", **closed)
        for name in ("2018-w37", "2018-09-14", "2018-09", "2018-q3", "2018"):
            if Recurrence(every, date(2018, 9, 10)).date_of(name):
                pact.duty(chance.choice(["south", "north"]), chance.choice(["done", "waive"]), made, name)
    whole = pact.find(now=LATER)
    for _ in range(10):
        first = START + chance.randint(-10, 400) * DAY
        last = first + chance.randint(0, 90) * DAY
        part = tuple(one for one in whole if first <= at(one.due[:-1]) <= last)
        assert pact.find(first, last, now=LATER) == part
