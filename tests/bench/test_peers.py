"""What is said of peers is what became of messages: one that loses, doubles or turns them round is told."""

from __future__ import annotations

import asyncio
import hashlib
import json
import selectors
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.line import IN_FLIGHT
from bench.peers import __main__ as command
from bench.peers.as2 import mend
from bench.peers.flow import Flow, arrived, outcome
from bench.peers.guarantees import GUARANTEES
from bench.peers.party import Party, text, which
from bench.peers.place import REQUIREMENTS, MissingPeer, Peer, Talker, environment, execute

_WIDE = tuple(str(one) for one in IN_FLIGHT)


class Faulty(Party):
    """Both users and all servers in one process, with the faults that it is told to have."""

    def __init__(
        self, lost: Sequence[int] = (), doubled: Sequence[int] = (), refused: Sequence[int] = ()
    ) -> None:
        super().__init__()
        self._lost, self._doubled, self._refused = lost, doubled, set(refused)

    async def send(self, side: int, number: int) -> None:
        if number in self._refused:
            self._refused.discard(number)
            raise ConnectionError("away")
        if number in self._lost:
            return
        await asyncio.sleep(0.002 * (number % 3))
        for _ in range(1 + (number in self._doubled)):
            self.came(text(self.number, side, number))
            self.flows[side].receipted(number)


class FakePeer(Peer):
    """A peer whose only party is in this process."""

    name, title, receipt, settings = "fake", "Fake", "none", ()
    late = looks = 0.0

    def __init__(self, party: Party) -> None:
        super().__init__()
        self.talkers = [cast(Talker, Here(party))]

    def install(self, cache: Path) -> str:
        return "1"

    def start(self, folder: Path) -> None: ...

    def down(self) -> None: ...

    def up(self) -> None: ...

    def stop(self) -> None:
        self.talkers[0].close()


class Clock(selectors.DefaultSelector):
    """Waits for nothing: its time leaps to when the wait would have ended."""

    now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is not None and timeout > 0:
            self.now += timeout
            timeout = 0
        return super().select(timeout)


class Leaping(asyncio.SelectorEventLoop):
    """An event loop by that clock: nothing here waits by the wall."""

    def __init__(self) -> None:
        self._leapt = Clock()
        super().__init__(self._leapt)

    def time(self) -> float:
        return self._leapt.now


class Here:
    """Asks a party without a process between."""

    def __init__(self, party: Party) -> None:
        self._party, self._runner = party, asyncio.Runner(loop_factory=Leaping)

    def ask(self, **asked: Any) -> dict[str, Any]:
        answer = self._runner.run(self._party.answer(json.loads(json.dumps(asked))))
        told: dict[str, Any] = json.loads(json.dumps(answer))
        return told

    def close(self) -> None:
        self._runner.close()


def _run(party: Party, senders: int = 1, in_flight: int = 4, many: int = 24) -> dict[str, Any]:
    peer = FakePeer(party)
    try:
        return peer.run(senders, in_flight, many)
    finally:
        peer.stop()


def test_a_peer_that_keeps_everything_has_nothing_against_it() -> None:
    found = _run(Faulty(), in_flight=1)
    assert (found["acts"], found["lost"], found["missing"], found["doubled"], found["misordered"]) == (
        24,
        0,
        0,
        0,
        0,
    )
    assert found["refused"] == []
    assert 0 < found["p50_ms"] <= found["p99_ms"]


def test_loss_doubling_and_refusal_are_told_apart() -> None:
    found = _run(Faulty(lost=[3, 5], doubled=[7], refused=[11]), many=24)
    assert (found["acts"], found["lost"], found["missing"], found["doubled"]) == (21, 3, 3, 1)
    assert found["refused"] == ["ConnectionError: away"]


def test_both_sides_may_send_at_once() -> None:
    found = _run(Faulty(lost=[0]), senders=2, in_flight=8, many=20)
    assert (found["acts"], found["lost"], found["missing"]) == (18, 2, 2)


def test_what_was_lost_does_not_stop_the_rest() -> None:
    found = _run(Faulty(lost=[0]), in_flight=2, many=8)
    assert found["acts"] == 7


def test_what_overtakes_is_misordered() -> None:
    # Every third takes longer than the two after it, which are in flight with it.
    assert _run(Faulty(), in_flight=3)["misordered"] > 0


class Refusing(Faulty):
    """Its user is told at once of what did not get through, as by a server that sends it back."""

    async def send(self, side: int, number: int) -> None:
        try:
            await super().send(side, number)
        except ConnectionError:
            self.flows[side].refuse(number, "remote-server-not-found")


def test_what_came_back_in_an_outage_is_sent_again_and_counted() -> None:
    peer = FakePeer(Refusing(refused=range(0, 12, 2)))
    try:
        found = peer.outage(12, 0.0)
    finally:
        peer.stop()
    assert (found["receipts_by_itself"], found["resent"], found["lost"]) == (6, 6, 0)
    assert found["known_meanwhile"]["refused"] == {"remote-server-not-found": 6}
    assert (found["missing"], found["doubled"]) == (0, 0)


def test_a_receipt_that_comes_twice_or_from_nowhere_is_no_second_message() -> None:
    async def told() -> Flow:
        flow = Flow(2, 2)

        async def send(number: int) -> None:
            for one in (number, number, 77):
                flow.receipted(one)

        await flow.hand_in(send)
        await flow.wait()
        return flow

    with asyncio.Runner(loop_factory=Leaping) as runner:
        flow = runner.run(told())
    assert (len(flow.spent), flow.again) == (2, 4)


@given(st.integers(1, 4), st.lists(st.integers(0, 30), max_size=60))
def test_arrivals_add_up(lanes: int, numbers: list[int]) -> None:
    told = arrived(31, numbers, lanes)
    assert told["missing"] + len(numbers) - told["doubled"] == 31
    assert told["misordered"] <= len(set(numbers))
    assert arrived(31, sorted(numbers), lanes)["misordered"] == 0
    firsts = list(dict.fromkeys(numbers))
    in_lanes = [[one for one in firsts if one % lanes == lane] for lane in range(lanes)]
    assert (told["misordered"] == 0) == all(lane == sorted(lane) for lane in in_lanes)


def test_figures_are_named_as_those_of_the_line() -> None:
    found = outcome(4, 2.0, [0.3, 0.1, 0.2], [[1, 0], []])
    assert (found["per_s"], found["p50_ms"], found["p99_ms"], found["lost"]) == (1.5, 200.0, 300.0, 1)
    assert (found["missing"], found["doubled"], found["misordered"]) == (2, 0, 1)
    assert outcome(1, 1.0, [], [[]])["p50_ms"] == 0


@given(st.integers(0, 999), st.integers(0, 1), st.integers(0, 10**6))
def test_a_message_says_which_it_is(run: int, side: int, number: int) -> None:
    words = text(run, side, number)
    assert len(words.encode()) == 1024
    assert which(words) == (run, side, number)


def test_a_message_of_another_run_or_of_nobody_is_not_counted() -> None:
    party = Faulty()
    party.number = 4
    assert party.came(text(4, 1, 9))
    assert not party.came(text(3, 1, 9))
    assert not party.came("good morning")
    assert party.arrivals == {0: [], 1: [9]}


def test_what_cannot_be_installed_is_missing_with_its_reason(tmp_path: Path) -> None:
    class Absent(FakePeer):
        def install(self, cache: Path) -> str:
            raise MissingPeer("no package of that name")

    told = command.measured_peer(Absent(Faulty()), tmp_path, 64, 4, tmp_path)
    assert told["missing"] == "MissingPeer: no package of that name"
    assert "one_way" not in told


def test_no_address_is_told_by_a_program_that_fails(tmp_path: Path) -> None:
    with pytest.raises(MissingPeer) as caught:
        execute(["sh", "-c", "echo cannot reach https://index.example/simple >&2; exit 3"])
    assert "cannot reach …" in str(caught.value)
    assert "example" not in str(caught.value)
    with pytest.raises(MissingPeer, match="nowhere"):
        execute([str(tmp_path / "nowhere")])


def test_an_environment_is_kept_while_its_versions_are_the_same(tmp_path: Path) -> None:
    folder = tmp_path / "as2"
    folder.mkdir()
    digest = hashlib.sha256((REQUIREMENTS / "as2.txt").read_bytes())
    (folder / "installed").write_text(digest.hexdigest())
    assert environment(tmp_path, "as2") == folder / "bin" / "python"


def test_one_line_of_oscrypto_is_mended_once(tmp_path: Path) -> None:
    place = tmp_path / "oscrypto" / "_openssl"
    place.mkdir(parents=True)
    (place / "_libcrypto_cffi.py").write_text(
        r"import re; found = re.search('\\b(\\d\\.\\d\\.\\d[a-z]*)\\b', 'OpenSSL 3.0.19 27 Jan')"
    )
    assert (mend(tmp_path), mend(tmp_path)) == (1, 0)
    names: dict[str, Any] = {}
    exec((place / "_libcrypto_cffi.py").read_text(), names)
    assert names["found"].group(1) == "3.0.19"


def _flows(per_s: float) -> dict[str, Any]:
    one = {
        "per_s": per_s,
        "of_bound": per_s / 90,
        "p50_ms": 1.0,
        "p99_ms": 2.0,
        "lost": 0,
        "doubled": 0,
        "misordered": 0,
    }
    outage = {
        "sent": 9,
        "seconds": 4.0,
        "start_seconds": 1.0,
        "receipts_by_itself": 9,
        "resent": 0,
        "lost": 0,
    }
    known = {"refused": {}, "attempts": {"unreachable": 3}}
    return {flow: {wide: dict(one) for wide in _WIDE} for flow, _ in command.FLOWS} | {
        "outage": {**outage, "doubled": 0, "misordered": 0, "known_meanwhile": known}
    }


def test_ratios_are_to_each_and_to_the_fastest() -> None:
    peers = {"slow": _flows(2.0), "fast": _flows(20.0), "none": {"missing": "?"}}
    found = command.ratios(_flows(60.0), peers)
    assert set(found) == {"slow", "fast", "fastest"}
    assert found["slow"]["one_way"] == dict.fromkeys(_WIDE, 30.0)
    assert found["fastest"]["two_way"] == dict.fromkeys(_WIDE, 3.0)
    assert found["fast"]["outage"] == 1.0
    assert command.ratios(_flows(60.0), peers, "of_bound")["fast"]["one_way"]["16"] == pytest.approx(3.0)
    assert command.ratios(_flows(1.0), {}) == {}


def test_the_tables_have_a_row_for_each_and_name_what_is_missing() -> None:
    peers = {"fast": _flows(20.0), "none": {"missing": "no such package"}}
    result = {
        "run": {"cores": 2, "load_before": [1.0], "load_after": [2.0], "date": "2026-01-01"},
        "bound_per_s": 90.0,
        "ours": _flows(60.0),
        "peers": peers,
        "ratios": command.ratios(_flows(60.0), peers),
        "ratios_of_bound": command.ratios(_flows(60.0), peers, "of_bound"),
        "guarantees": GUARANTEES,
    }
    first, speeds, outages, promises = command.drawn(result)
    assert (first.row_count, speeds.row_count, outages.row_count) == (3, 12, 2)
    assert "no such package" in list(first.columns[1].cells)
    assert promises.row_count == len(GUARANTEES)


def test_every_guarantee_says_of_each_what_it_does_and_where_that_stands() -> None:
    for row in GUARANTEES:
        assert set(row) == {"guarantee", "ours", "as2", "prosody", "synapse", "sources"}
        assert all(row.values())
