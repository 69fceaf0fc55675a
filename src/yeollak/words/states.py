"""Words for the state that a matter is in, for every phase of every table.

A state agrees in Arabic with the gender of its matter, so its msgctxt names the procedure: `state of a
PROCEDURE`. Where the glossary has a term for a state, that term is used and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from yeollak.words.catalogue import say
from yeollak.words.facts import value_word
from yeollak.words.terms import term

#: (procedure, phase) of a matter -> the glossary's term for that state.
PHASE_TERMS: Final[Mapping[tuple[str, str], str]] = {
    ("agreement", "in-force"): "in-force",
    ("amendment", "in-force"): "in-force",
    ("exchange", "defaulted"): "default-exchange",
    ("incident", "replied"): "answered-note",
    ("incident", "unanswered"): "unanswered-matter",
    ("note", "answered"): "answered-note",
    ("note", "delivered"): "delivered",
    ("note", "refused"): "refused",
    ("note", "taken"): "taken-up",
    ("note", "unanswered"): "unanswered-matter",
    ("request", "inquired"): "more-information",
    ("request", "unanswered"): "unanswered-matter",
    ("suspension", "suspended"): "joint-suspension",
}

#: procedure -> phase -> the words for a state that the glossary has no term for.
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
    "agrement": {
        "consented": "Given",
        "lapsed": "No answer in time",
        "nominated": "Asked for",
        "objected": "Not given",
        "withdrawn": "Request withdrawn",
    },
    "amendment": {"drafted": "Drafted", "lapsed": "Not signed in time"},
    "asset": {"listed": "Listed", "removed": "Taken off the list"},
    "dissolution": {
        "dissolved": "Office dissolved",
        "drafted": "Drafted",
        "lapsed": "Not signed in time",
    },
    "duty": {"stated": "Stated by a side", "waived": "Waived by all"},
    "exchange": {
        "committed": "All committed, not all revealed",
        "lapsed": "Not all committed in time",
        "open": "Not all committed",
        "revealed": "All revealed",
        "withdrawn": "Commitment withdrawn",
    },
    "figures": {
        "countersigned": "Countersigned",
        "stated": "Stated by a side",
        "withdrawn": "Withdrawn",
    },
    "form": {
        "adopted": "Adopted",
        "drafted": "Drafted",
        "lapsed": "Not signed in time",
        "retired": "No longer used",
    },
    "incident": {"closed": "Closed", "reported": "Reported, not answered"},
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
    "obligation": {
        "declined": "Declined",
        "lapsed": "Not agreed in time",
        "proposed": "Proposed",
        "released": "Ended",
        "running": "Running",
        "withdrawn": "Proposal withdrawn",
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
    "series": {
        "declined": "Declined",
        "ended": "Ended",
        "lapsed": "Not agreed in time",
        "proposed": "Proposed",
        "standing": "Agreed and standing",
        "withdrawn": "Proposal withdrawn",
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

#: Phases that a list of matters names and an entry of a chronicle does not, since there they would say
#: nothing of that entry.
LISTED: Final[Mapping[str, Mapping[str, str]]] = {
    "account": {"entered": "Entered"},
    "check-in": {"in-part": "Entered by a side, not by all", "observed": "Entered by all"},
    "founding": {"founded": "Founded", "signing": "Being signed"},
    "keys": {"kept": "In use"},
    "line": {"kept": "Entered by the node"},
    "meeting": {"reported": "Reported by a side"},
    "presence": {"kept": "Entered day by day"},
    "watch": {"handed-over": "Handed over", "on-watch": "On watch"},
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
#: What the sides say of one duty -> the glossary's term, where they say the same.
DUTY_TERMS: Final[Mapping[str, str]] = {"done": "fulfilled", "missed": "missed"}
_DUTY: Final = "state of a duty"
#: A duty of which sides have said nothing but that they do without it, and not all of them have.
_WAIVED_IN_PART: Final = "Waived by a side, not by all"
#: Procedure and phase in which each side has its say, with the slot that holds it and the terms for it.
_SAID: Final[Mapping[tuple[str, str], tuple[str, Mapping[str, str]]]] = {
    ("duty", "stated"): ("view/", DUTY_TERMS),
    ("meeting", "reported"): ("account/", MEETING_TERMS),
}


def _contexts() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for table in (PHASES, LISTED):
        for procedure, phases in table.items():
            found.setdefault(f"state of a {procedure}", []).extend(phases.values())
    found[_DUTY].append(_WAIVED_IN_PART)
    return {_STAND: tuple(STANDS.values()), **{context: tuple(said) for context, said in found.items()}}


#: Every message here: msgctxt -> msgids.
MESSAGES: Final[Mapping[str, tuple[str, ...]]] = _contexts()


def state(lang: str, procedure: str, phase: str, slots: Mapping[str, object]) -> str | None:
    """The state of a matter in words, from its phase and slots; None where there is nothing to say of it.

    A meeting that sides have reported on, or a duty on which they have said whether it was done, is in the
    state that they agree on, or their accounts differ. An asset is in the state that its side has entered.
    """
    if (having := _SAID.get((procedure, phase))) is not None:
        prefix, terms = having
        said = {str(value) for slot, value in slots.items() if slot.startswith(prefix)}
        if said:
            same = terms.get(said.pop()) if len(said) == 1 else "differing-accounts"
            return term(same, lang) if same else None
    if procedure == "duty" and phase == "stated" and any(slot.startswith("waived/") for slot in slots):
        return say(lang, _WAIVED_IN_PART, context=_DUTY)
    if procedure == "asset" and phase == "listed" and isinstance(entered := slots.get("state"), str):
        return value_word(lang, "state", entered) or entered
    if (term_id := PHASE_TERMS.get((procedure, phase))) is not None:
        return term(term_id, lang)
    message = PHASES.get(procedure, {}).get(phase)
    return say(lang, message, context=f"state of a {procedure}") if message else None


def stand_word(lang: str, phase: str) -> str:
    """Where a side stands; the phase itself where it has no words."""
    message = STANDS.get(phase)
    return say(lang, message, context=_STAND) if message else phase


def state_word(lang: str, procedure: str, phase: str, slots: Mapping[str, object]) -> str:
    """The state of a matter in a list, where every matter has one and begins as a label does; the phase
    itself where it has no words.
    """
    if procedure == "standing":
        return stand_word(lang, phase)
    if (said := state(lang, procedure, phase, slots)) is not None:
        return said[:1].upper() + said[1:]
    message = LISTED.get(procedure, {}).get(phase)
    return say(lang, message, context=f"state of a {procedure}") if message else phase
