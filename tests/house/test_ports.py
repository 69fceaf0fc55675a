"""Workers of a run are given ports that no other worker has, and that no call is given by the system."""

from __future__ import annotations

import itertools
import socket
from pathlib import Path

import pytest

from tests import ports
from tests.ports import AFTER, FIRST, of_worker, quiet_row


@pytest.mark.parametrize("workers", [1, 2, 4, 11, 20, 64])
def test_no_two_workers_share_a_port(workers: int) -> None:
    found = [of_worker(f"gw{number}", workers) for number in range(workers)]
    assert all(before.stop <= after.start for before, after in itertools.pairwise(found))
    assert found[0].start == FIRST
    assert found[-1].stop <= AFTER
    assert min(map(len, found)) > 300
    assert of_worker(f"gw{workers}", workers) == found[0]


def test_a_run_without_workers_has_all() -> None:
    assert of_worker(None, 1) == range(FIRST, AFTER)


def test_the_system_gives_none_of_them_to_whoever_calls() -> None:
    known = Path("/proc/sys/net/ipv4/ip_local_port_range")
    if not known.exists():
        pytest.skip("this system does not say which ports it gives")
    assert int(known.read_text().split()[0]) >= AFTER


def test_ports_in_a_row_are_all_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where something listens in the middle, or they begin anew, the row does as well."""
    first = quiet_row(10)
    monkeypatch.setattr(ports, "_ports", itertools.cycle(range(first, first + 10)))
    with socket.create_server(("127.0.0.1", first + 3)):
        assert [quiet_row(6), quiet_row(6), quiet_row(3)] == [first + 4, first + 4, first]
        with pytest.raises(AssertionError):
            quiet_row(7)
