"""Urgent notices read out as alerts keep every rule of CAP 1.2, whatever was filled in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.forms.answers import answers
from tests.forms.cap_rules import NAMESPACE, checked
from yeollak.errors import OurFault
from yeollak.forms import Filled, Reference, cap, fill, read, shipped
from yeollak.words import LANGUAGES, clean

FORMS = shipped()
ALERTS = {name: form for name, form in FORMS.items() if form.alert is not None}
SENT = datetime(2022, 9, 5, 9, 0, tzinfo=timezone(timedelta(hours=9)))
EARLIER = Reference("office.example", "a" * 64, SENT)
SQUARE = [{"lat": 38_000_000, "lon": 126_900_000 + step} for step in (0, 50_000, 100_000)]
DAM: dict[str, Any] = {
    "notice": "first",
    "authority": {"ko": "국토환경보호성", "en": "Ministry of Land and Environment"},
    "dam": {"ko": "황강댐", "en": "Hwanggang Dam"},
    "river": {"ko": "임진강"},
    "position": {"lat": 38_354_000, "lon": 126_812_500},
    "stage": "planned",
    "reason": "heavy-rain",
    "begins": datetime(2022, 9, 5, 12, 0, tzinfo=UTC),
    "ends": datetime(2022, 9, 6, 12, 0, tzinfo=UTC),
    "rate": Decimal(500),
    "stretch": "Imjin & <north>",
    "area": SQUARE,
    "severity": "severe",
    "action": "Keep away from the river.\nNo camping.",
    "contact": "duty desk",
}


def _filled(name: str, values: dict[str, Any], language: str = "en") -> Filled:
    return read(fill(FORMS[name], values, language), FORMS)


def _alert(values: dict[str, Any], **more: Any) -> ElementTree.Element:
    return checked(
        cap(_filled("dam-discharge.1", values), "b" * 64, "office.example", SENT, LANGUAGES, **more)
    )


def _texts(root: ElementTree.Element, name: str) -> list[str]:
    return [element.text or "" for element in root.iter(NAMESPACE + name)]


def test_urgent_forms_about_no_person_can_be_read_out() -> None:
    assert set(ALERTS) == {form.id for form in FORMS.values() if form.urgent} - {"found-person.1"} | {
        "exercise.1"
    }


@given(data=st.data())
@settings(max_examples=60)
def test_every_alert_keeps_the_rules_of_the_standard(data: st.DataObject) -> None:
    form = ALERTS[data.draw(st.sampled_from(list(ALERTS)))]
    filled = read(fill(form, data.draw(answers(form)), "ko"), FORMS)
    languages = data.draw(st.lists(st.sampled_from(LANGUAGES), min_size=1, unique=True))
    made = cap(filled, "c" * 64, "office.example", SENT, languages, references=[EARLIER])
    root = checked(made)
    assert _texts(root, "language") == languages
    facts = ("urgency", "severity", "certainty", "onset", "expires", "polygon", "circle")
    infos = list(root.iter(f"{NAMESPACE}info"))
    for info in infos[1:]:
        assert [_texts(info, part) for part in facts] == [_texts(infos[0], part) for part in facts]
    assert not any(char in made.decode() for char in "\u202a\u202b\u202d\u202e\u2066\u2067\u2068\x00\x1b")


def test_a_dam_discharge_is_told_to_each_public_in_its_language() -> None:
    root = _alert(DAM)
    assert _texts(root, "msgType") == ["Alert"]
    assert _texts(root, "scope") == ["Public"]
    assert _texts(root, "sent") == ["2022-09-05T00:00:00-00:00"]
    assert _texts(root, "event") == ["Dam discharge notice", "댐 방류 통보", "إخطار بتصريف مياه السد"]
    assert _texts(root, "headline") == [
        "Dam discharge notice: Hwanggang Dam",
        "댐 방류 통보: 황강댐",
        "إخطار بتصريف مياه السد: Hwanggang Dam (English)",
    ]
    assert set(_texts(root, "urgency")) == {"Expected"}
    assert set(_texts(root, "severity")) == {"Severe"}
    assert set(_texts(root, "responseType")) == {"Prepare"}
    assert set(_texts(root, "onset")) == {"2022-09-05T12:00:00-00:00"}
    assert set(_texts(root, "expires")) == {"2022-09-06T12:00:00-00:00"}
    assert set(_texts(root, "polygon")) == {
        "38.000000,126.900000 38.000000,126.950000 38.000000,127.000000 38.000000,126.900000"
    }
    assert set(_texts(root, "circle")) == {"38.354000,126.812500 0"}
    english, korean, arabic = _texts(root, "description")
    assert "Highest rate of discharge: 500\u00a0m³/s".replace("\u00a0", " ") in english
    assert "최대 방류량: 500 m³/s" in korean
    assert "السبب: أمطار غزيرة" in arabic
    assert _texts(root, "areaDesc")[0] == "Imjin & <north>"
    assert _texts(root, "instruction")[1] == "Keep away from the river.\nNo camping. (English)"


@pytest.mark.parametrize(
    ("notice", "kind", "response"),
    [("update", "Update", "Prepare"), ("over", "Update", "AllClear"), ("withdrawn", "Cancel", "None")],
)
def test_later_notices_refer_to_the_alert_that_they_change(notice: str, kind: str, response: str) -> None:
    values = {**DAM, "notice": notice}
    root = _alert(values, references=[EARLIER])
    assert _texts(root, "msgType") == [kind]
    assert set(_texts(root, "responseType")) == {response}
    assert _texts(root, "references") == [f"office.example,{'a' * 64},2022-09-05T00:00:00-00:00"]
    with pytest.raises(OurFault, match="names the alert"):
        _alert(values)


def test_addressees_make_it_private_and_a_test_is_marked() -> None:
    root = _alert(DAM, addresses=["north.example", "south.example"], status="Test")
    assert _texts(root, "scope") == ["Private"]
    assert _texts(root, "addresses") == ["north.example south.example"]
    assert _texts(root, "status") == ["Test"]


@pytest.mark.parametrize(
    "name", ["", "two words", "a,b", "a<b", "a&b", "x" * 201, "a\u200b", "\u202ea", "о.example"]
)
def test_names_that_the_standard_forbids_are_refused(name: str) -> None:
    filled = _filled("dam-discharge.1", DAM)
    for identifier, sender in ((name, "office.example"), ("id", name)):
        with pytest.raises(OurFault) as raised:
            cap(filled, identifier, sender, SENT, ["en"])
        assert raised.value.code == "alert-impossible"


def test_what_has_no_words_or_no_mapping_is_refused() -> None:
    filled = _filled("dam-discharge.1", DAM)
    for languages in ([], ["en", "en"], ["fr"]):
        with pytest.raises(OurFault, match="labels"):
            cap(filled, "id", "office.example", SENT, languages)
    with pytest.raises(OurFault, match="time zone"):
        cap(filled, "id", "office.example", SENT.replace(tzinfo=None), ["en"])
    with pytest.raises(OurFault, match="status"):
        cap(filled, "id", "office.example", SENT, ["en"], status="Real")
    calendar = {
        "notice": "first",
        "authority": "A",
        "year": 2019,
        "days": [{"day": "2019-09-09", "name": "x", "office": "closed", "calls": "held"}],
        "urgent_contact": "B",
    }
    with pytest.raises(OurFault, match="no form of urgent"):
        cap(_filled("holiday-calendar.1", calendar), "id", "office.example", SENT, ["en"])


@given(st.text(min_size=1, max_size=20))
@example("\n")
@example("\x00")
@example("\u2066 \u2069")
def test_no_text_leaves_its_element(text: str) -> None:
    """Even past the form's own check: an alert is made of what XML can hold, and markup stays text."""
    form = FORMS["dam-discharge.1"]
    values = {
        **_filled("dam-discharge.1", DAM).values,
        "stretch": {"en": text},
        "action": {"en": text + "</info>"},
    }
    root = checked(cap(Filled(form, "en", values), "id", "office.example", SENT, ["en"]))
    said = clean(text + "</info>", longest=4000, lines=True)
    assert _texts(root, "instruction") == [said]
    assert len(list(root.iter(f"{NAMESPACE}info"))) == 1
