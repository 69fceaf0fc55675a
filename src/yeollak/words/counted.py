"""What figures of the statistics are called, their dimensions and the values of those: for pages, tables and
the command line alike.

Names come from the record in English codes; what the glossary has a term for is called by it. A value that
nobody has a word for, as the name of a side or a class of the charter, stands as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from yeollak.words.acts import kind_word
from yeollak.words.catalogue import say
from yeollak.words.facts import value_word
from yeollak.words.labels import procedure_word, state, state_word
from yeollak.words.terms import has_term, term

#: What stands for a value that no act states.
_UNSTATED: Final = "-"


def phrase(message: str) -> str:
    """Mark a message for the catalogues; it is looked up where it is said."""
    return message


#: (dimension, value) -> the glossary's term for it, where the name of the term is not the value.
_TERMS: Final[Mapping[tuple[str, str], str]] = {
    ("decision", "unanswered"): "unanswered-matter",
    ("function", "duty"): "duty-officer",
    ("function", "liaison"): "liaison-officer",
    ("ground", "channel"): "ground-channel",
    ("ground", "content"): "ground-content",
    ("ground", "name"): "ground-name",
    ("ground", "no-instruction"): "ground-no-instruction",
    ("ground", "rank"): "ground-rank",
    ("level", "differing"): "differing-accounts",
    ("outcome", "answered"): "answered-call",
    ("outcome", "differing"): "differing-accounts",
    ("outcome", "late"): "late-call",
    ("outcome", "unanswered"): "unanswered-call",
    ("state", "differing"): "differing-accounts",
    ("streak", "answered"): "answered-call",
    ("streak", "unanswered"): "unanswered-call",
    ("view", "answered"): "answered-call",
    ("view", "late"): "late-call",
    ("view", "unanswered"): "unanswered-call",
    ("way", "consent"): "by-consent",
    ("way", "right"): "as-of-right",
    ("way", "route"): "other-route",
}
#: (figure, dimension) whose values are kinds of act without the name before the dot -> the names tried.
_STEPS: Final[Mapping[tuple[str, str], tuple[str, ...]]] = {
    ("document-steps", "step"): ("note", "request"),
    ("postings", "step"): ("posting",),
    ("projects", "opened"): ("project",),
    ("standing", "step"): ("standing",),
}
#: (figure, dimension) whose values are those of some facts -> those facts, the first that has a word counts.
_OF_FACTS: Final[Mapping[tuple[str, str], tuple[str, ...]]] = {
    ("absences", "notified"): ("notified",),
    ("decisions", "decision"): ("decision",),
    ("document-steps", "detail"): ("result", "decision", "ground", "copy", "stage"),
    ("items", "decision"): ("decision",),
    ("milestones", "state"): ("state",),
    ("presence", "state"): ("state",),
    ("standing", "detail"): ("extent", "state", "others"),
}
#: Dimensions whose values are the glossary's own ids.
_NAMED: Final = frozenset({"account", "decision", "function", "outcome", "state", "view", "way", "what"})

#: Names of figures, of dimensions, and of values after their dimension -> the words for them.
_WORDS: Final[Mapping[str, str]] = {
    "absences": phrase("Absences from meetings"),
    "acts": phrase("Acts that stand"),
    "calls": phrase("Calls by line"),
    "contacts": phrase("Contacts face to face"),
    "costs": phrase("Costs in"),
    "decisions": phrase("Decisions on items"),
    "differing": phrase("Accounts that differ"),
    "document-steps": phrase("Steps of notes and requests"),
    "documents": phrase("Documents that passed"),
    "items": phrase("Items asked for"),
    "lapses": phrase("Lapses declared"),
    "late-minutes": phrase("Minutes late"),
    "milestones": phrase("Milestones of projects"),
    "not-held": phrase("Contacts not held"),
    "observations": phrase("Calls as each side saw them"),
    "offers": phrase("Notes and requests by outcome"),
    "postings": phrase("Postings and recalls"),
    "presence": phrase("Days of presence of officers"),
    "projects": phrase("Projects and works"),
    "seats": phrase("Who sat at contacts"),
    "standing": phrase("Standing of the sides"),
    "suspensions": phrase("Suspensions of the work"),
    "texts": phrase("Joint texts"),
    # dimensions
    "account": phrase("by account"),
    "bearer": phrase("by who bears it"),
    "class": phrase("by class"),
    "decision": phrase("by decision"),
    "default": phrase("by what silence is taken for"),
    "detail": phrase("by detail"),
    "function": phrase("by function"),
    "ground": phrase("by ground of refusal"),
    "how": phrase("by how it came about"),
    "kind": phrase("by kind of act"),
    "level": phrase("by level"),
    "line": phrase("by line"),
    "notified": phrase("by notice of absence"),
    "opened": phrase("by opening"),
    "outcome": phrase("by outcome"),
    "procedure": phrase("by procedure"),
    "sat": phrase("by who sat"),
    "says": phrase("by who says so"),
    "side": phrase("by side"),
    "stand-in": phrase("by stand-in"),
    "state": phrase("by state"),
    "step": phrase("by step"),
    "view": phrase("by what was seen"),
    "way": phrase("by the way it passed"),
    "what": phrase("by subject"),
    # values
    "account cancel": phrase("called off"),
    "decision undecided": phrase("not decided"),
    "default consent": phrase("consent to the nomination"),
    "default refusal": phrase("refusal of the nomination"),
    "how agreed": phrase("agreed by the sides"),
    "how reported": phrase("reported by a side"),
    "how signed": phrase("signed by every side"),
    "level ad-hoc": phrase("ad hoc contacts"),
    "level all": phrase("all levels"),
    "level delegation": phrase("delegations"),
    "level deputy-heads": phrase("deputy heads"),
    "level heads": phrase("heads of the office"),
    "level high-level": phrase("high-level talks"),
    "level liaison": phrase("regular liaison contacts"),
    "level working": phrase("working talks"),
    "line all": phrase("all lines"),
    "line face-to-face": phrase("face to face"),
    "longest": phrase("longest in the period"),
    "own": phrase("own word"),
    "sat in-person": phrase("heads in person"),
    "sat stand-in": phrase("with a stand-in"),
    "seen_by jointly": phrase("the sides together"),
    "stand-in no": phrase("no stand-in"),
    "stand-in yes": phrase("stand-in"),
    "standing streak": phrase("standing at the end"),
    "told": phrase("told by others"),
    "unstated": phrase("not stated"),
    "way supply": phrase("supplied later"),
    # values that mean something else elsewhere, after their figure
    "differing what call": phrase("what came of a call"),
    "differing what contact": phrase("whether a contact was held"),
    "differing what level": phrase("the level of a contact"),
    "differing what minutes": phrase("how many minutes late"),
    "document-steps detail in-part": phrase("in part"),
}


def figure_word(lang: str, name: str) -> str:
    """What a figure is called; sums of money with their currency."""
    figure, _, currency = name.partition("/")
    return f"{_word(lang, figure) or figure} {currency}".rstrip()


def dimension_word(lang: str, dimension: str) -> str:
    """By what a figure is divided: "by line"."""
    return _word(lang, dimension) or dimension


def sheet_word(lang: str, name: str) -> str:
    """What a figure rests on (`own`, `told`), or which streak is meant (`longest`, `standing streak`)."""
    return _word(lang, name) or name


def part_word(lang: str, dimension: str, value: str, figure: str = "") -> str:
    """A value of a dimension in the reader's words; one that has none, as a side or a class, as it is."""
    if value == _UNSTATED:
        return say(lang, "not stated")
    if figure == "offers" and dimension == "outcome":
        return state(lang, "note", value, {}) or state_word(lang, "request", value, {})
    for procedure in _STEPS.get((figure, dimension), ()):
        if (said := kind_word(lang, f"{procedure}.{value}")) != f"{procedure}.{value}":
            return said
    if figure == "projects" and dimension == "state":
        return state_word(lang, "project", value, {})
    if (own := _word(lang, f"{figure} {dimension} {value}")) is not None:
        return own
    for fact in _OF_FACTS.get((figure, dimension), ()):
        if (worded := value_word(lang, fact, value)) is not None:
            return worded
    if dimension == "kind":
        return kind_word(lang, value)
    if dimension == "procedure":
        return procedure_word(lang, value)
    named = _TERMS.get((dimension, value)) or (value if dimension in _NAMED and has_term(value) else None)
    if named is not None:
        return term(named, lang)
    if (found := _word(lang, f"{dimension} {value}")) is not None:
        return found
    return _fact(lang, dimension, value) or value


#: Dimensions whose values are those of the fact of the same name.
_FACTS: Final[Mapping[str, str]] = {
    "class": "class",
    "view": "view",
    "function": "function",
    "level": "level",
}


def _fact(lang: str, dimension: str, value: str) -> str | None:
    return value_word(lang, dimension, value) if dimension in _FACTS else None


def _word(lang: str, name: str) -> str | None:
    message = _WORDS.get(name)
    return say(lang, message) if message is not None else None
