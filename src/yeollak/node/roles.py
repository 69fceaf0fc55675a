"""What one process of a side does: its roles, the settings of serving, and the lock of a store that has one
process.

web      the public page and the desk
line     takes parcels of the other sides and answers them
courier  what a node does by itself, office by office: it counts, says what has been seen, signs checkpoints,
         brings parcels to the other sides, shows pages what is new, and tells of alarms
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from yeollak.errors import OurFault

WEB, LINE, COURIER = "web", "line", "courier"
ROLES: Final = (WEB, LINE, COURIER)
ALL: Final = frozenset(ROLES)
#: How long a process is taken to live that says nothing any more, in seconds: settings between these.
LEASE, SHORTEST, LONGEST = 10.0, 1.0, 300.0


def read_roles(names: Iterable[object]) -> frozenset[str]:
    """Roles by their names. Raises ValueError for another name, and for none."""
    found = frozenset(str(name).strip() for name in names)
    if not found or found - ALL:
        raise ValueError(f"the roles are {', '.join(ROLES)}")
    return found


@dataclass(frozen=True, slots=True)
class ServeSettings:
    """The table [serve] of a node's settings.

    `roles` of a process that is not told others; `lease` for how many seconds it is taken to live; `direct`
    an address of the database that leads to it without a pooler, where the node's own leads through one.
    """

    roles: frozenset[str] = ALL
    lease: float = LEASE
    direct: str = ""

    @classmethod
    def read(cls, value: Mapping[str, Any]) -> ServeSettings:
        """Settings as they stand in the file. Raises ValueError, TypeError."""
        if unknown := set(value) - {"roles", "lease_seconds", "direct"}:
            raise ValueError(f"nothing is set by {', '.join(sorted(unknown))} under [serve]")
        lease = float(value.get("lease_seconds", LEASE))
        if not SHORTEST <= lease <= LONGEST:
            raise ValueError(f"lease_seconds lies between {SHORTEST:g} and {LONGEST:g}")
        return cls(read_roles(value.get("roles", ROLES)), lease, str(value.get("direct", "")))

    def lines(self) -> list[str]:
        """The lines of the settings' file; none where all is as it is without."""
        lines = []
        if self.roles != ALL:
            lines.append(f"roles = {json.dumps(sorted(self.roles))}")
        if self.lease != LEASE:
            lines.append(f"lease_seconds = {self.lease:g}")
        if self.direct:
            lines.append(f"direct = {json.dumps(self.direct)}")
        return ["", "[serve]", *lines] if lines else []


class Lock:
    """One server a folder: a lock that the operating system gives back when the process ends, however it
    ends.
    """

    def __init__(self, folder: Path) -> None:
        self._file = (folder / "serve.lock").open("a")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._file.close()
            raise OurFault("node-running", path=str(folder)) from None
        self._file.truncate(0)
        self._file.write(f"{os.getpid()}\n")
        self._file.flush()

    def release(self) -> None:
        """Give the folder back."""
        self._file.close()
