"""One schedule: what officers, machines, disks, carriers and operators do, event by event."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from tests.line.carried import FILE, PAPER
from tests.line.world import Clock
from tests.office.world import NAMES, charter_of, keys_of
from tests.simulation.faults import Crash, Faults
from tests.simulation.machine import Machine
from tests.simulation.network import Network, Wire
from tests.simulation.promises import Promises
from yeollak.errors import Fault, OurFault
from yeollak.node.acting import Text, act, made
from yeollak.node.pouches import Wish, open_pouches, pack
from yeollak.office.propose import Draft, sign
from yeollak.storage.own_register import NewAct
from yeollak.storage.reading import OfficeView

#: Why a node says nothing of its own: silence is what it owes then.
SILENT = frozenset(
    {
        "behind-anchor",
        "anchor-missing",
        "anchor-unreadable",
        "register-waits",
        "disk-full",
        "file-unwritable",
        "store-failed",
    }
)
_WISHES = (FILE, PAPER, Wish(upper=4000), Wish(ask=True))
MONTH = 31 * 86400.0


@dataclass
class Carried:
    """A pouch under way: whose, to whom, its files, and up to where it reaches."""

    sender: str
    to: str
    files: list[Path]
    last: int
    opened: bool = False


@dataclass
class Wanted:
    """An act that an officer wants said and has not been told to stand in the register."""

    request: str
    officer: str
    draft: Draft
    texts: tuple[Text, ...]


class Schedule:
    """The machines of an office of so many sides, copied from a founded one under `folder`."""

    def __init__(self, folder: Path, sides: int, faults: Faults) -> None:
        self.folder, self.faults, self.rng = folder, faults, faults.rng
        self.charter = charter_of(NAMES[:sides])
        self.clock = Clock()
        self.network = Network(faults, meanwhile=self._meanwhile)
        self.promises = Promises(self.charter, faults)
        for side in self.charter.sides:
            lines: dict[str, Any] = {
                peer: Wire(self.network, side, peer) for peer in self.charter.sides if peer != side
            }
            self.network.machines[side] = Machine(
                side, self.charter, folder / side, self.clock, faults, self.promises, lines
            )
        self.wanted: dict[str, list[Wanted]] = {side: [] for side in self.charter.sides}
        self.pouches: list[Carried] = []
        self.numbers = 0
        self._depth = 0

    @property
    def machines(self) -> dict[str, Machine]:
        return self.network.machines

    def close(self) -> None:
        for machine in self.machines.values():
            machine.forget()

    # running

    def run(self, events: int) -> None:
        """So many events, one after another; some happen while a parcel is under way."""
        kinds: list[tuple[Callable[[Machine], None], int]] = [
            (self.say, 20), (self.again, 5), (self.together, 4), (self.keep, 7), (self.send, 34),
            (self.late, 7), (self.pack, 3), (self.open, 4), (self.kill, 4), (self.storm, 1), (self.jump, 3),
            (self.part, 2),
            (self.heal, 3), (self.save, 3), (self.restore, 12), (self.lose_anchor, 1), (self.fill, 1),
            (self.slow, 1),
        ]  # fmt: skip
        works, weights = zip(*kinds, strict=True)
        for _ in range(events):
            machine = self.machines[self.rng.choice(self.charter.sides)]
            self.rng.choices(works, weights)[0](machine)
            self.faults.held()
            self.clock.pass_by(self.rng.choice((0.1, 1, 12, 40)))

    def _meanwhile(self) -> None:
        """What other threads and other machines do while somebody waits."""
        if not self.faults.bad or self._depth > 1 or self.rng.random() > 0.15:
            return
        self._depth += 1
        try:
            machine = self.machines[self.rng.choice(self.charter.sides)]
            self.rng.choice((self.say, self.keep, self.send, self.late, self.kill))(machine)
        finally:
            self._depth -= 1

    def on(self, machine: Machine, work: Callable[[], object]) -> bool:
        """Let a machine's code run. Returns whether it came to its end."""
        if machine.disk.dead:
            return False
        machine.frames += 1
        done = False
        try:
            work()
            done = True
        except Crash as crash:
            if crash.args != (machine.side,):
                raise
        except OurFault as fault:
            if fault.code not in SILENT | {"act-void", "head-moved"}:
                self.faults.broken.append(f"{machine.side}: {fault.code} {fault.data}")
                raise
            self.faults.note(machine.side, f"says {fault.code}")
        finally:
            machine.frames -= 1
            self.network.again(machine)
        return done

    # officers

    def say(self, machine: Machine) -> None:
        """An officer has something said."""
        self.numbers += 1
        self.wanted[machine.side].append(self._want())
        self._try(machine, self.wanted[machine.side][-1])

    def again(self, machine: Machine) -> None:
        """An officer who was told nothing tries again with the same request."""
        if self.wanted[machine.side]:
            self._try(machine, self.rng.choice(self.wanted[machine.side]))

    def _want(self) -> Wanted:
        kind, request = self.rng.random(), f"request/{self.numbers}"
        if kind < 0.5:
            return Wanted(request, "node", Draft("line.seen"), ())
        if kind < 0.7:
            slot = self.rng.choice(("opening", "closing"))
            day = f"2018-10-{self.rng.randrange(1, 29):02}"
            facts: dict[str, Any] = {"date": day, "slot": slot, "view": "answered"}
            return Wanted(request, "duty", Draft("checkin.observe", facts=facts), ())
        size = 60_000 if kind > 0.97 else 900
        text = Text(self.rng.randbytes(size // 2).hex().encode(), "text/plain", "en")
        facts = {"class": "flood", "subject": {"en": f"Discharge {self.numbers}"}}
        return Wanted(request, "duty", Draft("note.send", facts=facts), (text,))

    def _try(self, machine: Machine, wanted: Wanted) -> None:
        if not machine.ready():
            return

        def work() -> None:
            key = keys_of(machine.side).officers[wanted.officer]
            found = act(
                machine.open, machine.office, key, wanted.draft, wanted.texts,
                request=wanted.request, salts=machine.salt, show=False,
            )  # fmt: skip
            machine.disk.alive()
            if not self.faults.fate(machine.side, 0.15, "officer not told"):
                self._said(machine, wanted, found)

        self.on(machine, work)

    def _said(self, machine: Machine, wanted: Wanted, found: str) -> None:
        self.promises.acknowledge(machine, wanted.request, found)
        self.wanted[machine.side].remove(wanted)

    def together(self, machine: Machine) -> None:
        """Several officers hand in at once: one transaction, one checkpoint."""
        if not machine.ready():
            return
        many = []
        for _ in range(3):
            self.numbers += 1
            many.append(self._want())
        self.wanted[machine.side] += many
        self.on(machine, partial(self._together, machine, many))

    def _together(self, machine: Machine, many: list[Wanted]) -> None:
        def make(wanted: Wanted, view: OfficeView) -> NewAct:
            key = keys_of(machine.side).officers[wanted.officer]
            now = machine.clock.now()
            prepared = made(view, key.kid, wanted.draft, wanted.texts, now, machine.salt)
            entry = sign(view.office, view.side, prepared.document, key)
            return NewAct(entry.statement, entry.document, prepared.blobs, wanted.request)

        makers = [partial(make, wanted) for wanted in many]
        signer = machine.kept.register
        done = machine.journal.commit(machine.office, makers, signer, machine.clock.now())
        machine.disk.alive()
        view = machine.view
        for wanted, index in zip(many, done, strict=True):
            if not isinstance(index, Fault):
                self._said(machine, wanted, view.ledger.finding(view.place, index).id)

    # nodes

    def keep(self, machine: Machine) -> None:
        if machine.ready():
            self.on(machine, machine.keeper.step)

    def send(self, machine: Machine) -> None:
        if machine.frames:
            return  # a courier has one parcel under way
        courier = machine.couriers[self.rng.choice(list(machine.couriers))]
        # The server's threads for peers ask at once, and send only when the node is ready.
        if courier.answered and not machine.ready():
            return
        if machine.ready() and self.rng.random() < 0.7:
            self.keep(machine)
            courier = machine.couriers[courier.peer]
        self.on(machine, courier.step)

    def late(self, _machine: Machine) -> None:
        self.network.arrive()

    def kill(self, machine: Machine) -> None:
        """The process ends between two steps, as by kill -9."""
        self.faults.note(machine.side, "killed")
        self.on(machine, machine.disk.die)

    def storm(self, machine: Machine) -> None:
        """Started again and again, and killed while it starts."""
        self.faults.note(machine.side, "restart storm")
        for _ in range(self.rng.randrange(3, 8)):
            self.send(machine)
            self.kill(machine)

    def jump(self, machine: Machine) -> None:
        """The machine's clock is set wrong, or right again."""
        hours = self.rng.choice((0, 0, 1, -1, 24, -24, 24 * 200, -24 * 200))
        machine.clock.wrong = timedelta(hours=hours)
        self.faults.note(machine.side, "clock jumps", hours=hours)

    def fill(self, machine: Machine) -> None:
        """The disk is full for a while."""
        machine.disk.full = not machine.disk.full
        self.faults.note(machine.side, "disk stays full" if machine.disk.full else "room is made")

    def slow(self, machine: Machine) -> None:
        """Every write takes seconds for a while."""
        machine.disk.slow = 0.0 if machine.disk.slow else 15.0
        self.faults.note(machine.side, "slow disk")

    # the network

    def part(self, machine: Machine) -> None:
        """Nothing passes between two sides; sometimes for a month."""
        pair = frozenset((machine.side, self.rng.choice(list(machine.lines))))
        self.network.cut.add(pair)
        self.faults.note(machine.side, "line cut")
        if self.rng.random() < 0.3:
            self.clock.pass_by(MONTH)
            self.faults.note(machine.side, "a month without a line")

    def heal(self, _machine: Machine) -> None:
        if self.network.cut:
            self.network.cut.clear()
            self.faults.note("all", "lines heal")

    # pouches

    def pack(self, machine: Machine) -> None:
        if machine.ready():
            self.on(machine, partial(self._pack, machine))

    def _pack(self, machine: Machine) -> None:
        self.numbers += 1
        to = self.rng.choice(list(machine.lines))
        path = self.folder / "carried" / str(self.numbers)
        path.parent.mkdir(exist_ok=True)
        done = pack(machine.open, machine.post, to, path, self.rng.choice(_WISHES))
        machine.disk.alive()
        parts = sorted(path.iterdir()) if path.is_dir() else [path]
        self.pouches.append(Carried(machine.side, to, parts, done.last))
        self.faults.note(machine.side, "pouch packed", to=to, last=done.last)

    def open(self, _machine: Machine) -> None:
        """A pouch is opened, in any order; it may be opened again."""
        if self.pouches:
            self.arrive(self.rng.choice(self.pouches))

    def arrive(self, pouch: Carried) -> None:
        parts = self.rng.sample(pouch.files, len(pouch.files))
        machine = self.machines[pouch.to]
        self.faults.note(pouch.to, "pouch opened", sender=pouch.sender)
        work = partial(open_pouches, machine.open, [machine.post], parts)
        pouch.opened = self.on(machine, work) or pouch.opened

    # operators

    def save(self, machine: Machine) -> None:
        """A backup of the database, and a snapshot of the whole machine."""
        if machine.frames or machine.disk.dead:
            return
        machine.stop()
        machine.backup = machine.disk.image()
        machine.start()
        self.faults.note(machine.side, "backup", size=machine.size)

    def restore(self, machine: Machine) -> None:
        """An old database, with today's anchor or with the one of its day, or none; while what has left lies
        with another machine, or for the database alone with a carrier or the network.
        """
        if machine.frames or self._disaster():
            return
        anchor = self.rng.choice(("kept", "kept", "old", "lost"))
        reach = [self.held(machine)]
        if anchor == "kept":
            reach += [pouch.last for pouch in self.pouches if pouch.sender == machine.side]
            reach += [late.reaches for late in self.network.late if late.sender == machine.side]
        if max(machine.left_size(), self.promises.reached(machine.side)) > max(reach):
            return
        before = machine.size
        image = dict(machine.backup)
        path = machine.disk.anchor_path
        if anchor == "kept":
            image[path] = path.read_bytes()
        elif anchor == "lost":
            image.pop(path, None)
        survives = max(machine.left_size(), self.held(machine))
        machine.stop()
        machine.disk.put(image)
        if anchor != "kept":
            machine.disk.unsynced = None
        machine.held_back = anchor == "old"
        machine.start()
        self.promises.restored(machine.side, max(survives, machine.size))
        self.wanted[machine.side].clear()
        self.faults.note(machine.side, f"restored, anchor {anchor}", was=before, size=machine.size)

    def lose_anchor(self, machine: Machine) -> None:
        """The anchor's file is gone or cannot be read; the database is whole."""
        if machine.frames or self._disaster():
            return
        if self.rng.random() < 0.5:
            machine.disk.anchor_path.unlink(missing_ok=True)
        else:
            machine.disk.anchor_path.write_bytes(b"{")
        machine.disk.unsynced = None
        self.faults.note(machine.side, "anchor lost")
        machine.start()

    def held(self, machine: Machine) -> int:
        """How much of a machine's register some other one holds."""
        place = self.charter.places[machine.side]
        others = [other for other in self.machines.values() if other is not machine]
        return max(other.view.ledger.held(place) for other in others)

    def _disaster(self) -> bool:
        """Whether some machine has not come back from the last one yet, or works under a caller."""
        return any(
            one.frames or one.disk.dead or one.held_back or one._lost is not None
            or one.size < one.left_size() or not self._whole(one)
            for one in self.machines.values()
        )  # fmt: skip

    def _whole(self, machine: Machine) -> bool:
        """Whether a machine holds what it has receipted of the others."""
        view = machine.view
        return all(
            self.promises.receipts.get((machine.side, side), 0) <= view.ledger.held(self.charter.places[side])
            for side in machine.lines
        )

    # the end

    def calm(self) -> None:
        """Nothing fails any more, everything that is under way arrives, and the machines come to rest."""
        self.faults.bad = 0.0
        self.faults.note("all", "calm")
        self.network.cut.clear()
        for machine in self.machines.values():
            machine.disk.full, machine.disk.slow, machine.clock.wrong = False, 0.0, timedelta()
            machine.start()
        while self.network.late:
            self.network.arrive()
        for pouch in self.pouches:
            if not pouch.opened or self.rng.random() < 0.2:
                self.arrive(pouch)
        self.clock.pass_by(400 * 86400.0)
        self.settle()
        self.faults.held()

    def settle(self, rounds: int = 60) -> None:
        """Let couriers and keepers work until nothing moves any more."""
        for _ in range(rounds):
            moved = False
            for machine in self.machines.values():
                for courier in machine.couriers.values():
                    before = courier.answered
                    while self._step(machine, courier):
                        moved = True
                    moved |= courier.answered != before
                for wanted in list(self.wanted[machine.side]) if machine.ready() else ():
                    self._try(machine, wanted)
                    self.wanted[machine.side].remove(wanted) if wanted in self.wanted[machine.side] else None
                self.keep(machine)
            if self.promises.quiet(list(self.machines.values())):
                return
            if not moved:
                self.clock.pass_by(301)
        sizes = {side: [machine.view.ledger.held(place) for place in range(len(self.charter.sides))]
                 for side, machine in self.machines.items()}  # fmt: skip
        self.faults.violated(f"the machines do not come to rest: {sizes}")

    def _step(self, machine: Machine, courier: Any) -> bool:
        moved = False

        def work() -> None:
            nonlocal moved
            moved = courier.step()

        self.on(machine, work)
        return moved


def copied(template: Path, folder: Path) -> Path:
    """A founded office of a schedule's own."""
    shutil.copytree(template, folder)
    return folder
