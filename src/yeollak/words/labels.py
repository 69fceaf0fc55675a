"""Words for values that the record holds as codes or in English alone: procedures, roles, purposes, days.

Codes map to terms of the glossary. Roles and purposes are short English texts of entries; where the
catalogue knows one it can be read in every language, and where not it stays in English, marked as such by
whoever shows it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from yeollak.words import acts
from yeollak.words.catalogue import say, translations
from yeollak.words.figures import UNITS
from yeollak.words.terms import term

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
    ("agreement", "in-force"): "in-force",
    ("note", "answered"): "answered-note",
    ("note", "delivered"): "delivered",
    ("note", "refused"): "refused",
    ("note", "taken"): "taken-up",
    ("note", "unanswered"): "unanswered-matter",
    ("request", "inquired"): "more-information",
    ("request", "unanswered"): "unanswered-matter",
    ("suspension", "suspended"): "joint-suspension",
}

#: procedure -> phase -> the words for a state that the glossary has no term for: msgctxt `state of a
#: PROCEDURE`, since Arabic says a state after the gender of its matter. A standing, a call and an account
#: have no state to show.
PHASES: Final[Mapping[str, Mapping[str, str]]] = {
    "account": {"retracted": "Retracted"},
    "agreement": {
        "denounced": "Denounced",
        "drafted": "Drafted",
        "frozen": "Text frozen",
        "lapsed": "Not signed in time",
        "reported": "Told by a side, not signed",
        "suspended": "Suspended",
        "withdrawn": "Draft withdrawn",
    },
    "meeting": {
        "agreed": "Agreed",
        "cancelled": "Cancelled",
        "declined": "Declined",
        "lapsed": "Not agreed in time",
        "minuted": "Minutes drafted",
        "planned": "Planned",
        "proposed": "Proposed",
        "signed": "Minutes signed",
        "withdrawn": "Proposal withdrawn",
    },
    "note": {
        "lapsed": "Neither taken up nor refused",
        "routed": "Passed by another route",
        "tendered": "Tendered",
        "undelivered": "Taken up, not delivered",
        "withdrawn": "Withdrawn by its sender",
    },
    "posting": {"appointed": "Appointed", "recalled": "Recalled"},
    "project": {
        "accepted": "Accepted",
        "completed": "Completed",
        "declined": "Declined",
        "lapsed": "Not agreed in time",
        "proposed": "Proposed",
        "reported": "Told by a side, not agreed",
        "suspended": "Suspended",
        "under-way": "Under way",
        "withdrawn": "Proposal withdrawn",
        "works": "Works under way",
        "works-completed": "Works completed",
        "works-suspended": "Works suspended",
    },
    "request": {
        "answered": "Decided",
        "asked": "Asked, not decided",
        "lapsed": "Neither taken up nor refused",
        "refused": "Not taken up: refused",
        "routed": "Passed by another route",
        "taken": "Taken up",
        "tendered": "Tendered",
        "undelivered": "Taken up, not delivered",
        "unsupplied": "Information not supplied",
        "withdrawn": "Withdrawn by its sender",
    },
    "suspension": {
        "declined": "Declined",
        "ended": "Ended",
        "ending": "End proposed",
        "lapsed": "Not agreed in time",
        "proposed": "Proposed",
        "reported": "Told by a side, not agreed",
        "withdrawn": "Proposal withdrawn",
    },
}

#: Where a side stands by its own acts -> the words for it; `left` where its people have gone and it has not
#: withdrawn.
STANDS: Final[Mapping[str, str]] = {
    "left": "Not withdrawn; its staff have left",
    "partial": "Back in part",
    "present": "Present",
    "withdrawn": "Withdrawn",
}
_STAND: Final = "standing of a side"

#: What the sides say of one meeting -> the glossary's term, where they say the same.
MEETING_TERMS: Final[Mapping[str, str]] = {"absent": "absent", "held": "held", "not-held": "not-held"}

#: Days of the working week as charters write them.
WEEK: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

#: Procedures that lists name and pages do not -> the glossary's term.
_LISTED: Final[Mapping[str, str]] = {
    "founding": "founding",
    "line": "line",
    "presence": "presence",
    "suspension": "joint-suspension",
    "watch": "watch",
}
_STATE: Final = "state in a list"
#: Phases that lists name and pages do not.
_PLAIN: Final[Mapping[str, str]] = {
    "entered": "Entered",
    "founded": "Founded",
    "handed-over": "Handed over",
    "in-part": "Observed in part",
    "kept": "Kept",
    "observed": "Observed",
    "on-watch": "On watch",
    "partial": "Partly present",
    "planned": "Planned",
    "present": "Present",
    "reported": "Reported",
    "signing": "Being signed",
    "withdrawn": "Withdrawn",
}
_VOID: Final = "void"
#: Reasons for which an act is void -> what they mean.
VOIDS: Final[Mapping[str, str]] = {
    "due": "the time until which an answer is expected is missing, or may not stand there",
    "duplicate": "the same act stands in this register already",
    "early": "the time that was waited for is not over",
    "enclosures": "an enclosure has another release rule than this kind allows",
    "facts": "its facts are not those that this kind states",
    "forbidden": "the procedure does not allow this act by this side now",
    "foreign": "it is not of this office, this side and this officer",
    "key": "it posts a key that no side could honestly hold",
    "key-used": "the key was posted before",
    "malformed": "it is not in the form that an act has",
    "matter": "there is no such matter, or it is under another procedure",
    "no-such-item": "it names an item that the matter does not have",
    "not-as-of-right": "its class does not go as of right",
    "other-charter": "it names another charter",
    "other-key": "it names another key",
    "other-text": "it names another text than the one that stands",
    "signature": "the signature does not verify",
    "stale": "it does not name the act that it answers, or that act no longer stands",
    "unauthorised": "an officer of this function may not sign this kind",
    "unfounded": "not every side has signed the charter yet",
    "unknown": "there is no such kind of act",
    "unposted": "its officer is not posted",
    "written": "it was said before, and is said once",
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
    _STAND: tuple(STANDS.values()),
    _STATE: tuple(_PLAIN.values()),
    _VOID: tuple(VOIDS.values()),
    "weekday": WEEK,
    **{f"state of a {procedure}": tuple(phases.values()) for procedure, phases in PHASES.items()},
    **acts.MESSAGES,
}


def state(lang: str, procedure: str, phase: str, slots: Mapping[str, object]) -> str | None:
    """The state of a matter in words, from its phase and slots; None where there is nothing to say of it.

    A meeting that sides have reported on is in the state that they agree on, or their accounts differ.
    """
    if procedure == "meeting" and phase == "reported":
        said = {str(value) for slot, value in slots.items() if slot.startswith("account/")}
        same = MEETING_TERMS.get(said.pop()) if len(said) == 1 else "differing-accounts"
        return term(same, lang) if same else None
    if (term_id := PHASE_TERMS.get((procedure, phase))) is not None:
        return term(term_id, lang)
    message = PHASES.get(procedure, {}).get(phase)
    return say(lang, message, context=f"state of a {procedure}") if message else None


def stand_word(lang: str, phase: str) -> str:
    """Where a side stands; the phase itself where it has no words."""
    message = STANDS.get(phase)
    return say(lang, message, context=_STAND) if message else phase


def void_word(lang: str, reason: str) -> str:
    """Why an act is void; the reason's own code where there are no words for it."""
    message = VOIDS.get(reason)
    return say(lang, message, context=_VOID) if message else reason


def procedure_word(lang: str, procedure: str) -> str:
    """What a procedure is called in a list; its own name where the glossary has no term for it."""
    found = PROCEDURE_TERMS.get(procedure) or _LISTED.get(procedure)
    return term(found, lang) if found else procedure


def state_word(lang: str, procedure: str, phase: str, slots: Mapping[str, object]) -> str:
    """The state of a matter in a list, where every matter has one; the phase itself where it has no words."""
    plain = _PLAIN.get(phase)
    return state(lang, procedure, phase, slots) or (say(lang, plain, context=_STATE) if plain else phase)


def known(lang: str, context: str, message: str) -> str | None:
    """`message` in `lang` where the catalogue has it under `context`; None where only the original exists."""
    if lang == "en":
        return message
    said = say(lang, message, context=context)
    return said if said != message and translations(lang).info() else None
