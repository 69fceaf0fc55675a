"""What is filled in in one language is read in all; what does not fit is told by its place."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.forms.answers import LANGUAGES as TAGS
from tests.forms.answers import answer_to, answers
from yeollak.errors import Fault, OurFault
from yeollak.forms import Field, Form, fill, flaw_of, flaw_words, flaws, read, rows, shipped
from yeollak.forms.wording import position, quantity
from yeollak.words import LANGUAGES, clean

FORMS = shipped()
DAM: dict[str, Any] = {
    "notice": "first",
    "authority": "국토환경보호성",
    "dam": {"ko": "황강댐", "en": "Hwanggang Dam"},
    "river": "임진강",
    "stage": "planned",
    "reason": "heavy-rain",
    "begins": datetime(2022, 9, 5, 21, 0, tzinfo=timezone(timedelta(hours=9))),
    "rate": Decimal("500.5"),
    "stretch": "군남댐 상류",
    "severity": "severe",
    "contact": "당직실",
}


@given(data=st.data())
@settings(max_examples=100)
def test_whatever_fits_is_read_back_and_told_in_every_language(data: st.DataObject) -> None:
    form = FORMS[data.draw(st.sampled_from(list(FORMS)))]
    values, language = data.draw(answers(form)), data.draw(TAGS)
    assert flaws(form, values) == ()
    sent = fill(form, values, language)
    filled = read(sent, FORMS)
    assert (filled.form.id, filled.language, filled.values) == (form.id, language, values)
    told = {reader: rows(filled, reader) for reader in LANGUAGES}
    assert len({len(each) for each in told.values()}) == 1
    for reader, lines in told.items():
        for line in lines:
            assert line.label
            assert line.language is None or isinstance(line.marked(reader), str)
        if reader != "en":
            assert not any(re.search(r"[A-Za-z]", line.label) for line in lines)
    for line in told["ko"]:
        assert line.language is None or line.text == clean(line.text, longest=4000, lines=True)


@given(data=st.data())
@settings(max_examples=40)
def test_closed_answers_are_said_in_the_reader_s_words(data: st.DataObject) -> None:
    form = FORMS[data.draw(st.sampled_from(list(FORMS)))]
    filled = read(fill(form, data.draw(answers(form)), "ko"), FORMS)
    for field in form.fields:
        if field.kind == "choice" and field.name in filled.values:
            for reader in LANGUAGES:
                texts = {line.label: line.text for line in rows(filled, reader)}
                assert texts[field.label[reader]] == field.choices[filled.values[field.name]][reader]


def test_a_dam_notice_filled_in_korean_reads_in_english_and_arabic() -> None:
    filled = read(fill(FORMS["dam-discharge.1"], DAM, "ko"), FORMS)
    seoul = timezone(timedelta(hours=9))
    english = {line.label: line.marked("en") for line in rows(filled, "en", seoul)}
    assert english["Highest rate of discharge"] == "500.5\N{NO-BREAK SPACE}m³/s"
    assert english["Begins"] == "5 September 2022, 21:00 UTC+9"
    assert english["Reason"] == "heavy rain"
    assert english["Dam"] == "Hwanggang Dam"
    assert english["River"] == "임진강 (한국어)"
    arabic = {line.label: line.marked("ar") for line in rows(filled, "ar", seoul)}
    assert arabic["السبب"] == "أمطار غزيرة"
    assert arabic["وقت البدء"] == "5 سبتمبر 2022، 21:00 UTC+9"
    assert arabic["السد"] == "Hwanggang Dam (English)"


def test_particulars_are_left_out_of_what_may_be_public() -> None:
    values = {
        "notice": "first",
        "function": "co-head",
        "name": "전종수",
        "occasion": "meeting",
        "from": datetime(2019, 7, 12, tzinfo=UTC),
        "reason": "not-stated",
        "stands_in": "nobody",
    }
    filled = read(fill(FORMS["absence.1"], values, "ko"), FORMS)
    assert any("전종수" in line.text for line in rows(filled, "en"))
    assert not any("전종수" in line.text for line in rows(filled, "en", private=False))


def _spoil(field: Field) -> list[tuple[Any, str]]:
    """Answers that `field` may not have, each with the rule that says so."""
    match field.kind:
        case "line" | "text":
            long = "x" * (field.schema["additionalProperties"]["maxLength"] + 1)
            return [
                ({}, "min-languages"),
                ({"not a tag": "x"}, "language"),
                ({"en": ""}, "min-length"),
                ({"en": long}, "max-length"),
                ({"en": "\u202eabc"}, "characters"),
                ({"en": "\u200b "}, "characters"),
                ("plain", "type"),
            ]
        case "choice":
            return [("no-such-answer", "enum"), (1, "enum")]
        case "choices":
            return [([], "min-items"), (["no-such-answer"], "enum")]
        case "quantity" | "count" | "year":
            return [
                (field.schema["minimum"] - 1, "minimum"),
                (field.schema["maximum"] + 1, "maximum"),
                ("7", "type"),
                (True, "type"),
            ]
        case "day":
            return [("2021-02-29", "date"), ("20210228", "pattern"), ("0001-01-01", "date")]
        case "instant":
            return [
                ("2021-02-29T00:00:00Z", "date"),
                ("2021-02-28T00:00:00Z\n", "pattern"),
                ("2021-02-28T00:00:00+09:00", "pattern"),
                ("9999-12-31T23:59:59Z", "date"),
            ]
        case "position":
            return [({"lat": 0}, "required"), ({"lat": 0, "lon": 181_000_000}, "maximum")]
        case "area" | "route":
            return [([{"lat": 0, "lon": 0}], "min-items")]
        case "act":
            return [("AB" * 32, "pattern"), ("ab" * 31, "pattern")]
        case "code":
            return [("", "min-length"), ("a\u2066b", "characters")]
        case "yes":
            return [("true", "type"), (1, "type")]
        case "rows":
            return [([], "min-items"), ([7], "type")]
        case _:
            raise AssertionError(field.kind)


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@given(data=st.data())
@settings(max_examples=2)
def test_every_answer_that_does_not_fit_is_told_by_place_and_rule(form: Form, data: st.DataObject) -> None:
    sound = data.draw(answers(form))
    for field in form.fields:
        for wrong, rule in _spoil(field):
            found = flaws(form, {**sound, field.name: wrong})
            assert any(flaw.pointer.startswith(f"/{field.name}") and flaw.rule == rule for flaw in found), (
                field.name,
                wrong,
                found,
            )
            for flaw in found:
                for reader in LANGUAGES:
                    place, advice = flaw_words(form, flaw, reader)
                    assert place
                    assert advice
        if field.required:
            without = {name: value for name, value in sound.items() if name != field.name}
            assert [(flaw.pointer, flaw.rule) for flaw in flaws(form, without)] == [
                (f"/{field.name}", "required")
            ]
    assert [flaw.rule for flaw in flaws(form, {**sound, "a/b~": 1})] == ["unknown"]


@pytest.mark.parametrize("form", [form for form in FORMS.values() if form.ordered], ids=lambda form: form.id)
@given(data=st.data())
@settings(max_examples=4)
def test_what_ends_before_it_begins_does_not_fit(form: Form, data: st.DataObject) -> None:
    known = {field.name: field for field in form.fields}
    first, second = form.ordered[0]
    values = data.draw(answers(form))
    low, high = sorted(data.draw(st.lists(answer_to(known[first]), min_size=2, max_size=2, unique=True)))
    found = flaws(form, {**values, first: high, second: low})
    assert (f"/{second}", "order") in {(flaw.pointer, flaw.rule) for flaw in found}


def test_a_fault_leads_to_the_label_of_its_place() -> None:
    form = FORMS["dam-discharge.1"]
    with pytest.raises(OurFault) as raised:
        fill(form, {**DAM, "rate": Decimal("500.55")}, "ko")
    assert (raised.value.code, raised.value.data["rule"]) == ("form-unfit", "scale")
    assert flaw_words(form, flaw_of(raised.value), "ko")[0] == "최대 방류량"
    with pytest.raises(OurFault) as raised:
        fill(form, {name: value for name, value in DAM.items() if name != "dam"}, "ko")
    assert flaw_words(form, flaw_of(raised.value), "ar")[0] == "السد"


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e400", "-1", "0.05", "1e-400"])
def test_numbers_that_are_no_quantity_are_refused(number: str) -> None:
    with pytest.raises(Fault) as raised:
        fill(FORMS["dam-discharge.1"], {**DAM, "rate": Decimal(number)}, "ko")
    assert raised.value.code in {"form-unfit", "malformed"}


@given(steps=st.integers(-(10**12), 10**12), scale=st.integers(0, 6))
def test_figures_lose_nothing(steps: int, scale: int) -> None:
    text = quantity(steps, "m3/s", scale)
    figure, unit = text.split("\N{NO-BREAK SPACE}")
    assert unit == "m³/s"
    assert Decimal(figure.replace(",", "")) == Decimal(steps).scaleb(-scale)


def test_places_are_written_with_five_decimals() -> None:
    assert "37.97010°" in position({"lat": 37_970_100, "lon": -126_557_104}, "en")
    assert position({"lat": 37_970_100, "lon": -126_557_104}, "en").endswith("126.55710° west")


def test_dates_are_taken_as_dates() -> None:
    form = FORMS["holiday-calendar.1"]
    values = {
        "notice": "first",
        "authority": "조국평화통일위원회",
        "year": 2019,
        "days": [{"day": date(2019, 9, 9), "name": "명절", "office": "closed", "calls": "excused"}],
        "urgent_contact": "당직실",
    }
    filled = read(fill(form, values, "ko"), FORMS)
    assert json.loads(fill(form, values, "ko"))["values"]["days"][0]["day"] == "2019-09-09"
    assert ("Days off 1 – Day", "9 September 2019") in {line[:2] for line in rows(filled, "en")}
