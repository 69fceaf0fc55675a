"""What was promised during a schedule, and whether it has been kept in the end (docs/reliability.md)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.simulation.alarms import strange
from tests.simulation.faults import Faults
from tests.simulation.machine import Machine
from yeollak.office.charter import Charter
from yeollak.record.checkpoint import read_checkpoint
from yeollak.record.document import Act
from yeollak.storage import models, reading

#: What a schedule of faults alone may raise an alarm about.
ALARMS = frozenset(
    {"behind-anchor", "disk-full", "file-unwritable", "store-failed", "risk-accepted", "anchor-missing",
     "register-waits", "anchor-unreadable"}
)  # fmt: skip
#: A store that fails says so in its own words: nothing of Django's may come through.
REASONS = {"fold-failed": frozenset({"disk-full", "store-failed"})}


@dataclass
class Promises:
    """What authors were told, what has left, and which receipts were kept."""

    charter: Charter
    faults: Faults
    #: By side: request to act and its index, as acknowledged to its author.
    said: dict[str, dict[str, tuple[str, int]]] = field(default_factory=dict)
    #: Roots of every checkpoint that has left, by side and size.
    courses: dict[tuple[str, int], bytes] = field(default_factory=dict)
    #: Up to where a side is known to have receipted a register.
    receipts: dict[tuple[str, str], int] = field(default_factory=dict)

    def acknowledge(self, machine: Machine, request: str, act: str) -> None:
        """An author was told that the act stands in the register."""
        head, _ = machine.committed(machine.side)
        index = machine.view.rows(models.Entry).filter(act=act).values_list("index", flat=True).first()
        if index is None or index >= head:
            self.faults.violated(f"{machine.side}: an act is acknowledged that is not committed")
            return
        self.faults.note(machine.side, "acknowledged", act=act[:8], at=index)
        known, _ = self.said.setdefault(machine.side, {}).setdefault(request, (act, index))
        if known != act:
            self.faults.violated(f"{machine.side}: {request} was appended twice: {known[:8]}, {act[:8]}")

    def left(self, side: str, size: int, root: bytes) -> None:
        """A checkpoint of a register leaves its machine."""
        if self.courses.setdefault((side, size), root) != root:
            self.faults.violated(f"{side}: two courses of the register leave at {size}")

    def reached(self, side: str) -> int:
        """The size of the longest checkpoint that has left."""
        return max((size for of, size in self.courses if of == side), default=0)

    def receipted(self, by: str, side: str, size: int) -> None:
        """A receipt leaves."""
        self.receipts[by, side] = max(size, self.receipts.get((by, side), 0))

    def restored(self, side: str, survives: int) -> None:
        """What lay on a disk that is gone and nowhere else is lost with it, and nothing below is."""
        mine = self.said.get(side, {})
        for request, (_, index) in list(mine.items()):
            if index >= survives:
                del mine[request]
                self.faults.note(side, "an act is lost with its disk")

    # in the end

    def quiet(self, machines: Sequence[Machine]) -> bool:
        """Whether everybody holds, counts and has receipted everything, and nobody owes a word."""
        heads = [reading.heads(machine.view) for machine in machines]
        if any(head != heads[0] for head in heads) or any(row.size != row.counted for row in heads[0]):
            return False
        return all(
            reading.receipted(machine.view, peer) == machine.size and not machine.keeper.owed()
            for machine in machines
            for peer in machine.lines
        )

    def kept(self, machines: Sequence[Machine]) -> None:
        """Raise Violation unless every promise was kept."""
        views = [machine.view for machine in machines]
        for place, side in enumerate(self.charter.sides):
            registers = [view.ledger.entries(place, 0, view.ledger.held(place)) for view in views]
            if any(register != registers[0] for register in registers):
                self.faults.violated(f"the registers of {side} are not byte-equal")
            for (of, size), root in self.courses.items():
                if of == side and views[0].ledger.root(place, size) != root:
                    self.faults.violated(f"{side}: what has left at {size} is no part of the register")
        if len({view.office.digest() for view in views}) != 1:
            self.faults.violated("the states differ")
        for machine, view in zip(machines, views, strict=True):
            self._own(machine, {row.act for row in view.rows(models.Entry)})
            self._once(machine)
            acts = list(view.rows(models.Entry).values_list("act", flat=True))
            if len(acts) != len(set(acts)):
                self.faults.violated(f"{machine.side}: an act stands twice in the record")
            for row in view.rows(models.Receipt):
                self._receipt(view, row)
            if view.rows(models.Evidence).exists():
                self.faults.violated(f"{machine.side}: evidence of two views")
            void = view.rows(models.Finding).exclude(void="").first()
            if void is not None:
                self.faults.violated(f"{machine.side}: holds an act that is void: {void.void}")
            if found := strange(reading.alarms(view), ALARMS, REASONS):
                self.faults.violated(f"{machine.side}: alarms {found}")

    def _own(self, machine: Machine, acts: set[str]) -> None:
        missing = {act for act, _ in self.said.get(machine.side, {}).values()} - acts
        if missing:
            self.faults.violated(f"{machine.side}: {len(missing)} acts were acknowledged and are lost")

    def _once(self, machine: Machine) -> None:
        """What an officer wanted said, and tried again, must not be said twice."""
        view = machine.view
        notes = [
            json.dumps(act.facts["subject"])
            for act in (Act.parse(bytes(row.document)) for row in view.rows(models.Entry))
            if act.side == machine.side and act.kind == "note.send"
        ]
        if len(notes) != len(set(notes)):
            self.faults.violated(f"{machine.side}: a note was said twice")

    def _receipt(self, view: reading.OfficeView, row: models.Receipt) -> None:
        point, _ = read_checkpoint(bytes(row.note))
        if view.ledger.root(row.place, row.size) != point.root:
            self.faults.violated(f"{view.side}: a receipt at {row.size} is for another course")


def digest(machines: Sequence[Machine]) -> str:
    """What a schedule came to: equal for equal seeds."""
    return json.dumps([[row.side, row.size, row.root] for m in machines for row in reading.heads(m.view)])
