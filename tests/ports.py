"""Ports for what tests serve, in one place: nobody else is given them by chance."""

from __future__ import annotations

import contextlib
import itertools
import os
import socket

#: Below those from which a system takes one for whoever calls (32768 on Linux, 49152 elsewhere): no call of
#: anybody can have taken one between the choice and the use.
FIRST, AFTER = 10_000, 32_768


def of_worker(worker: str | None, workers: int) -> range:
    """The ports of one worker of a run (`gw0` and so on; None for a run without workers), which no other of
    its workers has. A worker that takes the place of one that crashed has a number above all, and that one's
    ports may be the ones that it gets.
    """
    many = (AFTER - FIRST) // workers
    first = FIRST + int((worker or "gw0").removeprefix("gw")) % workers * many
    return range(first, first + many)


_OWN = of_worker(os.environ.get("PYTEST_XDIST_WORKER"), int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")))
_ports = itertools.cycle(_OWN)
# Other runs on the machine begin elsewhere.
for _ in range(os.getpid() * 61 % len(_OWN)):
    next(_ports)


def quiet_ports(many: int) -> list[int]:
    """Ports of this machine on which nothing listens, and which are given to nobody else soon. Raises
    AssertionError where something listens on nearly all.
    """
    found: list[int] = []
    for port in itertools.islice(_ports, len(_OWN)):
        if _quiet(port):
            found.append(port)
        if len(found) == many:
            return found
    raise AssertionError(f"there are no {many} ports on which nothing listens")


def quiet_port() -> int:
    """One such port."""
    return quiet_ports(1)[0]


def quiet_row(many: int) -> int:
    """The first of so many such ports, each of them the next. Raises AssertionError as `quiet_ports`."""
    row: list[int] = []
    for port in itertools.islice(_ports, len(_OWN)):
        if not _quiet(port):
            row = []
            continue
        row = [*row, port] if row and port == row[-1] + 1 else [port]
        if len(row) == many:
            return row[0]
    raise AssertionError(f"there are no {many} ports in a row on which nothing listens")


def _quiet(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
        return True
    return False
