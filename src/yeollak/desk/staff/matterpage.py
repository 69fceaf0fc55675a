"""One matter as a page shows it: what it is, where it stands in words, who waits for whom, its way so far.

It reads the office and the store and gives plain values; what may be done next, its acts and its texts are in
the modules beside it. Nothing is decided here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils.text import capfirst

from yeollak.desk.staff.clocks import clocks, reader_of, reading_zone
from yeollak.desk.staff.gate import Desk
from yeollak.desk.staff.matterwaits import (
    SilenceShown,
    WaitShown,
    silences_of,
    wait_sentence,
    wait_shown,
)
from yeollak.desk.staff.shell import name_of
from yeollak.desk.staff.stages import Stage, stages
from yeollak.desk.staff.titles import Title, act_word, title_of
from yeollak.desk.staff.values import Part, Stated, Voice, label_of, stated
from yeollak.errors import OurFault
from yeollak.office.crossing import told
from yeollak.office.fold import order
from yeollak.office.ledger import Counted
from yeollak.office.office import Office
from yeollak.office.subjects import opening
from yeollak.office.waiting import waiting
from yeollak.procedures.kinds import COMMON
from yeollak.record.canon import format_instant
from yeollak.record.document import PRECEDENCES
from yeollak.storage import links, models, rungs
from yeollak.storage.matters import matter_row
from yeollak.storage.reading import OfficeView
from yeollak.words import has_term, say, term
from yeollak.words.acts import kind_word
from yeollak.words.facts import value_word
from yeollak.words.labels import procedure_word, state_word
from yeollak.words.naming import Reader
from yeollak.words.tellings import outcome
from yeollak.words.tellings import settled as sentences_of

#: How many links of either end stand on the page.
_LINKS: Final = 20
#: How many acts of a matter are looked at for its stages and facts: the first ones and the newest.
_LOOKED: Final = 200
#: Up to how many acts it is told of each what became of it.
_TOLD: Final = 1000
#: Phases out of which nothing leads to a further stage, though something may still be entered there.
_OVER: Final = frozenset({"cancelled", "declined", "lapsed", "refused", "withdrawn"})


@dataclass(frozen=True, slots=True)
class StageShown:
    """A stage with who reached it and when: every side that has, where each has to."""

    label: str
    reached: str
    sides: tuple[Part, ...]
    at: Part | None
    until: Part | None


@dataclass(frozen=True, slots=True)
class LinkShown:
    """A link with another matter, as a line."""

    label: str
    url: str
    title: Title
    state: str


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a matter's page.

    `precedence` is its code and `prec` what it is called; `sentences` say how it stands, `settled` whether a
    crossing act can still change it, `crossed` what became of acts that crossed.
    """

    matter: str
    procedure: str
    procedure_word: str
    subject_class: str
    precedence: str
    prec: str
    title: Title
    state: str
    sentences: tuple[str, ...]
    settled: bool
    settled_words: tuple[str, ...]
    crossed: tuple[str, ...]
    stages: tuple[StageShown, ...]
    facts: tuple[Stated, ...]
    waits: tuple[WaitShown, ...]
    silences: tuple[SilenceShown, ...]
    links: tuple[LinkShown, ...]
    acts: int


def voice_of(desk: Desk) -> Voice:
    """How the record's names and instants are said to the person at the desk."""
    view = desk.view

    def link_of(digest: str) -> tuple[str, Any] | None:
        if view.ledger.matter(digest):
            title = title_of(view.office, digest, desk.lang, lambda side: name_of(desk, side))
            return desk.url("matter", digest), title.said or title.word
        act = act_of(view, digest)
        if act is not None:
            return desk.url("act", digest), act_word(desk.lang, act)
        if view.rows(models.Named).filter(digest=digest).exists():
            return desk.url("enclosure", digest), say(desk.lang, "Enclosure")
        return None

    return Voice(
        desk.lang,
        view.side,
        reading_zone(desk),
        lambda side: name_of(desk, side),
        link_of,
        desk.sides,
    )


def act_of(view: OfficeView, act: str) -> Counted | None:
    """The counted act of this id, or None."""
    for place in range(len(view.charter.sides)):
        index = view.ledger.first(place, act)
        if index is not None:
            return view.ledger.finding(place, index)
    return None


def head_of(desk: Desk, matter: str) -> Head:
    """The head of a matter's page. Raises OurFault(`no-such-matter`)."""
    view, lang = desk.view, desk.lang
    row = matter_row(view, matter)
    if row is None or view.office.folds(matter).first is None:
        raise OurFault("no-such-matter", matter=matter[:64])
    voice, reader = voice_of(desk), reader_of(desk)
    calendar, outages = clocks(view)
    state = view.office.state(matter).state
    waits = waiting(view.office, desk.now, calendar, outages=outages, matters=[matter])
    acts = _looked_at(view, matter)
    marks = view.office.state(matter).marks
    standing = [act for act in acts if act.id not in marks]
    words = state_word(lang, row.procedure, row.phase, state.slots)
    # A matter that lasts as long as its office, such as what a node says of the line, is not told act by act.
    told_of = told(view.office, view.side, matter) if row.acts <= _TOLD else []
    tellings = [one.to_json() for one in told_of]
    live = next((one for one in reversed(tellings) if one["mark"] != "void"), None)
    return Head(
        matter=matter,
        procedure=row.procedure,
        procedure_word=capfirst(procedure_word(lang, row.procedure)),
        subject_class=_class_word(lang, row.subject_class),
        precedence=PRECEDENCES[row.precedence],
        prec=capfirst(precedence_word(lang, PRECEDENCES[row.precedence])),
        title=title_of(view.office, matter, lang, voice.side_name),
        state=words,
        sentences=tuple(wait_sentence(reader, one) for one in waits),
        settled=row.settled,
        settled_words=settled_words(reader, live, settled=row.settled),
        crossed=tuple(
            sentence
            for one in tellings
            if one["mark"] or one["beside"] or one["threats"]
            for sentence in outcome(reader, one)
        ),
        stages=tuple(
            _stage(one, voice)
            for one in stages(
                row.procedure,
                row.phase,
                standing,
                lang,
                received=_received(view, matter),
                until=waits[0].until if waits else "",
                ended=row.phase in view.office.folds(matter).procedure.terminal | _OVER,
            )
        ),
        facts=_facts(view.office, matter, standing, voice),
        waits=tuple(wait_shown(reader, voice, one, desk.now) for one in waits),
        silences=silences_of(view, matter, reader),
        links=_links(desk, matter, voice),
        acts=row.acts,
    )


def precedence_word(lang: str, precedence: str) -> str:
    """What a precedence is called."""
    return term(precedence, lang) if has_term(precedence) else precedence


def settled_words(reader: Reader, telling: Mapping[str, Any] | None, *, settled: bool) -> tuple[str, ...]:
    """Whether a crossing act can still change the matter, in sentences."""
    if telling is not None:
        return sentences_of(reader, telling)
    if settled:
        return (say(reader.lang, "Nothing that may still arrive can change it."),)
    return (say(reader.lang, "Not every side has signed an act that has seen every act of this matter."),)


def receipts_of(view: OfficeView, acts: Sequence[Counted]) -> dict[str, tuple[str, str]]:
    """Who has receipted acts first, by act id, and when by its own clock: never the side that signed them."""
    found = rungs.first_receipts(view, acts)
    return {act: (side, format_instant(time)) for act, (side, time) in found.items()}


def receipt_of(view: OfficeView, act: Counted) -> tuple[str, str] | None:
    """Who has receipted an act first, and when."""
    return receipts_of(view, [act]).get(act.id)


def _looked_at(view: OfficeView, matter: str) -> list[Counted]:
    """The allowed acts of a matter in the order in which they apply; of a long one the first and newest."""
    acts = view.ledger.matter(matter)
    if len(acts) > _LOOKED:
        acts = [*acts[: _LOOKED // 2], *acts[-_LOOKED // 2 :]]
    return sorted((act for act in acts if not act.void and act.move is not None), key=order)


def _received(view: OfficeView, matter: str) -> tuple[str, str] | None:
    act = opening(view.office, matter)
    return None if act is None else receipt_of(view, act)


def _stage(one: Stage, voice: Voice) -> StageShown:
    return StageShown(
        one.label,
        one.reached,
        tuple(voice.side(side) for side in (one.side, *one.others) if side),
        voice.time(one.at) if one.at else None,
        voice.time(one.until) if one.until else None,
    )


def _facts(office: Office, matter: str, acts: Sequence[Counted], voice: Voice) -> tuple[Stated, ...]:
    """What the matter's opening says, as the offer that stands has it otherwise, then what later acts say
    beside it.
    """
    first = opening(office, matter)
    if first is None or first.move is None:
        return ()
    procedure = office.folds(matter).procedure
    found = list(stated(procedure.kind(first.move.kind), first.move.facts, voice))
    if "to" not in first.move.facts:
        sides = office.state(matter).state.counterparts
        if sides:
            label = label_of(voice.lang, "to")
            found.insert(0, Stated("to", label, tuple(voice.side(side) for side in sides)))
    found.insert(
        0, Stated("from", say(voice.lang, "From"), (voice.side(first.side), voice.time(first.move.at)))
    )
    offer = office.state(matter).state.slots.get("offer")
    for act in acts:
        if act.id == offer and act is not first and act.move is not None:
            offered = stated(procedure.kind(act.move.kind), act.move.facts, voice)
            found = _otherwise(found, act, offered, voice)
    known = {one.name for one in found}
    for act in acts:
        if act is first or act.move is None or act.move.kind in COMMON:
            continue
        for one in stated(procedure.kind(act.move.kind), act.move.facts, voice):
            if one.name not in known and one.name not in ("event", "when", "source"):
                known.add(one.name)
                found.append(one)
    return tuple(one for one in found if one.name not in ("event", "subject"))


def _otherwise(
    found: Sequence[Stated], act: Counted, offered: Sequence[Stated], voice: Voice
) -> list[Stated]:
    """What was said first, with what another offer has put in its place, and by whom."""
    assert act.move is not None
    instead = {one.name: one for one in offered if one.name != "when"}
    label = capfirst(kind_word(voice.lang, act.move.kind))
    whose = Stated("offer", label, (voice.side(act.side), voice.time(act.move.at)))
    kept = [instead.pop(one.name, one) for one in found]
    return [kept[0], whose, *kept[1:], *instead.values()]


def _links(desk: Desk, matter: str, voice: Voice) -> tuple[LinkShown, ...]:
    found = []
    for link in links.links(desk.view, matter, _LINKS):
        row = matter_row(desk.view, link.matter)
        if row is None:
            continue
        state = desk.view.office.state(link.matter).state
        found.append(
            LinkShown(
                _relation(desk.lang, link.relation, out=link.out),
                desk.url("matter", link.matter),
                title_of(desk.view.office, link.matter, desk.lang, voice.side_name),
                state_word(desk.lang, row.procedure, row.phase, state.slots),
            )
        )
    return tuple(found)


def _relation(lang: str, relation: str, *, out: bool) -> str:
    if out:
        return label_of(lang, relation)
    match relation:
        case "parent":
            return say(lang, "Belongs to this matter")
        case "retender":
            return say(lang, "Tendered again in")
        case "touches":
            return say(lang, "Touched by")
        case "amends":
            return say(lang, "Amended by")
        case _:
            return say(lang, "Named by")


def _class_word(lang: str, code: str) -> str:
    return (value_word(lang, "class", code) or code) if code else ""
