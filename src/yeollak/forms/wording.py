"""A filled form in words: whatever language it was filled in, everyone reads it in their own.

Labels, closed answers, dates, figures, units and places are said in the reader's language by the form itself.
Only free text stays as it was written, with its language beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from typing import Any, Final, NamedTuple

from yeollak.forms.check import Flaw
from yeollak.forms.fields import Field, Texts
from yeollak.forms.filled import Filled
from yeollak.forms.form import Form
from yeollak.forms.kinds import FREE, UNITS
from yeollak.words import NATIVE_NAMES, clean, day, instant, number, say

_LONGEST: Final = 4000
_NO_SPACE: Final = frozenset({"deg", "percent"})
_NO_BREAK: Final = "\N{NO-BREAK SPACE}"
_JOINT: Final = {"ar": "، "}
#: The language that every form has.
_FALLBACK: Final = "en"


class Row(NamedTuple):
    """One line of a filled form: what was asked, the answer, and the language of an answer in free text.

    `language` is None where the answer is said in the reader's own words. `private` marks particulars of
    persons.
    """

    label: str
    text: str
    language: str | None = None
    private: bool = False

    def marked(self, reader: str) -> str:
        """The answer, followed by the name of its language where that is not the reader's."""
        if self.language is None or self.language == reader:
            return self.text
        return f"{self.text} ({NATIVE_NAMES.get(self.language, self.language)})"


def spoken(texts: Texts, language: str) -> str:
    """The one of a form's `texts` in `language`, or in English, which every form has."""
    return texts.get(language) or texts[_FALLBACK]


def rows(
    filled: Filled,
    language: str,
    zone: tzinfo = UTC,
    *,
    private: bool = True,
    without: Set[str] = frozenset(),
) -> tuple[Row, ...]:
    """The answers of `filled` in the order of the form, as (label, text, …) for a reader of `language`.

    Instants are given in `zone`. Without `private`, particulars of persons are left out, and so are the
    fields that `without` names. A row of a list has one entry a field, its label led by the list's and its
    number.
    """
    return tuple(
        each
        for field in filled.form.fields
        if field.name in filled.values and field.name not in without
        for each in _told(field, filled.values[field.name], language, zone, private, "")
    )


def _told(field: Field, value: Any, language: str, zone: tzinfo, private: bool, lead: str) -> Iterator[Row]:
    if field.private and not private:
        return
    if field.kind != "rows":
        told = row(field, value, language, zone)
        yield told._replace(label=lead + told.label)
        return
    for order, answers in enumerate(value, 1):
        label = f"{spoken(field.label, language)} {number(order)} – "
        for inner in field.fields:
            if inner.name in answers:
                yield from _told(inner, answers[inner.name], language, zone, private, label)


def row(field: Field, value: Any, language: str, zone: tzinfo = UTC) -> Row:
    """The answer to a field that holds no rows. Of a text in several languages the reader's is taken."""
    label = spoken(field.label, language)
    if field.kind not in FREE:
        return Row(label, answer(field, value, language, zone), None, field.private)
    written = language if language in value else min(value)
    return Row(label, clean(value[written], longest=_LONGEST, lines=True), written, field.private)


def answer(field: Field, value: Any, language: str, zone: tzinfo = UTC) -> str:
    """An answer that is no free text and no list of rows, in the words and figures of `language`."""
    match field.kind:
        case "choice":
            return spoken(field.choices[value], language)
        case "yes":
            return spoken(field.choices["true" if value else "false"], language)
        case "choices":
            return _JOINT.get(language, ", ").join(spoken(field.choices[each], language) for each in value)
        case "day":
            return day(date.fromisoformat(value), language)
        case "instant":
            return instant(datetime.fromisoformat(value).astimezone(zone), language)
        case "quantity":
            return quantity(value, field.unit, field.scale)
        case "count":
            return number(value)
        case "position":
            return position(value, language)
        case "area" | "route":
            return " – ".join(position(each, language) for each in value)
        case _:
            return clean(str(value), longest=_LONGEST)


def quantity(steps: int, unit: str, scale: int) -> str:
    """1,250.5 m³/s: a number of steps of 10^-scale with the symbol of its unit, without idle zeros."""
    value = Decimal(steps).scaleb(-scale)
    whole = value == value.to_integral_value()
    figure = number(int(value) if whole else value.normalize())
    return f"{figure}{'' if unit in _NO_SPACE else _NO_BREAK}{UNITS[unit]}"


def position(value: Mapping[str, int], language: str) -> str:
    """A place on WGS 84 in degrees with five decimal places (about a metre), hemispheres in words."""
    lat, lon = Decimal(value["lat"]).scaleb(-6), Decimal(value["lon"]).scaleb(-6)
    north, east = f"{abs(lat):.5f}°", f"{abs(lon):.5f}°"
    parts = (
        say(language, "latitude {degrees} south", degrees=north)
        if lat < 0
        else say(language, "latitude {degrees} north", degrees=north),
        say(language, "longitude {degrees} west", degrees=east)
        if lon < 0
        else say(language, "longitude {degrees} east", degrees=east),
    )
    return _JOINT.get(language, ", ").join(parts)


def flaw_words(form: Form, flaw: Flaw, language: str) -> tuple[str, str]:
    """What does not fit, for whoever reads `language`: the label of the place, and what to do there."""
    return place_words(form, flaw.pointer, language), _rule_words(flaw, form, language)


def place_words(form: Form, pointer: str, language: str) -> str:
    """The label of the field that a pointer into the values leads to; the form's own for the whole.

    Steps that lead nowhere come from the other side: they are cleaned and shown as they are.
    """
    said: list[str] = []
    fields: tuple[Field, ...] = form.fields
    for step in pointer.split("/")[1:]:
        field = next((each for each in fields if each.name == step), None)
        if field is not None:
            said.append(spoken(field.label, language))
            fields = field.fields
        elif step.isdecimal() and said:
            said[-1] += f" {number(int(step) + 1)}" if len(step) < 9 else ""
        elif step:
            said.append(NATIVE_NAMES.get(step) or clean(step, longest=40))
    return " – ".join(said) or spoken(form.label, language)


def _rule_words(flaw: Flaw, form: Form, language: str) -> str:
    bound = clean(flaw.bound, longest=40)
    match flaw.rule:
        case "required":
            return say(language, "This has to be filled in.")
        case "unknown":
            return say(language, "The form does not ask for this.")
        case "enum":
            return say(language, "Choose one of the answers that the form names.")
        case "minimum":
            return say(language, "The number is below the least that is possible here.")
        case "maximum":
            return say(language, "The number is above the most that is possible here.")
        case "max-length":
            return say(language, "The text may have at most {bound} characters.", bound=bound)
        case "max-items":
            return say(language, "At most {bound} entries are possible.", bound=bound)
        case "min-items":
            return say(language, "At least {bound} entries are needed.", bound=bound)
        case "unique":
            return say(language, "An answer was chosen twice.")
        case "language" | "max-languages":
            return say(language, "The text needs a tag for its language, such as en, ko or ar.")
        case "characters":
            return say(language, "The text has characters that would hide or reorder what stands there.")
        case "date" | "pattern":
            return say(language, "It is not written in the form that is wanted here, or does not exist.")
        case "order":
            other = place_words(form, flaw.pointer.rpartition("/")[0] + f"/{bound}", language)
            return say(language, "It may not be before or below this: {field}.", field=other)
        case "scale":
            return say(language, "The number has more decimal places than the form keeps.")
        case _:
            return say(language, "It is of another kind than what the form asks for.")
