"""Projections: findings and the state of matters as rows, so that pages and queries need no fold.

They follow from the entries alone and may be thrown away (see `rebuild.py`). What is stored costs as much as
what is new, however much is held or waits to be settled. The caller holds the transaction.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from yeollak.office.ledger import Counted
from yeollak.storage import models
from yeollak.storage.ledger import finding_of
from yeollak.storage.reading import OfficeView

#: How many matters one query names.
_AT_ONCE = 500


def store(view: OfficeView, now: datetime) -> None:
    """Store what the ledger has newly counted, the counted sizes, and every matter that it may have
    changed.
    """
    found = view.ledger.pending
    if not found:
        return
    findings = models.Finding.objects.using(view.alias)
    findings.bulk_create([finding_of(one, view.id, now) for one in found], batch_size=500)
    for place in {one.place for one in found}:
        view.rows(models.Head).filter(place=place).update(counted=view.ledger.counted(place))
    touched = {one.matter for one in found if not one.void}
    fields = ["procedure", "family", "phase", "slots", "marks", "settled", "opened", "updated"]
    models.Matter.objects.using(view.alias).bulk_create(
        [_matter(view, matter) for matter in sorted(touched)],
        update_conflicts=True,
        unique_fields=["office", "matter"],
        update_fields=fields,
        batch_size=50,
    )
    _settle(view, sorted(_newly_seen(view, found) - touched))
    view.ledger.stored(view.rows(models.Finding).order_by("-id").values_list("id", flat=True)[0])


def _newly_seen(view: OfficeView, found: Sequence[Counted]) -> set[str]:
    """The matters of the acts that a register has seen for the first time: only they can have been settled by
    an act that does not belong to them.
    """
    many = [0] * len(view.charter.sides)
    for one in found:
        many[one.place] += 1
    matters = set()
    for place, new in enumerate(many):
        before = view.office.seen_by(place, view.ledger.counted(place) - new)
        for other, end in enumerate(view.office.seen_by(place) if new else ()):
            if other != place:
                seen = (view.ledger.finding(other, index) for index in range(before[other], end))
                matters |= {one.matter for one in seen if not one.void}
    return matters


def _settle(view: OfficeView, matters: Sequence[str]) -> None:
    settled = [matter for matter in matters if view.office.settled(matter)]
    for start in range(0, len(settled), _AT_ONCE):
        named = settled[start : start + _AT_ONCE]
        view.rows(models.Matter).filter(matter__in=named).update(settled=True)


def _matter(view: OfficeView, matter: str) -> models.Matter:
    folded, folds = view.office.state(matter), view.office.folds(matter)
    opened, updated = folds.span
    return models.Matter(
        office_id=view.id,
        matter=matter,
        procedure=folds.procedure.name,
        family=folds.procedure.family,
        phase=folded.state.phase,
        slots=json.dumps(dict(folded.state.slots), sort_keys=True, default=dict),
        marks=json.dumps(dict(folded.marks), sort_keys=True),
        settled=view.office.settled(matter),
        opened=opened,
        updated=updated,
    )
