"""Catching up: one side has written so many acts while the other was away, and now it is back.

Two processes serve as `bench.line` has them, over HTTPS and with everything that a node does besides. The
acts are notes with 1 KiB of text, each signed by an officer, and lie in the southern store as they would
after an outage: appended, counted, under checkpoints, and receipted by nobody.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any, Final

from django.db import connections

from bench.desk_store import SOUTH, Scribe
from bench.line import SIDES, LineNode
from bench.long_store import peak, quick
from tests.staff.desks import Desks, moved
from yeollak.node.acting import Text
from yeollak.record.note import Signature
from yeollak.storage.own_register import NewAct

_MARK: Final = "outage.json"
_TEXT: Final = 1024
_TERMS: Final = {"quota": {"statements": 2_000_000_000, "bytes": 2**50}}
#: How often it is looked how far the other side is, and how long it may take at most, in seconds.
_LOOK, _LONGEST = 0.25, 3 * 3600.0


class _Node(LineNode):
    """A node's process whose memory can be looked at."""

    @property
    def peak(self) -> int:
        """The most bytes that it has had."""
        return peak(self.process.pid)


class _Alone(Scribe):
    """Writes for the South while nobody answers."""

    def store(self, side: str, items: list[NewAct]) -> None:
        """See Author: appended and counted, with a checkpoint and no receipt."""
        self.journal.append(self.id, items)
        self.journal.issue(self.id, self.posts[side].register, self.now)
        self.journal.fold(self.id, self.now, show=False)
        self._office = self.view.office

    def receipt(self, side: str, receipts: Sequence[Signature] = ()) -> None:
        """None comes."""


def made(folder: Path, acts: int) -> Path:
    """The folder of two nodes of which the South has written so many acts that the North does not have."""
    if (folder / _MARK).exists():
        return folder
    making = folder.with_name(f".{folder.name}.making")
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(parents=True)
    desks = Desks(making)
    desks.make(_TERMS)
    desks.close()
    for side in SIDES:
        desks.open(side)
    scribe, random = _Alone(desks), Random(5)
    quick(scribe.node.alias)
    for number in range(acts):
        text = Text(random.randbytes(_TEXT // 2).hex().encode(), "text/plain", "en")
        facts = {"class": "flood", "subject": {"en": f"Discharge {number}"}}
        scribe.say(SOUTH, "note.send", text, facts=facts, hours=48)
    scribe.flush()
    while scribe.journal.show(scribe.id, scribe.now):
        pass
    scribe.journal.anchor_again(scribe.id)
    for side in SIDES:
        connections[desks.nodes[side].alias].close()
    (making / _MARK).write_text(json.dumps({"office": desks.office}) + "\n")
    making.rename(folder)
    return folder


def caught_up(folder: Path, acts: int) -> dict[str, Any]:
    """Serve both sides of a folder, which is used up, until the North holds, has receipted and has counted
    everything.
    """
    office = json.loads((folder / _MARK).read_text())["office"]
    moved(folder)
    nodes = [_Node(folder / side, office, bytes(32)) for side in SIDES]
    try:
        for node in nodes:
            node.hear()
        began = time.perf_counter()
        at_first, at_start = [node.ask(do="state") for node in nodes], [node.peak for node in nodes]
        size, held, heads = at_first[0]["heads"][0][1], None, at_first[1]["heads"]
        while heads[0][2] < size:
            if time.perf_counter() - began > _LONGEST:
                raise RuntimeError(f"the North holds {heads} of {size}")
            time.sleep(_LOOK)
            heads = nodes[1].ask(do="state")["heads"]
            if held is None and heads[0][1] >= size:
                held = time.perf_counter() - began
        counted = time.perf_counter() - began
        states = [node.ask(do="state") for node in nodes]
        peaks = [node.peak for node in nodes]
    finally:
        for node in nodes:
            node.close()
    assert held is not None
    if alarms := [state["alarms"] for state in states if state["alarms"]]:
        raise RuntimeError(f"an alarm was raised: {alarms}")
    missing = size - at_first[1]["heads"][0][1]
    return {
        "acts": acts,
        "held_s": round(held, 2),
        "counted_s": round(counted, 2),
        "held_per_s": round(missing / held, 1),
        "counted_per_s": round(missing / counted, 1),
        "cpu_us": {
            side: round((after["cpu"] - before["cpu"]) / missing * 1e6, 1)
            for side, before, after in zip(SIDES, at_first, states, strict=True)
        },
        "memory_mb": {side: most // 2**20 for side, most in zip(SIDES, peaks, strict=True)},
        "memory_at_start_mb": {side: most // 2**20 for side, most in zip(SIDES, at_start, strict=True)},
    }
