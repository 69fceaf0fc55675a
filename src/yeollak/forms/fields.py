"""The fields of a form, read from its schema: every keyword, bound and label is judged, none is repaired."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NoReturn

from yeollak.errors import RecordFault
from yeollak.forms.characters import faulty
from yeollak.forms.kinds import LABELLED, LANGUAGE_PATTERN, MAX_ROWS, SHAPES, Refused, options
from yeollak.words import LANGUAGES

MAX_FIELDS: Final = 64  # of a form, and of a row
LONGEST_LABEL: Final = 160
LONGEST_HELP: Final = 600

TOKEN: Final = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,62}[a-z0-9])?")
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
_LANGUAGE: Final = re.compile(LANGUAGE_PATTERN[1:-1])
_MAX_LABELS: Final = 16  # languages

Texts = Mapping[str, str]
Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its name among the answers, its kind, its labels, and for rows the fields of a row.

    `private` marks particulars of persons: they are never read out into anything public. `ordered` are the
    pairs of fields of a row of which the first may not be above the second.
    """

    name: str
    kind: str
    label: Texts
    required: bool
    schema: Mapping[str, Any]
    help: Texts = field(default_factory=dict)
    choices: Mapping[str, Texts] = field(default_factory=dict)
    private: bool = False
    fields: tuple[Field, ...] = ()
    ordered: Pairs = ()

    @property
    def unit(self) -> str:
        """The token of the unit of a quantity."""
        return str(self.schema["x-unit"])

    @property
    def scale(self) -> int:
        """How many decimal places a quantity has: its integer counts tenths for 1, hundredths for 2."""
        return int(self.schema["x-scale"])


def refuse(pointer: str, why: str) -> NoReturn:
    """Raise RecordFault(`form-refused`) for the place `pointer` (RFC 6901) of a form."""
    raise RecordFault("form-refused", what="The form", pointer=pointer or "/", why=why)


def members(value: Any, pointer: str, required: set[str], optional: set[str]) -> Mapping[str, Any]:
    """`value` when it is an object with all of `required` and nothing beyond `optional`.

    Raises RecordFault(`form-refused`).
    """
    if not isinstance(value, Mapping):
        refuse(pointer, "it is not an object")
    if missing := required - value.keys():
        refuse(pointer, f"it lacks {min(missing)}")
    if unknown := value.keys() - required - optional:
        refuse(pointer, f"it has the unknown keyword {min(unknown)[:40]!a}")
    return value


def texts(value: Any, pointer: str, longest: int) -> Texts:
    """`value` when it is one clean line in every language of the software, and in at most 16 languages.

    Raises RecordFault(`form-refused`).
    """
    found = members(value, pointer, set(LANGUAGES), set(value) if isinstance(value, Mapping) else set())
    if len(found) > _MAX_LABELS or not all(_LANGUAGE.fullmatch(language) for language in found):
        refuse(pointer, f"its keys are not at most {_MAX_LABELS} language tags")
    for language, text in found.items():
        if not isinstance(text, str) or not 0 < len(text) <= longest or faulty(text):
            refuse(f"{pointer}/{language}", f"it is not one line of 1 to {longest} plain characters")
    return found


def token(value: Any, pointer: str) -> str:
    """`value` when it is a token. Raises RecordFault(`form-refused`)."""
    if not isinstance(value, str) or not TOKEN.fullmatch(value):
        refuse(pointer, "it is not 1 to 64 of a-z, 0-9, dot and hyphen")
    return value


def read_fields(schema: Mapping[str, Any], pointer: str, *, rows: bool) -> tuple[tuple[Field, ...], Pairs]:
    """The fields of an object's schema in the order of the form, and the pairs that have an order.

    `schema` has `type`, `additionalProperties`, `properties`, `required` and `x-order`, and may have
    `x-ordered`; fields of kind `rows` are allowed with `rows`. Raises RecordFault(`form-refused`).
    """
    if schema["type"] != "object" or schema["additionalProperties"] is not False:
        refuse(pointer, "it is not a closed object")
    properties, order, required = schema["properties"], schema["x-order"], schema["required"]
    if not isinstance(properties, Mapping) or not 0 < len(properties) <= MAX_FIELDS:
        refuse(f"{pointer}/properties", f"it does not have 1 to {MAX_FIELDS} fields")
    if not _names(order) or sorted(order) != sorted(properties):
        refuse(f"{pointer}/x-order", "it does not name every field once")
    if not _names(required) or not set(required) <= set(order) or len(set(required)) != len(required):
        refuse(f"{pointer}/required", "it names something else than fields, or one twice")
    found = tuple(
        _field(name, properties[name], f"{pointer}/properties/{name}", name in required, rows)
        for name in order
    )
    return found, tuple(_ordered(schema.get("x-ordered", []), found, f"{pointer}/x-ordered"))


def _names(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _field(name: str, schema: Any, pointer: str, required: bool, rows: bool) -> Field:
    if not _NAME.fullmatch(name):
        refuse(pointer, "its name is not 1 to 40 of a-z, 0-9 and low line")
    if not isinstance(schema, Mapping) or not isinstance(kind := schema.get("x-kind"), str):
        refuse(pointer, "it has no x-kind")
    ours = {key: schema[key] for key in ("x-label", "x-help", "x-private", "x-choices") if key in schema}
    rest = {key: item for key, item in schema.items() if key not in ours and key != "x-kind"}
    if kind == "rows" and rows:
        inner, ordered = _rows(rest, pointer)
    elif kind in SHAPES:
        inner, ordered = (), ()
        _exact(kind, rest, pointer)
    else:
        refuse(f"{pointer}/x-kind", "there is no such kind here")
    if "x-label" not in ours:
        refuse(pointer, "it has no x-label")
    if ("x-choices" in ours) != (kind in LABELLED):
        refuse(f"{pointer}/x-choices", "answers are labelled where they are closed, and nowhere else")
    if ours.get("x-private", True) is not True:
        refuse(f"{pointer}/x-private", "it is true or left out")
    return Field(
        name=name,
        kind=kind,
        label=texts(ours["x-label"], f"{pointer}/x-label", LONGEST_LABEL),
        required=required,
        schema=rest,
        help=texts(ours["x-help"], f"{pointer}/x-help", LONGEST_HELP) if "x-help" in ours else {},
        choices=_labelled(kind, rest, ours["x-choices"], pointer) if "x-choices" in ours else {},
        private="x-private" in ours,
        fields=inner,
        ordered=ordered,
    )


def _exact(kind: str, schema: Mapping[str, Any], pointer: str) -> None:
    try:
        shape = SHAPES[kind](schema)
    except Refused as problem:
        refuse(pointer, str(problem))
    if not _same(schema, shape):
        refuse(pointer, f"it is not the schema of a field of kind {kind}")


def _same(one: Any, other: Any) -> bool:
    """Equality in which true is not 1, as it is in JSON and not in Python."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    return type(one) is type(other) and bool(one == other)


def _rows(schema: Mapping[str, Any], pointer: str) -> tuple[tuple[Field, ...], Pairs]:
    members(schema, pointer, {"type", "items", "minItems", "maxItems"}, set())
    most = schema["maxItems"]
    if schema["type"] != "array" or type(most) is not int or not 1 <= most <= MAX_ROWS:
        refuse(f"{pointer}/maxItems", f"it is not a list of 1 to {MAX_ROWS} rows")
    if type(schema["minItems"]) is not int or schema["minItems"] != 1:
        refuse(f"{pointer}/minItems", "a list without rows is left out")
    wanted = {"type", "additionalProperties", "properties", "required", "x-order"}
    items = members(schema["items"], f"{pointer}/items", wanted, {"x-ordered"})
    return read_fields(items, f"{pointer}/items", rows=False)


def _labelled(kind: str, schema: Mapping[str, Any], labels: Any, pointer: str) -> Mapping[str, Texts]:
    names = options(kind, schema)
    for name in names:
        token(name, f"{pointer}/enum")
    found = members(labels, f"{pointer}/x-choices", set(names), set())
    return {name: texts(found[name], f"{pointer}/x-choices/{name}", LONGEST_LABEL) for name in names}


_COMPARABLE: Final = frozenset({"count", "quantity", "year", "day", "instant"})


def _ordered(value: Any, fields: tuple[Field, ...], pointer: str) -> Iterator[tuple[str, str]]:
    known = {each.name: each for each in fields}
    if not isinstance(value, list) or len(value) > MAX_FIELDS:
        refuse(pointer, "it is not a list of pairs")
    for pair in value:
        if not _names(pair) or len(pair) != 2 or not set(pair) <= known.keys():
            refuse(pointer, "it is not a list of pairs of fields")
        first, second = known[pair[0]], known[pair[1]]
        same = first.kind == second.kind and first.kind in _COMPARABLE
        if not same or (
            first.kind == "quantity" and (first.unit, first.scale) != (second.unit, second.scale)
        ):
            refuse(pointer, f"{first.name} and {second.name} cannot be compared")
        yield first.name, second.name
