"""The courier's role: everything that a node does by itself, in the offices that are this process's own.

Each peer has a thread, so that a dead line to one delays no other; one thread keeps the offices, and one
shows pages what is new. Where several processes serve the store another thread says that this one lives,
takes its share of the offices and gives back what is more. What is told of from outside (`stir`) is looked
at; nothing is asked of the store for an office in which nothing happens.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from functools import partial

from yeollak.errors import Fault, OurFault
from yeollak.line.client import LineClient
from yeollak.line.courier import ASK_EVERY, Courier, Exchange
from yeollak.line.post import Post
from yeollak.node.open import Node
from yeollak.node.pace import Pace
from yeollak.node.sharing import Sharing
from yeollak.node.showing import Showing, give_way
from yeollak.node.tenure import FIRST_ANSWERS, ONLY_ANSWERS, Peer, Tenure
from yeollak.storage import journal, pulse, reading, searching
from yeollak.storage.leases import Fence, Leases
from yeollak.storage.own_register import FORKED
from yeollak.storage.rebuild import rebuild
from yeollak.storage.stirred import Stirred

#: How often it is looked whether another process has written to a store that tells of nothing, in seconds.
_LOOK = 0.05
#: How often it is looked whether it is time for something, where the store tells; how often it is looked what
#: is behind that nobody has told of; and how often everything is looked at all the same. In seconds.
_TIME, _UNTOLD, _ALL = 0.5, 5.0, 600.0
#: How long for each office it may be until it is looked whether it is time for something in any, in seconds.
_EACH = 0.0005
#: How long is waited after an unforeseen fault, in seconds.
_FAULT = 1.0
#: How long whoever counts waits at least once he has been woken, in seconds: what woke him gets on its way,
#: and what comes meanwhile is taken together.
_COUNTS = 0.02
#: How long whoever counts must have been at it for the line to be full, and how long he waits then: what is
#: put off would keep what goes first waiting for longer. In seconds.
_FULL, _AT_ONCE = 0.01, 0.001


class _Yielding:
    """A line whose answers are waited for while others work."""

    def __init__(self, line: Exchange, pace: Pace) -> None:
        self._line, self._pace = line, pace

    def exchange(self, office: str, data: bytes) -> bytes:
        """See Exchange."""
        with self._pace.waiting():
            return self._line.exchange(office, data)


class Couriers:
    """The role of one process. `posts` gives the post of an office, `kept` is told of the office, the side
    and the size of every receipt that is stored. With `leases` the offices are shared with other processes.
    """

    def __init__(
        self,
        node: Node,
        posts: Callable[[str], Post],
        kept: Callable[[str, str, int], None],
        leases: Leases | None,
        pace: Pace,
        *,
        accept_risk: bool = False,
    ) -> None:
        self._node, self._posts, self._kept, self._leases = node, posts, kept, leases
        self._accept_risk, self._pace = accept_risk, pace
        self._ending = threading.Event()
        self._lines = {
            name: _Yielding(LineClient(address), pace) for name, address in sorted(node.config.peers.items())
        }
        self.peers = [Peer(name) for name in self._lines]
        self._tenures: dict[str, Tenure] = {}
        self._lock = threading.Lock()
        self._stirred: set[str] = set()
        self._all = True
        self._woken = threading.Event()
        #: Whether the store tells what others write: else it is asked all the time.
        self.told = leases is not None
        self._showing = Showing(
            node.alias, pace, self._ending, lambda: self.held, self._guarded, self._forget
        )
        self.sharing: Sharing | None = None
        if leases is not None:
            self.sharing = Sharing(leases, lambda: self.held, self._try_to_hold, self._drop)

    @property
    def held(self) -> Mapping[str, Tenure]:
        """The offices that are this process's own now, with their tenures."""
        with self._lock:
            return dict(self._tenures)

    def begin(self, run: Callable[[Callable[[], None]], None]) -> None:
        """Take the first offices and ask the other sides; `run` starts a thread.

        Raises OurFault(`forked-register`, `recovery-needed`, `anchor-unreadable`, `anchor-not-shared`).
        """
        offices = reading.offices(self._node.alias)
        if self.sharing is not None:
            self.sharing.begin()
        else:
            for office in offices:
                self._hold(office, None)
        for peer in self.peers:
            run(partial(self._serve, peer))
        first = list(self.held.values())
        lost = any(tenure.lost is not None for tenure in first)
        ends = time.monotonic() + (ONLY_ANSWERS if lost else FIRST_ANSWERS)
        while not all(tenure.asked for tenure in first) and time.monotonic() < ends:
            time.sleep(0.01)
        # Who has some of the offices goes on with those that can; what hinders the others is an alarm.
        for tenure in first if len(first) == len(offices) else ():
            tenure.settle()
            if tenure.forked is not None:
                raise tenure.forked
        for peer in self.peers:
            peer.wake()
        run(self._keep)
        run(self._showing.run)
        if self.sharing is not None:
            run(partial(self.sharing.live, self._ending))
            run(partial(self.sharing.take_up, self._ending))

    def showing(self, shown: Callable[[str], None]) -> None:
        """Have `shown` called for every office of which pages were told something."""
        self._showing.shown = shown

    def end(self) -> None:
        """End all threads; what is under way is finished or will be done again."""
        self._ending.set()
        self.wake()
        self._woken.set()
        self._showing.wake()
        if self.sharing is not None:
            self.sharing.wake()

    # what others tell

    def stir(self, office: str = "") -> None:
        """Look at an office in which something was stored, or at everything."""
        with self._lock:
            self._all |= not office
            if office in self._tenures:
                self._stirred.add(office)
            elif office:
                return
        for peer in self.peers:
            peer.wake(office)
        self._woken.set()

    def wake(self, office: str = "") -> None:
        """Let what has been appended leave at once."""
        for peer in self.peers:
            peer.wake(office)

    def heard(self, office: str, side: str) -> None:
        """A side has sent something: where only the line had failed, it is tried again at once."""
        tenure = self.held.get(office)
        for courier in tenure.couriers if tenure is not None else ():
            if courier.peer == side:
                courier.heard()
        self.stir(office)

    # whose offices

    def _try_to_hold(self, office: str, token: int) -> None:
        """Begin a tenure; what hinders it is an alarm, and it is tried again."""
        self._guarded(office, partial(self._hold, office, token))

    def _hold(self, office: str, token: int | None) -> None:
        alias = self._node.alias
        fence = (
            None
            if token is None or self._leases is None
            else Fence(alias, office, self._leases.holder, token)
        )
        view = reading.own_view(alias, office)
        view.refresh()
        if searching.stale(view):
            # A store of an earlier version has no index yet by which matters are listed and found.
            rebuild(alias, office, self._node.clock.now())
        tenure = Tenure(
            self._node,
            self._posts(office),
            self._lines,
            partial(self._kept, office),
            fence,
            accept_risk=self._accept_risk,
        )
        with self._lock:
            self._tenures[office] = tenure
            self._stirred.add(office)
        self._showing.add(office)
        served = {courier.peer: courier for courier in tenure.couriers}
        for peer in self.peers:
            if peer.name in served:
                peer.add(tenure, served[peer.name])
        self._woken.set()

    def _drop(self, tenure: Tenure) -> None:
        """End a tenure, whoever has the office now."""
        tenure.over = True
        with self._lock:
            if self._tenures.get(tenure.office) is tenure:
                del self._tenures[tenure.office]
        for peer in self.peers:
            peer.remove(tenure)

    # threads

    def _serve(self, peer: Peer) -> None:
        held: set[str] = set()
        while not self._ending.is_set():
            peer.woken.clear()
            moved = False
            for tenure, courier in peer.next():
                held.add(tenure.office)
                moved |= self._step(peer, tenure, courier)
            if not moved:
                self._forget(held)
                peer.sleep()
        journal.close(self._node.alias)

    def _step(self, peer: Peer, tenure: Tenure, courier: Courier) -> bool:
        if self._ending.is_set() or tenure.over:
            return False
        with self._pace.first():
            moved = self._guarded(tenure.office, courier.step, tenure)
        tenure.was_asked(courier)
        if moved or not courier.answered or courier.not_before > time.monotonic():
            peer.later(tenure)
        if moved and not self.told:
            # What has come may be no new row, as where an enclosure is whole: the keeper looks at it in time.
            with self._lock:
                self._stirred.add(tenure.office)
        return moved

    def _keep(self) -> None:
        """Let the keepers work when something has changed, when it is time for one, or after a fault."""
        seen: object = None
        known: set[str] = set()
        everything = untold = looked = asked = time.monotonic()
        moved = None if self.told else Stirred(self._node.alias)
        while not self._ending.is_set():
            self._woken.clear()
            names = self._names()
            if moved is not None and (pulse := self._pulse(seen)) != seen:
                names, seen = self._moved(names, moved), pulse
            elif self.told and names is not None and time.monotonic() - untold > _UNTOLD:
                names, untold = {*names, *self._untold()}, time.monotonic()
            if time.monotonic() - everything > _ALL:
                names, everything = None, time.monotonic()
                self.wake()
            if time.monotonic() - asked > ASK_EVERY:
                asked = time.monotonic()
                self._ask_again()
            held, chosen, began = self.held, set(names or ()), time.monotonic()
            if names is None or time.monotonic() >= looked + len(held) * _EACH:
                chosen, looked = set(held), time.monotonic()
            for office in chosen & held.keys():
                tenure = held[office]
                again = tenure.again is not None and tenure.again <= time.monotonic()
                if names is None or office in names or again or self._is_over(tenure.due) or not tenure.ready:
                    known.add(office)
                    self._keep_one(tenure)
            took = time.monotonic() - began
            self._forget(known)
            if self._woken.wait(_TIME if self.told else _LOOK):
                give_way(self._ending, self._pace, _COUNTS if took < _FULL else _AT_ONCE)
        journal.close(self._node.alias)

    def _keep_one(self, tenure: Tenure) -> None:
        if self._ending.is_set() or tenure.over:
            return
        tenure.due, tenure.again = None, time.monotonic() + _FAULT

        def work() -> bool:
            if tenure.settle():
                tenure.due = tenure.keeper.step()
            tenure.again = None
            return tenure.ready

        self._guarded(tenure.office, work, tenure)
        # What the keeper itself has written changes no pulse of its own connection.
        self.wake(tenure.office)
        self._showing.add(tenure.office)
        self._showing.wake()

    def _moved(self, names: Collection[str] | None, moved: Stirred) -> Collection[str] | None:
        """The offices that were stirred and those in which anybody has stored something, None for every one.
        An office in which nothing happens must cost nothing, however often others are written to.
        """
        try:
            return None if names is None else {*names, *moved()}
        except Exception:  # noqa: BLE001 (a database that is away for a moment: what moved meanwhile is unknown)
            return None

    def _names(self) -> Collection[str] | None:
        """The offices that were stirred, None for every one."""
        with self._lock:
            names, self._stirred = self._stirred, set()
            everything, self._all = self._all, False
        return None if everything else names

    def _forget(self, known: set[str]) -> None:
        """Let go of what this thread has in mind of offices that are others' now."""
        if known - self.held.keys():
            reading.close_views(self._node.alias)
            known.clear()

    def _is_over(self, due: datetime | None) -> bool:
        try:
            return due is not None and due <= self._node.clock.now()
        except Fault:
            return False  # a clock that cannot be read for a moment is asked again

    def _ask_again(self) -> None:
        """Let the couriers of offices with more than two parties ask what receipts others have given."""
        for office, tenure in self.held.items():
            if len(tenure.post.charter.sides) > 2:
                self.wake(office)

    def _untold(self) -> Collection[str]:
        """Offices in which something is not counted or not shown yet: whoever stored it may have been killed
        before he told.
        """
        try:
            return reading.behind(self._node.alias)
        except Exception:  # noqa: BLE001 (as below)
            return ()

    def _pulse(self, seen: object) -> object:
        try:
            return pulse.pulse(self._node.alias)
        except Exception:  # noqa: BLE001 (a database that is away for a moment is asked again)
            return seen

    def _guarded(self, office: str, work: Callable[[], bool | None], tenure: Tenure | None = None) -> bool:
        """Do one piece of work; whatever goes wrong is an alarm of that office, and the loop goes on."""
        try:
            return bool(work())
        except Exception as problem:  # noqa: BLE001 (a loop that dies would silence a node that still answers)
            code = problem.code if isinstance(problem, Fault) else "node-loop"
            if code == "lease-lost" and tenure is not None:
                self._drop(tenure)
                return False
            if isinstance(problem, OurFault) and code == FORKED:
                if tenure is not None:
                    tenure.forked = problem  # it has its alarm, which stops our register
                return False
            with contextlib.suppress(Fault):
                why = {"why": type(problem).__name__}
                writer = self._node.journal if tenure is None else tenure.node.journal
                writer.raise_alarm(office, code, why, self._node.clock.now())
            return False
