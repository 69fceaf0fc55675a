"""Nodes that hold prefixes of the registers: what each has counted is held against what was found first.

A node is an `Office` over a `MemoryLedger`, as an audit or a small office has it. It takes batches as
prefixes, ignores what it holds already, is started again with what it has stored or from the bytes alone,
and keeps what it once found settled.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from yeollak.office import claims
from yeollak.office.charter import Charter
from yeollak.office.counting import Counting, Evidence
from yeollak.office.fold import Folded, order
from yeollak.office.ledger import Counted, Entry, MemoryLedger
from yeollak.office.office import Office

#: Every finding ever made, by place and position: the first node that counts an entry writes it down.
Findings = dict[tuple[int, int], Counted]


class Broken(AssertionError):
    """A property does not hold: what the sentence says is not so."""


def require(holds: bool, sentence: str, *about: object) -> None:
    """Raise Broken with the sentence unless it holds."""
    if not holds:
        raise Broken(": ".join([sentence, *map(str, about)]))


@dataclass(frozen=True)
class Settled:
    """What a matter was when a node first knew it settled: the acts then known, in the order in which they
    apply, each with its mark.
    """

    frontier: tuple[int, ...]
    marked: tuple[tuple[str, str], ...]
    folded: Folded


def marked(office: Office, matter: str) -> tuple[tuple[str, str], ...]:
    """The allowed acts of a matter as they apply, each with what became of it."""
    acts = sorted((act for act in office.ledger.matter(matter) if not act.void), key=order)
    marks = office.state(matter).marks
    return tuple((act.id, marks.get(act.id, "stands")) for act in acts)


@dataclass
class Node:
    """One node of a party, or of somebody who holds everything and says nothing (`place` None)."""

    name: str
    charter: Charter
    findings: Findings
    place: int | None = None
    ledger: MemoryLedger = field(init=False)
    office: Office = field(init=False)
    settled: dict[str, Settled] = field(default_factory=dict)
    evidence: dict[Evidence, None] = field(default_factory=dict)
    views: set[tuple[str, int]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.ledger = MemoryLedger(len(self.charter.sides))
        self.office = Office(self.charter, self.ledger)

    def receive(self, place: int, start: int, batch: Sequence[Entry]) -> Counting:
        """Take a batch of a register that begins at position `start`: what is held is left as it is, and a
        batch behind a gap is put aside.
        """
        held = self.ledger.held(place)
        if start > held:
            return Counting()
        for at, entry in enumerate(batch, start):
            if at >= held:
                self.ledger.append(place, entry)
            else:
                require(self.ledger.entry(place, at) == entry, "what is held is not what was sent", place, at)
        return self.count()

    def count(self) -> Counting:
        """Count what can be counted, and hold it against what was found before."""
        result = self.office.count()
        for found in result.found:
            first = self.findings.setdefault((found.place, found.index), found)
            require(
                first == found,
                "past, turn, verdict and reason are final once computed",
                self.name,
                first,
                found,
            )
        self.evidence |= dict.fromkeys(result.evidence)
        self.views |= {
            (found.side, found.index) for found in result.found if not claims.agrees(self.office, found)
        }
        self._keep_settled({found.matter for found in result.found if not found.void})
        return result

    def restart(self, *, bare: bool) -> None:
        """Start again over what is stored, or, with `bare`, over the bytes of the registers alone."""
        held, counted = self.ledger, self.office.frontier()
        digest = self.office.digest()
        if bare:
            self.ledger = MemoryLedger(len(self.charter.sides))
            for place in range(len(self.charter.sides)):
                for index in range(held.held(place)):
                    self.ledger.append(place, held.entry(place, index))
        self.office = Office(self.charter, self.ledger)
        self.count()
        require(
            self.office.frontier() == counted,
            "a node that starts again counts what it had counted",
            self.name,
        )
        require(self.office.digest() == digest, "a node that starts again finds the same state", self.name)

    def _keep_settled(self, touched: set[str]) -> None:
        """What was settled before is what it was; what is settled now is kept."""
        for matter in sorted(touched):
            before = self.settled.get(matter)
            if before is not None:
                now = marked(self.office, matter)[: len(before.marked)]
                require(now == before.marked, "what is settled never changes", self.name, matter, before, now)
            if self.office.settled(matter):
                self.settled[matter] = Settled(
                    self.office.frontier(), marked(self.office, matter), self.office.state(matter)
                )

    def check_settled(self) -> None:
        """Everything that was ever settled is still so, acts, marks and state, and further matters are
        kept.
        """
        for matter, before in self.settled.items():
            now = marked(self.office, matter)[: len(before.marked)]
            require(now == before.marked, "what is settled never changes", self.name, matter)
            again = self.office.state(matter, before.frontier)
            require(again == before.folded, "a settled state never changes", self.name, matter, before, again)
        self._keep_settled(set(self.office.ledger.matters()) - set(self.settled))


def outcome(office: Office) -> Mapping[str, Folded]:
    """What every matter has come to."""
    return {matter: office.state(matter) for matter in sorted(office.ledger.matters())}
