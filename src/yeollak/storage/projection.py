"""Projections: findings and the state of matters as rows, so that pages and queries need no fold.

They follow from the entries alone and may be thrown away (see `rebuild.py`). The caller holds the
transaction.
"""

from __future__ import annotations

import json
from datetime import datetime

from yeollak.office.ledger import Counted
from yeollak.storage import models
from yeollak.storage.ledger import finding_of
from yeollak.storage.reading import OfficeView


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
    # Any act may settle a matter that it does not belong to, by having seen it.
    touched |= set(view.rows(models.Matter).filter(settled=False).values_list("matter", flat=True))
    fields = ["procedure", "family", "phase", "slots", "marks", "settled", "opened", "updated"]
    models.Matter.objects.using(view.alias).bulk_create(
        [_matter(view, matter) for matter in sorted(touched)],
        update_conflicts=True,
        unique_fields=["office", "matter"],
        update_fields=fields,
        batch_size=50,
    )
    view.ledger.stored(view.rows(models.Finding).order_by("-id").values_list("id", flat=True)[0])


def _matter(view: OfficeView, matter: str) -> models.Matter:
    acts: list[Counted] = [act for act in view.ledger.matter(matter) if not act.void]
    folded = view.office.state(matter)
    procedure = view.office.procedure(acts[0])
    turns = [act.turn for act in acts]
    return models.Matter(
        office_id=view.id,
        matter=matter,
        procedure=procedure.name,
        family=procedure.family,
        phase=folded.state.phase,
        slots=json.dumps(dict(folded.state.slots), sort_keys=True, default=dict),
        marks=json.dumps(dict(folded.marks), sort_keys=True),
        settled=view.office.settled(matter),
        opened=min(turns),
        updated=max(turns),
    )
