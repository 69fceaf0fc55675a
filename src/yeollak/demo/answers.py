"""The forms that notices and requests of the history are filled in on, in the language of their side.

The answers stand in `forms.toml` with their sources. What a form must have and no source tells is named in
its remarks, in every language, so that a reconstruction is never taken for what a side has said.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final

from yeollak.demo.terms import Statement
from yeollak.demo.texts import HEAD
from yeollak.forms.filled import MEDIA_TYPE, fill
from yeollak.forms.form import Form, shipped
from yeollak.node.acting import Text
from yeollak.record.enclosure import Release

#: Both sides write Korean.
_LANGUAGE: Final = "ko"
_UNTOLD: Final = {
    "en": "The sources do not answer: {fields}.",
    "ko": "공개 자료에 답이 없는 항목: {fields}.",
    "ar": "ما لا تجيب عنه المصادر: {fields}.",
}
_MINISTRY: Final = {"south": "통일부", "north": "조국평화통일위원회"}
_ON_DUTY: Final = {"south": "남측 당직관", "north": "북측 당직관"}


@lru_cache(maxsize=1)
def sourced() -> Mapping[str, Mapping[str, Any]]:
    """The entries of `forms.toml` by their events."""
    found = tomllib.loads(files("yeollak.demo").joinpath("forms.toml").read_text(encoding="utf-8"))
    return {entry["event"]: entry for entry in found["form"]}


def form_of(event: str) -> str | None:
    """The id of the form that the notice of an event is filled in on, or None where the sources do not give
    what a form asks for.
    """
    entry = sourced().get(event)
    return None if entry is None else str(entry["form"])


def filled(event: str, release: Release = "right") -> tuple[Text, ...]:
    """The filled form of an event as an enclosure; none where there is no form."""
    entry = sourced().get(event)
    if entry is None:
        return ()
    form = shipped()[entry["form"]]
    return (_enclosure(form, {**entry["values"], "remarks": _remarks(form, entry["untold"])}, release),)


def holidays(statement: Statement) -> Text:
    """The calendar of a side's holidays of a year, as an enclosure."""
    form = shipped()["holiday-calendar.1"]
    rows = [
        {"day": day, "name": dict(name), "office": "closed", "calls": "excused"}
        for day, name in statement.days
    ]
    untold = ["authority", "urgent_contact"]
    values = {
        "notice": "first",
        "authority": _MINISTRY[statement.side],
        "year": statement.year,
        "days": rows,
        "urgent_contact": _ON_DUTY[statement.side],
        "remarks": _remarks(form, untold),
    }
    return _enclosure(form, values, "right")


def _enclosure(form: Form, values: Mapping[str, Any], release: Release) -> Text:
    return Text(fill(form, values, _LANGUAGE), MEDIA_TYPE, _LANGUAGE, f"{form.id}.json", release)


def _remarks(form: Form, untold: list[str]) -> dict[str, str]:
    """What a filled form says of itself: that it is a reconstruction, and what no source answers."""
    labels = {field.name: field.label for field in form.fields}
    said = {}
    for language, head in HEAD.items():
        fields = ("، " if language == "ar" else ", ").join(labels[name][language] for name in untold)
        said[language] = f"{head} {_UNTOLD[language].format(fields=fields)}" if untold else head
    return said
