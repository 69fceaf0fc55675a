"""Words for values that the record holds as codes or in English alone: procedures, roles, purposes, days.

Codes map to terms of the glossary. Roles and purposes are short English texts of entries; where the
catalogue knows one it can be read in every language, and where not it stays in English, marked as such by
whoever shows it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from yeollak.words.catalogue import say, translations
from yeollak.words.figures import UNITS

#: Procedures of the catalogue -> the glossary's term for one of their matters.
PROCEDURE_TERMS: Final[Mapping[str, str]] = {
    "account": "account-of-side",
    "agreement": "agreement",
    "charter": "charter",
    "check-in": "check-in",
    "exchange": "exchange",
    "meeting": "meeting",
    "note": "note",
    "posting": "posting",
    "project": "project",
    "request": "request",
    "standing": "standing",
}

#: (procedure, phase) of a matter -> the glossary's term for that state.
PHASE_TERMS: Final[Mapping[tuple[str, str], str]] = {
    ("meeting", "agreed"): "agree-to-meeting",
    ("meeting", "held"): "held",
    ("meeting", "not-held"): "not-held",
    ("note", "answered"): "answered-note",
    ("note", "delivered"): "delivered",
    ("note", "lapsed"): "unanswered-matter",
    ("note", "refused"): "refused",
    ("note", "taken"): "taken-up",
    ("request", "approved"): "approved",
    ("request", "denied"): "denied",
    ("request", "lapsed"): "unanswered-matter",
}

#: Days of the working week as charters write them.
WEEK: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

#: Messages that no source file or template holds: msgctxt -> msgids, for `tools/messages.py`.
MESSAGES: Final[Mapping[str, tuple[str | tuple[str, str], ...]]] = {
    "duration": UNITS,
    "role": (
        "Acting head of the Northern side",
        "Addressee; head of the United Front Department",
        "Chairman of the Committee for the Peaceful Reunification of the Fatherland",
        "Deputy head of the Southern side",
        "Deputy spokesperson, Ministry of Unification",
        "Head of the Northern delegation (forestry)",
        "Head of the Northern delegation (health)",
        "Head of the Northern delegation (telecommunications)",
        "Head of the Northern party (health)",
        "Head of the Southern delegation (forestry)",
        "Head of the Southern delegation (health)",
        "Head of the Southern delegation (telecommunications)",
        "Head of the Southern party (health)",
        "Leader of the Democratic People's Republic of Korea",
        "Leader; Chairman of the State Affairs Commission",
        "Member of the Southern delegation (sports)",
        "Minister of Unification",
        "President",
        "President of the Republic of Korea",
        "President of the United States",
        "Senior party official",
        "Spokesperson, Ministry of Unification",
        "Vice Minister of Culture, Sports and Tourism",
        "Vice Minister of Unification; co-head of the office",
        "Vice chairman of the Committee for the Peaceful Reunification of the Fatherland; "
        "co-head of the office",
        "Vice-Minister of Physical Culture and Sports",
    ),
    "purpose": (
        "construction, 2005",
        "damages claimed",
        "first construction, 2005",
        "refurbishment, 2018",
        "renovation",
        "renovation, won figure",
    ),
    "weekday": WEEK,
}


def phase_term(procedure: str, phase: str) -> str | None:
    """The glossary id of a matter's state, or None for a state that has no word of its own on public pages."""
    return PHASE_TERMS.get((procedure, phase))


def known(lang: str, context: str, message: str) -> str | None:
    """`message` in `lang` where the catalogue has it under `context`; None where only the original exists."""
    if lang == "en":
        return message
    said = say(lang, message, context=context)
    return said if said != message and translations(lang).info() else None
