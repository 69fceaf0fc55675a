"""Lapses as evidence: what receipts say of one, and what the silence that it states was taken for.

Whether a lapse is void is judged by its own claimed time alone. What a receipt adds is a view, never an input
to the fold: a lapse that another side or a guarantor had in its hands *before* the due is false on its face,
and an acceptance that the lapsing side itself had receipted before the due is evidence against it, although
the lapse stands. Times of receipts are their cosigners' own: one that speaks for its cosigner, and
contradicts that cosigner's earlier receipts, proves nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from yeollak.office.expected import Default, default_of, expectations, lapsing
from yeollak.office.fold import BEATEN
from yeollak.office.ledger import Counted
from yeollak.office.office import Office
from yeollak.procedures.machine import beats
from yeollak.procedures.table import Move, Procedure
from yeollak.record.canon import parse_instant

FALSE_ON_ITS_FACE = "false-on-its-face"
RECEIPTED = "receipted"
UNRECEIPTED = "unreceipted"


@dataclass(frozen=True, slots=True)
class Receipt:
    """A verified receipt over a register: who cosigned, up to which size, and when by its own clock."""

    cosigner: str
    size: int
    time: datetime


@dataclass(frozen=True, slots=True)
class Contested:
    """An act of a side that was waited for, overtaken by a lapse, that the lapsing side had receipted before
    the due.
    """

    act: str
    side: str
    receipt: Receipt


@dataclass(frozen=True, slots=True)
class Silence:
    """A signed lapse that is allowed, with what speaks for and against it.

    due       the instant that it waited for, and `opened` the act that set it, in its own past
    awaited   the sides that were waited for then; nobody where the offer had been withdrawn
    mark      `unreceipted`: nobody else is known to hold it; `receipted`: held by another, first at or after
              the due; `false-on-its-face`: held by another before the due
    proof     the receipts that the mark rests on
    against   what was in time all the same
    default   what the silence was taken for, where the act that asked said so; None too where the lapse was
              overtaken
    """

    act: str
    side: str
    at: str
    due: str
    opened: str
    awaited: tuple[str, ...]
    overtaken: bool
    mark: str
    proof: tuple[Receipt, ...]
    against: tuple[Contested, ...]
    default: Default | None


def held_since(index: int, own: str, receipts: Iterable[Receipt]) -> tuple[Receipt, ...]:
    """Each cosigner's earliest receipt over a register that covers position `index`, `own` being its side.

    The receipts of one cosigner must not go back in time as sizes grow: one whose time is before that of a
    receipt over a smaller size is contradicted and left out.
    """
    by_cosigner: dict[str, list[Receipt]] = {}
    for receipt in receipts:
        if receipt.cosigner != own:
            by_cosigner.setdefault(receipt.cosigner, []).append(receipt)
    found = []
    for held in by_cosigner.values():
        latest, covering = None, None
        for receipt in sorted(held, key=lambda one: (one.size, one.time)):
            stands = latest is None or receipt.time >= latest
            latest = receipt.time if latest is None else max(latest, receipt.time)
            if stands and receipt.size > index:
                covering = receipt if covering is None else min(covering, receipt, key=lambda one: one.time)
        if covering is not None:
            found.append(covering)
    return tuple(sorted(found, key=lambda one: (one.time, one.cosigner)))


def mark_of(
    index: int, own: str, due: datetime, receipts: Iterable[Receipt]
) -> tuple[str, tuple[Receipt, ...]]:
    """The mark of a lapse at `index` of the register of `own`, and the receipts that it rests on.

    One receipt from before the due is enough, whatever others say: what was held then had been signed then.
    """
    held = held_since(index, own, receipts)
    early = tuple(receipt for receipt in held if receipt.time < due)
    if early:
        return FALSE_ON_ITS_FACE, early
    return (RECEIPTED, held) if held else (UNRECEIPTED, ())


def in_time(
    answer: Counted, lapsing_side: str, due: datetime, receipts: Iterable[Receipt]
) -> Contested | None:
    """Evidence that an answer was in time: the earliest receipt of the lapsing side itself, over the register
    that the answer stands in, from before the due (attacks §1.5). None where there is none.

    It speaks against its cosigner, who cannot take it back by contradicting himself.
    """
    own = [one for one in receipts if one.cosigner == lapsing_side and one.size > answer.index]
    first = min(own, key=lambda one: (one.time, one.size), default=None)
    return None if first is None or first.time >= due else Contested(answer.id, answer.side, first)


def silences(office: Office, matter: str, receipts: Mapping[str, Sequence[Receipt]]) -> tuple[Silence, ...]:
    """Every allowed lapse of a matter, in the order in which they were counted, with what receipts say of it.

    `receipts` are the verified ones, by the side whose register they are over. The cost grows with the acts
    of this one matter.
    """
    acts = [act for act in office.ledger.matter(matter) if not act.void]
    procedure = office.known(matter, office.frontier())
    if procedure is None:
        return ()
    lapses = {kind for rows in procedure.rows.values() for kind, row in rows.items() if row.lapses}
    found = []
    for act in acts:
        if act.move is not None and act.move.kind in lapses:
            silence = _of_lapse(office, procedure, matter, act, act.move, acts, receipts)
            if silence is not None:
                found.append(silence)
    return tuple(found)


def _of_lapse(
    office: Office,
    procedure: Procedure,
    matter: str,
    act: Counted,
    move: Move,
    acts: Sequence[Counted],
    receipts: Mapping[str, Sequence[Receipt]],
) -> Silence | None:
    past, folded = office.state(matter, act.vector).state, office.state(matter)
    timed = lapsing(procedure, past, move.kind, act.side, office.parties)
    if timed is None:
        return None
    due = parse_instant(timed[0])
    mark, proof = mark_of(act.index, act.side, due, receipts.get(act.side, ()))
    lost = [
        in_time(other, act.side, due, receipts.get(other.side, ()))
        for other in acts
        if other.side != act.side
        and folded.marks.get(other.id) == BEATEN
        and not (act.has_seen(other) or other.has_seen(act))
        and other.move is not None
        and beats(procedure, folded.state, move, other.move, office.parties)
    ]
    waited = [
        one
        for one in expectations(procedure, past, office.parties)
        if one.lapse == move.kind and act.side in one.signers
    ]
    awaited = tuple(side for one in waited for side in one.awaited if side != act.side)
    stands = act.id not in folded.marks
    return Silence(
        act=act.id,
        side=act.side,
        at=move.at,
        due=timed[0],
        opened=timed[1],
        awaited=awaited,
        overtaken=not stands,
        mark=mark,
        proof=proof,
        against=tuple(one for one in lost if one is not None),
        # What was asked is the opener's; his own silence is taken for nothing.
        default=default_of(past, office.terms(act.vector))
        if stands and awaited and act.side == past.opener
        else None,
    )
