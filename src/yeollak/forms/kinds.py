"""The kinds of field that a form may have, each with the one JSON Schema that it stands for.

A form comes from the other side too. Instead of judging any schema that somebody may write, a field names its
kind and its bounds, and its schema has to be exactly the one that the kind gives for them: no expression,
reference or depth that is not written here can enter. Source: docs/spec/15-forms.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

LANGUAGE_PATTERN: Final = "^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}$"
_DIGEST: Final = "^[0-9a-f]{64}$"
_DAY: Final = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_INSTANT: Final = "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$"

MAX_LANGUAGES: Final = 8  # in which one free text may be given
MAX_CHOICES: Final = 64
MAX_POINTS: Final = 100
MAX_ROWS: Final = 500
MOST: Final = 10**12  # what a number may be at most, in steps of its scale
MAX_SCALE: Final = 6

#: Token of a unit -> its symbol, the same in every language (SI and what is used beside it).
UNITS: Final[Mapping[str, str]] = {
    "deg": "°",
    "h": "h",
    "ha": "ha",
    "kg": "kg",
    "km": "km",
    "km2": "km²",
    "m": "m",
    "m/s": "m/s",
    "m2": "m²",
    "m3": "m³",
    "m3/s": "m³/s",
    "mm": "mm",
    "percent": "%",
    "t": "t",
}

#: Latitude and longitude on WGS 84 in millionths of a degree, north and east positive.
_POSITION: Final[Mapping[str, Any]] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["lat", "lon"],
    "properties": {
        "lat": {"type": "integer", "minimum": -90_000_000, "maximum": 90_000_000},
        "lon": {"type": "integer", "minimum": -180_000_000, "maximum": 180_000_000},
    },
}

Schema = Mapping[str, Any]


class Refused(ValueError):
    """A field whose bounds are missing or outside what its kind allows; `args[0]` says why."""


def _whole(field: Schema, name: str, least: int, most: int) -> int:
    value = field.get(name)
    if type(value) is not int or not least <= value <= most:
        raise Refused(f"{name} is not an integer from {least} to {most}")
    return value


def _text(longest: int) -> Callable[[Schema], Schema]:
    def shape(field: Schema) -> Schema:
        inner = field.get("additionalProperties")
        limit = _whole(inner, "maxLength", 1, longest) if isinstance(inner, Mapping) else longest
        return {
            "type": "object",
            "minProperties": 1,
            "maxProperties": MAX_LANGUAGES,
            "propertyNames": {"pattern": LANGUAGE_PATTERN},
            "additionalProperties": {"type": "string", "minLength": 1, "maxLength": limit},
        }

    return shape


def _code(field: Schema) -> Schema:
    return {"type": "string", "minLength": 1, "maxLength": _whole(field, "maxLength", 1, 64)}


def _number(field: Schema) -> Schema:
    low, high = _whole(field, "minimum", -MOST, MOST), _whole(field, "maximum", -MOST, MOST)
    if low > high:
        raise Refused("minimum is above maximum")
    return {"type": "integer", "minimum": low, "maximum": high}


def _quantity(field: Schema) -> Schema:
    unit = field.get("x-unit")
    if not isinstance(unit, str) or unit not in UNITS:
        raise Refused("x-unit is not one of the units")
    return {**_number(field), "x-unit": unit, "x-scale": _whole(field, "x-scale", 0, MAX_SCALE)}


def _enumeration(value: Any) -> list[str]:
    known = isinstance(value, list) and all(isinstance(item, str) for item in value)
    if not known or not 1 <= len(value) <= MAX_CHOICES or len(set(value)) != len(value):
        raise Refused(f"enum is not a list of 1 to {MAX_CHOICES} different tokens")
    return list(value)


def _choice(field: Schema) -> Schema:
    return {"type": "string", "enum": _enumeration(field.get("enum"))}


def _choices(field: Schema) -> Schema:
    items = field.get("items")
    names = _enumeration(items.get("enum") if isinstance(items, Mapping) else None)
    return {
        "type": "array",
        "items": {"type": "string", "enum": names},
        "minItems": 1,
        "maxItems": len(names),
        "uniqueItems": True,
    }


def _points(fewest: int) -> Callable[[Schema], Schema]:
    return lambda _: {"type": "array", "items": _POSITION, "minItems": fewest, "maxItems": MAX_POINTS}


def _fixed(**schema: Any) -> Callable[[Schema], Schema]:
    return lambda _: schema


#: Kind of a field -> the schema that it stands for, made from the bounds that the field names. `rows` holds
#: fields of its own and is built by `form.py`.
SHAPES: Final[Mapping[str, Callable[[Schema], Schema]]] = {
    "line": _text(400),
    "text": _text(4000),
    "code": _code,
    "act": _fixed(type="string", pattern=_DIGEST),
    "day": _fixed(type="string", format="date", pattern=_DAY),
    "instant": _fixed(type="string", format="date-time", pattern=_INSTANT),
    "year": _fixed(type="integer", minimum=1900, maximum=2200),
    "count": _number,
    "quantity": _quantity,
    "yes": _fixed(type="boolean"),
    "choice": _choice,
    "choices": _choices,
    "position": lambda _: _POSITION,
    "area": _points(3),
    "route": _points(2),
}

#: Kinds whose answer is free text, by language.
FREE: Final = frozenset({"line", "text"})

#: Kinds whose possible answers are labelled in the form.
LABELLED: Final = frozenset({"yes", "choice", "choices"})


def options(kind: str, schema: Schema) -> tuple[str, ...]:
    """The tokens that a field of a labelled kind can be answered with, in the order of the form."""
    if kind == "yes":
        return ("true", "false")
    return tuple(schema["enum"] if kind == "choice" else schema["items"]["enum"])
