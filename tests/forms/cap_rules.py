"""The rules of the Common Alerting Protocol 1.2 for a document, written from the text of the standard.

The standard's own XML Schema is not kept here, since its header reserves all rights. What it demands is said
in the tables below: which elements, in which order, how many, with which content (CAP 1.2, §§3.2 and 3.3).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from xml.etree import ElementTree

NAMESPACE = "{urn:oasis:names:tc:emergency:cap:1.2}"


def _one_of(*codes: str) -> Callable[[str], bool]:
    return lambda text: text in codes


def _matches(pattern: str) -> Callable[[str], bool]:
    return lambda text: re.fullmatch(pattern, text) is not None


_TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[-+]\d\d:\d\d"
_WORD = r"[^\s,<&]+"
_DEGREES = r"(-?\d{1,3}(?:\.\d+)?)"


def _text(text: str) -> bool:
    return bool(text.strip())


def _pair_of_degrees(text: str) -> bool:
    match = re.fullmatch(f"{_DEGREES},{_DEGREES}", text)
    return match is not None and abs(float(match[1])) <= 90 and abs(float(match[2])) <= 180


def _polygon(text: str) -> bool:
    points = text.split(" ")
    return len(points) >= 4 and points[0] == points[-1] and all(map(_pair_of_degrees, points))


def _circle(text: str) -> bool:
    point, _, radius = text.partition(" ")
    return _pair_of_degrees(point) and re.fullmatch(r"\d+(\.\d+)?", radius) is not None


@dataclass(frozen=True)
class Rule:
    """One element: its name, how often it stands, and what it holds (a check, or the rules of its parts)."""

    name: str
    least: int
    most: int | None
    holds: Callable[[str], bool] | tuple[Rule, ...]


_PAIR = (Rule("valueName", 1, 1, _text), Rule("value", 1, 1, _text))
_AREA = (
    Rule("areaDesc", 1, 1, _text),
    Rule("polygon", 0, None, _polygon),
    Rule("circle", 0, None, _circle),
    Rule("geocode", 0, None, _PAIR),
)
_INFO = (
    Rule("language", 0, 1, _matches(r"[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*")),
    Rule(
        "category",
        1,
        None,
        _one_of(
            *"Geo Met Safety Security Rescue Fire Health Env Transport Infra CBRNE Other".split()  # noqa: SIM905 - a table reads better
        ),
    ),
    Rule("event", 1, 1, _text),
    Rule(
        "responseType",
        0,
        None,
        _one_of(
            "Shelter", "Evacuate", "Prepare", "Execute", "Avoid", "Monitor", "Assess", "AllClear", "None"
        ),
    ),
    Rule("urgency", 1, 1, _one_of("Immediate", "Expected", "Future", "Past", "Unknown")),
    Rule("severity", 1, 1, _one_of("Extreme", "Severe", "Moderate", "Minor", "Unknown")),
    Rule("certainty", 1, 1, _one_of("Observed", "Likely", "Possible", "Unlikely", "Unknown")),
    Rule("onset", 0, 1, _matches(_TIME)),
    Rule("expires", 0, 1, _matches(_TIME)),
    Rule("senderName", 0, 1, _text),
    Rule("headline", 0, 1, lambda text: 0 < len(text) <= 160),
    Rule("description", 0, 1, _text),
    Rule("instruction", 0, 1, _text),
    Rule("contact", 0, 1, _text),
    Rule("parameter", 0, None, _PAIR),
    Rule("area", 0, None, _AREA),
)
_ALERT = (
    Rule("identifier", 1, 1, _matches(_WORD)),
    Rule("sender", 1, 1, _matches(_WORD)),
    Rule("sent", 1, 1, _matches(_TIME)),
    Rule("status", 1, 1, _one_of("Actual", "Exercise", "System", "Test", "Draft")),
    Rule("msgType", 1, 1, _one_of("Alert", "Update", "Cancel", "Ack", "Error")),
    Rule("scope", 1, 1, _one_of("Public", "Restricted", "Private")),
    Rule("addresses", 0, 1, _text),
    Rule("references", 0, 1, _matches(f"{_WORD},{_WORD},{_TIME}( {_WORD},{_WORD},{_TIME})*")),
    Rule("info", 0, None, _INFO),
)


def checked(data: bytes) -> ElementTree.Element:
    """The alert that `data` is, found within the rules. Raises AssertionError with the place and the rule."""
    root = ElementTree.fromstring(data)
    assert root.tag == f"{NAMESPACE}alert", root.tag
    _check(root, _ALERT, "alert")
    private = root.findtext(f"{NAMESPACE}scope") == "Private"
    assert private == (root.find(f"{NAMESPACE}addresses") is not None)
    if root.findtext(f"{NAMESPACE}msgType") in {"Update", "Cancel"}:
        assert root.find(f"{NAMESPACE}references") is not None
    return root


def _check(element: ElementTree.Element, rules: tuple[Rule, ...], place: str) -> None:
    parts = list(element)
    assert not element.attrib, place
    for rule in rules:
        count = 0
        while parts and parts[0].tag == NAMESPACE + rule.name:
            part, count = parts.pop(0), count + 1
            if isinstance(rule.holds, tuple):
                _check(part, rule.holds, f"{place}/{rule.name}")
            else:
                assert not len(part), f"{place}/{rule.name} has parts"
                assert rule.holds(part.text or ""), f"{place}/{rule.name}: {part.text!r}"
        assert rule.least <= count <= (rule.most or count), f"{place}/{rule.name} stands {count} times"
    assert not parts, f"{place}/{parts[0].tag} is out of order or unknown"
