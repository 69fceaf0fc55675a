"""Sharing the offices with the other processes of a side: one comes to its share, and stays with it.

One thread says that the process lives, and takes and gives back; another begins what was taken, since keys
are opened then, and nothing may keep a process from saying that it lives.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Final

from yeollak.errors import Fault
from yeollak.node.logs import LOG
from yeollak.node.tenure import Tenure
from yeollak.storage import journal
from yeollak.storage.leases import Leases

#: In how many parts of the time of a lease a process says that it lives.
BEATS: Final = 5
#: How often it is looked for what was taken where nobody has told, in seconds.
_LOOK: Final = 5.0


class Sharing:
    """The share of one process. `held` are the tenures that have begun, `drop` ends one; `hold` begins one,
    by office and token, and does not raise.
    """

    def __init__(
        self,
        leases: Leases,
        held: Callable[[], Mapping[str, Tenure]],
        hold: Callable[[str, int], None],
        drop: Callable[[Tenure], None],
    ) -> None:
        self.leases, self._held, self._hold, self._drop = leases, held, hold, drop
        self._lock = threading.Lock()
        self._coming: dict[str, int] = {}
        self._arrived = threading.Event()

    def begin(self) -> None:
        """Take the first offices, and begin them."""
        for office, token in self.balance().items():
            self._hold(office, token)
            self.leases.beat()

    def balance(self) -> dict[str, int]:
        """Say that this process lives, let go of what is others' now and of what is more than its share, and
        take what is missing to it. Returns the offices that have no tenure yet, with their tokens. Raises
        what `leases` raises.
        """
        leases = self.leases
        leases.beat()
        held, share = leases.held(), leases.share()
        for office, tenure in self._held().items():
            if tenure.fence is None or held.get(office) != tenure.fence.token:
                self._drop(tenure)
        if len(held) > share:
            much = dict(sorted(held.items())[share:])
            begun = self._held()
            for office in much.keys() & begun.keys():
                self._drop(begun[office])
            leases.give(much)
            held = {office: token for office, token in held.items() if office not in much}
        held |= leases.take(share - len(held))
        known = self._held()
        return {office: token for office, token in held.items() if office not in known}

    def live(self, ending: threading.Event) -> None:
        """Keep to the share until `ending`. A store that is away is asked again; whoever can say nothing is
        followed.
        """
        while not ending.wait(self.leases.lasts / BEATS):
            try:
                coming = self.balance()
            except Exception as problem:  # noqa: BLE001 (a thread that dies would lose every office)
                code = problem.code if isinstance(problem, Fault) else type(problem).__name__
                LOG.error("leases", extra={"code": code})
            else:
                with self._lock:
                    self._coming = coming
                self._arrived.set()
        journal.close(self.leases.alias)

    def take_up(self, ending: threading.Event) -> None:
        """Begin the tenures of offices that have been taken, until `ending`."""
        while not ending.is_set():
            self._arrived.wait(_LOOK)
            self._arrived.clear()
            while not ending.is_set() and (found := self._next()) is not None:
                self._hold(*found)
        journal.close(self.leases.alias)

    def wake(self) -> None:
        """Let `take_up` see that it ends."""
        self._arrived.set()

    def _next(self) -> tuple[str, int] | None:
        known = self._held()
        with self._lock:
            office = next((one for one in self._coming if one not in known), None)
            return None if office is None else (office, self._coming.pop(office))
