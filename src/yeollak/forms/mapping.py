"""How the answers to a form become the parts of an alert (Common Alerting Protocol 1.2).

A part is one of the standard's codes, or chosen by the answer to a field of kind `choice`; places, times and
texts name the field that holds them. Particulars of persons cannot be named. Source: docs/spec/15-forms.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from yeollak.forms.fields import Field, members, refuse

CATEGORIES: Final = frozenset(
    {
        "CBRNE",
        "Env",
        "Fire",
        "Geo",
        "Health",
        "Infra",
        "Met",
        "Other",
        "Rescue",
        "Safety",
        "Security",
        "Transport",
    }
)
RESPONSES: Final = frozenset(
    {"Shelter", "Evacuate", "Prepare", "Execute", "Avoid", "Monitor", "Assess", "AllClear", "None"}
)
#: Part -> the codes that it may have.
CODES: Final[Mapping[str, frozenset[str]]] = {
    "message": frozenset({"Alert", "Update", "Cancel"}),
    "urgency": frozenset({"Immediate", "Expected", "Future", "Past", "Unknown"}),
    "severity": frozenset({"Extreme", "Severe", "Moderate", "Minor", "Unknown"}),
    "certainty": frozenset({"Observed", "Likely", "Possible", "Unlikely", "Unknown"}),
    "response": RESPONSES,
}
#: Part -> the kinds that the field which it names may be of.
NAMED: Final[Mapping[str, frozenset[str]]] = {
    "area": frozenset({"area"}),
    "authority": frozenset({"line"}),
    "contact": frozenset({"line"}),
    "expires": frozenset({"instant"}),
    "geocode": frozenset({"code"}),
    "headline": frozenset({"choice", "line"}),
    "instruction": frozenset({"text"}),
    "onset": frozenset({"instant"}),
    "place": frozenset({"line"}),
    "position": frozenset({"position"}),
    "radius": frozenset({"quantity"}),
}


@dataclass(frozen=True, slots=True)
class Chosen:
    """A code of the standard, or the one that the answer to `field` chooses, else `otherwise`."""

    otherwise: str
    field: str = ""
    codes: Mapping[str, str] | None = None

    def code(self, values: Mapping[str, Any]) -> str:
        """The code for these answers."""
        answer = values.get(self.field)
        return (self.codes or {}).get(answer, self.otherwise) if isinstance(answer, str) else self.otherwise


@dataclass(frozen=True, slots=True)
class Mapped:
    """How one form is read out: categories, codes by part, and the fields that places and texts are in."""

    categories: tuple[str, ...]
    chosen: Mapping[str, Chosen]
    named: Mapping[str, Field]


def mapping(value: Any, fields: tuple[Field, ...]) -> Mapped:
    """The mapping that `value` (`alert` of a form) describes over the form's `fields`.

    Raises RecordFault(`form-refused`).
    """
    at = "/x-form/alert"
    found = members(value, at, {"category", *CODES, "headline"}, set(NAMED))
    categories = found["category"]
    listed = isinstance(categories, list) and all(isinstance(each, str) for each in categories)
    if (
        not listed
        or not categories
        or not set(categories) <= CATEGORIES
        or len(set(categories)) != len(categories)
    ):
        refuse(f"{at}/category", "it is not a list of categories of the standard")
    known = {each.name: each for each in fields}
    return Mapped(
        categories=tuple(categories),
        chosen={part: _chosen(found[part], known, codes, f"{at}/{part}") for part, codes in CODES.items()},
        named={part: _named(part, found[part], known, f"{at}/{part}") for part in NAMED if part in found},
    )


def _chosen(value: Any, known: Mapping[str, Field], codes: frozenset[str], at: str) -> Chosen:
    if isinstance(value, str) and value in codes:
        return Chosen(value)
    found = members(value, at, {"field", "codes", "otherwise"}, set())
    field = known.get(found["field"]) if isinstance(found["field"], str) else None
    if field is None or field.kind != "choice" or field.private:
        refuse(f"{at}/field", "it is not a public field with a choice")
    chosen = members(found["codes"], f"{at}/codes", set(), set(field.choices))
    if not all(isinstance(each, str) and each in codes for each in (*chosen.values(), found["otherwise"])):
        refuse(f"{at}/codes", "it names a code that the standard does not have here")
    return Chosen(found["otherwise"], field.name, chosen)


def _named(part: str, value: Any, known: Mapping[str, Field], at: str) -> Field:
    field = known.get(value) if isinstance(value, str) else None
    if field is None or field.kind not in NAMED[part] or field.private:
        refuse(at, "it does not name a public field of a kind that belongs there")
    if part == "radius" and field.unit not in {"m", "km"}:
        refuse(at, "a radius is in m or km")
    return field
