"""What composing asks and reads back, without a page: facts, forms, joint texts, and who signs what."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.staff.composing import ANSWERS, FORM
from yeollak import forms
from yeollak.desk.staff import answers, fields, jointly
from yeollak.desk.staff.comparing import difference, warned
from yeollak.desk.staff.fields import Frame
from yeollak.desk.staff.inputs import LONGEST, Input, Problem, Typed, read_moment, typed_moment
from yeollak.desk.staff.previewing import rows_of
from yeollak.desk.staff.working import is_joint
from yeollak.office.offered import Offer, in_scene
from yeollak.office.prospects import Scene, kinds_of
from yeollak.office.texts import instrument
from yeollak.office.texts.instrument import Article, Instrument, Place, Version
from yeollak.office.texts.names import Glossary
from yeollak.procedures.catalogue import PROCEDURES
from yeollak.procedures.facts import Fact
from yeollak.procedures.table import State
from yeollak.words import LANGUAGES, NATIVE_NAMES
from yeollak.words.naming import Reader

SEOUL = ZoneInfo("Asia/Seoul")
SIDES = (("south", "South"), ("north", "North"))


class Past:
    """A past of two sides in which nothing else was done."""

    office = "a" * 64
    terms: dict[str, Any] = {"as_of_right": ["flood"], "forms": {}}  # noqa: RUF012 (a fixture that nobody writes)
    parties = ("south", "north")

    def state(self, matter: str, *tables: str) -> State:
        return State()

    def natural(self, procedure: str, key: str) -> str:
        return "b" * 64

    def seen(self, matter: str, side: str) -> str | None:
        return None

    def knows(self, side: str, act: str, by: str) -> bool:
        return False

    def said(self, matter: str, side: str) -> tuple[str, ...]:
        return ()

    def check_terms(self, changes: Any) -> None:
        return None

    def posted(self, side: str, kid: str) -> str | None:
        return None


def opening() -> Iterator[Offer]:
    """Every offer to open a matter."""
    for procedure in PROCEDURES:
        scene = Scene(
            procedure, State(), "south", Past(), "2030-01-01T00:00:00Z", "co-head", "0123456789abcdef"
        )
        for kind, row in kinds_of(scene):
            offer = in_scene(scene, kind, row, "2030-01-02T00:00:00Z")
            if offer is not None:
                yield offer


def frame(lang: str = "en", **suggested: list[tuple[str, str]]) -> Frame:
    langs = (lang, *(one for one in LANGUAGES if one != lang))
    return Frame(Reader(lang, "south", dict(SIDES), SEOUL), langs, SEOUL, "Seoul", suggested)


def flat(top: Input) -> Iterator[Input]:
    yield top
    for part in top.parts:
        yield from flat(part)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_nothing_is_asked_that_only_holds_the_record_together(lang: str) -> None:
    offers = list(opening())
    assert len(offers) > 30
    for offer in offers:
        shown = fields.asked(offer, fields.filled(offer, frame(lang)), frame(lang), {})
        names = {one.name for one in (*shown.first, *shown.seldom)}
        assert not names & {"f.charter", "f.event", "f.round", "f.text", "f.form", "f.to"}, offer.kind.name
        labels = [one.label for top in (*shown.first, *shown.seldom) for one in flat(top)]
        assert all(labels), offer.kind.name
        required = {wanted.fact.name for wanted in offer.facts if wanted.required and wanted.known is None}
        missing = {name for name in required if f"f.{name}" not in names}
        # What is required and not asked follows from what goes along, or is named by the desk.
        assert missing <= {"text", "digest", "form", "round", "charter"}, offer.kind.name


_VALUES: dict[str, st.SearchStrategy[Any]] = {
    "amount": st.fixed_dictionaries(
        {"currency": st.sampled_from(["KRW", "USD"]), "value": st.integers(0, 10**12)}
    ),
    "date": st.dates(date(1990, 1, 1), date(2100, 1, 1)).map(str),
    "moment": st.dates(date(1990, 1, 1), date(2100, 1, 1)).map(str)
    | st.integers(0, 10**6).map(
        lambda n: f"{datetime(2018, 9, 14, tzinfo=UTC) + timedelta(minutes=n):%Y-%m-%dT%H:%M:00Z}"
    ),
    "text": st.text("abc 가나", min_size=1).map(str.strip).filter(bool),
    "time": st.times().map(lambda one: f"{one:%H:%M}"),
    "whole": st.integers(0, 10**12),
    "words": st.dictionaries(
        st.sampled_from(LANGUAGES), st.text("abc 가나ابت", min_size=1).map(str.strip).filter(bool), min_size=1
    ),
}
_VALUES["instant"] = _VALUES["moment"].filter(lambda one: "T" in one)


@given(st.data())
def test_what_a_fact_may_be_is_typed_and_read_back(data: st.DataObject) -> None:
    offer = data.draw(st.sampled_from(list(opening())))
    typed, wanted = fields.filled(offer, frame()), {}
    for one in offer.facts:
        fact = one.fact
        if fields.hidden(offer, fact) or (fact.type == "digest" and not one.required):
            continue
        value = data.draw(_of(fact, one.choices))
        if value is not None:
            wanted[fact.name] = value
            typed = typed.with_(fields.typed_value(fact, value, frame()))
    facts, problems = fields.facts_of(offer, typed, frame())
    assert problems == {}
    assert {name: facts[name] for name in wanted} == wanted


def _of(fact: Fact, choices: tuple[str, ...]) -> st.SearchStrategy[Any]:
    one = st.sampled_from(choices) if choices else _VALUES.get(fact.type, st.none())
    if not choices and fact.type == "token":
        one = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?", fullmatch=True)
    if not choices and fact.type in ("digest", "key"):
        one = st.binary(min_size=32, max_size=32).map(bytes.hex)
    if not choices and fact.type == "hex":
        one = st.binary(min_size=1, max_size=64).map(bytes.hex)
    if fact.type == "terms":
        return st.just({"seen_seconds": 30})
    return st.lists(one, min_size=1, max_size=5, unique=True) if fact.many else one


def test_what_cannot_be_read_is_told_at_its_field() -> None:
    offer = next(one for one in opening() if one.kind.name == "checkin.observe")
    typed = Typed({"f.date": ["2030-02-30"], "f.slot": ["Not A Token"], "f.late_minutes": ["ten"]})
    facts, problems = fields.facts_of(offer, typed, frame())
    assert set(problems) == {"f.date", "f.slot", "f.view", "f.late_minutes"}
    assert facts == {}
    assert len({problems["f.view"], problems["f.slot"], problems["f.late_minutes"]}) == 3


@given(st.integers(0, 100 * 366 * 24 * 60))
def test_an_hour_on_the_offices_clock_is_the_same_instant(minutes: int) -> None:
    at = datetime(1990, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    for name in ("Asia/Seoul", "Asia/Pyongyang", "Europe/Berlin", "UTC"):
        zone = ZoneInfo(name)
        value = f"{at:%Y-%m-%dT%H:%M:00Z}"
        typed = Typed().with_(typed_moment("x", value, zone))
        back = datetime.fromisoformat(read_moment(typed, "x", zone, "en") or "")
        there = datetime.fromisoformat(value)
        # An hour that the clock shows twice is taken for the first of the two.
        assert back == there or there - back == timedelta(hours=1)


def test_an_hour_that_does_not_exist_is_refused() -> None:
    typed = Typed({"x.d": ["2030-03-31"], "x.t": ["02:30"]})
    with pytest.raises(Problem):
        read_moment(typed, "x", ZoneInfo("Europe/Berlin"), "en")
    with pytest.raises(Problem):
        read_moment(Typed({"x.t": ["02:30"]}), "x", UTC, "en")
    with pytest.raises(Problem):
        read_moment(Typed({"x.d": ["2030-02-30"]}), "x", UTC, "en")


@pytest.mark.parametrize(
    ("day", "hour", "read"),
    [
        ("0001-01-01", "00:00", None),
        ("0101-01-01", "12:00", "0101-01-01T03:32:08Z"),
        ("0001-01-01", "", "0001-01-01"),
        ("9999-12-31", "23:59", "9999-12-31T14:59:00Z"),
        ("2018-10-22", "09:00:00+00", None),
        ("20181022", "", "2018-10-22"),
    ],
)
def test_the_ends_of_the_calendar_and_other_ways_of_writing(day: str, hour: str, read: str | None) -> None:
    zone, typed = ZoneInfo("Asia/Seoul"), Typed({"x.d": [day], "x.t": [hour]})
    if read is None:
        with pytest.raises(Problem):
            read_moment(typed, "x", zone, "en")
        return
    assert read_moment(typed, "x", zone, "en") == read
    assert typed_moment("x", read, zone)["x.d"] == (day if "-" in day else read)
    assert typed_moment("x", "9999-12-31T23:59:59Z", zone) == {"x.d": "", "x.t": ""}


def test_nothing_secret_and_no_more_than_is_bounded_is_kept() -> None:
    sent = {
        "passphrase": ["p"],
        "code": ["1"],
        "csrfmiddlewaretoken": ["t"],
        "do": ["save"],
        "a.x": ["y" * 10**6],
    }
    kept = Typed.of({**sent, **{f"n{number}": ["x"] for number in range(9000)}}).to_json()
    assert not {"passphrase", "code", "csrfmiddlewaretoken", "do"} & set(kept)
    assert len(kept) <= 4000
    assert len(kept["a.x"][0]) <= 64 * 1024


# forms


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_shipped_form_becomes_inputs_with_labels_in_the_language_of_the_page(lang: str) -> None:
    for form in forms.shipped().values():
        inputs = answers.inputs_of(form, Typed(), lang, "ko", "Seoul", {})
        assert [one.label for one in inputs] == [forms.spoken(field.label, lang) for field in form.fields]
        names = [one.name for top in inputs for one in flat(top)]
        assert len(names) == len(set(names))
        values, unread = answers.values_of(form, Typed(), lang, "ko", SEOUL)
        told = {**answers.problems_of(form, values, lang), **unread}
        assert {f"a.{field.name}" for field in form.fields if field.required} <= set(told)


def test_a_filled_form_reads_alike_in_every_language() -> None:
    form = forms.shipped()[FORM]
    typed = Typed().with_(ANSWERS)
    values, problems = answers.values_of(form, typed, "ko", "ko", SEOUL)
    assert (problems, answers.problems_of(form, values, "ko")) == ({}, {})
    filled = forms.read(forms.fill(form, values, "ko"), {FORM: form})
    assert filled.values["begins"] == "2030-07-01T00:30:00Z"
    assert filled.values["rate"] == 5005
    for lang in LANGUAGES:
        assert len(forms.rows(filled, lang, SEOUL)) == len(filled.values)
    wrong = typed.with_({"a.rate": "5.55", "a.ends.d": "2030-06-01", "a.ends.t": "01:00", "a.stage": "maybe"})
    values, _ = answers.values_of(form, wrong, "en", "ko", SEOUL)
    told = answers.problems_of(form, values, "en")
    assert set(told) >= {"a.rate", "a.stage"}


def test_rows_are_added_and_taken_out_and_told_of_at_their_place() -> None:
    form = forms.shipped()["crossing-persons.1"]
    rows = next(field for field in form.fields if field.kind == "rows")
    inner = next(field for field in rows.fields if field.kind in ("line", "code"))
    typed = Typed()
    for _ in range(2):
        typed = answers.with_row(form, typed, rows.name)
    for row, word in enumerate(("one", "two", "three")):
        typed = typed.with_({f"a.{rows.name}.{row}.{inner.name}": word})
    typed = answers.without_row(form, typed, rows.name, 1)
    assert answers.rows_of(typed, f"a.{rows.name}") == 2
    words = [typed.one(f"a.{rows.name}.{row}.{inner.name}") for row in range(3)]
    assert words == ["one", "three", ""]
    values, _ = answers.values_of(form, typed, "en", "ko", SEOUL)
    told = answers.problems_of(form, values, "en")
    needed = [field.name for field in rows.fields if field.required and field.name != inner.name]
    for name in needed:
        assert f"a.{rows.name}.1.{name}" in told


# joint texts

_LINE = st.text("abc 12가나ابت", min_size=1, max_size=20).map(str.strip).filter(bool)


@st.composite
def _texts(draw: st.DrawFn) -> Instrument:
    numbers = sorted(draw(st.sets(st.integers(1, 20), min_size=1, max_size=4)))
    versions = []
    for place, lang in enumerate(draw(st.permutations(LANGUAGES))[: draw(st.integers(1, 3))]):
        articles = tuple(
            Article(
                str(number), tuple(draw(st.lists(_LINE, min_size=1, max_size=3))), draw(_LINE | st.just(""))
            )
            for number in numbers
        )
        stage: Any = "" if place == 0 else draw(st.sampled_from(("", "sight", "rough", "official")))
        standing: Any = "reference" if stage else "authentic"
        preamble = tuple(draw(st.lists(_LINE, max_size=2)))
        versions.append(Version(lang, standing, draw(_LINE), articles, preamble, stage=stage))
    versions.sort(key=lambda version: LANGUAGES.index(version.lang))
    places = [Place(side, "co-head") for side, _ in SIDES]
    return instrument.read(instrument.draft(versions, places=places))


@given(_texts())
def test_a_joint_text_goes_through_the_page_byte_for_byte(text: Instrument) -> None:
    typed = jointly.typed_text(text)
    assert jointly.fits(text, LANGUAGES)
    data, problems = jointly.built(typed, "en", LANGUAGES, SIDES)
    assert problems == {}
    assert data == text.raw
    assert all(len(row) == len(text.versions) for row in rows_of(text))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_field_of_a_joint_text_says_its_language(lang: str) -> None:
    made = jointly.editor_of(Typed(), lang, LANGUAGES, SIDES, {})
    for tag, head, cells in zip(LANGUAGES, made.heads, made.articles[0].cells, strict=True):
        for one in (*head[1:], *cells):
            assert one.label.endswith(f" · {NATIVE_NAMES[tag]}"), one


def test_hangul_typed_in_parts_is_composed_in_every_input() -> None:
    parts = unicodedata.normalize("NFD", "댐 방류")
    assert parts != "댐 방류"
    names = ("f.subject.ko", "text.ko", "a.topic", "j.ko.title", "j.0.ko.heading", "j.0.ko.text")
    typed = Typed.of({name: [parts] for name in names})
    assert {typed.one(name) for name in names} == {"댐 방류"}
    data, problems = jointly.built(typed, "ko", LANGUAGES, SIDES)
    assert problems == {}
    assert data is not None
    assert instrument.read(data).versions[0].title == "댐 방류"
    # A text that grows when it is composed stays within the bound of a field.
    grown = Typed.of({"text.ar": ["\ufb2c" * LONGEST]}).one("text.ar")
    assert len(grown) == LONGEST


def test_what_is_wanting_in_a_joint_text_is_told_at_its_place() -> None:
    typed = Typed({"j.n": ["2"], "j.0.number": ["1"], "j.1.number": ["1"], "j.ko.force": ["rough"]})
    typed = typed.with_({"j.0.ko.heading": "제목", "j.ko.preamble": "x"})
    data, problems = jointly.built(typed, "en", LANGUAGES, SIDES)
    assert data is None
    assert set(problems) == {"j", "j.ko.title", "j.0.ko.text", "j.1.number"}
    assert jointly.built(Typed(), "en", LANGUAGES, SIDES)[0] is None


def test_languages_that_differ_and_what_changed_are_told() -> None:
    def text(day: str) -> Instrument:
        versions = [
            Version("en", "authentic", "Notice", (Article("1", (f"The gates open on {day} May 2030.",)),)),
            Version("ko", "authentic", "통지", (Article("1", ("2030년 5월 4일에 수문을 연다.",)),)),
        ]
        return instrument.read(instrument.draft(versions))

    assert warned(text("4"), Glossary(), "en") == ()
    (one,) = warned(text("3"), Glossary(), "ar")
    assert one.weight == "grave"
    assert {said.lang for said in one.found} == {"en", "ko"}
    changed = difference(text("4"), text("3"), "ko")
    assert [(span.op, span.text) for span in changed.changed[0].spans if span.op != "keep"] == [
        ("delete", "4"),
        ("insert", "3"),
    ]
    assert difference(text("4"), text("4"), "ko").same


# who signs what


def test_joint_acts_are_those_that_fill_a_sides_part_of_a_joint_step() -> None:
    joint = {kind.name for table in PROCEDURES for kind in table.kinds if is_joint(table, kind.name)}
    assert {
        "agreement.sign", "agreement.initial", "charter.sign", "exchange.commit", "exchange.reveal",
        "figures.countersign", "meeting.agree", "meeting.propose", "meeting.sign", "posting.consent",
        "project.accept", "obligation.release", "form.sign",
    } <= joint  # fmt: skip
    assert not joint & {
        "checkin.observe", "note.tender", "note.take", "request.answer", "agreement.draft", "meeting.decline",
        "agreement.denounce", "remark", "line.seen",
    }  # fmt: skip
