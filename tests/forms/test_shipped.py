"""The forms that are shipped: valid by the draft, complete in every language, never changed once shipped."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from yeollak.forms import Field, Form, read_form, shipped
from yeollak.forms.kinds import UNITS
from yeollak.words import LANGUAGES
from yeollak.words.terms import glossary, term

FORMS = shipped()
_LATIN = re.compile(r"[A-Za-z]")

#: Forms of item 6, each with the term of the glossary that is its title.
WANTED = {
    "absence.1": "form-absence",
    "accident.1": "form-accident",
    "animal-disease.1": "form-animal-disease",
    "crossing-persons.1": None,
    "crossing-vehicles.1": None,
    "dam-discharge.1": "form-dam-discharge",
    "drifting-vessel.1": "form-drifting-vessel",
    "exercise.1": "form-exercise",
    "fire.1": "form-fire",
    "flood.1": "form-flood",
    "found-person.1": "form-found-person",
    "holiday-calendar.1": "form-holiday",
    "human-disease.1": "form-human-disease",
    "missing-person.1": "form-missing-person",
    "overflight.1": "form-overflight",
    "remains.1": "form-remains",
}


def _fields(fields: tuple[Field, ...]) -> Iterator[Field]:
    for field in fields:
        yield field
        yield from _fields(field.fields)


def _texts(form: Form) -> Iterator[tuple[str, dict[str, str]]]:
    yield "label", dict(form.label)
    yield "help", dict(form.help)
    for field in _fields(form.fields):
        yield field.name, dict(field.label)
        if field.help:
            yield f"{field.name} help", dict(field.help)
        for token, label in field.choices.items():
            yield f"{field.name} {token}", dict(label)


def test_every_form_that_real_offices_used_is_there_under_its_title() -> None:
    assert set(FORMS) == set(WANTED)
    for name, title in WANTED.items():
        if title is not None:
            assert {lang: FORMS[name].label[lang].lower() for lang in LANGUAGES} == {
                lang: term(title, lang).lower() for lang in LANGUAGES
            }


def test_a_form_that_was_shipped_never_changes() -> None:
    """Two sides may have adopted these very bytes. What has to change gets a new version."""
    pinned = dict(line.split() for line in Path(__file__).with_name("digests.txt").read_text().splitlines())
    assert {name: form.digest for name, form in FORMS.items()} == pinned


def test_the_specification_lists_the_forms_as_they_are() -> None:
    page = Path(__file__).parents[2].joinpath("docs/spec/15-forms.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([a-z-]+\.\d+)` \| ([a-z-]+) \| (yes|) ?\| (yes|) ?\|", page, re.MULTILINE)
    assert [(form.id, form.subject, form.urgent, form.alert is not None) for form in FORMS.values()] == [
        (name, subject, urgent == "yes", alert == "yes") for name, subject, urgent, alert in rows
    ]


def test_each_file_is_named_after_its_form() -> None:
    for path in files("yeollak.forms").joinpath("data").iterdir():
        value = json.loads(path.read_text(encoding="utf-8"))
        assert f"urn:yeollak:form:{path.name.removesuffix('.json')}" == value["$id"]


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_a_form_is_a_valid_schema_and_reads_back_from_its_bytes(form: Form) -> None:
    assert jsonschema_rs.meta.is_valid(dict(form.schema))
    again = read_form(form.data)
    assert (again.digest, again.fields, again.alert) == (form.digest, form.fields, form.alert)


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_every_label_stands_in_every_language_and_script(form: Form) -> None:
    for place, label in _texts(form):
        assert set(label) == set(LANGUAGES), place
        for language, text in label.items():
            assert unicodedata.is_normalized("NFC", text), (place, language)
            assert text == text.strip(), (place, language)
        for language in ("ko", "ar"):
            assert not _LATIN.search(label[language]), (place, label[language])
        assert re.search(r"[가-힣]", label["ko"]), place
        assert re.search(r"[\u0621-\u064a]", label["ar"]), place
        assert label["en"].isascii() or "’" in label["en"], place


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_no_label_has_a_word_that_the_glossary_forbids(form: Form) -> None:
    never: Any = glossary()["style"]["never"]
    for place, label in _texts(form):
        for language in LANGUAGES:
            for word in never[language]:
                # Korean and Arabic words take endings; an English one may stand inside another.
                found = rf"\b{word}\b" if language == "en" else word
                assert not re.search(found, label[language]), (place, word)


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_labels_of_one_form_tell_its_fields_and_answers_apart(form: Form) -> None:
    for fields in (form.fields, *(field.fields for field in form.fields)):
        for language in LANGUAGES:
            labels = [field.label[language] for field in fields]
            assert len(labels) == len(set(labels)), language
    for field in _fields(form.fields):
        for language in LANGUAGES:
            choices = [label[language] for label in field.choices.values()]
            assert len(choices) == len(set(choices)), (field.name, language)


def test_particulars_of_persons_are_marked_wherever_they_are_asked_for() -> None:
    """A name, a birth, a document or a description of a person is private in every form that has one."""
    about_persons = {"born", "born_year", "driver", "driver_document", "family", "sex", "wish"}
    for form in FORMS.values():
        for field in _fields(form.fields):
            if field.name in about_persons:
                assert field.private, (form.id, field.name)
    for name in ("absence.1", "crossing-persons.1", "found-person.1", "missing-person.1", "remains.1"):
        named = [field for field in _fields(FORMS[name].fields) if field.name == "name"]
        assert named, name
        assert all(field.private for field in named), name


def test_units_are_symbols_of_the_international_system_or_beside_it() -> None:
    used = {
        field.unit for form in FORMS.values() for field in _fields(form.fields) if field.kind == "quantity"
    }
    assert used <= set(UNITS)
    assert {"m3/s", "m", "t"} <= used
