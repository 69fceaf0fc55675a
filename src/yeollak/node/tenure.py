"""Tenures: one process's time of working for one office, and which offices are its own now.

Where one process serves a store it works for every office from its start to its end. Where several do, an
office is worked for under a lease, and each time of holding it is a tenure of its own: what was begun under
an older one is not gone on with, even where the same process has the office again. Every write of a tenure
passes its fence (`storage.leases`).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from yeollak.errors import OurFault
from yeollak.line.courier import Courier, Exchange
from yeollak.line.post import Post
from yeollak.node.keeper import Keeper
from yeollak.node.open import Node
from yeollak.storage import disk
from yeollak.storage.holdings import Holdings
from yeollak.storage.journal import Journal
from yeollak.storage.leases import Fence

#: How long a tenure waits for the peers' first answers, in seconds; they are asked on. Where the anchor is
#: lost nothing else tells what has left, and it waits longer before a risk that was accepted is taken.
FIRST_ANSWERS, ONLY_ANSWERS = 10.0, 45.0


class Tenure:
    """What one process does by itself in one office. `lines` are the lines by peer, `kept` is told of every
    receipt that is stored; without a `fence` nobody else can be at it.
    """

    def __init__(
        self,
        node: Node,
        post: Post,
        lines: Mapping[str, Exchange],
        kept: Callable[[str, int], None],
        fence: Fence | None,
        *,
        accept_risk: bool = False,
    ) -> None:
        if fence is not None:
            journal = Journal(node.alias, node.journal.anchor, fence.check)
            node = replace(node, journal=journal)
        self.node, self.post, self.fence, self._accept_risk = node, post, fence, accept_risk
        self.office = post.charter.office
        #: Why nobody here knows what has left of our register, where the anchor does not.
        self.lost = self._lost()
        self.keeper = Keeper(node, post)
        port = Holdings(node.journal, self.office, kept)
        keep = {} if self.lost is None else {"told": self._keep_answer}
        self.couriers = [
            Courier(port, post, peer, line, node.journal, node.clock.now, time.monotonic, **keep)
            for peer, line in lines.items()
            if peer in post.charter.sides and peer != post.side
        ]
        self.began = time.monotonic()
        #: When the keeper has something to say if nothing else happens, and when it is tried again after a
        #: fault, in seconds of `time.monotonic`.
        self.due: datetime | None = None
        self.again: float | None = None
        self.forked: OurFault | None = None
        self.over = False
        self._asked: set[str] = set()
        self._ready = threading.Event()

    @property
    def ready(self) -> bool:
        """Whether what rule 9 asks for has been done: only then anything of our own is said, or leaves."""
        return self._ready.is_set()

    @property
    def asked(self) -> bool:
        """Whether every peer has been asked once, with an answer or without."""
        return len(self._asked) == len(self.couriers)

    def was_asked(self, courier: Courier) -> None:
        """Note that a peer has been asked."""
        self._asked.add(courier.peer)

    def settle(self) -> bool:
        """Be ready where that may be; whether it is so now. Nothing is appended from memory alone: without an
        anchor every other side must have answered, or the operator have taken the risk.

        Raises what the journal raises, OurFault(`recovery-needed`, `anchor-unreadable`) once it has been
        waited for long enough.
        """
        if self.ready:
            return True
        waited = time.monotonic() - self.began
        if self.lost is not None:
            answered = all(courier.answered for courier in self.couriers)
            if not answered and not self.asked and waited < ONLY_ANSWERS:
                return False
            self._recover(self.lost)
        elif not self.asked and waited < FIRST_ANSWERS:
            return False
        self._ready.set()
        return True

    def _recover(self, lost: OurFault) -> None:
        """Begin the anchor anew, once every other side has said what it holds."""
        answered = {courier.peer for courier in self.couriers if courier.answered}
        if answered != set(self.post.charter.sides) - {self.post.side}:
            if not self._accept_risk:
                raise lost
            self.node.journal.raise_alarm(self.office, "risk-accepted", {}, self.node.clock.now())
        self.node.journal.anchor_again(self.office)

    def _lost(self) -> OurFault | None:
        anchor = self.node.journal.anchor
        try:
            known = anchor is None or anchor.read(self.office) is not None
        except OurFault as fault:
            if anchor is None or not anchor.set_aside(self.office):
                return fault
            known = False
        return None if known else OurFault("recovery-needed")

    def _keep_answer(self, peer: str, data: bytes) -> None:
        """Where a peer's word is all there is, it is kept as it was signed (clarifications 33)."""
        folder = self.node.config.folder / "answers"
        folder.mkdir(mode=0o700, exist_ok=True)
        name = f"{self.office[:16]}-{peer}-{self.node.clock.now():%Y%m%dT%H%M%SZ}.parcel"
        disk.write_whole(folder / name, data, mode=0o600)


#: How long a peer's thread sleeps that nobody wakes, in seconds, and at how many offices it looks at a time.
_SLEEP: Final = 5.0
_AT_ONCE: Final = 8


class Peer:
    """The couriers to one peer, by office, and those of them that have something to do or to try again."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.woken = threading.Event()
        self._lock = threading.Lock()
        self._held: dict[str, tuple[Tenure, Courier]] = {}
        self._due: set[str] = set()
        self._named: set[str] = set()

    @property
    def couriers(self) -> list[Courier]:
        """The couriers of every office."""
        with self._lock:
            return [courier for _, courier in self._held.values()]

    def add(self, tenure: Tenure, courier: Courier) -> None:
        """Begin to serve an office."""
        with self._lock:
            self._held[tenure.office] = (tenure, courier)
            self._due.add(tenure.office)
        self.woken.set()

    def remove(self, tenure: Tenure) -> None:
        """End to serve it, unless another tenure has begun."""
        with self._lock:
            if tenure.office in self._held and self._held[tenure.office][0] is tenure:
                del self._held[tenure.office]
                self._due.discard(tenure.office)
                self._named.discard(tenure.office)

    def wake(self, office: str = "") -> None:
        """Let an office be looked at, or every one."""
        with self._lock:
            if office:
                self._due.update({office} & self._held.keys())
                self._named.update({office} & self._held.keys())
            else:
                self._due.update(self._held)
        self.woken.set()

    def next(self) -> list[tuple[Tenure, Courier]]:
        """Some of what is to be done now, first where something is known to have happened: an act must not
        wait until a thousand offices at rest have been looked at. It is not due any more: whoever does it
        says with `later` that it is.
        """
        now = time.monotonic()
        with self._lock:
            found: list[tuple[Tenure, Courier]] = []
            for office in (*self._named, *(self._due - self._named)):
                tenure, courier = self._held[office]
                if (
                    office in self._due
                    and courier.not_before <= now
                    and (tenure.ready or not courier.answered)
                ):
                    if len(found) == _AT_ONCE:
                        self.woken.set()  # there is more
                        break
                    found.append((tenure, courier))
            done = {tenure.office for tenure, _ in found}
            self._due -= done
            self._named -= done
        return found

    def later(self, tenure: Tenure) -> None:
        """Have an office looked at again: more is to be sent, or what failed is to be tried."""
        with self._lock:
            if tenure.office in self._held and self._held[tenure.office][0] is tenure:
                self._due.add(tenure.office)

    def sleep(self) -> None:
        """Wait until somebody wakes the thread or a pause of the back-off is over."""
        now = time.monotonic()
        with self._lock:
            pauses = [self._held[office][1].not_before - now for office in self._due]
        self.woken.wait(min([_SLEEP, *(pause for pause in pauses if pause > 0)]))
