"""Agreements as their pages show them: the list by state, who has initialled and signed and when, what amends
them, and the incidents that touch them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.text import capfirst

from yeollak.desk.staff.gate import Desk
from yeollak.desk.staff.titles import Title, title_of
from yeollak.desk.staff.values import Part, Voice
from yeollak.procedures.agreement import AGREEMENT
from yeollak.procedures.obligation import OBLIGATION
from yeollak.procedures.table import Move
from yeollak.record.canon import format_instant
from yeollak.storage import matters, models
from yeollak.storage.matters import Listed, Wanted
from yeollak.words import clean, say, say_count
from yeollak.words.facts import value_word
from yeollak.words.labels import state_word

#: Phases in the order in which the list has them: what binds, what is to be signed, what is over.
PHASES: Final = (
    "in-force", "frozen", "drafted", "suspended", "reported", "denounced", "lapsed", "withdrawn",
)  # fmt: skip
#: How many agreements of one state the list shows, and a page of one state.
SHORT, PAGE = 10, 50
#: How many incidents and amendments of one agreement are shown, and acts looked through.
_MOST: Final = 100
_ACTS: Final = 200


@dataclass(frozen=True, slots=True)
class Row:
    """An agreement in the list."""

    title: Title
    url: str
    what: str
    settled: bool
    signed: tuple[tuple[Part, bool], ...]
    moved: Part
    waits: tuple[tuple[Part, Part, bool], ...]
    obligations: int


@dataclass(frozen=True, slots=True)
class Group:
    """The agreements of one state: its word, the first of them, how many there are, and where all stand."""

    phase: str
    word: str
    rows: tuple[Row, ...]
    many: int
    url: str


@dataclass(frozen=True, slots=True)
class Signature:
    """What a side has put under the text that stands: when, and who for it; None where it has not."""

    side: Part
    initialled: Part | None
    signed: Part | None
    by: str
    needed: bool


@dataclass(frozen=True, slots=True)
class Touching:
    """An incident that touches an agreement or a duty of it, or an amendment: in a line."""

    title: Title
    url: str
    what: str
    state: str
    side: Part | None


def groups_of(desk: Desk, voice: Voice) -> list[Group]:
    """The agreements by state, those of each newest first."""
    view, found = desk.view, []
    held = view.rows(models.Matter).filter(procedure=AGREEMENT.name)
    for phase in PHASES:
        many = held.filter(phase=phase).count()
        if many:
            listing = matters.listing(view, Wanted(procedure=AGREEMENT.name, phase=phase), SHORT)
            found.append(
                Group(
                    phase,
                    state_word(voice.lang, AGREEMENT.name, phase, {}),
                    tuple(rows_of(desk, listing.rows, voice)),
                    many,
                    f"?phase={phase}" if many > SHORT else "",
                )
            )
    return found


def rows_of(desk: Desk, listed: Sequence[Listed], voice: Voice) -> list[Row]:
    """Rows of the list."""
    view, now = desk.view, format_instant(desk.now)
    ids = [one.row.matter for one in listed]
    owned = view.rows(models.Linked).filter(target__in=ids, relation="parent")
    read = list(owned.values_list("target", "matter")[: _MOST * PAGE])
    known = matters.matter_rows(view, [matter for _, matter in read])
    found = []
    for one in listed:
        matter = one.row.matter
        state = view.office.state(matter).state
        first = next((act for act in view.ledger.matter(matter) if not act.void and act.move), None)
        said = str(first.move.facts.get("class", "")) if first is not None and first.move else ""
        found.append(
            Row(
                title_of(view.office, matter, voice.lang, voice.side_name),
                desk.url("agreement", matter),
                capfirst(value_word(voice.lang, "class", said) or clean(said, longest=64)),
                one.row.settled,
                tuple((voice.side(side), bool(state.of("signed", side))) for side in desk.sides),
                voice.time(one.row.moved_at),
                tuple(
                    (voice.side(wait.side), voice.time(wait.due), wait.due < now) for wait in one.waits[:3]
                ),
                sum(
                    target == matter and owner in known and known[owner].procedure == OBLIGATION.name
                    for target, owner in read
                ),
            )
        )
    return found


def verdict(groups: Sequence[Group], late: int, lang: str) -> tuple[str, ...]:
    """How the agreements stand, in sentences."""
    if not groups:
        return (say(lang, "Nothing has been agreed in this record yet."),)
    many = {one.phase: one.many for one in groups}
    told = [
        say_count(lang, "{n} agreement is in force.", "{n} agreements are in force.", many["in-force"])
        if many.get("in-force")
        else say(lang, "No agreement is in force.")
    ]
    if table := many.get("drafted", 0) + many.get("frozen", 0):
        told.append(say_count(lang, "{n} waits to be signed.", "{n} wait to be signed.", table))
    if late:
        told.append(
            say_count(lang, "{n} duty has passed in silence.", "{n} duties have passed in silence.", late)
        )
    return tuple(told)


def signatures_of(desk: Desk, matter: str, voice: Voice) -> list[Signature]:
    """What each side has put under the text that stands, in the reader's order of sides."""
    office = desk.view.office
    found, state = office.state(matter), office.state(matter).state
    newest: dict[tuple[str, str], Move] = {}
    for act in desk.view.ledger.matter(matter)[-_ACTS:]:
        if not act.void and act.move is not None and act.id not in found.marks:
            newest[act.side, act.move.kind] = act.move
    shown = []
    for side in desk.sides:
        initialled = newest.get((side, "agreement.initial")) if state.of("initialled", side) else None
        signed = newest.get((side, "agreement.sign")) if state.of("signed", side) else None
        function = signed.function if signed is not None else ""
        shown.append(
            Signature(
                voice.side(side),
                voice.time(initialled.at) if initialled is not None else None,
                voice.time(signed.at) if signed is not None else None,
                (value_word(voice.lang, "function", function) or "") if function else "",
                state.phase in ("drafted", "frozen"),
            )
        )
    return shown


def incidents_of(desk: Desk, matter: str, obligations: Sequence[str], voice: Voice) -> list[Touching]:
    """The incidents that touch an agreement or one of its obligations, newest first."""
    view, found = desk.view, []
    linked = view.rows(models.Linked).filter(target__in=[matter, *obligations], relation="touches")
    ids = list(dict.fromkeys(linked.order_by("-id").values_list("matter", flat=True)[:_MOST]))
    rows = matters.matter_rows(view, ids)
    for one in ids:
        if one in rows:
            state = view.office.state(one).state
            words = []
            if clause := state.slots.get("clause"):
                words.append(say(voice.lang, "Clause {clause}", clause=clean(str(clause), longest=64)))
            if relation := state.slots.get("relation"):
                words.append(
                    value_word(voice.lang, "relation", str(relation)) or clean(str(relation), longest=64)
                )
            found.append(_line(desk, rows[one], ", ".join(words), voice))
    return found


def amendments_of(desk: Desk, matter: str, voice: Voice) -> list[Touching]:
    """What an agreement amends, and what amends it, newest first."""
    view = desk.view
    linked = view.rows(models.Linked).filter(relation="amends")
    out = list(linked.filter(matter=matter).values_list("target", flat=True)[:_MOST])
    back = list(linked.filter(target=matter).order_by("-id").values_list("matter", flat=True)[:_MOST])
    rows = matters.matter_rows(view, [*out, *back])
    found = [_line(desk, rows[one], say(voice.lang, "It amends"), voice) for one in out if one in rows]
    found += [_line(desk, rows[one], say(voice.lang, "Amended by"), voice) for one in back if one in rows]
    return found


def since_of(desk: Desk, matter: str, voice: Voice) -> Part | None:
    """When an agreement that has been signed by all came into force: the last signature, as claimed."""
    state = desk.view.office.state(matter).state
    if state.phase not in ("in-force", "suspended", "denounced"):
        return None
    marks = desk.view.office.state(matter).marks
    signed: dict[str, str] = {}
    for act in desk.view.ledger.matter(matter)[-_ACTS:]:
        if (
            not act.void
            and act.move is not None
            and act.id not in marks
            and act.move.kind == "agreement.sign"
        ):
            signed[act.side] = act.move.at
    return voice.time(max(signed.values())) if signed else None


def _line(desk: Desk, row: models.Matter, what: str, voice: Voice) -> Touching:
    state = desk.view.office.state(row.matter).state
    page = "agreement" if row.procedure == AGREEMENT.name else "matter"
    return Touching(
        title_of(desk.view.office, row.matter, voice.lang, voice.side_name),
        desk.url(page, row.matter),
        what,
        state_word(voice.lang, row.procedure, row.phase, state.slots),
        voice.side(state.opener) if state.opener else None,
    )
