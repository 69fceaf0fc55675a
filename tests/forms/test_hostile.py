"""Forms and filled forms from somebody who means harm: refused with a code and a place, and nothing else."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yeollak.errors import Fault, RecordFault, TheirFault
from yeollak.forms import MAX_FILLED, MAX_FORM, fill, flaws, form_of, read, read_form, shipped
from yeollak.forms.check import MAX_FLAWS
from yeollak.record import canon

FORMS = shipped()
CALENDAR = FORMS["holiday-calendar.1"]
DAM = FORMS["dam-discharge.1"]
VALUES: dict[str, Any] = {
    "notice": "first",
    "authority": "A",
    "year": 2019,
    "days": [{"day": "2019-09-09", "name": {"ko": "명절"}, "office": "closed", "calls": "excused"}],
    "urgent_contact": "B",
}
FILLED = fill(CALENDAR, VALUES, "ko")
JSON = st.recursive(
    st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("az/~_", max_size=4), inner, max_size=3)
    ),
    max_leaves=12,
)


def _field(form: dict[str, Any], name: str) -> Any:
    return form["properties"][name]


#: What is done to the dam discharge form, and where it has to be refused.
ATTACKS: dict[str, tuple[Callable[[dict[str, Any]], Any], str]] = {
    "another draft": (lambda f: f.update({"$schema": "http://json-schema.org/draft-07/schema#"}), "/$schema"),
    "an id with a path": (lambda f: f.update({"$id": "urn:yeollak:form:../../x"}), "/$id"),
    "an id elsewhere": (lambda f: f.update({"$id": "https://example.org/dam.1"}), "/$id"),
    "a reference to elsewhere": (
        lambda f: _field(f, "dam").update({"$ref": "https://example.org/a.json"}),
        "/properties/dam",
    ),
    "a reference to itself": (lambda f: _field(f, "dam").update({"$ref": "#"}), "/properties/dam"),
    "definitions": (lambda f: f.update({"$defs": {"a": {"$ref": "#/$defs/a"}}}), "/"),
    "a slow expression": (
        lambda f: _field(f, "begins").update({"pattern": "^(([a-z])+.)+[A-Z]([a-z])+$"}),
        "/properties/begins",
    ),
    "an expression where none belongs": (
        lambda f: _field(f, "rate").update({"pattern": "^a$"}),
        "/properties/rate",
    ),
    "everything allowed": (lambda f: f.update({"additionalProperties": True}), "/"),
    "one for true": (lambda f: f.update({"additionalProperties": 0}), "/"),
    "alternatives": (lambda f: f.update({"anyOf": [{}, {}]}), "/"),
    "a conclusion": (lambda f: _field(f, "dam").update({"if": {}, "then": False}), "/properties/dam"),
    "an answer of any kind": (lambda f: f["properties"].update({"dam": True}), "/properties/dam"),
    "an unknown kind": (lambda f: _field(f, "dam").update({"x-kind": "file"}), "/properties/dam/x-kind"),
    "endless text": (
        lambda f: _field(f, "dam")["additionalProperties"].update({"maxLength": 10**9}),
        "/properties/dam",
    ),
    "a boundless number": (lambda f: _field(f, "rate").pop("maximum"), "/properties/rate"),
    "a number beyond all": (lambda f: _field(f, "rate").update({"maximum": 10**15}), "/properties/rate"),
    "bounds the wrong way round": (
        lambda f: _field(f, "rate").update({"minimum": 9, "maximum": 3}),
        "/properties/rate",
    ),
    "a unit of its own": (lambda f: _field(f, "rate").update({"x-unit": "knots"}), "/properties/rate"),
    "a scale of its own": (lambda f: _field(f, "rate").update({"x-scale": 300}), "/properties/rate"),
    "a label missing": (lambda f: _field(f, "dam")["x-label"].pop("ar"), "/properties/dam/x-label"),
    "a label that turns round": (
        lambda f: _field(f, "dam")["x-label"].update({"en": "safe\u202eegnad"}),
        "/properties/dam/x-label/en",
    ),
    "a label of two lines": (
        lambda f: _field(f, "dam")["x-label"].update({"en": "Dam\nSigned: head"}),
        "/properties/dam/x-label/en",
    ),
    "a blank label": (
        lambda f: _field(f, "dam")["x-label"].update({"ko": "\u3164"}),
        "/properties/dam/x-label/ko",
    ),
    "an endless label": (
        lambda f: _field(f, "dam")["x-label"].update({"en": "x" * 161}),
        "/properties/dam/x-label/en",
    ),
    "labels in a thousand languages": (
        lambda f: _field(f, "dam")["x-label"].update({f"x{a}{b}": "x" for a in "abcde" for b in "abcde"}),
        "/properties/dam/x-label",
    ),
    "an answer without a label": (
        lambda f: _field(f, "stage")["enum"].append("other"),
        "/properties/stage/x-choices",
    ),
    "an answer twice": (lambda f: _field(f, "stage")["enum"].append("planned"), "/properties/stage"),
    "labels for what is free": (
        lambda f: _field(f, "dam").update({"x-choices": {}}),
        "/properties/dam/x-choices",
    ),
    "a field out of order": (lambda f: f["x-order"].pop(), "/x-order"),
    "a field required that is none": (lambda f: f["required"].append("none"), "/required"),
    "a pair that cannot be compared": (lambda f: f["x-ordered"].append(["begins", "rate"]), "/x-ordered"),
    "a name of a field with a slash": (
        lambda f: (f["properties"].update({"a/b": _field(f, "dam")}), f["x-order"].append("a/b")),
        "/properties/a/b",
    ),
    "sixty-five fields": (
        lambda f: [
            (f["properties"].update({f"n{n}": _field(f, "dam")}), f["x-order"].append(f"n{n}"))
            for n in range(64)
        ],
        "/properties",
    ),
    "an alert with persons": (
        lambda f: _field(f, "dam").update({"x-private": True}),
        "/x-form/alert/headline",
    ),
    "an alert with a code of its own": (
        lambda f: f["x-form"]["alert"].update({"severity": "Apocalyptic"}),
        "/x-form/alert/severity",
    ),
    "an alert by a field that is none": (
        lambda f: f["x-form"]["alert"]["urgency"].update({"field": "dam"}),
        "/x-form/alert/urgency/field",
    ),
    "half private": (lambda f: _field(f, "dam").update({"x-private": False}), "/properties/dam/x-private"),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_form_outside_the_rules_is_refused_whole_at_its_place(attack: str) -> None:
    spoil, place = ATTACKS[attack]
    value = copy.deepcopy(dict(DAM.schema))
    spoil(value)
    with pytest.raises(RecordFault) as raised:
        read_form(canon.encode(value))
    assert (raised.value.code, raised.value.data["pointer"]) == ("form-refused", place)


def test_rows_within_rows_and_empty_lists_are_refused() -> None:
    value = copy.deepcopy(dict(CALENDAR.schema))
    days = value["properties"]["days"]
    days["items"]["properties"]["day"] = copy.deepcopy(days)
    with pytest.raises(RecordFault, match="no such kind"):
        form_of(value)
    value = copy.deepcopy(dict(CALENDAR.schema))
    value["properties"]["days"]["minItems"] = 0
    with pytest.raises(RecordFault, match="left out"):
        form_of(value)


@given(JSON)
def test_no_value_is_a_form_by_accident(value: Any) -> None:
    with pytest.raises(RecordFault) as raised:
        form_of(value)
    assert raised.value.code in {"form-refused", "malformed"}


@given(data=st.data())
def test_any_keyword_replaced_by_anything_never_breaks_the_reader(data: st.DataObject) -> None:
    value = copy.deepcopy(dict(CALENDAR.schema))
    place: Any = value
    while True:
        key = data.draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
        if not isinstance(place[key], dict | list) or not place[key] or data.draw(st.booleans()):
            place[key] = data.draw(JSON)
            break
        place = place[key]
    try:
        form = form_of(value)
    except RecordFault as fault:
        code = fault.code
    else:
        code = "" if read_form(form.data).digest == form.digest else "other bytes"
    assert code in {"", "form-refused", "malformed"}


def test_too_large_and_not_deterministic_forms_are_refused() -> None:
    for data, code in (
        (b" " * (MAX_FORM + 1), "too-large"),
        (json.dumps(dict(DAM.schema)).encode(), "malformed"),
        (b"[" * 50_000, "malformed"),
    ):
        with pytest.raises(RecordFault) as raised:
            read_form(data)
        assert raised.value.code == code


@given(st.binary(max_size=60))
def test_no_bytes_are_a_filled_form_by_accident(data: bytes) -> None:
    with pytest.raises(RecordFault) as raised:
        read(data, FORMS)
    assert raised.value.code == "malformed"


@given(values=JSON)
def test_any_answers_that_do_not_fit_are_told_as_theirs(values: Any) -> None:
    whole = {"digest": CALENDAR.digest, "form": CALENDAR.id, "language": "ko", "values": values}
    try:
        data = canon.encode(whole)
    except RecordFault:
        return
    with pytest.raises(TheirFault) as raised:
        read(data, FORMS)
    assert raised.value.code == "form-unfit"


@given(st.integers(0, len(FILLED) - 1), st.integers(1, 255))
def test_a_flipped_byte_never_passes_for_something_else(at: int, flip: int) -> None:
    spoiled = bytearray(FILLED)
    spoiled[at] ^= flip
    try:
        filled = read(bytes(spoiled), FORMS)
    except Fault as fault:
        code = fault.code
    else:
        # A changed letter of a text still fits: what binds the bytes is the digest of the enclosure.
        again = fill(filled.form, filled.values, filled.language)
        code = "" if again == bytes(spoiled) else "other bytes"
    assert code in {"", "malformed", "form-unknown", "form-unequal", "form-unfit"}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"form": "holiday-calendar.2"}, "form-unknown"),
        ({"digest": "00" * 32}, "form-unequal"),
        ({"digest": DAM.digest}, "form-unequal"),
        ({"form": "../etc"}, "malformed"),
        ({"form": 1}, "malformed"),
        ({"language": "korean, of course"}, "malformed"),
        ({"digest": "AB" * 32}, "malformed"),
        ({"more": 1}, "malformed"),
        ({"values": []}, "form-unfit"),
    ],
)
def test_what_was_not_adopted_in_these_bytes_is_not_read(change: dict[str, Any], code: str) -> None:
    with pytest.raises(Fault) as raised:
        read(canon.encode({**json.loads(FILLED), **change}), FORMS)
    assert raised.value.code == code


def test_a_flood_of_faults_is_cut_off() -> None:
    assert len(flaws(CALENDAR, {**VALUES, **{f"x{n}": n for n in range(5000)}})) == MAX_FLAWS


def test_a_filled_form_is_bounded() -> None:
    with pytest.raises(RecordFault) as raised:
        read(b"x" * (MAX_FILLED + 1), FORMS)
    assert raised.value.code == "too-large"
    person = {
        "name": dict.fromkeys(("ko", "en", "ar", "fr", "ru", "zh", "es", "de"), "가" * 120),
        "born": "1970-01-01",
        "body": {"ko": "나" * 120},
        "category": "official",
        "document": "X1",
    }
    crowd = {
        "notice": "first",
        "authority": "A",
        "purpose": "B",
        "route": "C",
        "destination": "D",
        "direction": "there",
        "goes": "2018-09-14T00:00:00Z",
        "persons": [person] * 300,
        "contact": "E",
    }
    with pytest.raises(RecordFault) as raised:
        fill(FORMS["crossing-persons.1"], crowd, "ko")
    assert raised.value.code == "too-large"
    fill(FORMS["crossing-persons.1"], {**crowd, "persons": [person] * 60}, "ko")
