"""Words for acts and for what they state: every kind that a reader may meet, and the facts that pages show.

A kind is a short name of what was done, without a subject, so that no language has to inflect it after a
side's name. It knows no act: whoever shows one says which side signed it and when.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from yeollak.words.catalogue import say
from yeollak.words.terms import term

_ACT, _FACT, _VALUE = "act", "fact", "value of a fact"

#: Kind of an act -> what was done, in a word or two. What nodes say to one another about the line is no
#: reader's business and has none.
KINDS: Final[Mapping[str, str]] = {
    "account.annotate": "Annotated",
    "account.confirm": "Confirmed",
    "account.contest": "Contested",
    "account.enter": "Entered",
    "account.retract": "Retracted",
    "agreement.denounce": "Denounced",
    "agreement.draft": "Text put on the table",
    "agreement.initial": "Initialled",
    "agreement.lapse": "Declared lapsed",
    "agreement.redraft": "Text redrafted",
    "agreement.report": "Entered as one side’s account",
    "agreement.resume": "Resumption agreed",
    "agreement.retract": "Signature taken back",
    "agreement.sign": "Signed",
    "agreement.suspend": "Agreement suspended",
    "agreement.withdraw": "Withdrawn",
    "charter.check": "Keys compared",
    "charter.sign": "Charter signed",
    "checkin.observe": "Call entered",
    "meeting.absent": "Absence entered",
    "meeting.agree": "Agreed",
    "meeting.cancel": "Called off",
    "meeting.counter": "Counter-proposed",
    "meeting.decline": "Declined",
    "meeting.held": "Entered as held",
    "meeting.lapse": "Declared lapsed",
    "meeting.minutes": "Minutes drafted",
    "meeting.not-held": "Entered as not held",
    "meeting.planned": "Entered as planned",
    "meeting.propose": "Proposed",
    "meeting.redraft": "Text redrafted",
    "meeting.retract": "Signature taken back",
    "meeting.sign": "Minutes signed",
    "meeting.withdraw": "Withdrawn",
    "note.answer": "Answered",
    "note.deliver": "Delivered",
    "note.hold": "Answer announced",
    "note.lapse": "Declared lapsed",
    "note.read": "Read by an officer",
    "note.refuse": "Not taken up: refused",
    "note.route": "Passed by another route",
    "note.send": "Delivered as of right",
    "note.shown": "Shown to the principal",
    "note.take": "Taken up",
    "note.tender": "Tendered",
    "note.translated": "Translated",
    "note.urge": "Asked again, new time",
    "note.withdraw": "Withdrawn",
    "posting.appoint": "Appointed",
    "posting.handover": "Watch handed over",
    "posting.presence": "Presence entered",
    "posting.recall": "Recalled",
    "posting.watch": "Watch taken",
    "project.accept": "Accepted",
    "project.agree": "Agreed",
    "project.begin": "Works begun",
    "project.complete": "Completed",
    "project.cost": "Cost entered",
    "project.counter": "Counter-proposed",
    "project.decline": "Declined",
    "project.enter": "Entered as one side’s account",
    "project.inspect": "Inspected",
    "project.lapse": "Declared lapsed",
    "project.propose": "Proposed",
    "project.report": "Progress entered",
    "project.resume": "Resumption agreed",
    "project.suspend": "Work suspended",
    "project.withdraw": "Withdrawn",
    "remark": "Remark",
    "request.answer": "Decided",
    "request.ask": "Delivered",
    "request.inquire": "More information asked for",
    "request.lapse": "Declared lapsed",
    "request.outcome": "Outcome entered",
    "request.refuse": "Not taken up: refused",
    "request.route": "Passed by another route",
    "request.supply": "Information supplied",
    "request.take": "Taken up",
    "request.tender": "Tendered",
    "request.urge": "Asked again, new time",
    "request.withdraw": "Withdrawn",
    "reservation": "Reservation",
    "standing.leave": "Departure of staff entered",
    "standing.line": "State of lines entered",
    "standing.open": "Presence entered",
    "standing.premises": "State of the building entered",
    "standing.return": "Return entered",
    "standing.staff": "Number of staff entered",
    "standing.stay": "Stay entered",
    "standing.withdraw": "Withdrawal entered",
    "suspension.agree": "Agreed",
    "suspension.counter": "Counter-proposed",
    "suspension.decline": "Declined",
    "suspension.end-agree": "End agreed",
    "suspension.end-counter": "End counter-proposed",
    "suspension.end-decline": "End declined",
    "suspension.end-lapse": "Declared lapsed",
    "suspension.end-propose": "End proposed",
    "suspension.lapse": "Declared lapsed",
    "suspension.propose": "Proposed",
    "suspension.report": "Entered as one side’s account",
    "suspension.withdraw": "Withdrawn",
}

#: What a fact is called beside its value.
FACTS: Final[Mapping[str, str]] = {
    "absent": "Did not come",
    "condition": "Condition",
    "copy": "Wording",
    "cut": "Lines cut",
    "late_minutes": "Late by",
    "notified": "Notice of absence",
    "officials": "Officials",
    "others": "The other side’s staff",
    "premises": "Building",
    "reason": "Reason",
    "restored": "Lines restored",
    "result": "What happened",
    "route": "Route",
    "sat": "Who sat",
    "staff": "Staff",
    "stage": "Stage as told",
    "support": "Support workers",
}

#: (fact, value) -> the value in words.
VALUES: Final[Mapping[tuple[str, str], str]] = {
    ("extent", "full"): "all",
    ("extent", "partial"): "some",
    ("lines", "headquarters"): "between the headquarters",
    ("lines", "liaison"): "liaison office",
    ("lines", "military-east"): "eastern military line",
    ("lines", "military-west"): "western military line",
    ("lines", "panmunjom"): "Panmunjom",
    ("lines", "trial"): "trial line",
    ("notified", "beforehand"): "beforehand",
    ("notified", "late"): "late",
    ("notified", "no"): "none given",
    ("others", "may-stay"): "may stay",
    ("others", "must-leave"): "must leave",
    ("others", "unsaid"): "nothing said",
    ("premises", "damaged"): "damaged",
    ("premises", "lost"): "lost",
    ("premises", "restored"): "restored",
    ("reason", "none"): "none stated",
    ("result", "done"): "done",
    ("result", "in-part"): "done in part",
    ("result", "not-done"): "not done",
    ("route", "courier"): "courier",
    ("route", "fax"): "fax",
    ("route", "military-line"): "military line",
    ("route", "phone"): "telephone",
    ("route", "press"): "the press",
    ("route", "radio"): "radio",
    ("route", "third-party"): "a third party",
    ("stage", "agreed"): "agreed",
    ("stage", "begun"): "begun",
    ("stage", "discussed"): "discussed",
    ("stage", "done"): "done",
}

#: (fact, value) -> the glossary's term, where it has one.
TERMS: Final[Mapping[tuple[str, str], str]] = {
    ("copy", "identical"): "identical-text",
    ("copy", "paraphrase"): "paraphrase",
    ("decision", "approved"): "approved",
    ("decision", "denied"): "denied",
    ("decision", "in-part"): "approved-in-part",
    ("function", "co-head"): "co-head",
    ("function", "deputy-head"): "deputy-head",
    ("function", "duty"): "duty-officer",
    ("function", "interpreter"): "interpreter",
    ("function", "liaison"): "liaison-officer",
    ("function", "technical"): "technical-officer",
}
_FACT_TERMS: Final[Mapping[str, str]] = {"decision": "decision"}

#: Calls of the day by the slot that acts name -> words; the glossary has terms for the first two.
_SLOTS: Final[Mapping[str, str]] = {
    "afternoon": "Afternoon contact",
    "first": "First call after the restoration",
    "morning": "Morning contact",
    "panmunjom": "Call on the Panmunjom line",
}
_SLOT_TERMS: Final[Mapping[str, str]] = {"closing": "closing-call", "opening": "opening-call"}

MESSAGES: Final[Mapping[str, tuple[str, ...]]] = {
    _ACT: (*KINDS.values(), *_SLOTS.values()),
    _FACT: tuple(FACTS.values()),
    _VALUE: tuple(VALUES.values()),
}


def kind_word(lang: str, kind: str) -> str:
    """What an act of this kind did; the kind itself where there are no words for it."""
    message = KINDS.get(kind)
    return say(lang, message, context=_ACT) if message else kind


def fact_word(lang: str, name: str) -> str:
    """What a fact is called. Raises KeyError for one that pages do not show."""
    if (term_id := _FACT_TERMS.get(name)) is not None:
        return term(term_id, lang)
    return say(lang, FACTS[name], context=_FACT)


def value_word(lang: str, name: str, value: str) -> str | None:
    """A value of a fact in words, or None where there are none for it."""
    if (term_id := TERMS.get((name, value))) is not None:
        return term(term_id, lang)
    message = VALUES.get((name, value))
    return say(lang, message, context=_VALUE) if message else None


def slot_word(lang: str, slot: str) -> str:
    """What a call of the day is called; the slot's own name where there are no words for it."""
    if (term_id := _SLOT_TERMS.get(slot)) is not None:
        return term(term_id, lang)
    message = _SLOTS.get(slot)
    return say(lang, message, context=_ACT) if message else slot
