"""Running the demonstration: make two nodes, found the office, start both, replay, export, verify.

Both nodes run as processes of their own and talk over the line; this one appends the officers' acts to
each node's store, in lock-step, on a clock that follows the history. It may be stopped at any moment and
run again: every act has its idempotency key.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from yeollak.demo.history import SIDES, about, chronicle, history, moment, signer, source
from yeollak.errors import LineFault, OurFault
from yeollak.node import founding
from yeollak.node.acting import Text, act
from yeollak.node.clock import FileClock
from yeollak.node.config import NodeConfig
from yeollak.node.open import Node, open_node
from yeollak.office.audit import recompute
from yeollak.office.charter import Charter, draft
from yeollak.office.propose import Draft
from yeollak.record import canon
from yeollak.record.audit import audit_export
from yeollak.record.card import Card
from yeollak.record.folder import FolderFiles
from yeollak.record.keys import SigningKey
from yeollak.storage import reading
from yeollak.storage.exporting import write_export

#: Demonstration keys are no secret: everyone's are derived from these words.
_SEED = b"yeollak/demonstration/1"
_PASSPHRASE = "demonstration"  # noqa: S105 (it protects nothing: the keys are derived from public words)
_START = datetime(2018, 9, 13, 23, 0, tzinfo=UTC)
_PATIENCE = 60.0


@dataclass(slots=True)
class Demo:
    """One demonstration under a folder."""

    folder: Path
    port: int
    told: Callable[[int, int], None]
    children: dict[str, subprocess.Popen[bytes]]
    nodes: dict[str, Node]
    office: str = ""

    def run(self) -> dict[str, Any]:
        """Do everything that is not done yet, and say what came of it."""
        began = time.monotonic()
        self.folder.mkdir(parents=True, exist_ok=True)
        clock = FileClock(self.folder / "clock")
        if not (self.folder / "clock").exists():
            clock.set(_START)
        self._make()
        self._start()
        keys = self._post(clock)
        self._replay(clock, keys)
        return self._finish(time.monotonic() - began)

    def stop(self) -> None:
        """End both nodes."""
        for child in self.children.values():
            child.terminate()
        for child in self.children.values():
            child.wait(timeout=20)

    def _make(self) -> None:
        cards = []
        for number, side in enumerate(SIDES):
            place = self.folder / side
            if not founding.is_node(place):
                line, desk = self.port + 2 * number, self.port + 2 * number + 1
                anchor = "../anchors/{side}.json"
                (self.folder / "anchors").mkdir(exist_ok=True)
                founding.make_node(
                    NodeConfig(
                        place,
                        side,
                        ("127.0.0.1", line),
                        ("127.0.0.1", desk),
                        anchor=anchor,
                        clock="file:../clock",
                        cost="quick",
                    )
                )
            self.nodes[side] = open_node(place, side)
            cards.append(self._card(side))
        charter = draft(cards, about(), {}, demonstration=True)
        self.office = Charter.parse(charter).office
        for side in SIDES:
            founding.adopt(self.nodes[side], charter, cards)
            self.nodes[side] = open_node(self.folder / side, side)
            self._sign(side)

    def _card(self, side: str) -> Card:
        held = sorted((self.folder / side / "cards").glob("*.card"))
        if held:
            return Card.parse(held[0].read_bytes())
        known = history()["office"]["side"][side]
        zone = history()["office"]["time_zones"][side]
        return founding.make_card(
            self.nodes[side], known["name"], known["short"], zone, _PASSPHRASE, entropy=_entropy(side)
        )

    def _sign(self, side: str) -> None:
        view = reading.office_view(side, self.office)
        if view.ledger.held(view.place) == 0:
            founding.sign_charter(self.nodes[side], self.office, _PASSPHRASE, "not-checked")

    def _start(self) -> None:
        for side in SIDES:
            self._child(side)
        self._quiet()

    def _child(self, side: str) -> None:
        command = [sys.executable, "-m", "yeollak", "serve", "--node", str(self.folder / side)]
        log = (self.folder / f"{side}.log").open("ab")
        environment = {**os.environ, "YEOLLAK_PASSPHRASE": _PASSPHRASE}
        self.children[side] = subprocess.Popen(  # noqa: S603 (our own program)
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment
        )

    def _post(self, clock: FileClock) -> dict[str, SigningKey]:
        keys = {}
        for side in SIDES:
            node = self.nodes[side]
            founding.post_node(node, self.office, _PASSPHRASE)
            keys[side] = SigningKey(_entropy(side)("officer"))
            founding.post_officer(
                node,
                self.office,
                _PASSPHRASE,
                "liaison",
                own_passphrase=_PASSPHRASE,
                request="posting.liaison",
                entropy=_entropy(side),
            )
        self._settle(clock, clock.now())
        return keys

    def _replay(self, clock: FileClock, keys: dict[str, SigningKey]) -> None:
        events = history()["event"]
        for number, event in enumerate(events):
            if self._done(event["id"]):
                continue
            now = max(clock.now() + timedelta(minutes=2), _instant(event["at"]))
            clock.set(now)
            self._enter(event, keys)
            self._settle(clock, now)
            self.told(number + 1, len(events))

    def _done(self, event: str) -> bool:
        views = {side: reading.office_view(side, self.office) for side in SIDES}
        return any(reading.requested(view, f"demo/{event}/last") for view in views.values())

    def _enter(self, event: dict[str, Any], keys: dict[str, SigningKey]) -> None:
        side = signer(event)
        facts = {"when": moment(event["at"]), "source": source(event), "subject": event["title"]}
        if "until" in event:
            facts["until"] = moment(event["until"])
        text = Text(canon.encode(chronicle(event)), "application/vnd.yeollak.chronicle+json")
        joint = event["account"] == "both"
        name = f"demo/{event['id']}/{'first' if joint else 'last'}"
        draft_ = Draft("account.enter", facts=facts)
        entered = act(self.nodes[side], self.office, keys[side], draft_, [text], request=name)
        if joint:
            other = next(one for one in SIDES if one != side)
            self._quiet()
            confirm = Draft("account.confirm", matter=entered)
            request = f"demo/{event['id']}/last"
            act(self.nodes[other], self.office, keys[other], confirm, request=request)

    def _settle(self, clock: FileClock, now: datetime) -> None:
        """Let the nodes exchange everything, then pass the time after which they say what they have seen."""
        self._quiet()
        clock.set(now + timedelta(seconds=31))
        self._quiet(settled=True)

    def _quiet(self, *, settled: bool = False) -> None:
        ends = time.monotonic() + _PATIENCE
        while not self._still(settled):
            if time.monotonic() > ends:
                raise LineFault("demo-stalled")
            for side, child in self.children.items():
                if child.poll() is not None:
                    self._child(side)  # it was killed: nothing is lost, it goes on where the record stands
            time.sleep(0.01)

    def _still(self, settled: bool) -> bool:
        views = {side: reading.office_view(side, self.office) for side in SIDES}
        heads = [reading.heads(view) for view in views.values()]
        if heads[0] != heads[1] or any(head.size != head.counted or not head.size for head in heads[0]):
            return False
        for side, view in views.items():
            other = next(one for one in SIDES if one != side)
            if reading.receipted(view, other) != view.ledger.held(view.place):
                return False
            if settled and view.office.unseen(view.place):
                return False
        return True

    def _finish(self, seconds: float) -> dict[str, Any]:
        views = {side: reading.office_view(side, self.office) for side in SIDES}
        reports = {}
        for side in SIDES:
            target = self.folder / f"export-{side}"
            if not target.exists():
                node = self.nodes[side]
                keys = node.keyring.post_keys(views[side].charter, side, _PASSPHRASE)
                write_export(side, self.office, target, keys.register)
            reports[side] = audit_export(FolderFiles(target), office=self.office)
        states = {side: recompute(report) for side, report in reports.items()}
        held = {
            side: {row.side: {"size": row.size, "root": row.root} for row in reading.heads(views[side])}
            for side in SIDES
        }
        south, north = (states[side] for side in SIDES)
        same = held["south"] == held["north"] and reports["south"].documents == reports["north"].documents
        digests = {view.office.digest() for view in views.values()}
        return {
            "office": self.office,
            **held,
            "equal": same and len(digests) == 1,
            "verified": not any(r.defects for r in reports.values()) and not (south.problem or north.problem),
            "events": sum(self._done(event["id"]) for event in history()["event"]),
            "acts": south.acts,
            "matters": dict(south.matters),
            "voids": len(south.voids),
            "receipts": sum(len(reading.receipts(views[side], one)) for side in SIDES for one in SIDES),
            "seconds": round(seconds, 1),
        }


def demonstrate(folder: Path, port: int, told: Callable[[int, int], None]) -> Demo:
    """A demonstration under `folder`, with four ports from `port` on. Raises OurFault(`no-such-folder`)."""
    if folder.exists() and not folder.is_dir():
        raise OurFault("node-there", path=str(folder))
    return Demo(folder.resolve(), port, told, {}, {})


def _entropy(side: str) -> Callable[[str], bytes]:
    return lambda label: hashlib.sha256(_SEED + b"/" + side.encode() + b"/" + label.encode()).digest()


def _instant(value: object) -> datetime:
    if isinstance(value, datetime):
        return value.astimezone(UTC)
    text = str(value)
    if len(text) > 10:
        return datetime.fromisoformat(text).astimezone(UTC)
    return datetime.fromisoformat(text).replace(
        hour=1, tzinfo=UTC
    )  # ten in the morning, as both sides kept it
