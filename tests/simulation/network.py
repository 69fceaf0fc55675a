"""A network that loses, repeats, delays, reorders, cuts and alters, while other things happen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from tests.simulation.faults import Crash, Faults
from tests.simulation.machine import Machine
from yeollak.errors import Fault, LineFault


@dataclass
class Late:
    """A parcel that is under way: to whom, and up to where a push in it reaches."""

    sender: str
    to: str
    data: bytes
    reaches: int


@dataclass
class Network:
    """What lies between the machines. `meanwhile` lets something else happen while a parcel is under way."""

    faults: Faults
    machines: dict[str, Machine] = field(default_factory=dict)
    late: list[Late] = field(default_factory=list)
    answers: dict[tuple[str, str], list[bytes]] = field(default_factory=dict)
    #: Pairs of sides between which nothing passes.
    cut: set[frozenset[str]] = field(default_factory=set)
    meanwhile: Callable[[], None] = field(default=lambda: None)

    def deliver(self, to: str, data: bytes) -> bytes | None:
        """What a machine answers, or None where nothing comes back."""
        machine = self.machines[to]
        if machine.disk.dead:
            return None
        machine.frames += 1
        try:
            return machine.endpoint.answer(data)
        except Fault as fault:
            self.faults.note(to, f"answered with {fault.code}")
            return None
        except Crash as crash:
            if crash.args != (to,):
                raise
            return None
        finally:
            machine.frames -= 1
            self.again(machine)

    def again(self, machine: Machine) -> None:
        """Start a machine that has ended, once nothing of its code is under way any more."""
        if machine.disk.dead and not machine.frames:
            machine.start()

    def arrive(self) -> None:
        """One of the parcels that are under way arrives; nobody waits for its answer."""
        if self.late:
            one = self.late.pop(self.faults.rng.randrange(len(self.late)))
            if frozenset((one.sender, one.to)) in self.cut or self.machines[one.to].disk.dead:
                self.late.append(one)
                return
            self.faults.note(one.to, "gets what was late", reaches=one.reaches)
            answer = self.deliver(one.to, one.data)
            if answer is not None:
                self.answers.setdefault((one.sender, one.to), []).append(answer)


@dataclass
class Wire:
    """The line of one side to another, as its courier has it."""

    network: Network
    side: str
    peer: str

    def exchange(self, office: str, data: bytes) -> bytes:
        """The answer to a parcel. Raises LineFault where none comes."""
        network, faults = self.network, self.network.faults
        own = network.machines[self.side]
        if faults.fate(self.side, 0.06, "crash before sending"):
            own.disk.die()
        fate = faults.fate(
            self.side, 0.45, "lost", "answer lost", "late", "twice", "stale answer", "answer cut",
            "answer altered", "altered", "slow answer",
        )  # fmt: skip
        network.meanwhile()
        own.disk.alive()
        if frozenset((self.side, self.peer)) in network.cut:
            faults.note(self.side, "finds the line cut")
            raise self._nothing("cut")
        if fate == "lost":
            raise self._nothing(fate)
        if fate in ("late", "twice"):
            network.late.append(Late(self.side, self.peer, data, own.reaches))
        if fate == "late":
            raise self._nothing(fate)
        if fate == "altered":
            data = self._altered(data)
        answer = network.deliver(self.peer, data)
        network.meanwhile()
        own.disk.alive()
        if faults.fate(self.side, 0.04, "crash before the answer is read"):
            own.disk.die()
        if answer is None or fate == "answer lost":
            raise self._nothing("the answer was lost")
        if fate == "slow answer":
            own.world_clock.pass_by(90)
            raise self._nothing("too late")
        known = network.answers.setdefault((self.side, self.peer), [])
        known.append(answer)
        if fate == "stale answer":
            return faults.rng.choice(known)
        if fate == "answer cut":
            return answer[: int(len(answer) * faults.rng.random())]
        return self._altered(answer) if fate == "answer altered" else answer

    def _altered(self, data: bytes) -> bytes:
        at = int(len(data) * self.network.faults.rng.random())
        return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]

    def _nothing(self, why: str) -> LineFault:
        return LineFault("unreachable", url=self.peer, why=why)
