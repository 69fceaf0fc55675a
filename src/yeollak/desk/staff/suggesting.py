"""Suggesting: values for facts that no table closes to a list, from the charter and the record.

An officer picks an agreement by its subject and never types a digest. Lists are short and read by index; a
value that is not listed can be right all the same, and is then given by whoever links to the page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Final

from yeollak import forms
from yeollak.office.calendar import Calendar
from yeollak.office.offers import Offer
from yeollak.procedures.posting import FUNCTIONS
from yeollak.storage import models
from yeollak.storage.reading import OfficeView
from yeollak.words import LANGUAGES, NATIVE_NAMES, clean, day
from yeollak.words.acts import slot_word
from yeollak.words.called import ordered, side_name
from yeollak.words.facts import value_word
from yeollak.words.labels import procedure_word, state_word
from yeollak.words.naming import Reader

_Pairs = Sequence[tuple[str, str]]
#: How many matters are offered to be picked.
_MOST: Final = 50
_LONGEST: Final = 80
#: The facts that may say what a matter is about.
_ABOUT: Final = ("subject", "topic", "form", "asset")
#: Fact -> the procedures and phases of the matters that it may name; no phases: any.
_MATTERS: Final[Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "amends": (("agreement",), ("in-force", "suspended")),
    "nomination": (("agrement",), ("consented", "lapsed")),
    "replaces": (("posting",), ()),
    "restates": (("project",), ()),
    "retender": (("note", "request"), ("refused", "lapsed", "withdrawn", "undelivered")),
    "touches": (("agreement", "obligation", "project"), ()),
}
#: The same for the fact `parent`, by the procedure of the act.
_PARENTS: Final[Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "duty": (("obligation",), ()),
    "obligation": (("agreement",), ("in-force",)),
}
_ANY_PARENT: Final = (("agreement", "meeting", "series", "project", "note", "request", "incident"), ())


def suggestions(view: OfficeView, lang: str, offer: Offer, calendar: Calendar) -> dict[str, _Pairs]:
    """Fact -> values with their labels, for the facts of an offer that are open and can be suggested."""
    found: dict[str, _Pairs] = {}
    for wanted in offer.facts:
        fact = wanted.fact
        if wanted.choices or fact.choices:
            continue
        if fact.type == "digest":
            if wanted.known is None and (pairs := list(_matters(view, lang, offer, fact.name))):
                found[fact.name] = pairs
        elif fact.type == "token" and fact.name in _LISTS:
            pairs = list(dict(_LISTS[fact.name](view, lang, calendar)).items())
            found |= {fact.name: pairs} if pairs else {}
    return found


def _matters(view: OfficeView, lang: str, offer: Offer, fact: str) -> Iterator[tuple[str, str]]:
    procedures, phases = _MATTERS.get(fact) or (((), ()) if fact != "parent" else _parents(offer.procedure))
    if not procedures:
        return
    rows = view.rows(models.Matter).filter(procedure__in=procedures)
    rows = rows.filter(phase__in=phases) if phases else rows
    for row in rows.order_by("-updated", "-id")[:_MOST]:
        if row.matter != offer.matter:
            yield row.matter, matter_label(view, lang, row.matter, row.procedure, row.phase)


def _parents(procedure: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return _PARENTS.get(procedure, _ANY_PARENT)


def matter_label(view: OfficeView, lang: str, matter: str, procedure: str, phase: str) -> str:
    """A matter in one line: what it is, what it is about, since when, and how it stands."""
    acts = view.ledger.matter(matter)
    move = next((act.move for act in acts if not act.void and act.move is not None), None)
    parts, apart = [procedure_word(lang, procedure)], Reader(lang, view.side).isolated
    if move is not None:
        said = next((move.facts[name] for name in _ABOUT if name in move.facts), "")
        text = (said.get(lang) or next(iter(said.values()), "")) if isinstance(said, Mapping) else str(said)
        parts += [apart(clean(text, longest=_LONGEST))] if text else []
        parts.append(apart(day(date.fromisoformat(move.at[:10]), lang)))
    parts.append(state_word(lang, procedure, phase, {}))
    return " · ".join(parts)


def _classes(view: OfficeView, lang: str, calendar: Calendar) -> Iterator[tuple[str, str]]:
    terms = view.office.terms()
    named = [name.partition("/")[2] for name in terms.get("deadlines", {}) if "/" in name]
    subjects = [form.subject for form in forms.shipped().values()]
    for name in (*terms.get("as_of_right", ()), *named, *subjects):
        yield name, value_word(lang, "class", name) or name


def _officers(view: OfficeView, lang: str, calendar: Calendar) -> Iterator[tuple[str, str]]:
    for kid, officer in view.office.officers(view.place).items():
        if officer.function in FUNCTIONS:
            yield kid, f"{value_word(lang, 'function', officer.function) or officer.function} · {kid}"


def _functions(view: OfficeView, lang: str, calendar: Calendar) -> Iterator[tuple[str, str]]:
    return ((name, value_word(lang, "function", name) or name) for name in FUNCTIONS)


def _seats(view: OfficeView, lang: str, calendar: Calendar) -> Iterator[tuple[str, str]]:
    for side in ordered(view.charter, view.side):
        for name, words in _functions(view, lang, calendar):
            yield f"{side}.{name}", f"{side_name(view.charter, side, lang)} · {words}"


def _languages(view: OfficeView, lang: str, calendar: Calendar) -> Iterable[tuple[str, str]]:
    return ((tag, NATIVE_NAMES[tag]) for tag in LANGUAGES)


def _slots(view: OfficeView, lang: str, calendar: Calendar) -> Iterable[tuple[str, str]]:
    return ((name, slot_word(lang, name)) for name in calendar.slots)


def _lines(view: OfficeView, lang: str, calendar: Calendar) -> Iterable[tuple[str, str]]:
    return ((name, value_word(lang, "lines", name) or name) for name in sorted(calendar.lines))


def _defaults(view: OfficeView, lang: str, calendar: Calendar) -> Iterable[tuple[str, str]]:
    return ((name, value_word(lang, "decision", name) or name) for name in ("approved", "denied"))


_LISTS: Final[Mapping[str, Callable[[OfficeView, str, Calendar], Iterable[tuple[str, str]]]]] = {
    "class": _classes,
    "default": _defaults,
    "function": _functions,
    "head": _functions,
    "language": _languages,
    "line": _lines,
    "lines": _lines,
    "next": _officers,
    "officer": _officers,
    "sat": _seats,
    "slot": _slots,
}
