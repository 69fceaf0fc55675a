"""What does not fit a form: the JSON Schema judges first, and then what a schema cannot say.

That is: dates that exist, texts without characters that hide or reorder, and pairs that have an order.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import jsonschema_rs

from yeollak.errors import RecordFault
from yeollak.forms.characters import faulty
from yeollak.forms.fields import Field, Pairs
from yeollak.forms.form import Form
from yeollak.record import canon

MAX_FLAWS: Final = 100
_FIRST_YEAR, _LAST_YEAR = 1850, 2200


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing that does not fit: where (RFC 6901 pointer into the values), which rule, and its bound.

    `rule` is the schema's keyword in lower case with hyphens (`required`, `max-length`, `enum` …), or one of
    `date`, `characters`, `order`, `scale`.
    """

    pointer: str
    rule: str
    bound: str = ""


#: What the judge calls a keyword -> (our rule, where its bound stands).
_RULES: Final[Mapping[str, tuple[str, str]]] = {
    "additionalProperties": ("unknown", ""),
    "enum": ("enum", ""),
    "maximum": ("maximum", "limit"),
    "maxItems": ("max-items", "limit"),
    "maxLength": ("max-length", "limit"),
    "maxProperties": ("max-languages", "limit"),
    "minimum": ("minimum", "limit"),
    "minItems": ("min-items", "limit"),
    "minLength": ("min-length", "limit"),
    "minProperties": ("min-languages", "limit"),
    "pattern": ("pattern", ""),
    "propertyNames": ("language", ""),
    "required": ("required", ""),
    "type": ("type", ""),
    "uniqueItems": ("unique", ""),
}


@lru_cache(maxsize=256)
def _judge(data: bytes) -> jsonschema_rs.Draft202012Validator:
    # The linear engine: a pattern cannot be slow, whatever the text. `format` is judged by `_placed`, below.
    return jsonschema_rs.Draft202012Validator(
        canon.decode(data, limit=len(data)),
        validate_formats=False,
        pattern_options=jsonschema_rs.RegexOptions(),
    )


def flaws(form: Form, values: Any) -> tuple[Flaw, ...]:
    """All that does not fit in `values` (answers by name of field), in order of place, at most a hundred.

    `values` may be anything that has deterministic JSON. Raises RecordFault(`malformed`) where it has none.
    """
    canon.encode(values, what="the filled form")
    found: list[Flaw] = []
    for fault in _judge(form.data).iter_errors(values):
        said = fault.kind.as_dict()
        rule, bound = _RULES.get(fault.kind.name, (fault.kind.name, ""))
        place = pointer(fault.instance_path)
        if rule == "required":
            found.append(Flaw(f"{place}/{_escaped(str(said['property']))}", rule))
        elif rule == "unknown":
            found += (Flaw(f"{place}/{_escaped(str(name))}", rule) for name in said["unexpected"])
        else:
            found.append(Flaw(place, rule, str(said[bound]) if bound else ""))
        if len(found) >= MAX_FLAWS:
            break
    if not found:
        found = list(_beyond(form.fields, form.ordered, values, ""))[:MAX_FLAWS]
    return tuple(sorted(found, key=lambda flaw: (flaw.pointer, flaw.rule))[:MAX_FLAWS])


def pointer(path: Sequence[str | int]) -> str:
    """The JSON pointer (RFC 6901) of a path; empty for the whole."""
    return "".join(f"/{_escaped(str(step))}" for step in path)


def _escaped(step: str) -> str:
    return step.replace("~", "~0").replace("/", "~1")


def _beyond(fields: tuple[Field, ...], ordered: Pairs, values: Mapping[str, Any], at: str) -> Iterator[Flaw]:
    """What the schema cannot judge, over values that fit it."""
    for field in fields:
        if field.name not in values:
            continue
        value, place = values[field.name], f"{at}/{field.name}"
        if field.kind == "rows":
            for number, row in enumerate(value):
                yield from _beyond(field.fields, field.ordered, row, f"{place}/{number}")
        elif field.kind in {"line", "text"}:
            for language, text in value.items():
                if faulty(text, lines=field.kind == "text"):
                    yield Flaw(f"{place}/{language}", "characters")
        elif field.kind == "code" and faulty(value):
            yield Flaw(place, "characters")
        elif field.kind in {"day", "instant"} and not _exists(value):
            yield Flaw(place, "date")
    for first, second in ordered:
        if first in values and second in values and values[first] > values[second]:
            yield Flaw(f"{at}/{second}", "order", first)


def _exists(text: str) -> bool:
    """Whether there is such a day or instant, within what every calendar and time zone can hold."""
    try:
        moment = canon.parse_instant(text if "T" in text else f"{text}T00:00:00Z")
    except RecordFault:
        return False
    return _FIRST_YEAR <= moment.year <= _LAST_YEAR
