"""The list of matters: what its address asks for, and its rows as a page shows them.

Pure but for the store that it reads: the query string in, plain values out. Whatever in it is not one of the
choices is passed over, so that an old address or a saved filter never breaks the page.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final
from urllib.parse import urlencode

from django.utils.text import capfirst

from yeollak.desk.staff.gate import Desk
from yeollak.desk.staff.matterpage import precedence_word, voice_of
from yeollak.desk.staff.shell import name_of
from yeollak.desk.staff.titles import Title, title_of
from yeollak.desk.staff.values import Part, Voice
from yeollak.record.canon import format_instant
from yeollak.record.document import PRECEDENCES
from yeollak.storage import matters, searching
from yeollak.storage.matters import ORDERS, Counts, Listed, Order, Wanted
from yeollak.words import clean, say, term
from yeollak.words.facts import value_word
from yeollak.words.labels import procedure_word, state_word

#: How many matters stand on a page of the list, and how many of a search it can be narrowed to.
PAGE: Final = 50
_FOUND: Final = 500
#: What an address of the list may ask for, in the order of the form.
FIELDS: Final = (
    "q", "procedure", "phase", "awaited", "precedence", "class", "settled", "since", "until", "daily",
    "order",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice of a filter: its value, what it is called, and whether it is chosen."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class RowShown:
    """A matter in the list."""

    matter: str
    url: str
    title: Title
    procedure: str
    state: str
    settled: bool
    precedence: str
    prec: str
    moved: Part
    waits: tuple[tuple[Part, Part, bool], ...]
    acts: int


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for: the text looked for, the filter, and the fields as they were given."""

    text: str
    wanted: Wanted
    given: Mapping[str, str]

    def query(self, **other: str) -> str:
        """The query string of the same list with some fields otherwise; empty ones are left out."""
        merged = {**self.given, **other}
        return urlencode({name: merged[name] for name in (*FIELDS, "after") if merged.get(name)})


def asked_of(fields: Mapping[str, str], sides: Sequence[str]) -> Asked:
    """What a query string asks for."""
    given = {name: fields.get(name, "")[:200].strip() for name in FIELDS}
    order: Order = next((one for one in ORDERS if one == given["order"]), "newest")
    precedence = given["precedence"]
    wanted = Wanted(
        procedure=given["procedure"][:64],
        phase=given["phase"][:64],
        awaited=given["awaited"] if given["awaited"] in (*sides, "any") else "",
        precedence=PRECEDENCES.index(precedence) if precedence in PRECEDENCES else None,
        subject_class=given["class"][:64],
        settled={"yes": True, "no": False}.get(given["settled"]),
        daily=given["daily"] == "yes",
        since=_day(given["since"]),
        until=_day(given["until"]),
        order=order,
    )
    text = clean(given["q"], longest=200)
    return Asked(text, wanted, {name: value for name, value in given.items() if value})


def narrowed(desk: Desk, asked: Asked) -> Wanted:
    """The filter, within what the text that is looked for has found."""
    if not asked.text:
        return asked.wanted
    return replace(asked.wanted, within=searching.find(desk.view, asked.text).matters[:_FOUND])


def rows_of(desk: Desk, listed: Sequence[Listed]) -> list[RowShown]:
    """The rows of a page of the list."""
    voice = voice_of(desk)
    return [_row(desk, one, voice) for one in listed]


def _row(desk: Desk, one: Listed, voice: Voice) -> RowShown:
    row, lang, now = one.row, desk.lang, format_instant(desk.now)
    state = desk.view.office.state(row.matter).state
    precedence = PRECEDENCES[row.precedence]
    return RowShown(
        row.matter,
        desk.url("matter", row.matter),
        title_of(desk.view.office, row.matter, lang, voice.side_name),
        capfirst(procedure_word(lang, row.procedure)),
        state_word(lang, row.procedure, row.phase, state.slots),
        row.settled,
        precedence,
        capfirst(precedence_word(lang, precedence)),
        voice.time(row.moved_at),
        tuple((voice.side(wait.side), voice.time(wait.due), wait.due < now) for wait in one.waits[:3]),
        row.acts,
    )


def choices(desk: Desk, asked: Asked) -> dict[str, list[Choice]]:
    """The choices of every filter, with what is chosen."""
    view, lang, wanted = desk.view, desk.lang, asked.wanted
    known = matters.procedures(view)
    phases = matters.phases(view, wanted.procedure) if wanted.procedure in known else []
    return {
        "procedure": _choices(
            ((name, f"{capfirst(procedure_word(lang, name))} ({many})") for name, many in known.items()),
            wanted.procedure,
        ),
        "phase": _choices(
            ((name, state_word(lang, wanted.procedure, name, {})) for name in phases), wanted.phase
        ),
        "awaited": _choices(
            (
                ("any", say(lang, "Whichever side")),
                *((side, name_of(desk, side)) for side in desk.sides),
            ),
            wanted.awaited,
        ),
        "precedence": _choices(
            ((name, capfirst(precedence_word(lang, name))) for name in reversed(PRECEDENCES)),
            PRECEDENCES[wanted.precedence] if wanted.precedence is not None else "",
        ),
        "class": _choices(
            ((name, value_word(lang, "class", name) or name) for name in matters.classes(view)),
            wanted.subject_class,
        ),
        "settled": _choices(
            (("yes", capfirst(term("settled", lang))), ("no", capfirst(term("unsettled", lang)))),
            asked.given.get("settled", ""),
        ),
        "order": _choices(((name, order_word(lang, name)) for name in ORDERS), wanted.order),
    }


def order_word(lang: str, order: str) -> str:
    """What an order of the list is called."""
    match order:
        case "oldest":
            return say(lang, "Longest untouched first")
        case "opened":
            return say(lang, "Newly opened first")
        case "due":
            return say(lang, "By the time that they wait for")
        case "precedence":
            return say(lang, "Most urgent first")
        case _:
            return say(lang, "Newest act first")


def counted(counts: Counts) -> str:
    """How many matters there are, as a figure; with a sign where there are more than were counted."""
    return f"{counts.total:,}{'+' if counts.more else ''}"


def _choices(pairs: Iterable[tuple[str, str]], chosen: str) -> list[Choice]:
    return [Choice(value, label, value == chosen) for value, label in pairs]


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return ""
