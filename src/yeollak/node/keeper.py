"""The keeper: what a node does by itself in each office, without an officer.

It folds what has come, says `line.seen` within the time that the charter sets, and signs checkpoints over
what has been appended. It paces by the injected clock alone, so that a demonstration keeps the history's
time.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from yeollak.line.post import Post
from yeollak.node.acting import act
from yeollak.node.open import Node
from yeollak.office.matter import natural_id
from yeollak.office.propose import Draft
from yeollak.procedures.catalogue import table
from yeollak.record.canon import format_instant
from yeollak.storage import reading

#: How often a `line.seen` carries the digest of the state (rule 11).
_DIGEST_EVERY = timedelta(hours=1)


class Keeper:
    """Keeps one office of a node."""

    def __init__(self, node: Node, post: Post) -> None:
        self._node, self._post = node, post
        # Only where everything is public anyway: salts that can be derived hide nothing.
        self._salts = node.config.make_salts() if post.charter.demonstration else None

    def step(self) -> None:
        """Fold, say what has been seen if it is time, and sign a checkpoint over what is new."""
        office = self._post.charter.office
        now = self._node.clock.now()
        self._node.journal.fold(office, now)
        self._say_seen()
        self._node.journal.issue(office, self._post.keys.register, now)

    def owed(self) -> bool:
        """Whether this node still has to say that it has seen something."""
        view = reading.office_view(self._node.alias, self._post.charter.office)
        return bool(view.office.unseen(view.place)) and self._posted(view)

    def _say_seen(self) -> None:
        office, now = self._post.charter.office, self._node.clock.now()
        view = reading.office_view(self._node.alias, office)
        unseen = view.office.unseen(view.place)
        if not unseen or not self._posted(view) or self._post.keys.node is None:
            return
        first = reading.counted_at(view, unseen[0].side, unseen[0].index)
        if first is None or now < first + timedelta(seconds=int(self._post.charter.terms["seen_seconds"])):
            return
        facts = {"state": view.office.digest()} if self._digest_due(view, now) else {}
        act(
            self._node,
            office,
            self._post.keys.node,
            Draft("line.seen", facts=facts),
            at=now,
            salts=self._salts,
        )

    def _posted(self, view: reading.OfficeView) -> bool:
        key = self._post.keys.node
        return key is not None and key.kid in view.office.officers(view.place)

    def _digest_due(self, view: reading.OfficeView, now: datetime) -> bool:
        line = natural_id(view.id, table("line").family, f"line/{view.side}")
        carried = [
            found.move.at
            for found in view.ledger.matter(line)
            if found.move is not None and not found.void and "state" in found.move.facts
        ]
        return not carried or carried[-1] <= format_instant(now - _DIGEST_EVERY)
