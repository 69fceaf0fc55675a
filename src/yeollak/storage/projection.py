"""Projections: findings, the state of matters and what acts say as rows, so that pages and queries need no
fold.

They follow from the entries alone and may be thrown away (see `rebuild.py`). What is stored costs as much as
what is new, however much is held or waits to be settled. Verdicts are kept first; what pages and searches are
served from may follow in a transaction of its own, so that a full line is not kept waiting for words to be
indexed. The caller holds the transaction and the lock of the office.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from yeollak.errors import RecordFault
from yeollak.office import subjects
from yeollak.office.expected import expectations
from yeollak.office.fold import order
from yeollak.office.ledger import Counted
from yeollak.record.document import PRECEDENCES, Act
from yeollak.storage import links, models, passages, plain, rungs, state_lines
from yeollak.storage.findings import finding_of
from yeollak.storage.reading import OfficeView

#: How many matters one query names.
_AT_ONCE = 500
#: The columns of a matter that an act may change.
_FIELDS = [
    "procedure", "family", "phase", "slots", "marks", "settled", "opened", "updated", "opened_at", "moved_at",
    "precedence", "subject_class", "daily", "acts", "line",
]  # fmt: skip


def keep(view: OfficeView, now: datetime) -> None:
    """Store the findings of what the ledger has newly counted, and the counted sizes."""
    found = view.ledger.pending
    if not found:
        return
    at = plain.instant(view.alias, now)
    rows = (finding_of(one, view.id, at) for one in found)
    plain.insert(view.alias, models.Finding, plain.FINDING_ROW, rows)
    for place in {one.place for one in found}:
        _move(view, place, "counted", view.ledger.counted(place))
    view.ledger.stored()


def show(view: OfficeView, most: int | None = None) -> bool:
    """Let pages and searches know what has been counted, at most so many acts of each register. Returns
    whether there is more.
    """
    old, counted = view.ledger.shown, view.office.frontier()
    new = (
        counted if most is None else tuple(min(pair) for pair in zip(counted, _plus(old, most), strict=True))
    )
    if new == old:
        return False
    found = sorted(
        (
            view.ledger.finding(place, index)
            for place, (start, end) in enumerate(zip(old, new, strict=True))
            for index in range(start, end)
        ),
        key=order,
    )
    touched = {one.matter for one in found if not one.void}
    view.ledger.prefetch(touched)
    acts = _documents(view, found)
    rows = {matter: _matter(view, matter) for matter in sorted(touched)}
    _rank(view, rows, acts)
    values = ((view.id, matter, *map(row.__getitem__, _FIELDS)) for matter, row in rows.items())
    same = ("office_id", "matter")
    plain.insert(view.alias, models.Matter, (*same, *_FIELDS), values, replace=same)
    _await(view, sorted(touched))
    _settle(view, sorted(_newly_seen(view, old, new) - touched))
    links.index(view, acts)
    passages.index(view, acts)
    rungs.index(view, found, acts)
    for place, size in enumerate(new):
        if size != old[place]:
            _move(view, place, "shown", size)
    view.ledger.shown = new
    return new != counted


def _move(view: OfficeView, place: int, column: str, size: int) -> None:
    query = f"UPDATE {plain.HEAD} SET {column} = %s WHERE office_id = %s AND place = %s"  # noqa: S608 (columns of ours)
    plain.change(view.alias, query, size, view.id, place)


def _plus(sizes: Sequence[int], most: int) -> tuple[int, ...]:
    return tuple(size + most for size in sizes)


def _newly_seen(view: OfficeView, old: Sequence[int], new: Sequence[int]) -> set[str]:
    """The matters of the acts that a register has seen for the first time between two frontiers: only they
    can have been settled by an act that does not belong to them.
    """
    matters = set()
    for place, (start, end) in enumerate(zip(old, new, strict=True)):
        if start == end:
            continue
        before, after = view.office.seen_by(place, start), view.office.seen_by(place, end)
        for other, size in enumerate(after):
            if other != place:
                seen = (view.ledger.finding(other, index) for index in range(before[other], size))
                matters |= {one.matter for one in seen if not one.void}
    return matters


def _settle(view: OfficeView, matters: Sequence[str]) -> None:
    view.ledger.prefetch(matters)
    settled = [matter for matter in matters if view.office.settled(matter)]
    for start in range(0, len(settled), _AT_ONCE):
        named = settled[start : start + _AT_ONCE]
        view.rows(models.Matter).filter(matter__in=named).update(settled=True)


def _documents(view: OfficeView, found: Sequence[Counted]) -> list[tuple[Counted, Act]]:
    """The documents of the allowed acts that a person may look for: what nodes say of the line is not
    among them.
    """
    acts = []
    for one in found:
        if not one.void and one.move is not None and not one.move.kind.startswith("line."):
            try:
                acts.append((one, Act.parse(view.ledger.entry(one.place, one.index).document)))
            except RecordFault:
                continue
    return acts


def _rank(view: OfficeView, rows: Mapping[str, dict[str, Any]], acts: Sequence[tuple[Counted, Act]]) -> None:
    """Give matters the highest precedence of their acts, and the class that one of them has named."""
    for found, act in acts:
        row = rows[found.matter]
        row["precedence"] = max(row["precedence"], PRECEDENCES.index(act.precedence))
        row["subject_class"] = row["subject_class"] or subjects.subject_class([act.facts])
    query = (
        f"SELECT matter, precedence, subject_class FROM {plain.MATTER} "  # noqa: S608 (no value is in it)
        "WHERE office_id = %s AND matter IN {}"
    )
    for matter, precedence, named in plain.within(view.alias, query, list(rows), view.id):
        rows[matter]["precedence"] = max(rows[matter]["precedence"], precedence)
        rows[matter]["subject_class"] = named or rows[matter]["subject_class"]


def _await(view: OfficeView, matters: Sequence[str]) -> None:
    """Note which sides the matters wait for, and until when."""
    query = f"SELECT DISTINCT matter FROM {plain.AWAITED} WHERE office_id = %s AND matter IN {{}}"  # noqa: S608 (no value is in it)
    waited = [matter for (matter,) in plain.within(view.alias, query, matters, view.id)]
    for start in range(0, len(waited), _AT_ONCE):
        view.rows(models.Awaited).filter(matter__in=waited[start:][:_AT_ONCE]).delete()
    rows = []
    for matter in matters:
        dues: dict[str, str] = {}
        state = view.office.state(matter).state
        for one in expectations(view.office.folds(matter).procedure, state, view.office.parties):
            for side in one.awaited:
                dues[side] = min(one.due, dues.get(side, one.due))
        for side, due in dues.items():
            rows.append((view.id, matter, view.charter.places[side], due[:20]))
    plain.insert(view.alias, models.Awaited, ("office_id", "matter", "place", "due"), rows)


def _matter(view: OfficeView, matter: str) -> dict[str, Any]:
    """The columns of a matter's row but for those that its acts' documents tell (`_rank`)."""
    folded, folds = view.office.state(matter), view.office.folds(matter)
    opened, updated = folds.span
    first, last = subjects.opening(view.office, matter), subjects.newest(view.office, matter)
    return {
        "precedence": 0,
        "subject_class": "",
        "procedure": folds.procedure.name,
        "family": folds.procedure.family,
        "phase": folded.state.phase,
        "slots": json.dumps(dict(folded.state.slots), sort_keys=True, default=dict),
        "marks": json.dumps(dict(folded.marks), sort_keys=True),
        "settled": view.office.settled(matter),
        "opened": opened,
        "updated": updated,
        "opened_at": first.move.at if first is not None and first.move is not None else "",
        "moved_at": last.move.at if last is not None and last.move is not None else "",
        "daily": folds.procedure.name in subjects.DAILY,
        "acts": sum(folds.sizes()),
        "line": state_lines.written(folds),
    }
