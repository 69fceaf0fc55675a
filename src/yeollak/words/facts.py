"""Words for what acts state: what each fact is called, and what each of its values means.

Facts are known by name; where one name stands for different things in different kinds of act, the kind
decides. Values are codes of a closed list, or tokens that the charter lists and everybody uses alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from yeollak.words.catalogue import say
from yeollak.words.terms import term

_FACT, _VALUE, _WEEKDAY = "fact", "value of a fact", "weekday"

#: Days of the working week as charters write them.
WEEK: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

#: Fact -> the glossary's term for it.
FACT_TERMS: Final[Mapping[str, str]] = {
    "asset": "asset",
    "charter": "charter",
    "class": "subject-class",
    "decision": "decision",
    "embargo": "embargo",
    "field": "field",
    "form": "form",
    "from_title": "sender-name",
    "function": "function",
    "ground": "refusal-ground",
    "key": "key",
    "line": "line",
    "milestone": "milestone",
    "officer": "officer",
    "outcomes": "outcome",
    "place": "venue",
    "rule": "retention-rule",
    "series": "standing-series",
    "source": "source",
    "successor": "successor-office",
    "to_title": "addressee",
}

#: Fact -> what it is called beside its value.
FACTS: Final[Mapping[str, str]] = {
    "absent": "Did not come",
    "amends": "Agreement that it amends",
    "amount": "Amount",
    "article": "Article and paragraph",
    "at": "From entry",
    "attempts": "Attempts at delivery",
    "bearers": "Whose duty it is",
    "before": "Of which event notice is owed",
    "begins": "The event begins",
    "borne_by": "Borne by",
    "by": "Due by",
    "checked": "Office id compared",
    "clause": "Article and paragraph",
    "closed": "On days when the office is closed",
    "condition": "Condition",
    "copy": "Wording",
    "count": "How many",
    "cut": "Lines cut",
    "date": "Date",
    "dates": "Days",
    "default": "If no answer comes",
    "digest": "Digest of the form",
    "digests": "Digests of the enclosures",
    "event": "Entry of the chronicle",
    "every": "How often",
    "extent": "How far",
    "failures": "Attempts that found no line",
    "first": "First date",
    "follow_up": "Still to be notified",
    "for": "What it was for",
    "from": "Takes up the post",
    "head": "Function of its head",
    "hour": "By this hour",
    "items": "Items",
    "keeps": "Stays in force meanwhile",
    "key_pq": "Key of the second algorithm (ML-DSA-44)",
    "language": "Language",
    "last": "Last date",
    "late_minutes": "Late by",
    "level": "Level",
    "lines": "Lines",
    "next": "Takes over the watch",
    "nomination": "Request for agrément",
    "notice": "How long before the event",
    "notified": "Notice of absence",
    "number": "Number of the amendment",
    "occurrence": "Which time",
    "of": "Whose text",
    "officials": "Officials",
    "others": "The other side’s staff",
    "outcome": "Outcome that it carries out",
    "own": "Own figures",
    "parent": "Belongs to the matter",
    "percent": "Done, in per cent",
    "premises": "Building",
    "reason": "Reason",
    "refusals": "Attempts that were refused",
    "relation": "How it touches them",
    "replaces": "Posting that it replaces",
    "restates": "The same cost elsewhere",
    "restored": "Lines restored",
    "result": "What happened",
    "retender": "Tendered before in",
    "role": "Which keys",
    "round": "Name of the exchange",
    "route": "Route",
    "sat": "Who sat",
    "seal": "Key for sealed texts",
    "shape": "Kind of obligation",
    "since": "Beginning",
    "sides": "Sides of the obligation",
    "slot": "Which call",
    "staff": "Staff",
    "staff_least": "Staff, at least",
    "staff_most": "Staff, at most",
    "stage": "Stage as told",
    "stance": "What it says to it",
    "start": "To begin",
    "state": "State",
    "subject": "Subject",
    "support": "Support workers",
    "terms": "New terms",
    "text": "Digest of the text",
    "time": "Time",
    "title": "Title",
    "tls": "Digest of the certificate",
    "to": "To",
    "topic": "Topic",
    "touches": "Matters that it touches",
    "unit": "Counted in",
    "until": "End",
    "url": "Address",
    "users": "Sides that it concerns",
    "value": "Worth",
    "view": "What was seen of the call",
    "weekday": "Day of the week",
    "when": "When it happened",
}

#: Kind of act, or `*.` with its last part -> fact -> what the fact is called there.
OF_KINDS: Final[Mapping[str, Mapping[str, str]]] = {
    "*.read": {"officer": "Read by"},
    "*.received": {"officer": "Received by"},
    "*.shown": {"title": "Shown to"},
    "*.translated": {"stage": "Translation"},
    "agreement.draft": {"class": "Kind of text"},
    "agreement.report": {"class": "Kind of text"},
    "asset.use": {"extent": "Use"},
    "checkin.observe": {"state": "Digest of the state"},
    "figures.state": {"since": "First day", "until": "Day after the last"},
    "incident.close": {"result": "What came of it"},
    "key.rotate": {"key": "New authority key", "next": "Digest of the next authority key"},
    "line.seen": {"state": "Digest of the state"},
    "meeting.delegation": {"count": "How many people"},
    "project.begin": {"class": "Kind of undertaking"},
    "project.enter": {"class": "Kind of undertaking"},
    "project.inspect": {"result": "Finding"},
    "project.propose": {"class": "Kind of undertaking"},
}

#: (fact, value) -> the value in words.
VALUES: Final[Mapping[tuple[str, str], str]] = {
    ("checked", "by-phone"): "by telephone",
    ("checked", "in-person"): "in person",
    ("checked", "not-checked"): "not compared",
    ("class", "arrangement"): "arrangement",
    ("class", "disease"): "disease",
    ("class", "flood"): "flood",
    ("class", "life"): "danger to life",
    ("class", "military-incident"): "military incident",
    ("before", "holidays"): "holidays",
    ("before", "staff"): "changes of staff",
    ("closed", "before"): "due on the working day before",
    ("closed", "kept"): "due all the same",
    ("closed", "next"): "due on the next working day",
    ("closed", "skipped"): "not due",
    ("every", "day"): "every day",
    ("every", "month"): "every month",
    ("every", "quarter"): "every three months",
    ("every", "week"): "every week",
    ("every", "working-day"): "every working day",
    ("every", "year"): "every year",
    ("extent", "full"): "all",
    ("extent", "may-not-use"): "may not be used",
    ("extent", "may-use"): "may be used",
    ("extent", "partial"): "some",
    ("keeps", "agreements"): "agreements",
    ("keeps", "calls"): "regular calls",
    ("keeps", "lines"): "lines",
    ("keeps", "notes"): "notes",
    ("keeps", "obligations"): "obligations",
    ("keeps", "projects"): "joint projects",
    ("level", "ad-hoc"): "ad hoc",
    ("level", "delegation"): "delegations",
    ("level", "deputy-heads"): "deputy heads",
    ("level", "heads"): "heads",
    ("level", "high-level"): "high level",
    ("level", "liaison"): "liaison officers",
    ("line", "face-to-face"): "face to face",
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
    ("relation", "accident"): "accident",
    ("relation", "near-miss"): "narrowly avoided",
    ("relation", "unclear"): "unclear",
    ("result", "done"): "done",
    ("result", "good"): "in order",
    ("result", "in-part"): "done in part",
    ("result", "not-done"): "not done",
    ("result", "refused-entry"): "entry not allowed",
    ("result", "repairs-needed"): "repairs needed",
    ("result", "settled"): "resolved",
    ("result", "unsettled"): "not resolved",
    ("role", "receipt"): "keys for receipts",
    ("role", "register"): "keys of the register",
    ("role", "seal"): "key for sealed texts",
    ("route", "courier"): "courier",
    ("route", "fax"): "fax",
    ("route", "military-line"): "military line",
    ("route", "phone"): "telephone",
    ("route", "press"): "the press",
    ("route", "radio"): "radio",
    ("route", "third-party"): "a third party",
    ("shape", "dated"): "once, by a date",
    ("shape", "recurring"): "again and again",
    ("shape", "standing"): "always",
    ("source", "joint"): "all sides together",
    ("source", "other"): "another side",
    ("source", "outside"): "outside the office",
    ("source", "own"): "the signing side",
    ("source", "press"): "the press",
    ("stage", "agreed"): "agreed",
    ("stage", "begun"): "begun",
    ("stage", "discussed"): "discussed",
    ("stage", "done"): "done",
    ("stance", "accepts"): "accepts",
    ("stance", "denies"): "denies",
    ("stance", "explains"): "explains",
    ("unit", "days"): "days",
    ("unit", "hours"): "hours",
    ("unit", "working-days"): "working days",
    ("unit", "working-hours"): "working hours",
    ("state", "absent"): "away",
    ("state", "begun"): "milestone begun",
    ("state", "cut"): "cut",
    ("state", "damaged"): "damaged",
    ("state", "in-use"): "in use",
    ("state", "leave"): "on leave",
    ("state", "left-behind"): "left behind",
    ("state", "lost"): "lost",
    ("state", "missed"): "milestone missed",
    ("state", "planned"): "milestone planned",
    ("state", "present"): "at the office",
    ("state", "reached"): "milestone reached",
    ("state", "restored"): "restored",
    ("state", "returned"): "given back",
    ("state", "stored"): "stored",
}

#: (fact, value) -> the glossary's term, where it has one.
TERMS: Final[Mapping[tuple[str, str], str]] = {
    ("class", "agreement"): "agreement",
    ("class", "project"): "project",
    ("class", "rescue"): "rescue",
    ("class", "statement"): "joint-statement",
    ("class", "works"): "works",
    ("copy", "identical"): "identical-text",
    ("copy", "paraphrase"): "paraphrase",
    ("decision", "approved"): "approved",
    ("decision", "denied"): "denied",
    ("decision", "in-part"): "approved-in-part",
    ("function", "authority"): "authority-key",
    ("function", "co-head"): "co-head",
    ("function", "deputy-head"): "deputy-head",
    ("function", "duty"): "duty-officer",
    ("function", "interpreter"): "interpreter",
    ("function", "liaison"): "liaison-officer",
    ("function", "node"): "node",
    ("function", "technical"): "technical-officer",
    ("ground", "channel"): "ground-channel",
    ("ground", "content"): "ground-content",
    ("ground", "name"): "ground-name",
    ("ground", "no-instruction"): "ground-no-instruction",
    ("ground", "rank"): "ground-rank",
    ("level", "working"): "working-level",
    ("relation", "breach"): "breach",
    ("shape", "notice-period"): "notice-period",
    ("stage", "official"): "official-translation",
    ("stage", "rough"): "rough-translation",
    ("stage", "sight"): "sight-translation",
    ("state", "holiday"): "holiday",
    ("state", "working"): "working-day",
    ("view", "answered"): "answered-call",
    ("view", "excused"): "excused",
    ("view", "late"): "late-call",
    ("view", "line-dead"): "line-dead",
    ("view", "unanswered"): "unanswered-call",
}
#: Facts whose values are those of another fact.
_SAME_VALUES: Final[Mapping[str, str]] = {"head": "function", "line": "lines"}


def _unique(messages: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(messages))


#: Every message here: msgctxt -> msgids.
MESSAGES: Final[Mapping[str, tuple[str, ...]]] = {
    _FACT: _unique([*FACTS.values(), *(word for words in OF_KINDS.values() for word in words.values())]),
    _VALUE: _unique(VALUES.values()),
    _WEEKDAY: WEEK,
}


def fact_word(lang: str, name: str, kind: str | None = None) -> str:
    """What a fact is called, in an act of `kind` where that is given.

    Raises KeyError for a fact that no kind of act has.
    """
    if kind is not None:
        for one in (kind, f"*.{kind.partition('.')[2]}"):
            if (message := OF_KINDS.get(one, {}).get(name)) is not None:
                return say(lang, message, context=_FACT)
    if (term_id := FACT_TERMS.get(name)) is not None:
        return term(term_id, lang)
    return say(lang, FACTS[name], context=_FACT)


def value_word(lang: str, name: str, value: str) -> str | None:
    """A value of a fact in words, or None where there are none for it."""
    if name == "weekday" and value.capitalize() in WEEK:
        return say(lang, value.capitalize(), context=_WEEKDAY)
    for one in (name, _SAME_VALUES.get(name, name)):
        if (term_id := TERMS.get((one, value))) is not None:
            return term(term_id, lang)
        if (message := VALUES.get((one, value))) is not None:
            return say(lang, message, context=_VALUE)
    return None
