"""A line on which everything goes wrong that can, by a seeded choice, and nodes that crash between steps."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

from tests.line.world import Node
from yeollak.errors import LineFault
from yeollak.storage.holdings import Holdings
from yeollak.storage.journal import Journal


class Crash(Exception):
    """A process ends here; whatever is on disk is on disk."""


@dataclass
class Weather:
    """What may go wrong, and how often; calm when `bad` is 0."""

    rng: random.Random
    bad: float = 0.6
    #: Parcels that were sent and have not arrived.
    late: list[tuple[str, bytes]] = field(default_factory=list)
    #: Answers that have been given before.
    answers: list[bytes] = field(default_factory=list)
    happened: dict[str, int] = field(default_factory=dict)

    def fate(self, *fates: str) -> str:
        if self.rng.random() >= self.bad:
            return "fine"
        found = self.rng.choice(fates)
        self.happened[found] = self.happened.get(found, 0) + 1
        return found


class Fragile(Holdings):
    """Holdings of a node that may crash before or after each step that writes."""

    weather: Weather | None = None

    def _maybe(self, where: str) -> None:
        if self.weather is not None and self.weather.bad and self.weather.rng.random() < 0.06:
            self.weather.happened[where] = self.weather.happened.get(where, 0) + 1
            raise Crash(where)

    def receive(self, admitted: Any) -> None:
        self._maybe("crash before the commit")
        super().receive(admitted)
        self._maybe("crash between commit and answer")

    def keep_receipt(self, side: str, size: int, note: bytes) -> None:
        self._maybe("crash before the receipt is kept")
        super().keep_receipt(side, size, note)
        self._maybe("crash after the receipt is kept")


def fragile(weather: Weather) -> Any:
    def port_of(journal: Journal, office: str) -> Fragile:
        port = Fragile(journal, office)
        port.weather = weather
        return port

    return port_of


@dataclass
class Faulty:
    """A line that loses, repeats, delays, reorders and cuts."""

    nodes: dict[str, Node]
    peer: str
    weather: Weather

    def exchange(self, office: str, data: bytes) -> bytes:
        fate = self.weather.fate("lost", "answer lost", "late", "twice", "stale answer", "cut", "altered")
        if fate == "lost":
            raise LineFault("unreachable", url=self.peer, why="lost")
        if fate == "late":
            self.weather.late.append((self.peer, data))
            raise LineFault("unreachable", url=self.peer, why="late")
        answer = self.deliver(data)
        if fate == "twice":
            answer = self.deliver(data)
            self.weather.late.append((self.peer, data))
        self.weather.answers.append(answer)
        if fate == "answer lost":
            raise LineFault("unreachable", url=self.peer, why="the answer was lost")
        if fate == "stale answer":
            return self.weather.rng.choice(self.weather.answers)
        if fate == "cut":
            return answer[: self.weather.rng.randrange(len(answer))]
        if fate == "altered":
            at = self.weather.rng.randrange(len(answer))
            return answer[:at] + bytes([answer[at] ^ 1]) + answer[at + 1 :]
        return answer

    def deliver(self, data: bytes) -> bytes:
        node = self.nodes[self.peer]
        try:
            return node.endpoint.answer(data)
        except Crash:
            node.start()
            raise LineFault("unreachable", url=self.peer, why="it crashed") from None


def deliver_late(nodes: dict[str, Node], weather: Weather) -> None:
    """Let one of the parcels that are under way arrive, in any order; nobody waits for its answer."""
    if not weather.late:
        return
    peer, data = weather.late.pop(weather.rng.randrange(len(weather.late)))
    try:
        weather.answers.append(nodes[peer].endpoint.answer(data))
    except Crash:
        nodes[peer].start()
