"""Answers: an agreed form as inputs of a page, and what was typed there as the answers of that form.

A form is filled in in one language, which the page names; its labels are those of the page's language. What
does not fit is told at its input. Pure: form, what was typed and the frame in, inputs or bytes out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import tzinfo
from typing import Any, Final

from yeollak import forms
from yeollak.desk.staff.inputs import Input, Option, Problem, Typed, moment_input, read_moment
from yeollak.forms.kinds import UNITS, options
from yeollak.forms.typed import typed as typed_answers
from yeollak.words import number, say

#: How many rows a page shows at once; longer lists come as a file.
MOST_ROWS: Final = 100
_AREAS: Final = frozenset({"area", "route"})


def inputs_of(
    form: forms.Form,
    typed: Typed,
    lang: str,
    writer: str,
    zone_name: str,
    problems: Mapping[str, str],
) -> tuple[Input, ...]:
    """The inputs of a form for a page in `lang`, filled in in the language `writer`."""
    return tuple(
        _input(field, f"a.{field.name}", typed, lang, writer, zone_name, problems) for field in form.fields
    )


def values_of(
    form: forms.Form, typed: Typed, lang: str, writer: str, zone: tzinfo
) -> tuple[dict[str, Any], dict[str, str]]:
    """The answers in the shapes of the form, and what cannot be read, by the name of the input."""
    problems: dict[str, str] = {}
    raw = _raw(form.fields, "a.", typed, lang, zone, problems)
    return typed_answers(form, raw, writer), problems


def problems_of(form: forms.Form, values: Mapping[str, Any], lang: str) -> dict[str, str]:
    """What does not fit the form, by the name of the input where it stands; the first at each."""
    found: dict[str, str] = {}
    for flaw in forms.flaws(form, values):
        found.setdefault(_name(form, flaw.pointer), forms.flaw_words(form, flaw, lang)[1])
    return found


def with_row(form: forms.Form, typed: Typed, name: str) -> Typed:
    """The same with one row more in the list `name`."""
    return typed.with_({f"a.{name}.n": str(min(rows_of(typed, f"a.{name}") + 1, MOST_ROWS))})


def without_row(form: forms.Form, typed: Typed, name: str, row: int) -> Typed:
    """The same without one row of the list `name`; those behind it move up."""
    field = next((one for one in form.fields if one.name == name and one.kind == "rows"), None)
    count = rows_of(typed, f"a.{name}")
    if field is None or not 0 <= row < count:
        return typed
    moved = {f"a.{name}.n": [str(max(count - 1, 1))]}
    held = typed.to_json()
    for at in range(row, count):
        for key in [key for key in held if key.startswith(f"a.{name}.{at}.")]:
            moved.setdefault(key, [""])
        for key, values in held.items():
            start = f"a.{name}.{at + 1}."
            if at + 1 < count and key.startswith(start):
                moved[f"a.{name}.{at}.{key.removeprefix(start)}"] = values
    return typed.with_(moved)


def rows_of(typed: Typed, name: str) -> int:
    """How many rows of a list the page shows."""
    said = typed.one(f"{name}.n")
    return min(max(int(said), 1), MOST_ROWS) if said.isascii() and said.isdecimal() and len(said) < 5 else 1


# inputs


def _input(
    field: forms.Field,
    name: str,
    typed: Typed,
    lang: str,
    writer: str,
    zone_name: str,
    problems: Mapping[str, str],
) -> Input:
    base = Input(
        name,
        forms.spoken(field.label, lang),
        "line",
        typed.one(name),
        required=field.required,
        help=forms.spoken(field.help, lang) if field.help else "",
        problem=problems.get(name, ""),
    )
    match field.kind:
        case "line" | "text":
            return replace(base, widget="area" if field.kind == "text" else "line", lang=writer)
        case "day":
            return replace(base, widget="date")
        case "instant":
            given = moment_input(name, base.label, typed, lang, zone_name, needs_time=True)
            return replace(given, required=base.required, help=base.help, problem=base.problem)
        case "yes" | "choice" | "choices":
            return _labelled(field, base, typed, lang)
        case "year" | "count":
            return replace(base, widget="number")
        case "quantity":
            return replace(base, widget="number", unit=UNITS[field.unit])
        case "position":
            lat, lon = say(lang, "Latitude in degrees"), say(lang, "Longitude in degrees")
            parts = (
                Input(f"{name}.lat", lat, "number", typed.one(f"{name}.lat")),
                Input(f"{name}.lon", lon, "number", typed.one(f"{name}.lon")),
            )
            return replace(base, widget="position", parts=parts)
        case "area" | "route":
            said = say(lang, "One position a line: latitude, longitude, as 38.10, 127.02.")
            return replace(base, widget="area", code=True, help=base.help or said)
        case "rows":
            return _rows(field, base, typed, lang, writer, zone_name, problems)
    return replace(base, code=True)


def _labelled(field: forms.Field, base: Input, typed: Typed, lang: str) -> Input:
    chosen = set(typed.every(base.name))
    found = [
        Option(token, forms.spoken(field.choices[token], lang), token in chosen)
        for token in options(field.kind, field.schema)
    ]
    if field.kind == "choices":
        return replace(base, widget="checks", options=tuple(found))
    if not field.required:
        found.insert(0, Option("", say(lang, "Nothing said"), not chosen))
    return replace(base, widget="radios" if len(found) <= 5 else "select", options=tuple(found))


def _rows(
    field: forms.Field,
    base: Input,
    typed: Typed,
    lang: str,
    writer: str,
    zone_name: str,
    problems: Mapping[str, str],
) -> Input:
    parts = tuple(
        Input(
            f"{base.name}.{row}",
            f"{base.label} {number(row + 1)}",
            "row",
            str(row),
            parts=tuple(
                _input(inner, f"{base.name}.{row}.{inner.name}", typed, lang, writer, zone_name, problems)
                for inner in field.fields
            ),
        )
        for row in range(rows_of(typed, base.name))
    )
    return replace(base, widget="rows", value=str(len(parts)), parts=parts)


# answers


def _raw(
    fields: Iterable[forms.Field],
    start: str,
    typed: Typed,
    lang: str,
    zone: tzinfo,
    problems: dict[str, str],
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for field in fields:
        name = f"{start}{field.name}"
        try:
            value = _value(field, name, typed, lang, zone, problems)
        except Problem as problem:
            problems[name] = str(problem)
            continue
        if value not in (None, "", [], {}):
            found[field.name] = value
    return found


def _value(
    field: forms.Field, name: str, typed: Typed, lang: str, zone: tzinfo, problems: dict[str, str]
) -> Any:
    if field.kind == "instant":
        return read_moment(typed, name, zone, lang, needs_time=True)
    if field.kind == "choices":
        return typed.every(name)
    if field.kind == "position":
        lat, lon = typed.one(f"{name}.lat"), typed.one(f"{name}.lon")
        return {"lat": lat, "lon": lon} if lat or lon else None
    if field.kind in _AREAS:
        lines = (line.replace(" ", "") for line in typed.one(name).split("\n"))
        return " ".join(line for line in lines if line)
    if field.kind == "rows":
        rows = [
            _raw(field.fields, f"{name}.{row}.", typed, lang, zone, problems)
            for row in range(rows_of(typed, name))
        ]
        while rows and not rows[-1]:  # only at the end: an empty row between others is told of at its place
            rows.pop()
        return rows
    said = typed.one(name)
    return said.replace(",", "") if field.kind in ("quantity", "count", "year") else said


def _name(form: forms.Form, pointer: str) -> str:
    """The name of the input that a pointer into the answers leads to."""
    steps = pointer.strip("/").split("/")
    field = next((one for one in form.fields if one.name == steps[0]), None)
    deep = 3 if field is not None and field.kind == "rows" else 1
    return ".".join(("a", *steps[:deep]))
