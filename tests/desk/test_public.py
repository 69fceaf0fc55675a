"""What the page shows is what the record holds, and nothing from entries that cannot be read."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.desk import history
from yeollak.desk import public
from yeollak.desk.chronicle import parse, web_address
from yeollak.desk.drawing import draw
from yeollak.desk.public import PublicOffice, build
from yeollak.desk.sections import sections
from yeollak.desk.stated import Code, Count, Seat
from yeollak.desk.texts import moment_of, text_of
from yeollak.desk.timeline import timeline
from yeollak.errors import TheirFault
from yeollak.words import LANGUAGES
from yeollak.words.labels import state


@pytest.fixture(scope="module")
def office() -> PublicOffice:
    return build(history.record())


def test_every_event_is_shown_once_in_order_of_time(office: PublicOffice) -> None:
    assert [item.told.event for item in office.items] == [event["id"] for event in history.history()["event"]]
    assert office.unread == office.beyond == 0
    assert len({item.anchor for item in office.items}) == len(office.items) == 108


def test_seed_references_come_first_and_every_reference_once(office: PublicOffice) -> None:
    assert [source.reference.id for source in office.sources[:11]] == [f"r{n}" for n in range(1, 12)]
    assert all(source.reference.seed for source in office.sources[:11])
    assert not any(source.reference.seed for source in office.sources[11:])
    assert {source.reference.id for source in office.sources} == {
        ref for event in history.history()["event"] for ref in event["references"]
    }
    assert [source.number for source in office.sources] == list(range(1, len(office.sources) + 1))


def test_every_fact_of_the_seed_is_there(office: PublicOffice) -> None:
    seeded = {event["id"] for event in history.history()["event"] if event.get("seed")}
    assert {item.told.event for item in office.items if item.told.seed} == seeded
    assert len(seeded) == 13


def test_the_infobox(office: PublicOffice) -> None:
    assert office.names.pick("ko").text == "남북공동연락사무소"
    assert office.hanja == "南北共同連絡事務所"
    assert office.romanised == "Nambuk gongdong yeollak samuso"
    assert office.formed is not None
    assert office.formed.day == date(2018, 9, 14)
    assert office.seat_lost is not None
    assert office.seat_lost.told.when.day == date(2020, 6, 16)
    assert office.routine.staff == (15, 20)
    assert office.routine.hours == ("09:00", "17:00")
    assert office.routine.calls == ("09:00", "17:00")
    assert office.founding is not None
    assert office.founding.instrument.pick("en").text == "Panmunjom Declaration"
    assert [who.name.pick("en").text for who in office.founding.signatories] == ["Moon Jae-in", "Kim Jong-un"]
    south, north = office.parties
    assert [
        (head.name.pick("en").text, head.since and head.since.day, head.until and head.until.day)
        for head in south.heads
    ] == [
        ("Chun Hae-sung", date(2018, 9, 14), date(2019, 6, 14)),
        ("Suh Ho", date(2019, 6, 14), None),
    ]
    posts = [head.post and head.post.pick("en").text for head in (*south.heads, *north.heads)]
    assert posts[:2] == ["Vice minister, Ministry of Unification"] * 2
    assert posts[2] == "Vice chairman, Committee for the Peaceful Reunification of the Fatherland"
    assert [len(party.deputies) for party in office.parties] == [1, 2]
    assert [head.name.pick("ko").text for head in north.heads] == ["전종수"]
    assert (south.floor, north.floor) == (2, 4)


def test_every_entry_says_who_signed_and_who_signed_nothing(office: PublicOffice) -> None:
    items = {item.told.event: item for item in office.items}
    for item in office.items:
        assert item.signers, item.told.event
        assert item.steps, item.told.event
        assert not set(item.signers) & set(item.silent)
        if item.told.account == "both":
            assert item.signers == ("south", "north")
        elif item.told.by == "joint" and not item.silent:
            # Both acted, and each has signed its own act of the event, whoever tells of it.
            assert item.entered_as in {"standing", "posting"}
    assert items["2018-11-02-heads-meeting"].silent == ("north",)
    assert items["2018-12-12-health-working-meeting"].silent == ("north",)
    assert items["2019-03-22-north-withdraws"].signers == ("south", "north")
    assert items["2019-03-21-us-sanctions"].silent == ()
    assert items["2020-01-30-joint-suspension"].silent == ("north",)


def test_a_text_is_signed_only_where_both_signed_it(office: PublicOffice) -> None:
    both = {item.told.event: item.signed for item in office.items if item.signed}
    assert set(both) == {
        "2018-09-14-agreement-signed",
        "2018-10-22-forestry-talks",
        "2018-10-22-forestry-project",
        "2018-11-07-health-talks",
    }
    for text in both.values():
        assert text is not None
        assert [side for side, _ in text.sides] == ["south", "north"]
        assert len(text.text) == 64


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_matter_that_an_entry_stands_for_has_a_state_in_words(office: PublicOffice, lang: str) -> None:
    for item in office.items:
        if item.entered_as in {"agreement", "meeting", "note", "project", "request", "suspension"}:
            assert state(lang, item.entered_as, item.phase, item.slots), item.told.event


def test_what_is_only_reported_is_not_said_to_be_so(office: PublicOffice) -> None:
    said = {item.told.event: state("en", item.entered_as, item.phase, item.slots) for item in office.items}
    assert said["2018-10-22-forestry-project"] == "Under way"
    assert said["2018-11-02-olympic-project"] == "Told by a side, not agreed"
    assert said["2018-12-12-health-working-meeting"] == "Planned"
    assert said["2020-01-30-joint-suspension"] == "Told by a side, not agreed"
    assert said["2021-07-27-call-hours"] == "Told by a side, not signed"


def test_what_acts_state_is_shown(office: PublicOffice) -> None:
    facts = {
        item.told.event: {one.name: one.values for one in item.stated} for item in office.items if item.stated
    }
    assert facts["2019-03-22-north-withdraws"] == {
        "others": (Code("others", "may-stay"),),
        "reason": (Code("reason", "none"),),
    }
    assert facts["2019-03-22-south-stays"] == {
        "staff": (Count(25, 25),),
        "officials": (Count(9, 9),),
        "support": (Count(16, 16),),
    }
    assert facts["2019-03-25-partial-return"]["staff"] == (Code("extent", "partial"), Count(4, 5))
    assert facts["2020-06-08-closing-call-late"] == {"late_minutes": (timedelta(minutes=25),)}
    assert facts["2019-03-29-heads-meeting-missed"]["absent"] == (Seat("north", None),)
    assert [one.code for one in facts["2023-10-29-drifting-boat"]["route"] if isinstance(one, Code)] == [
        "third-party",
        "radio",
    ]
    assert len(facts["2020-06-09-lines-cut"]["cut"]) == 5


@given(st.dictionaries(st.sampled_from(["side", "procedure", "account", "year", "x"]), st.text(max_size=8)))
def test_no_question_breaks_the_filter(asked: dict[str, str]) -> None:
    office = build(history.record())
    left = timeline(office.items, asked)
    assert {item.anchor for item in left.items} <= {item.anchor for item in office.items}
    assert left.total == len(office.items)


@given(
    side=st.sampled_from([None, "joint", "south", "north", "outside"]),
    account=st.sampled_from([None, "south", "north", "both", "press"]),
    year=st.sampled_from([None, "2018", "2019", "2020", "2023"]),
)
def test_the_filter_leaves_what_fits_and_counts_what_a_choice_would_leave(
    side: str | None, account: str | None, year: str | None
) -> None:
    items = build(history.record()).items
    asked = {k: v for k, v in (("side", side), ("account", account), ("year", year)) if v}
    left = timeline(items, asked)
    assert left.items == tuple(
        item
        for item in items
        if side in {None, item.told.by}
        and account in {None, item.told.account}
        and year in {None, str(item.told.when.day.year)}
    )
    for facet in left.facets:
        for choice in facet.choices:
            again = timeline(items, {**asked, facet.name: choice.value})
            assert len(again.items) == choice.count
    assert left.filtered == bool(asked)


def _with(**changes: Any) -> Any:
    value = history.chronicle(history.history()["event"][0])
    value.update(changes)
    return {name: part for name, part in value.items() if part is not ...}


@pytest.mark.parametrize(
    "changes",
    [
        {"form": "chronicle/2"},
        {"event": "../etc"},
        {"event": "a" * 101},
        {"when": "2018-13-01"},
        {"when": "2018-10-22T10:00:00"},
        {"when": 20181022},
        {"title": "one language"},
        {"title": {"en": ""}},
        {"title": {"en": "\u202e\u0000"}},
        {"title": {f"x{a}{b}": "t" for a in "abcde" for b in "abcde"}},
        {"text": {'en" onload="x': "t"}},
        {"text": ...},
        {"people": [{"name": {"en": "A"}}] * 61},
        {"people": ["A"]},
        {"outcome": {"en": "x"}},
        {"amounts": [{"value": -1, "currency": "KRW", "for": "x"}]},
        {"amounts": [{"value": True, "currency": "KRW", "for": "x"}]},
        {"amounts": [{"value": 1, "currency": "won", "for": "x"}]},
        {"references": [{"id": "r1"}]},
        {"by": "The North"},
    ],
)
def test_an_entry_of_another_form_is_counted_and_not_shown(changes: dict[str, Any]) -> None:
    with pytest.raises(TheirFault) as caught:
        parse(_with(**changes))
    assert caught.value.code == "malformed"
    view = history.record()
    good = view.items[0]
    office = build(replace(view, items=(replace(good, chronicle=_with(**changes)), *view.items[1:])))
    assert office.unread == 1
    assert len(office.items) == 107


def test_a_charter_may_say_as_little_as_it_may() -> None:
    view = history.record()
    parties = [{**party, "short": {}} for party in view.charter["parties"]]
    charter = {**view.charter, "parties": parties, "office": {"name": {"en": "Office"}}}
    office = build(replace(view, charter=charter, items=(), acts=(), matters={}))
    assert [party.short for party in office.parties] == [party.name for party in office.parties]
    assert sections(office) is not None


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(st.data())
def test_no_value_in_a_chronicle_raises_anything_but_a_fault(data: st.DataObject) -> None:
    value = history.chronicle(history.history()["event"][data.draw(st.integers(0, 107))])
    value[data.draw(st.sampled_from(sorted(value)))] = data.draw(_JSON)
    try:
        told = parse(value)
    except TheirFault:
        return
    assert told.title.pick("ko").text


@given(st.data())
def test_no_value_in_a_charter_raises_anything_but_a_fault(data: st.DataObject) -> None:
    charter = history.charter()
    part = data.draw(st.sampled_from([charter, charter["office"], charter["office"]["founding"]]))
    part[data.draw(st.sampled_from(sorted(part)))] = data.draw(_JSON)
    try:
        office = build(replace(history.record(), charter=charter))
    except TheirFault:
        return
    sections(office)
    for lang in LANGUAGES:
        draw(office.parties, lang)


def test_two_sources_under_one_id_stay_two() -> None:
    told = _with()
    told["references"] = [{**told["references"][0], "title": "Another title"}]
    view = history.record()
    base = view.items[0]
    office = build(replace(view, items=(base, replace(base, chronicle=told))))
    assert len(office.sources) == 2
    assert [item.anchor for item in office.items][-1].endswith("--2")


def test_a_joint_event_that_both_sides_enter_in_the_same_words_is_one_entry() -> None:
    view = history.record()
    base = view.items[0]
    office = build(replace(view, items=(base, replace(base, side="north", act="0" * 64), *view.items[1:])))
    assert len(office.items) == 108


@pytest.mark.parametrize(
    ("address", "good"),
    [
        ("https://example.org/a?b=1#c", True),
        ("http://english.hani.co.kr/arti/866851.html", True),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("//example.org/", False),
        ("https://user@example.org/", False),
        ("https:///path", False),
        ("https://example.org/\u202e", False),
        ("https://exa mple.org/", False),
        ("https://[::1", False),
        ("https://example.org/" + "a" * 2000, False),
        (None, False),
    ],
)
def test_only_plain_web_addresses_become_links(address: str | None, good: bool) -> None:
    assert (web_address(address) == address) is (good or address is None)


def test_languages_fall_back_and_days_claim_no_hour() -> None:
    text = text_of({"fr": "un", "en": "one"}, "x", longest=9)
    assert (text.pick("ko").text, text.pick("ko").lang) == ("one", "en")
    assert text_of({"ar": "واحد"}, "x", longest=9).pick("ko").dir == "rtl"
    assert moment_of("2020-06-09", "x").instant is None
    assert moment_of("2020-06-09T09:05+09:00", "x").iso == "2020-06-09T09:05+09:00"


def test_the_building_is_drawn_from_the_charter(office: PublicOffice) -> None:
    plan = draw(office.parties, "en")
    assert plan is not None
    assert [(label.number, label.party.side if label.party else None) for label in plan.labels] == [
        (1, None),
        (2, "south"),
        (3, None),
        (4, "north"),
    ]
    south = {lang: draw(office.parties, lang).labels[1].anchor for lang in ("en", "ar")}  # type: ignore[union-attr]  # drawn above
    assert south == {"en": "end", "ar": "start"}
    bare = tuple(replace(party, floor=None) for party in office.parties)
    assert draw(bare, "en") is None


def test_a_suspension_is_told_from_a_standing(office: PublicOffice) -> None:
    told = {item.told.event: item.entered_as for item in office.items}
    assert told["2020-01-30-joint-suspension"] == "suspension"
    assert told["2019-03-22-north-withdraws"] == "standing"
    assert office.items[0].entered_as == "account"


@pytest.mark.parametrize(("most", "shown"), [(6, [3, 3]), (30, [3, 27]), (5, [2, 2]), (1000, [3, 100])])
def test_a_side_that_enters_without_end_leaves_the_others_room(
    monkeypatch: pytest.MonkeyPatch, most: int, shown: list[int]
) -> None:
    monkeypatch.setattr(public, "MOST_ENTRIES", most)
    record = history.record()
    one = record.items[0]

    def entry(side: str, number: int) -> Any:
        assert isinstance(one.chronicle, dict)
        return replace(
            one, side=side, act=f"{number:064}", chronicle={**one.chronicle, "event": f"event-{number}"}
        )

    loud = [entry("north", number) for number in range(100)]
    late = [entry("south", number) for number in range(100, 103)]
    office = build(replace(record, items=[*loud, *late]))
    assert [sum(item.side == side for item in office.items) for side in ("south", "north")] == shown
    assert office.beyond == 103 - sum(shown)
