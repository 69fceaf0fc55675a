"""Our own line beside the peers: two nodes as `bench.line` runs them, and the outage as every peer has it."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from django.db import connections

from bench.line import SIDES, LineNode, Nodes
from bench.peers.flow import arrived
from bench.peers.place import DOWN
from tests.node.offices import Offices
from yeollak.record.document import Act
from yeollak.storage import batches, reading

RECEIPT = "signed by the receiving node over size and root of the register it now holds; verified, stored"


class OurLine(Nodes):
    """Two nodes that have founded an office; the second may go down and come back."""

    def __init__(self, folder: Path) -> None:
        self._offices = Offices(folder).make({"quota": {"statements": 2_000_000_000, "bytes": 2**50}})
        for side in SIDES:
            self._offices.stop(side)
        self.children = [self._child(side) for side in SIDES]
        for child in self.children:
            child.hear()

    def _child(self, side: str) -> LineNode:
        offices = self._offices
        return LineNode(offices.folder / side, offices.office, offices.keys[side].seed)

    def numbers(self, start: int) -> list[int]:
        """Which notes of the first side the second holds from an index on, in the order of the register."""
        view = self._offices.view(SIDES[1])
        end = reading.head(view, SIDES[0]).size
        acts = (Act.parse(entry.document) for entry in batches.entries(view, SIDES[0], start, end))
        return [int(act.facts["subject"]["en"].split()[1]) for act in acts if act.kind == "note.send"]

    def outage(self, many: int, down: float = DOWN) -> dict[str, Any]:
        """The second node is down while officers of the first hand in: as `place.Peer.outage`."""
        south, north = self.children
        self.settle()
        view = self._offices.view(SIDES[0])
        before = reading.head(view, SIDES[0]).size
        north.close()
        gone = time.perf_counter()
        south.tell(do="run", in_flight=many, many=many)
        while True:
            time.sleep(0.5)
            held = reading.head(self._offices.view(SIDES[0]), SIDES[0]).size - before
            down_seconds = time.perf_counter() - gone
            if down_seconds > down and held >= many:
                break
        view = self._offices.view(SIDES[0])
        outbox = reading.outbox(view)[SIDES[1]]
        meanwhile = {
            "handed_in": held,
            "receipts": max(0, reading.receipted(view, SIDES[1]) - before),
            "refused": {},
            "attempts": {outbox.last_error: outbox.attempts},
        }
        began = time.perf_counter()
        self.children[1] = self._child(SIDES[1])
        self.children[1].hear()
        started = time.perf_counter() - began
        answer = south.hear()
        took = time.perf_counter() - began
        self.settle()
        numbers = self.numbers(before)
        first = min(numbers, default=0)
        for side in SIDES:
            connections[self._offices.nodes[side].alias].close()
        return {
            "sent": many,
            "down_seconds": down_seconds,
            "start_seconds": started,
            "seconds": took,
            "receipts_by_itself": len(answer["spent"]),
            "resent": 0,
            "lost": answer["lost"],
            **arrived(many, [number - first for number in numbers]),
            "known_meanwhile": meanwhile,
        }
