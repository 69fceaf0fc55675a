"""Throwing the projections away and making them anew from the entries, which must come to the same.

What is made anew is what folding says of the record. When this node counted an entry is its own memory,
not the record's, and is carried over.
"""

from __future__ import annotations

from datetime import datetime

from yeollak.storage import links, models, passages, projection, rungs, tallying
from yeollak.storage.folding import Folding
from yeollak.storage.journal import Journal
from yeollak.storage.reading import close_views


def rebuild(alias: str, office: str, now: datetime) -> Folding:
    """Drop the findings and matters of an office, and what they are found by, and fold it anew; returns
    everything that was counted.

    `now` is when an entry counts that had not counted before. One transaction: a rebuild that fails leaves
    the old projections, and raises what stopped it.
    """
    journal = Journal(alias)
    with journal.writing(office) as view:
        known = {
            (place, index): at
            for place, index, at in view.rows(models.Finding).values_list("place", "index", "counted_at")
        }
        passages.forget(view)
        links.forget(view)
        rungs.forget(view)
        tallying.forget(view)
        view.rows(models.Awaited).delete()
        view.rows(models.Finding).delete()
        view.rows(models.Matter).delete()
        view.rows(models.Head).update(counted=0, shown=0)
        view.drop()
        view.refresh()
        folding = journal.refold(view, now)
        projection.show(view)
        for row in view.rows(models.Finding):
            at = known.get((row.place, row.index))
            if at is not None and at != row.counted_at:
                view.rows(models.Finding).filter(id=row.id).update(counted_at=at)
    # Nothing has shrunk in the end, so that no view would notice by itself.
    close_views(alias)
    return folding
