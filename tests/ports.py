"""Ports for what tests serve, in one place: nobody else is given them by chance."""

from __future__ import annotations

import contextlib
import itertools
import os
import socket

#: Below those from which a system takes one for whoever calls (32768 on Linux, 49152 elsewhere): no call of
#: anybody can have taken one between the choice and the use. Each worker of a run has some of its own, in
#: which other runs on the machine begin elsewhere.
_MANY = 2_000
_WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw9").removeprefix("gw")) % 10
_FIRST = 10_000 + _MANY * _WORKER
_ports = itertools.cycle(range(_FIRST, _FIRST + _MANY))
for _ in range(os.getpid() * 61 % _MANY):
    next(_ports)


def quiet_ports(many: int) -> list[int]:
    """Ports of this machine on which nothing listens, and which are given to nobody else soon. Raises
    AssertionError where something listens on nearly all.
    """
    found: list[int] = []
    for port in itertools.islice(_ports, _MANY):
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            found.append(port)
        if len(found) == many:
            return found
    raise AssertionError(f"there are no {many} ports on which nothing listens")


def quiet_port() -> int:
    """One such port."""
    return quiet_ports(1)[0]
