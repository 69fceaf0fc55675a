"""The sections of the public page: what stands beside what, as the record of the replay has it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.desk import history
from yeollak.desk import sections as module
from yeollak.desk.public import PublicOffice, build
from yeollak.desk.sections import sections


@pytest.fixture(scope="module")
def office() -> PublicOffice:
    return build(history.record())


def test_meetings_lead_to_the_projects_of_their_day_and_source(office: PublicOffice) -> None:
    led = {
        meeting.item.told.event: [project.told.event for project in meeting.projects]
        for meeting in sections(office).meetings
    }
    assert led["2018-10-22-forestry-talks"] == ["2018-10-22-forestry-project"]
    assert led["2018-11-02-sports-talks"] == ["2018-11-02-olympic-project"]
    assert led["2018-11-23-telecom-talks"] == ["2018-11-23-fibre-project"]
    assert led["2018-11-02-heads-meeting"] == []
    assert sum(map(len, led.values())) == 3


def test_chapters_put_the_days_around_a_change_of_standing_together(office: PublicOffice) -> None:
    chapters = sections(office).chapters
    assert [str(chapter.first.told.when.day) for chapter in chapters] == [
        "2019-03-22",
        "2020-01-30",
        "2020-06-09",
        "2020-06-16",
        "2021-07-27",
    ]
    march = {item.told.event: item.told.account for item in chapters[0].items}
    assert march["2019-03-21-us-sanctions"] == march["2019-03-22-us-reversal"] == "press"
    assert {"2019-03-22-north-withdraws", "2019-03-22-south-may-stay", "2019-03-25-partial-return"} <= set(
        march
    )


def test_works_have_their_costs_and_a_second_figure_is_not_a_second_cost(office: PublicOffice) -> None:
    building, plant, lines = sections(office).undertakings
    assert (str(building.since.day), str(building.until and building.until.day)) == (
        "2018-07-02",
        "2018-10-25",
    )
    assert building.bearers == ("south",)
    assert [(cost.currency, cost.value) for cost in building.costs] == [
        ("USD", 8_600_000),
        ("KRW", 8_000_000_000),
    ]
    assert [(again.currency, again.value) for again in building.costs[0].restated] == [("KRW", 9_780_000_000)]
    assert building.costs[0].sources == building.items[0].sources
    assert [item.told.event for item in plant.items] == [
        "2018-09-14-water-plant-restarts",
        "2018-10-11-water-plant-reported",
    ]
    assert (plant.costs, plant.bearers) == ((), ())
    assert lines.until is None


def test_figures_in_other_entries_name_the_entry_that_gives_them(office: PublicOffice) -> None:
    figures = [
        (one.amount.currency, one.amount.value, one.item.told.event) for one in sections(office).figures
    ]
    assert figures == [
        ("KRW", 8_000_000_000, "2020-06-16-building-demolished"),
        ("KRW", 9_780_000_000, "2020-06-16-building-demolished"),
        ("KRW", 44_700_000_000, "2023-06-14-damages-suit"),
    ]


def test_papers_have_the_steps_that_they_took(office: PublicOffice) -> None:
    papers = {paper.first.told.event: paper for paper in sections(office).papers}
    assert len(papers) == 15
    course = [
        (step.kind, step.sides, str(step.when.day)) for step in papers["2018-10-30-sports-notice"].steps
    ]
    assert course == [
        ("note.tender", ("north",), "2018-10-30"),
        ("note.take", ("south",), "2018-10-30"),
        ("note.deliver", ("north",), "2018-10-30"),
        ("note.answer", ("south",), "2018-10-31"),
    ]
    lapsed = papers["2022-05-16-aid-notice-morning"]
    assert [step.kind for step in lapsed.steps] == ["note.tender", "note.urge", "note.lapse"]
    assert str(lapsed.steps[-1].when.day) == "2022-05-18"
    assert lapsed.last.told.event == "2022-05-16-aid-notice-evening"
    assert not any("north" in step.sides for step in lapsed.steps)
    told = {item.told.event for item in office.items if item.entered_as in {"note", "request"}}
    assert told == {step.event for paper in papers.values() for step in paper.steps if step.event in told}


def test_where_each_side_stands_follows_from_its_own_acts(office: PublicOffice) -> None:
    south, north = sections(office).stands
    assert (south.phase, south.premises, south.cut) == ("left", None, ())
    assert (north.phase, north.premises) == ("partial", "lost")
    assert set(north.restored) == {"liaison", "panmunjom"}
    assert set(north.cut) == {"headquarters", "military-east", "military-west", "trial"}


def test_silence_begins_with_the_first_of_the_last_unanswered_calls(office: PublicOffice) -> None:
    known = sections(office)
    assert known.silent_since is not None
    assert known.silent_since.when.iso == "2023-04-07T09:00+09:00"
    seen = {
        (str(call.when.day), call.slot): {one.side: one.term for one in call.seen} for call in known.calls
    }
    assert seen["2020-06-08", "closing"] == {"south": "late-call", "north": None}
    assert seen["2022-06-28", "opening"]["south"] == "line-dead"
    assert seen["2019-03-25", "morning"]["south"] == "held", "a contact in the building is not answered"
    assert seen["2020-06-09", "closing"] == {"south": "line-dead", "north": "line-dead"}
    assert [day for day, one in seen.items() if one["north"]] == [
        ("2020-06-09", "closing"),
        ("2021-10-04", "opening"),
    ]
    told = {call.item.told.event for call in known.calls if call.item is not None}
    assert told == {item.told.event for item in office.items if item.told.procedure == "check-in"}
    assert sum(call.item is None for call in known.calls) == 8


def test_an_answered_call_ends_the_silence(office: PublicOffice) -> None:
    acts = [act for act in office.acts if act.facts.get("date") == "2023-04-10"]
    opening, closing = (office.matters[act.matter] for act in acts)

    def answered(matter: Any) -> PublicOffice:
        states = {**office.matters, matter.matter: replace(matter, slots={"view/south": "answered"})}
        return replace(office, matters=states)

    assert sections(answered(closing)).silent_since is None
    since = sections(answered(opening)).silent_since
    assert since is not None
    assert (str(since.when.day), since.slot) == ("2023-04-10", "closing")


def test_only_the_newest_calls_are_shown_and_the_rest_is_counted(
    office: PublicOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = sections(office)
    monkeypatch.setattr(module, "MOST_CALLS", 10)
    cut = sections(office)
    assert cut.calls == whole.calls[-10:]
    assert cut.calls_beyond == len(whole.calls) - 10
    assert cut.silent_since == whole.silent_since
    assert whole.calls_beyond == 0
