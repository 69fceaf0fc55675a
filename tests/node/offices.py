"""Two nodes as operators make them: folders, keys, certificates, a founded office, served in this process."""

from __future__ import annotations

import itertools
import shutil
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from django.db import connections

from tests.ports import quiet_ports
from tests.simulation.alarms import AWAY, unforeseen
from tests.storage.setup import empty
from yeollak.node import founding
from yeollak.node.acting import Text, act
from yeollak.node.config import NodeConfig
from yeollak.node.open import Node, open_node
from yeollak.node.serve import Server
from yeollak.office.charter import draft
from yeollak.office.propose import Draft
from yeollak.record.card import Card
from yeollak.record.keys import SigningKey
from yeollak.storage import models, reading

SECRET = "node tests"
SIDES = ("south", "north")
_numbers = itertools.count()


class Offices:
    """An office between two nodes under `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.nodes: dict[str, Node] = {}
        self.servers: dict[str, Server] = {}
        self.keys: dict[str, SigningKey] = {}
        self.office = ""
        #: What a test has made threads of nodes stumble over, by the name of the exception.
        self.excused: frozenset[str] = frozenset()

    def make(self, terms: Mapping[str, Any] | None = None) -> Offices:
        """Make both nodes, found the office, and post a node key and a duty officer on each side. `terms` are
        terms of the charter besides its own.
        """
        ports = quiet_ports(4)
        cards: list[Card] = []
        for number, side in enumerate(SIDES):
            place = self.folder / side
            config = NodeConfig(
                place,
                side,
                ("127.0.0.1", ports[2 * number]),
                ("127.0.0.1", ports[2 * number + 1]),
                cost="quick",
            )
            founding.make_node(config)
            self.open(side)
            # A card may have no short name.
            name = {"en": side.title()}
            short = name if side == SIDES[0] else {}
            cards.append(founding.make_card(self.nodes[side], name, short, "Asia/Seoul", SECRET))
        charter = draft(cards, {"name": {"en": "Node test"}}, {"seen_seconds": 1, **(terms or {})})
        for side in SIDES:
            self.office = founding.adopt(self.nodes[side], charter, cards).office
            self.open(side)
            founding.sign_charter(self.nodes[side], self.office, SECRET, "in-person")
        for side in SIDES:
            self.serve(side)
        self.until(lambda: all(self.sizes(side) == [1, 1] for side in SIDES))
        for side in SIDES:
            founding.post_node(self.nodes[side], self.office, SECRET)
            self.keys[side] = founding.post_officer(
                self.nodes[side], self.office, SECRET, "duty", own_passphrase=SECRET
            )
        self.until(self.settled)
        return self

    @classmethod
    def copied(cls, template: Offices, folder: Path) -> Offices:
        """The office of a template whose nodes do not run, in a folder of a test's own."""
        shutil.copytree(template.folder, folder, dirs_exist_ok=True)
        made = cls(folder)
        made.office, made.keys = template.office, template.keys
        for side in SIDES:
            made.open(side)
            made.serve(side)
        return made

    def open(self, side: str) -> Node:
        """Open a node's folder anew, as another process would."""
        empty(self.folder / side / "node.db")
        self.nodes[side] = open_node(self.folder / side, f"served_{next(_numbers)}")
        return self.nodes[side]

    def serve(self, side: str, *, accept_risk: bool = False) -> Server:
        server = Server(self.nodes[side], SECRET, accept_risk=accept_risk)
        server.start()
        self.servers[side] = server
        return server

    def stop(self, side: str) -> None:
        if side in self.servers:
            self.servers.pop(side).stop()
        connections[self.nodes[side].alias].close()
        reading.close_views(self.nodes[side].alias)

    def close(self) -> None:
        """Stop both. Raises AssertionError where a thread of a node has met with what nobody foresaw, which
        is an alarm and does not end the thread: unless the test has brought it about, which it says in
        `excused`.
        """
        excused = AWAY | self.excused
        found = {side: unforeseen(reading.alarms(self.view(side)), excused) for side in self.servers}
        for side in list(self.servers):
            self.stop(side)
        assert not any(found.values()), found

    def say(self, side: str, slot: str, *texts: Text) -> str:
        """An officer's act, appended as the command line does it."""
        facts = {"date": "2018-09-14", "slot": slot, "view": "answered"}
        return act(
            self.nodes[side], self.office, self.keys[side], Draft("checkin.observe", facts=facts), texts
        )

    def view(self, side: str) -> reading.OfficeView:
        return reading.office_view(self.nodes[side].alias, self.office)

    def sizes(self, side: str) -> list[int]:
        return [row.size for row in reading.heads(self.view(side))]

    def level(self) -> bool:
        """Whether both hold the same, have counted it and show it."""
        heads = [reading.heads(self.view(side)) for side in SIDES]
        if heads[0] != heads[1] or any(row.size != row.counted for row in heads[0]):
            return False
        # Views taken after the heads were read: one of before them may show all that it knows, and know less.
        return all(self.told(self.view(side)) for side in SIDES)

    def settled(self) -> bool:
        """Whether, besides, everything is receipted and nobody owes a word."""
        if not self.level():
            return False
        views = {side: self.view(side) for side in SIDES}
        return all(
            reading.receipted(view, other) == view.ledger.held(view.place)
            and not view.office.unseen(view.place)
            for side, view in views.items()
            for other in SIDES
            if other != side
        )

    @staticmethod
    def told(view: reading.OfficeView) -> bool:
        """Whether pages and lists know all that has been counted: they are told behind it."""
        return view.ledger.shown == view.office.frontier()

    def alarms(self, side: str) -> set[str]:
        return {row.code for row in reading.alarms(self.view(side))}

    def until(self, true: Callable[[], bool], seconds: float = 40.0) -> float:
        """Wait until something is so; returns how long it took, in seconds."""
        began = time.monotonic()
        while not true():
            if time.monotonic() - began > seconds:
                raise AssertionError({side: (self.sizes(side), self.alarms(side)) for side in self.nodes})
            time.sleep(0.02)  # asking oftener would take from the nodes what they need to get there
        return time.monotonic() - began

    def backup(self, side: str) -> Path:
        """A copy of a stopped node's folder, as an operator's backup has it: the anchor is not in it."""
        target = self.folder / f"{side}.backup"
        shutil.copytree(self.folder / side, target)
        return target

    def restore(self, side: str) -> None:
        """Put the backup in the place of a stopped node's folder."""
        shutil.rmtree(self.folder / side)
        shutil.copytree(self.folder / f"{side}.backup", self.folder / side)
        self.open(side)

    def evidence(self, side: str) -> int:
        found: int = self.view(side).rows(models.Evidence).count()
        return found
