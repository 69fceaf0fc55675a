"""A form that was filled in: `{digest, form, language, values}` in deterministic JSON.

It is the content of an enclosure and never part of the facts of an act, so that it can be withheld or erased
and the record still folds. Source: docs/spec/15-forms.md.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from yeollak.errors import Fault, OurFault, RecordFault, TheirFault
from yeollak.forms.check import Flaw, flaws
from yeollak.forms.fields import TOKEN, Field
from yeollak.forms.form import Form
from yeollak.forms.kinds import FREE, LANGUAGE_PATTERN
from yeollak.record import canon

MAX_FILLED: Final = 256 * 1024  # bytes; up to 48 KiB it goes along with the act as an enclosure `right`
#: What the enclosure of a filled form says of its type.
MEDIA_TYPE: Final = "application/vnd.yeollak.form+json"

_WHAT: Final = "the filled form"
_LANGUAGE: Final = re.compile(LANGUAGE_PATTERN[1:-1])


@dataclass(frozen=True, slots=True)
class Filled:
    """A filled form that was found to fit: the form, the language of who filled it in, and the answers."""

    form: Form
    language: str
    values: Mapping[str, Any]


def fill(form: Form, values: Mapping[str, Any], language: str) -> bytes:
    """The bytes of `form` filled in with `values` by somebody who writes `language` (a BCP 47 tag).

    Answers have the shapes of the form's schema. For convenience a free text may be a plain string (it is
    then in `language`), a day a `date`, an instant an aware `datetime`, a quantity a `Decimal` in its unit.
    Raises OurFault(`form-unfit`) with the place and rule of the first fault and the number of all, and
    RecordFault(`malformed`, `too-large`) for what has no deterministic JSON or is beyond 256 KiB.
    """
    if not _LANGUAGE.fullmatch(language):
        raise OurFault("form-unfit", form=form.id, pointer="/", rule="language", count=1)
    entered = _enter(form, form.fields, values, language)
    _fits(form, entered, OurFault)
    data = canon.encode(
        {"digest": form.digest, "form": form.id, "language": language, "values": entered}, what=_WHAT
    )
    if len(data) > MAX_FILLED:
        raise RecordFault("too-large", what=_WHAT, limit=MAX_FILLED)
    return data


def read(data: bytes, forms: Mapping[str, Form]) -> Filled:
    """The filled form that `data` is, by the adopted `forms` (by id).

    Raises RecordFault(`too-large`, `malformed`) for the bytes, TheirFault(`form-unknown`, `form-unequal`)
    for a form that was not adopted or not in these bytes, and TheirFault(`form-unfit`) for answers that do
    not fit it; nothing else, for any bytes.
    """
    value = canon.fields(
        canon.decode(data, limit=MAX_FILLED, what=_WHAT),
        {"digest", "form", "language", "values"},
        set(),
        _WHAT,
    )
    identifier, language = value["form"], value["language"]
    digest = canon.hexadecimal(value["digest"], 64, _WHAT)
    if not isinstance(identifier, str) or not TOKEN.fullmatch(identifier):
        raise RecordFault("malformed", what=_WHAT, why="it does not name a form")
    if not isinstance(language, str) or not _LANGUAGE.fullmatch(language):
        raise RecordFault("malformed", what=_WHAT, why="it does not name a language")
    form = forms.get(identifier)
    if form is None:
        raise TheirFault("form-unknown", form=identifier)
    if form.digest != digest:
        raise TheirFault("form-unequal", form=identifier, found=digest, adopted=form.digest)
    _fits(form, value["values"], TheirFault)
    return Filled(form, language, value["values"])


def flaw_of(fault: Fault) -> Flaw:
    """The flaw that a fault of code `form-unfit` tells of, for `flaw_words`."""
    return Flaw(str(fault.data["pointer"]), str(fault.data["rule"]))


def _fits(form: Form, values: Any, whose: type[Fault]) -> None:
    if found := flaws(form, values):
        first = found[0]
        raise whose(
            "form-unfit", form=form.id, pointer=first.pointer or "/", rule=first.rule, count=len(found)
        )


def _enter(form: Form, fields: tuple[Field, ...], values: Mapping[str, Any], language: str) -> dict[str, Any]:
    known = {each.name: each for each in fields}
    return {
        name: _entered(form, known[name], value, language) if name in known else value
        for name, value in values.items()
    }


def _entered(form: Form, field: Field, value: Any, language: str) -> Any:
    if field.kind in FREE and isinstance(value, str):
        return {language: value}
    if isinstance(value, datetime):
        return canon.format_instant(value)
    if isinstance(value, date):
        return value.isoformat()
    if field.kind == "quantity" and isinstance(value, Decimal):
        return _counted(form, field, value)
    if field.kind == "rows" and isinstance(value, list | tuple):
        return [
            _enter(form, field.fields, row, language) if isinstance(row, Mapping) else row for row in value
        ]
    return value


def _counted(form: Form, field: Field, value: Decimal) -> int:
    """A quantity in steps of its scale. More decimal places than it has would be a silent loss."""
    steps = value.scaleb(field.scale) if value.is_finite() else Decimal("0.5")
    if abs(value.adjusted()) > 30 or steps != steps.to_integral_value():
        raise OurFault("form-unfit", form=form.id, pointer=f"/{field.name}", rule="scale", count=1)
    return int(steps)
