"""The keeper: what a node does by itself in each office, without an officer.

It folds what has come, says `line.seen` within the time that the charter sets, and signs checkpoints over
what has been appended. It paces by the injected clock alone, so that a demonstration keeps the history's
time.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from yeollak.line.post import Post
from yeollak.node.acting import act
from yeollak.node.exchanging import do_what_is_due
from yeollak.node.open import Node
from yeollak.node.share import Share
from yeollak.office.matter import natural_id
from yeollak.office.propose import Draft
from yeollak.procedures.catalogue import table
from yeollak.procedures.facts import MAX_ITEMS
from yeollak.record.canon import format_instant
from yeollak.storage import reading
from yeollak.storage.comparing import Comparing
from yeollak.storage.receipts import disowned

#: How often a `line.seen` carries the digest of the state (rule 11).
_DIGEST_EVERY = timedelta(hours=1)
#: How long a side has to cover what it has receipted by keys that it has retired.
_COVERED = timedelta(minutes=10)
#: When an exchange in which the node could not go on is tried again.
_AGAIN = timedelta(seconds=30)


class Keeper:
    """Keeps one office of a node."""

    def __init__(self, node: Node, post: Post) -> None:
        self._node, self._post = node, post
        self._looked: tuple[int, ...] = ()
        self._fitting: set[str] = set()
        #: Receipts that their side does not own to, with when that was first seen here.
        self._left_out: dict[tuple[str, str, int], datetime] = {}
        self._comparing = Comparing(node.alias)
        self._share = Share()
        self._held_at: datetime | None = None
        # Only where everything is public anyway: salts that can be derived hide nothing.
        self._salts = node.config.make_salts() if post.charter.demonstration else None

    def step(self, *, at_once: bool = False) -> datetime | None:
        """Fold, say what has been seen if it is time or `at_once`, acknowledge large enclosures, reveal what
        is due, and sign a checkpoint over what is new. Returns when there will be something to say, if
        nothing else happens.

        `at_once` is for whoever has no server running: views are compared too (`storage.comparing`), which a
        server does behind those who wait for something (`node.warming`).
        """
        office = self._post.charter.office
        now = self._node.clock.now()
        self._node.journal.fold(office, now, show=False)
        tell = self._tell_disowned(now)
        try:
            due = self._say_seen(at_once)
            held = self._say_held(at_once)
            again = self._exchange()
        finally:
            # Whatever keeps the node from speaking by itself: what was appended goes out all the same.
            self._node.journal.issue(office, self._post.keys.register, now)
        if at_once:
            self._comparing.step([office], now)
        return min((at for at in (due, held, again, tell) if at is not None), default=None)

    def owed(self) -> bool:
        """Whether this node still has to say that it has seen something."""
        view = reading.office_view(self._node.alias, self._post.charter.office)
        return view.office.unseen(view.place) is not None and self._posted(view)

    def _tell_disowned(self, now: datetime) -> datetime | None:
        """Raise an alarm about a receipt that its side has left out of what it owns to (attacks 2.10), once
        it has had time to cover it: keys that are replaced while acts go both ways leave one for a moment.
        Returns when there may be something to tell.
        """
        view = reading.office_view(self._node.alias, self._post.charter.office)
        found = {(cosigner, side, one.size): one for cosigner, side, one in disowned(view)}
        self._left_out = {key: self._left_out.get(key, now) for key in found}
        for (cosigner, side, size), since in self._left_out.items():
            if now >= since + _COVERED:
                data: dict[str, str | int] = {
                    "side": cosigner,
                    "of": side,
                    "size": size,
                    "owned": found[cosigner, side, size].acknowledged,
                }
                self._node.journal.raise_alarm(view.id, "receipts-disowned", data, now)
        waits = (since + _COVERED for since in self._left_out.values() if now < since + _COVERED)
        return min(waits, default=None)

    def _say_seen(self, at_once: bool) -> datetime | None:
        office, now = self._post.charter.office, self._node.clock.now()
        view = reading.office_view(self._node.alias, office)
        unseen = view.office.unseen(view.place)
        if unseen is None or not self._posted(view) or self._post.keys.node is None:
            return None
        first = reading.counted_at(view, unseen.side, unseen.index)
        due = None if first is None else max(first + self._patience(view), self._free(view, now))
        if due is None or (now < due and not at_once):
            return due
        act(
            self._node,
            office,
            self._post.keys.node,
            Draft("line.seen", with_state=self._digest_due(view, now)),
            at=now,
            salts=self._salts,
            show=False,
        )
        self._share.said(now)
        return None

    def _say_held(self, at_once: bool) -> datetime | None:
        """Acknowledge large enclosures that have arrived, all that are here by one act of the node's own
        (design §2): another side decides how many there are. Returns when it may be said, if not yet.
        """
        office, node, now = self._post.charter.office, self._post.keys.node, self._node.clock.now()
        view = reading.office_view(self._node.alias, office)
        held = reading.large(view, "held")
        if not held or node is None or not self._posted(view):
            return None
        told = self._told(view)
        for start in range(0, len(held), MAX_ITEMS):
            some = held[start : start + MAX_ITEMS]
            digests = list(dict.fromkeys(digest for _, digest in some if digest not in told))
            if digests:
                free = self._free(view, now)
                if start == 0 and self._held_at is not None and self._held_at <= now:
                    # One after another comes: what comes meanwhile is acknowledged together.
                    free = max(free, self._held_at + self._patience(view))
                if now < free and not at_once:
                    return free
                named = hashlib.sha256(" ".join(digests).encode()).hexdigest()
                act(
                    self._node,
                    office,
                    node,
                    Draft("enclosure.held", facts={"digests": digests}),
                    request=f"held/{named}",
                    salts=self._salts,
                    show=False,
                )
                self._share.said(now)
                self._held_at = now
            for side, digest in some:
                self._node.journal.mark_large(office, side, digest, "done")
        return None

    @staticmethod
    def _patience(view: reading.OfficeView) -> timedelta:
        """How long others wait until our side has said what it has seen."""
        return timedelta(seconds=int(view.office.terms()["seen_seconds"]))

    def _free(self, view: reading.OfficeView, now: datetime) -> datetime:
        """From when on the node may say something by itself."""
        return self._share.free(now, reading.daily_statements(view))

    def _exchange(self) -> datetime | None:
        """Deposit, reveal and object as our side must in exchanges; looked at only when something has been
        counted. Returns when to try again what could not be done.
        """
        node, view = self._post.keys.node, reading.office_view(self._node.alias, self._post.charter.office)
        frontier = view.office.frontier()
        if frontier != self._looked and node is not None and self._posted(view):
            if not do_what_is_due(self._node, view, node, self._fitting, self._salts):
                return self._node.clock.now() + _AGAIN
            self._looked = frontier
        return None

    def _told(self, view: reading.OfficeView) -> set[str]:
        """What our register acknowledges already; after a restore it knows more than the database did."""
        line = natural_id(view.id, table("line").family, f"line/{view.side}")
        moves = [found.move for found in view.ledger.matter(line) if found.move and not found.void]
        return {
            str(digest) for move in moves if move.kind == "enclosure.held" for digest in move.facts["digests"]
        }

    def _posted(self, view: reading.OfficeView) -> bool:
        key = self._post.keys.node
        return key is not None and key.kid in view.office.officers(view.place)

    def _digest_due(self, view: reading.OfficeView, now: datetime) -> bool:
        line = natural_id(view.id, table("line").family, f"line/{view.side}")
        # From the end: the newest is some acts back at most, however long the node has been here.
        newest = next(
            (
                found.move.at
                for found in reversed(view.ledger.matter(line))
                if found.move is not None and not found.void and "state" in found.move.facts
            ),
            "",
        )
        return newest <= format_instant(now - _DIGEST_EVERY)
