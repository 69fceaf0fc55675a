"""Answers as a person types them, read by the kinds of a form's fields into what the form's schema wants.

What cannot be read is left as it was typed: the form itself then says what does not fit, and where. Nothing
is guessed, and nothing that was typed is lost.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from yeollak.forms.fields import Field
from yeollak.forms.form import Form
from yeollak.forms.kinds import FREE
from yeollak.record import canon

_YES: Final[Mapping[str, bool]] = {"true": True, "yes": True, "false": False, "no": False}
_MICRO: Final = 6  # a degree in millionths
_WHOLE: Final = frozenset({"count", "year"})


def typed(form: Form, values: Mapping[str, Any], language: str) -> dict[str, Any]:
    """The answers of `values` in the shapes of the form's schema; `fill` and `flaws` take them as they are.

    A name may have a language behind a dot, as `dam.ko`, where the field is free text; else a free text is in
    `language`. Texts are read by kind: a number, a quantity in its unit, `yes` or `no`, answers with commas
    between them, a place as `38.10,127.02` in degrees, and places with spaces between them. Values that are
    typed already (numbers, dates, instants, lists and tables, as TOML has them) are taken alike.
    """
    return _read(form.fields, values, language)


def _read(fields: tuple[Field, ...], values: Mapping[str, Any], language: str) -> dict[str, Any]:
    known = {field.name: field for field in fields}
    found: dict[str, Any] = {}
    for name, value in values.items():
        base, dot, tag = name.partition(".")
        field = known.get(base)
        if field is not None and dot and field.kind in FREE:
            held = found.get(base, {})
            found[base] = {**(held if isinstance(held, dict) else {}), tag: value}
        elif field is not None and not dot:
            read = _value(field, value, language)
            held = found.get(base)
            found[base] = {**held, **read} if isinstance(held, dict) and isinstance(read, dict) else read
        else:
            found[name] = value
    return found


def _value(field: Field, value: Any, language: str) -> Any:
    kind = field.kind
    if kind in FREE:
        return {language: value} if isinstance(value, str) else value
    if kind == "rows":
        return [
            _read(field.fields, row, language) if isinstance(row, Mapping) else row for row in _list(value)
        ]
    if kind in {"area", "route"}:
        points = value.split() if isinstance(value, str) else _list(value)
        return [_position(point) for point in points]
    if kind == "position":
        return _position(value)
    if kind == "choices" and isinstance(value, str):
        return [part.strip() for part in value.split(",")]
    if kind == "yes" and isinstance(value, str):
        return _YES.get(value.strip().lower(), value)
    if kind == "quantity":
        return _scaled(value, field.scale)
    if kind in _WHOLE:
        return _scaled(value, 0)
    return _time(value)


def _list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]


def _time(value: Any) -> Any:
    if isinstance(value, datetime) and value.tzinfo is not None:
        return canon.format_instant(value)
    return value.isoformat() if isinstance(value, date) and not isinstance(value, datetime) else value


def _scaled(value: Any, scale: int) -> Any:
    """A number in steps of 10^-scale; what is none, or has more places than are kept, stays as it is."""
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        return value
    try:
        number = Decimal(value.strip() if isinstance(value, str) else value)
    except InvalidOperation:
        return value
    if not number.is_finite() or abs(number.adjusted()) > 30:
        return str(value)
    steps = number.scaleb(scale)
    # A number that does not fit is no integer of the schema: the flaw is told at its place.
    return int(steps) if steps == steps.to_integral_value() else str(value)


def _position(value: Any) -> Any:
    if isinstance(value, str):
        parts = value.split(",")
        value = {"lat": parts[0], "lon": parts[1]} if len(parts) == 2 else value
    if isinstance(value, Mapping):
        return {axis: _scaled(degrees, _MICRO) for axis, degrees in value.items()}
    return value
