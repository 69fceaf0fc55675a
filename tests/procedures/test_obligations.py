"""Obligations: their shapes with the facts of each, the names of their times, and what incidents touch."""

from __future__ import annotations

import calendar
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from itertools import islice, product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.procedures.explore import THREE, TWO, Elsewhere, digest
from yeollak.procedures.incident import INCIDENT
from yeollak.procedures.machine import admit
from yeollak.procedures.obligation import DUTY, OBLIGATION, SHAPES, SHAPING, TERMS, fits_shape
from yeollak.procedures.recurrence import EVERY, Recurrence
from yeollak.procedures.table import Move, State, Void

AGREEMENT = digest("parent", "obligation.propose")
VALUES: Mapping[str, Any] = {
    "by": "2019-03-01",
    "notice": 3,
    "unit": "hours",
    "before": "flood",
    "every": "month",
    "first": "2019-01-31",
    "last": "2019-12-31",
    "hour": "10:00",
    "closed": "next",
}
READING = {"clause": "3.2", "bearers": ["north"], "subject": {"en": "Notice"}}
DATES = st.dates(date(1, 1, 1), date(9999, 12, 31))
NEAR = st.dates(date(2015, 1, 1), date(2030, 12, 31))


def _shapes() -> Iterator[tuple[str, frozenset[str]]]:
    """Every shape with every set of the facts that give one."""
    names = [fact.name for fact in SHAPING]
    for shape, held in product(SHAPES, product((False, True), repeat=len(names))):
        yield shape, frozenset(name for name, has in zip(names, held, strict=True) if has)


def test_a_shape_takes_exactly_its_facts() -> None:
    wanted = {
        "dated": [{"by"}],
        "notice-period": [{"notice", "unit", "before"}],
        "recurring": [
            {"every", "first", "closed", *more} for more in ((), ("hour",), ("last",), ("hour", "last"))
        ],
        "standing": [set[str]()],
    }
    for shape, names in _shapes():
        facts = {"shape": shape, **{name: VALUES[name] for name in names}}
        assert fits_shape(facts) == (names in wanted[shape]), (shape, names)


@pytest.mark.parametrize(
    ("terms", "fits"),
    [
        ({"shape": "recurring", "every": "working-day", "first": "2019-01-31"}, True),
        ({"shape": "recurring", "every": "working-day", "first": "2019-01-31", "closed": "kept"}, False),
        ({"shape": "recurring", "every": "day", "first": "2019-01-31"}, False),
        ({"shape": "recurring", "every": "working-day", "first": "2019-02-01", "last": "2019-01-31"}, False),
        ({"shape": "notice-period", "before": "staff", "unit": "days", "notice": 0}, False),
        ({"shape": "notice-period", "before": "staff", "unit": "days", "notice": 36525}, True),
        ({"shape": "notice-period", "before": "staff", "unit": "days", "notice": 36526}, False),
    ],
)
def test_the_facts_of_a_shape_go_together(terms: Mapping[str, Any], fits: bool) -> None:
    assert fits_shape(terms) is fits


def _propose(**facts: Any) -> Move:
    return Move(
        id=digest("propose"),
        side="south",
        kind="obligation.propose",
        at="2019-01-01T00:00:00Z",
        facts={"parent": AGREEMENT, **READING, **facts},
        due="2019-02-01T00:00:00Z",
    )


def test_the_state_says_what_is_owed_and_a_counter_leaves_nothing_of_the_first_reading() -> None:
    past = Elsewhere(TWO)
    monthly = {"shape": "recurring", "every": "month", "first": "2019-01-31", "closed": "next"}
    state = admit(OBLIGATION, State(), _propose(**monthly), past)
    held = {name: state.slots[name] for name in TERMS if name in state.slots}
    assert held == {**READING, **monthly}
    assert state.slots["agreement"] == AGREEMENT
    counter = Move(
        id=digest("counter"),
        side="north",
        kind="obligation.counter",
        at="2019-01-02T00:00:00Z",
        facts={**READING, "clause": "4", "shape": "dated", "by": "2019-03-01"},
        re=(digest("propose"),),
        due="2019-02-01T00:00:00Z",
    )
    after = admit(OBLIGATION, state, counter, past)
    held = {name: after.slots[name] for name in TERMS if name in after.slots}
    assert held == {**READING, "clause": "4", "shape": "dated", "by": "2019-03-01"}
    assert after.slots["agreement"] == AGREEMENT


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"shape": "dated"}, "not-its-shape"),
        ({"shape": "dated", "by": "2019-03-01", "every": "week"}, "not-its-shape"),
        ({"shape": "standing", "bearers": ["elsewhere"]}, "facts"),
        ({"shape": "standing", "parent": digest("nothing")}, "not-in-force"),
    ],
)
def test_a_reading_that_is_none_is_void(facts: Mapping[str, Any], code: str) -> None:
    with pytest.raises(Void, match=f"^{code}$"):
        admit(OBLIGATION, State(), _propose(**facts), Elsewhere(TWO))


def _duty(kind: str, name: str, **facts: Any) -> Move:
    return Move(
        id=digest(kind, name),
        side="south",
        kind=kind,
        at="2019-01-01T00:00:00Z",
        facts={"parent": digest("obligation"), "occurrence": name, **facts},
    )


@pytest.mark.parametrize(
    ("terms", "good", "bad"),
    [
        (
            {"shape": "recurring", "every": "week", "first": "2018-09-16"},
            ("2018-w37", "2020-w53"),
            ("2018-w36", "2019-w53", "2019-w00", "2019-09-15", "2019-w9", "once"),
        ),
        (
            {"shape": "recurring", "every": "quarter", "first": "2018-11-30", "last": "2019-08-30"},
            ("2018-q4", "2019-q1", "2019-q3"),
            ("2018-q3", "2019-q4", "2019-q5", "2019-02"),
        ),
        (
            {"shape": "recurring", "every": "day", "first": "2019-02-28"},
            ("2019-02-28", "2019-03-01"),
            ("2019-02-27", "2019-02-29", "2019-02", "20190228"),
        ),
        ({"shape": "dated", "by": "2019-03-01T00:00:00Z"}, ("2019-03-01",), ("2019-03-02", "once")),
        ({"shape": "standing"}, ("2019-03-01",), ("2019-02-30", "always")),
        ({"shape": "notice-period", "before": "flood"}, ("flood-3", "2019-03-01"), ()),
    ],
)
def test_a_duty_names_a_time_of_its_obligation(
    terms: Mapping[str, Any], good: tuple[str, ...], bad: tuple[str, ...]
) -> None:
    def past(phase: str = "running") -> Elsewhere:
        return Elsewhere(TWO, matters={digest("obligation"): State(phase, terms)})

    for kind in ("duty.done", "duty.missed", "duty.waive"):
        for name in good:
            assert admit(DUTY, State(), _duty(kind, name), past()).phase == "stated"
            with pytest.raises(Void, match="no-obligation"):
                admit(DUTY, State(), _duty(kind, name), past("proposed"))
        for name in bad:
            with pytest.raises(Void, match="no-such-occurrence"):
                admit(DUTY, State(), _duty(kind, name), past())
    event = _duty("duty.event", "2019-03-01", begins="2019-03-01T05:00:00Z")
    if terms["shape"] == "notice-period":
        state = admit(DUTY, State(), event, past())
        assert state.of("event", "south") == "2019-03-01T05:00:00Z"
    else:
        with pytest.raises(Void, match="not-its-shape"):
            admit(DUTY, State(), event, past())


def _by(side: str, move: Move, **facts: Any) -> Move:
    return replace(move, side=side, facts={**move.facts, **facts})


#: An agreement and an obligation between two of three sides.
BILATERAL: Mapping[str, Any] = {"opener": "north", "to": ["south"]}


def test_what_two_have_signed_is_read_out_by_these_two_and_binds_no_third() -> None:
    past = Elsewhere(THREE, matters={AGREEMENT: State("in-force", BILATERAL)})
    reading = _propose(shape="standing")
    state = admit(OBLIGATION, State(), _by("south", reading, to=["north"]), past)
    assert (state.opener, state.counterparts) == ("south", ("north",))
    counter = replace(
        reading,
        side="north",
        kind="obligation.counter",
        facts={**READING, "shape": "standing", "bearers": ["north", "south"]},
        re=(reading.id,),
    )
    assert admit(OBLIGATION, state, counter, past).phase == "proposed"
    with pytest.raises(Void, match="other-sides"):
        admit(OBLIGATION, state, _by("north", counter, bearers=["east"]), past)
    with pytest.raises(Void, match="forbidden"):
        admit(OBLIGATION, state, _by("east", counter), past)
    for refused in (
        _by("south", reading),
        _by("south", reading, to=["east"]),
        _by("south", reading, to=["north", "east"]),
        _by("south", reading, to=["north"], bearers=["east"]),
        _by("east", reading, to=["north"]),
        _by("east", reading, to=["north", "south"]),
    ):
        with pytest.raises(Void, match="other-sides"):
            admit(OBLIGATION, State(), refused, past)
    # What all have signed goes to all, whether or not they are named.
    among_all = Elsewhere(THREE, matters={AGREEMENT: State("in-force")})
    for to in ({}, {"to": ["east", "north"]}):
        assert admit(OBLIGATION, State(), _by("south", reading, **to), among_all).phase == "proposed"
    with pytest.raises(Void, match="other-sides"):
        admit(OBLIGATION, State(), _by("south", reading, to=["north"]), among_all)


def test_a_duty_is_stated_and_waived_by_the_sides_of_its_obligation() -> None:
    terms = {**BILATERAL, "shape": "standing"}
    past = Elsewhere(THREE, matters={digest("obligation"): State("running", terms)})
    waive = _duty("duty.waive", "2019-03-01", sides=["south", "north"])
    for refused in (
        _by("east", waive),
        _by("east", waive, sides=["south", "north", "east"]),
        _by("south", waive, sides=["south", "north", "east"]),
        _by("south", waive, sides=["south"]),
        replace(waive, facts={name: value for name, value in waive.facts.items() if name != "sides"}),
    ):
        with pytest.raises(Void, match="other-sides"):
            admit(DUTY, State(), refused, past)
    state = admit(DUTY, State(), waive, past)
    assert state.phase == "stated"
    after = admit(DUTY, state, _by("north", waive), past)
    assert after.phase == "waived"
    with pytest.raises(Void, match="other-sides"):
        admit(DUTY, after, replace(_by("east", waive), kind="duty.done"), past)


@pytest.mark.parametrize("phase", ["none", "suspended", "denounced"])
def test_a_reading_is_agreed_to_only_while_the_agreement_is_in_force(phase: str) -> None:
    state = admit(OBLIGATION, State(), _propose(shape="standing"), Elsewhere(TWO))
    agree = Move(
        id=digest("agree"),
        side="north",
        kind="obligation.agree",
        at="2019-01-02T00:00:00Z",
        re=(digest("propose"),),
    )
    assert admit(OBLIGATION, state, agree, Elsewhere(TWO)).phase == "running"
    with pytest.raises(Void, match="not-in-force"):
        admit(OBLIGATION, state, agree, Elsewhere(TWO, matters={AGREEMENT: State(phase)}))


DISSOLVED: Mapping[str, State] = {
    Elsewhere(TWO).natural("dissolution", "dissolution"): State("dissolved", {"due": "2019-03-01T20:00:00Z"})
}
ENDED: Mapping[str, Any] = {"ended/south": "2019-03-01T20:00:00Z", "ended/north": "2019-02-01T00:00:00Z"}


@pytest.mark.parametrize("dissolved", [False, True])
@pytest.mark.parametrize(
    ("terms", "good", "bad"),
    [
        ({"shape": "standing"}, ("2019-03-01", "2019-03-02"), ("2019-03-03", "9999-12-31")),
        ({"shape": "dated", "by": "2019-03-02"}, ("2019-03-02",), ()),
        ({"shape": "dated", "by": "2019-03-03T00:00:00Z"}, (), ("2019-03-03",)),
        (
            {"shape": "recurring", "every": "month", "first": "2018-01-02", "closed": "next"},
            ("2018-01", "2019-03"),
            ("2019-04",),
        ),
        # What gives way to a working day before it may have been due, up to sixty days before its date.
        (
            {"shape": "recurring", "every": "month", "first": "2018-01-02", "closed": "before"},
            ("2019-03", "2019-04"),
            ("2019-05",),
        ),
        ({"shape": "notice-period", "before": "staff"}, (digest("act"),), ()),
        ({"shape": "notice-period", "before": "flood"}, (), ("flood-3",)),
    ],
)
def test_after_the_end_a_duty_is_stated_of_a_time_before_it(
    terms: Mapping[str, Any], good: tuple[str, ...], bad: tuple[str, ...], *, dissolved: bool
) -> None:
    """When the obligation is released, or the office dissolved, by a due that lies where the release does."""
    obligation = State("running" if dissolved else "released", {**terms, **({} if dissolved else ENDED)})
    past = Elsewhere(TWO, matters={digest("obligation"): obligation, **(DISSOLVED if dissolved else {})})
    for kind in ("duty.done", "duty.missed", "duty.waive"):
        for name in good:
            assert admit(DUTY, State(), _duty(kind, name), past).phase == "stated"
        for name in bad:
            with pytest.raises(Void, match="no-obligation"):
                admit(DUTY, State(), _duty(kind, name), past)
    if terms.get("before") == "flood":
        named = admit(DUTY, State(), _duty("duty.event", "flood-3", begins="2019-03-02"), past)
        assert admit(DUTY, named, _duty("duty.missed", "flood-3"), past).of("view", "south") == "missed"
        with pytest.raises(Void, match="no-obligation"):
            admit(DUTY, State(), _duty("duty.event", "flood-3", begins="2019-03-03T00:00:00Z"), past)


def test_what_is_open_when_an_office_is_dissolved_is_concluded() -> None:
    running = {digest("obligation"): State("running", {"shape": "standing"})}
    waive = _duty("duty.waive", "2019-06-01")
    state = admit(DUTY, State(), waive, Elsewhere(TWO, matters=running))
    past = Elsewhere(TWO, matters={**running, **DISSOLVED})
    assert admit(DUTY, state, _by("north", waive), past).phase == "waived"


def plainly(every: str, first: date, last: date | None) -> Iterator[date]:
    """The dates of a recurrence, one by one from the first: day for day, and no faster way."""
    day = first
    while last is None or day <= last:
        months = (day.year - first.year) * 12 + day.month - first.month
        longest = calendar.monthrange(day.year, day.month)[1]
        on_its_day = day.day == min(first.day, longest)
        if {
            "day": True,
            "working-day": True,
            "week": day.weekday() == first.weekday(),
            "month": on_its_day,
            "quarter": on_its_day and months % 3 == 0,
            "year": on_its_day and months % 12 == 0,
        }[every]:
            yield day
        if day == date.max:
            return
        day += timedelta(days=1)


@given(
    st.sampled_from(EVERY),
    NEAR,
    st.one_of(st.none(), st.integers(0, 900)),
    st.integers(-900, 2000),
    st.integers(0, 500),
)
def test_the_dates_are_those_of_the_plain_model(
    every: str, first: date, lasts: int | None, ahead: int, long: int
) -> None:
    last = None if lasts is None else first + timedelta(days=lasts)
    start = first + timedelta(days=ahead)
    end = start + timedelta(days=long)
    found = list(Recurrence(every, first, last).dates(start, end))
    until = min(end, last) if last is not None else end
    assert found == [day for day in plainly(every, first, until) if day >= start]


@given(st.sampled_from(EVERY), DATES, DATES)
def test_every_date_has_a_name_of_its_own_and_nothing_costs_more_for_lying_far_off(
    every: str, first: date, start: date
) -> None:
    said = Recurrence(every, first)
    days = list(islice(said.dates(start, date.max), 20))
    names = [said.name(day) for day in days]
    assert len(set(names)) == len(days)
    assert [said.date_of(name) for name in names] == days
    assert all(day >= max(first, start) for day in days)


@given(st.sampled_from(EVERY), NEAR, st.text("0123456789-wq", max_size=12))
def test_what_is_no_name_is_no_date(every: str, first: date, name: str) -> None:
    said = Recurrence(every, first)
    day = said.date_of(name)
    assert day is None or said.name(day) == name


def _report(**facts: Any) -> Move:
    return Move(
        id=digest("report"),
        side="south",
        kind="incident.report",
        at="2019-01-01T00:00:00Z",
        facts={"subject": {"en": "Overflight"}, **facts},
        due="2019-01-03T00:00:00Z",
    )


def test_an_incident_keeps_what_it_touches_and_a_clause_is_one_of_it() -> None:
    matters = {
        digest("pact"): State("denounced"),
        digest("duty"): State("running", {"clause": "3.2"}),
        digest("note"): State("taken"),
    }

    class Tables(Elsewhere):
        def state(self, matter: str, *tables: str) -> State:
            named = {digest("pact"): "agreement", digest("duty"): "obligation", digest("note"): "note"}
            if tables and named.get(matter) not in tables:
                return State()
            return super().state(matter, *tables)

    past = Tables(TWO, matters=matters)
    good: tuple[dict[str, Any], ...] = (
        {},
        {"touches": [digest("note")], "relation": "breach"},
        {"touches": [digest("note"), digest("pact")], "clause": "1.1", "relation": "unclear"},
        {"touches": [digest("duty")], "clause": "3.2"},
    )
    for facts in good:
        state = admit(INCIDENT, State(), _report(**facts), past)
        assert {
            name: state.slots[name] for name in ("touches", "clause", "relation") if name in facts
        } == facts
        assert state.slots["due"] == "2019-01-03T00:00:00Z"
    for facts, code in (
        ({"touches": [digest("nothing")]}, "no-such-matter"),
        ({"clause": "3.2"}, "no-such-clause"),
        ({"relation": "breach"}, "no-such-clause"),
        ({"touches": [digest("note")], "clause": "3.2"}, "no-such-clause"),
        ({"touches": [digest("duty")], "clause": "3.3"}, "no-such-clause"),
    ):
        with pytest.raises(Void, match=code):
            admit(INCIDENT, State(), _report(**facts), past)
