"""An urgent notice as a Common Alerting Protocol 1.2 document, for the warning systems of who received it.

One `info` a language, so that each public reads it in its own; the same codes, times and areas in each.
Particulars of persons never enter. Sources: OASIS CAP 1.2, §3; docs/spec/15-forms.md.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final
from xml.etree import ElementTree

from yeollak.errors import OurFault
from yeollak.forms.filled import Filled
from yeollak.forms.mapping import Mapped
from yeollak.forms.wording import position, row, rows, spoken
from yeollak.words import clean

NAMESPACE: Final = "urn:oasis:names:tc:emergency:cap:1.2"
MEDIA_TYPE: Final = "application/cap+xml"
#: Statuses of the standard: what is marked `Exercise` or `Test` is acted on by nobody.
STATUSES: Final = frozenset({"Actual", "Exercise", "System", "Test", "Draft"})

_LONGEST_TEXT: Final = 100_000  # of one element: a whole filled form in words fits
_LONGEST_HEADLINE: Final = 160  # what the standard advises for the displays of receivers
# CAP 3.2.1: no space, comma, less-than sign or ampersand; and nothing that only looks like another name.
_NAME: Final = re.compile(r"[!-%'-+\--;=-~]{1,200}")


@dataclass(frozen=True, slots=True)
class Reference:
    """An earlier alert that this one updates or cancels: its sender, its identifier and when it was sent."""

    sender: str
    identifier: str
    sent: datetime


def cap(
    filled: Filled,
    identifier: str,
    sender: str,
    sent: datetime,
    languages: Sequence[str],
    *,
    references: Sequence[Reference] = (),
    addresses: Sequence[str] = (),
    status: str = "Actual",
) -> bytes:
    """The alert that `filled` is read out as: UTF-8 XML in the namespace of CAP 1.2.

    `identifier` and `sender` name it among all alerts for ever (the id of the act and a domain name do);
    `sent` is an aware instant. With `addresses` its scope is Private, without it Public. Raises
    OurFault(`alert-impossible`) for a form that has no mapping, for a name, status or language that the
    standard or the form does not have, and for an update or cancellation that refers to nothing.
    """
    mapped = filled.form.alert
    if mapped is None:
        raise _impossible(filled, "it is no form of urgent notices")
    if status not in STATUSES:
        raise _impossible(filled, "the standard has no such status")
    if (
        not languages
        or len(set(languages)) != len(languages)
        or not set(languages) <= filled.form.label.keys()
    ):
        raise _impossible(filled, "the form does not have labels in these languages, or none is named")
    kind = mapped.chosen["message"].code(filled.values)
    if kind != "Alert" and not references:
        raise _impossible(filled, "an update or a cancellation names the alert that it refers to")
    root = ElementTree.Element(_tag("alert"))
    _put(root, "identifier", _named(filled, identifier))
    _put(root, "sender", _named(filled, sender))
    _put(root, "sent", _time(filled, sent))
    _put(root, "status", status)
    _put(root, "msgType", kind)
    _put(root, "scope", "Private" if addresses else "Public")
    if addresses:
        _put(root, "addresses", " ".join(_named(filled, each) for each in addresses))
    if references:
        _put(root, "references", " ".join(_reference(filled, each) for each in references))
    for language in languages:
        _info(root, filled, mapped, language)
    ElementTree.indent(root)
    data: bytes = ElementTree.tostring(
        root, encoding="utf-8", xml_declaration=True, default_namespace=NAMESPACE
    )
    return data + b"\n"


def _info(root: ElementTree.Element, filled: Filled, mapped: Mapped, language: str) -> None:
    """CAP 3.2.2. The order of elements is the standard's."""
    values, form = filled.values, filled.form
    info = ElementTree.SubElement(root, _tag("info"))
    event = spoken(form.label, language)
    _put(info, "language", language)
    for category in mapped.categories:
        _put(info, "category", category)
    _put(info, "event", event)
    for part, tag in _CHOSEN:
        _put(info, tag, mapped.chosen[part].code(values))
    for part in ("onset", "expires"):
        if (instant := _value(mapped, part, values)) is not None:
            _put(info, part, _time(filled, datetime.fromisoformat(instant)))
    said = {
        part: told.marked(language)
        for part, field in mapped.named.items()
        if field.name in values
        and part in _SAID
        and _cleaned((told := row(field, values[field.name], language)).text).strip()
    }
    if authority := said.get("authority"):
        _put(info, "senderName", authority)
    _put(info, "headline", clean(f"{event}: {said.get('headline') or event}", longest=_LONGEST_HEADLINE))
    apart = frozenset(mapped.named[part].name for part in _APART if part in said)
    lines = rows(filled, language, private=False, without=apart)
    _put(info, "description", "\n".join(f"{each.label}: {each.marked(language)}" for each in lines))
    for part in _APART:
        if part in said:
            _put(info, part, said[part])
    for name, value in (("yeollak:form", form.id), ("yeollak:form-digest", form.digest)):
        _pair(info, "parameter", name, value)
    _area(info, mapped, values, said.get("place", ""), language)


_CHOSEN: Final = (
    ("response", "responseType"),
    ("urgency", "urgency"),
    ("severity", "severity"),
    ("certainty", "certainty"),
)
#: Parts that are said in words.
_SAID: Final = frozenset({"authority", "contact", "headline", "instruction", "place"})
#: Parts with an element of their own, which the description leaves out.
_APART: Final = ("instruction", "contact")


def _area(
    info: ElementTree.Element, mapped: Mapped, values: Mapping[str, Any], place: str, language: str
) -> None:
    """CAP 3.2.4: the place in words, and its outline, circle and code where they were given."""
    outline = _value(mapped, "area", values)
    centre = _value(mapped, "position", values)
    code = _value(mapped, "geocode", values)
    if not place and centre is None and outline is None:
        return
    area = ElementTree.SubElement(info, _tag("area"))
    _put(area, "areaDesc", place or position(centre or outline[0], language))
    if outline is not None:
        _put(area, "polygon", " ".join(_point(each) for each in (*outline, outline[0])))
    if centre is not None:
        radius = _value(mapped, "radius", values)
        size = Decimal(0) if radius is None else _kilometres(mapped, radius)
        _put(area, "circle", f"{_point(centre)} {size:f}")
    if code is not None:
        _pair(area, "geocode", "ISO3166-2", code)


def _value(mapped: Mapped, part: str, values: Mapping[str, Any]) -> Any:
    field = mapped.named.get(part)
    return values.get(field.name) if field is not None else None


def _kilometres(mapped: Mapped, steps: int) -> Decimal:
    field = mapped.named["radius"]
    return Decimal(steps).scaleb(-field.scale - (3 if field.unit == "m" else 0))


def _point(place: Mapping[str, int]) -> str:
    return ",".join(f"{Decimal(place[axis]).scaleb(-6):f}" for axis in ("lat", "lon"))


def _reference(filled: Filled, earlier: Reference) -> str:
    """CAP 3.2.1, references: sender, identifier and time of an alert in one word."""
    parts = _named(filled, earlier.sender), _named(filled, earlier.identifier), _time(filled, earlier.sent)
    return ",".join(parts)


def _named(filled: Filled, name: str) -> str:
    if not _NAME.fullmatch(name):
        raise _impossible(filled, "a name is not 1 to 200 of ASCII without spaces, commas, < and &")
    return name


def _time(filled: Filled, moment: datetime) -> str:
    """CAP 3.3.2: to the second with an offset; Z is not allowed, and UTC is written -00:00."""
    if moment.tzinfo is None:
        raise _impossible(filled, "a time has no time zone")
    return f"{moment.astimezone(UTC).replace(tzinfo=None, microsecond=0).isoformat()}-00:00"


def _put(parent: ElementTree.Element, name: str, text: str) -> None:
    # The library escapes markup; what XML 1.0 cannot hold at all, and what reorders a line, is cleaned away.
    element = ElementTree.SubElement(parent, _tag(name))
    element.text = _cleaned(text)


def _cleaned(text: str) -> str:
    return clean(text, longest=_LONGEST_TEXT, lines=True)


def _pair(parent: ElementTree.Element, name: str, kind: str, value: str) -> None:
    pair = ElementTree.SubElement(parent, _tag(name))
    _put(pair, "valueName", kind)
    _put(pair, "value", value)


def _tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def _impossible(filled: Filled, why: str) -> OurFault:
    return OurFault("alert-impossible", form=filled.form.id, why=why)
