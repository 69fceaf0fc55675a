"""Working: what a page knows while an act is written: its offer, for whom, the calendar, forms, the text that
stands, and what the charter wants of those who sign.

Whatever an offer, the charter or the record says is read here once and given to the pure modules (`fields`,
`answers`, `jointly`) as a `Work`.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from yeollak import forms
from yeollak.desk.staff import fields, jointly
from yeollak.desk.staff.agreed import agreed_forms, proposable_forms
from yeollak.desk.staff.authority import offered_to_authority
from yeollak.desk.staff.clocks import post_of, reader_of, reading_zone
from yeollak.desk.staff.fields import Frame
from yeollak.desk.staff.gate import Desk
from yeollak.desk.staff.inputs import Typed
from yeollak.desk.staff.suggesting import suggestions
from yeollak.errors import Fault, OurFault
from yeollak.office import officers as posts
from yeollak.office.calendar import Calendar, calendar_of
from yeollak.office.matter import natural_id
from yeollak.office.offers import Offer, offers
from yeollak.office.texts import instrument
from yeollak.office.texts.instrument import Instrument
from yeollak.procedures.catalogue import PROCEDURES, of_kind
from yeollak.procedures.kinds import COMMON, Kind
from yeollak.procedures.posting import FUNCTIONS
from yeollak.procedures.table import Procedure
from yeollak.storage.opened import text_of
from yeollak.storage.reading import OfficeView
from yeollak.words import LANGUAGES
from yeollak.words.deeds import deed_word

#: Kinds whose text is no joint text although they name one: a form's own bytes, figures that are counted.
_OTHER_TEXT: Final = frozenset({"form.draft", "form.redraft", "figures.state"})
#: Kinds that come to nothing without something to deliver.
_SEALED: Final = frozenset({"consent", "reveal"})
#: Kinds that tell what came of an offer, and facts of an offer that are those of its act alone.
_REPORTS: Final = frozenset({"meeting.held", "meeting.absent", "meeting.not-held"})
_OF_THE_ACT: Final = frozenset({"to", "when"})


@dataclass(frozen=True, slots=True)
class Work:
    """What a page knows while an act is written: its offer, for whom, the calendar, the forms that may be
    filled in, the joint text that stands in the matter, and the matter: None where the act opens one.
    """

    offer: Offer
    frame: Frame
    calendar: Calendar
    agreed: Mapping[str, forms.Form] = field(default_factory=dict)
    proposable: Mapping[str, forms.Form] = field(default_factory=dict)
    standing: Instrument | None = None
    sides: tuple[tuple[str, str], ...] = ()
    matter: str | None = None

    @property
    def kind(self) -> Kind:
        """The kind of the act."""
        return self.offer.kind

    @property
    def joint(self) -> bool:
        """Whether it puts a joint text on the table."""
        needs = any(wanted.fact.name == "text" and wanted.required for wanted in self.offer.facts)
        return needs and self.kind.name not in _OTHER_TEXT and "text" not in self.offer.known

    @property
    def proposes_form(self) -> bool:
        """Whether it puts a form on the table for adoption."""
        return self.kind.name == "form.draft"

    @property
    def encloses(self) -> bool:
        """Whether texts and files may go along: what is delivered goes as it was tendered."""
        return bool(self.kind.releases) and not self.offer.deliver

    @property
    def sealed(self) -> bool:
        """Whether what goes along stays closed until it is taken up, or until every side has committed."""
        return not self.kind.releases - _SEALED

    @property
    def fills(self) -> bool:
        """Whether a form may be filled in."""
        return self.encloses and bool(self.agreed) and not self.joint and not self.proposes_form

    def form(self, typed: Typed) -> forms.Form | None:
        """The form that was chosen."""
        return self.agreed.get(typed.one("form")) if self.fills else None

    def writer(self, typed: Typed) -> str:
        """The language in which a form is filled in."""
        said = typed.one("form-lang")
        return said if said in LANGUAGES else self.frame.lang


# what may be written


def offered(desk: Desk, matter: str | None) -> list[Offer]:
    """What anybody of our desk may sign in a matter, or open: first as the person who asks, then as the
    others who are posted, then, for whoever may draft for it, as the authority key. Raises OurFault
    (`no-such-matter`).
    """
    view = desk.view
    if matter is not None and not any(not act.void for act in view.ledger.matter(matter)):
        raise OurFault("no-such-matter", matter=matter[:64])
    calendar = calendar_of(view.office, view.office.terms())
    found: dict[str, Offer] = {}
    for function in _functions(desk):
        for offer in offers(
            view.office,
            view.side,
            function,
            matter,
            desk.now,
            officer=desk.officer,
            propose=lambda kind, at: calendar.due(at, kind),
        ):
            found.setdefault(offer.kind.name, offer)
    for offer in offered_to_authority(desk, matter):
        found.setdefault(offer.kind.name, offer)
    return list(found.values())


def _functions(desk: Desk) -> Iterator[str]:
    """Functions that are posted, the person's own first, as far as each may sign what those before may
    not.
    """
    posted = {one.function for one in desk.view.office.officers(desk.view.place).values()}
    posted -= {posts.AUTHORITY, posts.NODE}
    covered: set[str] = set()
    for function in (desk.function, *(name for name in FUNCTIONS if name in posted)):
        may = _SIGNED_BY.get(function, frozenset())
        if function in posted and not may <= covered:
            covered |= may
            yield function


_SIGNED_BY: Final = {
    function: frozenset(
        kind.name
        for procedure in PROCEDURES
        for kind in (*procedure.kinds, *COMMON.values())
        if posts.may_sign(function, kind.name, kind.functions)
    )
    for function in FUNCTIONS
}


def offer_of(desk: Desk, kind: str, matter: str | None) -> Offer:
    """The offer of one kind. Raises OurFault(`no-such-kind`, `not-offered`, `no-such-matter`)."""
    if kind not in COMMON and of_kind(kind) is None:
        raise OurFault("no-such-kind", kind=kind[:64])
    found = next((one for one in offered(desk, matter) if one.kind.name == kind), None)
    if found is None:
        raise OurFault("not-offered", kind=deed_word(desk.lang, kind))
    return found


def work_of(desk: Desk, kind: str, matter: str | None) -> Work:
    """Everything that a page needs while an act of this kind is written. Raises what `offer_of` raises."""
    view, offer = desk.view, offer_of(desk, kind, matter)
    calendar = calendar_of(view.office, view.office.terms())
    frame = frame_of(desk, offer, calendar, matter)
    takes_form = bool(offer.kind.releases) and not offer.deliver
    return Work(
        offer,
        frame,
        calendar,
        agreed_forms(view) if takes_form else {},
        proposable_forms(view) if kind == "form.draft" else {},
        standing_text(view, matter),
        tuple((side, frame.reader.name(side)) for side in view.charter.sides),
        matter,
    )


def frame_of(desk: Desk, offer: Offer, calendar: Calendar, matter: str | None) -> Frame:
    """The frame of the fields of an offer."""
    procedure = procedure_of(desk.view, offer)
    key = procedure.key.parts if procedure is not None and procedure.key is not None else ()
    zone = reading_zone(desk)
    return Frame(
        reader_of(desk),
        (desk.lang, *(lang for lang in LANGUAGES if lang != desk.lang)),
        zone,
        post_of(zone, desk.lang),
        suggestions(desk.view, desk.lang, offer, calendar),
        frozenset(key) if offer.kind.name not in COMMON and matter is not None else frozenset(),
    )


def procedure_of(view: OfficeView, offer: Offer) -> Procedure | None:
    """The table of an offer."""
    return next((one for one in PROCEDURES if one.name == offer.procedure), None)


def standing_text(view: OfficeView, matter: str | None) -> Instrument | None:
    """The joint text that stands in a matter, where it is held here and can be read."""
    text = view.office.state(matter).state.slots.get("text") if matter is not None else None
    data = text_of(view, matter, text) if matter is not None and isinstance(text, str) else None
    try:
        return None if data is None else instrument.read(data)
    except Fault:
        return None


def fresh(desk: Desk, work: Work) -> Typed:
    """What stands on the page before anybody has typed: what the record knows, and what the desk proposes."""
    typed = fields.filled(work.offer, work.frame)
    more: dict[str, str | Sequence[str]] = {"precedence": "routine", "form-lang": work.frame.lang}
    names = {wanted.fact.name for wanted in work.offer.facts if wanted.known is None}
    if "round" in names:
        more["round"] = f"{desk.now:%Y%m%d}-{secrets.token_hex(3)}"
    if work.kind.name == "checkin.observe" and "date" in names:
        more["f.date"] = f"{work.calendar.day(desk.now):%Y-%m-%d}"
        more["f.slot"] = _slot(work.calendar, desk.now)
    if "number" in names and work.kind.name.startswith("amendment."):
        more["f.number"] = str(_next_amendment(desk.view))
    if work.joint and work.standing is not None and jointly.fits(work.standing, work.frame.langs):
        more |= jointly.typed_text(work.standing).to_json()
    return typed.with_(on_the_table(desk, work)).with_(more)


def on_the_table(desk: Desk, work: Work) -> dict[str, str | Sequence[str]]:
    """What the offer that stands in the matter says, where it is offered otherwise, and what was agreed,
    where a meeting is reported: nobody types anew what the record knows, and what he leaves stays the same.
    """
    reports = work.kind.name in _REPORTS
    if work.matter is None or not (reports or work.kind.name.endswith(".counter")):
        return {}
    offer = desk.view.office.state(work.matter).state.slots.get("offer")
    acts = (one for one in desk.view.ledger.matter(work.matter) if one.id == offer)
    move = next((one.move for one in acts if one.move is not None), None)
    if move is None:
        return {}
    said = {name: value for name, value in move.facts.items() if name not in _OF_THE_ACT}
    if reports and "start" in said:
        said["when"] = said["start"]
    found: dict[str, str | Sequence[str]] = {}
    for wanted in work.offer.facts:
        if wanted.known is None and wanted.fact.name in said:
            found |= fields.typed_value(wanted.fact, said[wanted.fact.name], work.frame)
    return found


def _slot(calendar: Calendar, now: datetime) -> str:
    """The call of the day that is nearest to now."""
    day = calendar.day(now)
    times = {name: calendar.slot(day, name) for name in calendar.slots}
    return min(times, key=lambda name: abs((times[name] or now) - now), default="opening")


def _next_amendment(view: OfficeView) -> int:
    number = 1
    while number < 1000:
        matter = natural_id(view.id, "charter", f"amendment/{number}")
        if not view.ledger.matter(matter) or view.office.state(matter).state.phase != "in-force":
            break
        number += 1
    return number


# rules of signing


def is_joint(procedure: Procedure, kind: str) -> bool:
    """Whether an act of this kind takes part in a joint step: it fills the slot of a join, of which every
    side has one. What both sides merely saw (a call) binds nobody and is none.
    """
    if procedure.skeleton == "joint observation":
        return False
    slots = {join.slot for join in procedure.joins if join.items is None}
    rows = (rows[kind] for rows in procedure.rows.values() if kind in rows)
    fills = any(write.each and write.slot in slots for row in rows for write in row.writes)
    return fills or kind.rpartition(".")[2] in ("sign", "agree", "consent")


def four_eyes(view: OfficeView, kind: str, matter: str | None, subject_class: str) -> bool:
    """Whether the charter wants another to release an act than who drafted it: for its kind, for the class
    that it states, or for one that an act of its matter has stated, most often the one that opened it.
    """
    listed = view.office.terms().get("four_eyes", ())
    if kind in listed or (bool(subject_class) and subject_class in listed):
        return True
    if not listed or matter is None:
        return False
    moves = (act.move for act in view.ledger.matter(matter) if not act.void)
    return any(move is not None and move.facts.get("class") in listed for move in moves)
