"""Words for values that the record holds as codes or in English alone: procedures, roles, purposes, and, from
the modules beside it, states, reasons, acts and facts.

Codes map to terms of the glossary. Roles and purposes are short English texts of entries; where the
catalogue knows one it can be read in every language, and where not it stays in English, marked as such by
whoever shows it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from yeollak.words import acts, facts, states, voids
from yeollak.words.catalogue import say, translations
from yeollak.words.facts import WEEK
from yeollak.words.figures import UNITS
from yeollak.words.states import stand_word, state, state_word
from yeollak.words.terms import term
from yeollak.words.voids import void_word

__all__ = [
    "MESSAGES",
    "PROCEDURE_TERMS",
    "WEEK",
    "known",
    "procedure_word",
    "stand_word",
    "state",
    "state_word",
    "void_word",
]

#: Tables and families of the catalogue -> the glossary's term for one of their matters.
PROCEDURE_TERMS: Final[Mapping[str, str]] = {
    "account": "account-of-side",
    "agreement": "agreement",
    "agrement": "agrement",
    "amendment": "amendment",
    "asset": "asset",
    "charter": "charter",
    "check-in": "check-in",
    "dissolution": "dissolution",
    "duty": "duty",
    "exchange": "exchange",
    "figures": "figures",
    "form": "agreed-form",
    "founding": "founding",
    "incident": "incident",
    "keys": "keys-of-a-side",
    "line": "line",
    "meeting": "meeting",
    "note": "note",
    "obligation": "obligation",
    "posting": "posting",
    "presence": "presence",
    "project": "project",
    "request": "request",
    "series": "standing-series",
    "standing": "standing",
    "suspension": "joint-suspension",
    "watch": "watch",
}

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
        (
            "Vice chairman of the Committee for the Peaceful Reunification of the Fatherland; "
            "co-head of the office"
        ),
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
    **states.MESSAGES,
    **voids.MESSAGES,
    **facts.MESSAGES,
    **acts.MESSAGES,
}


def procedure_word(lang: str, procedure: str) -> str:
    """What a procedure is called in a list; its own name where the glossary has no term for it."""
    found = PROCEDURE_TERMS.get(procedure)
    return term(found, lang) if found else procedure


def known(lang: str, context: str, message: str) -> str | None:
    """`message` in `lang` where the catalogue has it under `context`; None where only the original exists."""
    if lang == "en":
        return message
    said = say(lang, message, context=context)
    return said if said != message and translations(lang).info() else None
