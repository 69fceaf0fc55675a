"""A ledger for records of any length: of an act that counts it holds some tens of bytes.

What is asked of every act (its past, its turn, its verdict) stands in arrays. What its document says is
packed and laid aside, and read again where a matter is asked for that has not been asked for lately. An entry
is held until it counts. A `Spool` says where things are laid aside: in memory, or in a file.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, Protocol, overload

from yeollak.office.judge import move_of
from yeollak.office.ledger import Counted, Entry, posts
from yeollak.record.audit_reading import parsed_before
from yeollak.record.audit_tree import Tree

#: How many findings are remembered as they are: those of the acts that are judged now, and of what they name.
_RECENT: Final = 4_096
_ID: Final = 32


class Spool(Protocol):
    """Where bytes are laid aside."""

    def add(self, data: bytes) -> int:
        """Lay these aside; returns where."""

    def get(self, at: int) -> bytes:
        """What was laid aside there."""


class MemorySpool:
    """A spool in memory."""

    def __init__(self) -> None:
        self._held: list[bytes] = []

    def add(self, data: bytes) -> int:
        """See Spool."""
        self._held.append(data)
        return len(self._held) - 1

    def get(self, at: int) -> bytes:
        """See Spool."""
        return self._held[at]


class PackedLedger:
    """A Ledger (`office.ledger`) over the trees of its registers, which grow by themselves and are at least
    as long as what is held here.
    """

    def __init__(self, parties: Sequence[str], trees: Sequence[Tree], spool: Spool | None = None) -> None:
        self.parties, self._trees = parties, trees
        self._spool: Spool = MemorySpool() if spool is None else spool
        self._registers = [_Register(len(parties)) for _ in parties]
        self._numbers: dict[str, int] = {}
        self._matters: list[_Matter] = []
        self._names = _Names()

    def append(self, place: int, entry: Entry) -> None:
        """Hold one more entry of a register."""
        register = self._registers[place]
        register.waiting[register.held] = entry
        register.held += 1

    def held(self, place: int) -> int:
        """See Ledger."""
        return self._registers[place].held

    def entry(self, place: int, index: int) -> Entry:
        """See Ledger: one that does not count yet."""
        return self._registers[place].waiting[index]

    def root(self, place: int, size: int) -> bytes:
        """See Ledger."""
        return self._trees[place].root(size)

    def counted(self, place: int) -> int:
        """See Ledger."""
        return len(self._registers[place].turns)

    def finding(self, place: int, index: int) -> Counted:
        """See Ledger."""
        register = self._registers[place]
        known = register.recent.get(index)
        if known is None:
            known = self._unpacked(place, index)
            register.remember(known)
        return known

    def matter(self, matter: str) -> Sequence[Counted]:
        """See Ledger."""
        number = self._numbers.get(matter)
        return () if number is None else self._matters[number]

    def prefetch(self, matters: Iterable[str]) -> None:
        """Nothing has to be read."""

    def matters(self, procedure: str | None = None) -> Iterable[str]:
        """See Ledger."""
        wanted = None if procedure is None else self._names.number(procedure)
        for matter, number in self._numbers.items():
            held = self._matters[number]
            if held.procedure >= 0 and wanted in (None, held.procedure):
                yield matter

    def under(self, procedures: Sequence[str], place: int, start: int) -> Iterable[Counted]:
        """See Ledger."""
        register, wanted = self._registers[place], {self._names.number(name) for name in procedures}
        for index in range(start, len(register.turns)):
            if not register.voids[index] and register.procedures[index] in wanted:
                yield self.finding(place, index)

    def postings(self, place: int) -> Sequence[Counted]:
        """See Ledger."""
        return self._registers[place].postings

    def first(self, place: int, act: str) -> int | None:
        """See Ledger."""
        return self._registers[place].first(bytes.fromhex(act))

    def add(self, found: Counted) -> None:
        """See Ledger."""
        register, name = self._registers[found.place], self._names.number
        index = len(register.turns)
        if found.index != index:
            raise ValueError(f"{found.side}:{found.index} is not the next entry to count")
        register.turns.append(found.turn)
        register.vectors.extend(found.vector)
        register.voids.append(name(found.void))
        register.procedures.append(name(found.procedure))
        register.matters.append(self._take(found) if found.matter else -1)
        register.add(bytes.fromhex(found.id))
        document, move = register.waiting.pop(index).document, found.move
        register.spooled.append(-1 if move is None else self._spool.add(document))
        register.functions.append(name(move.function if move is not None else ""))
        if not found.void and posts(found):
            register.postings.append(found)
        register.remember(found)

    # what an audit asks of all acts or matters, without what their documents say

    def voids(self) -> Iterator[tuple[int, int, str, str]]:
        """Of every void act the place of its side, its position, its id and the reason."""
        for place, register in enumerate(self._registers):
            for index, void in enumerate(register.voids):
                if void:
                    yield place, index, register.id(index).hex(), self._names[void]

    def procedure(self, matter: str) -> str:
        """The table of a matter that has an allowed act."""
        return self._names[self._matters[self._numbers[matter]].procedure]

    def acts(self, matter: str) -> int:
        """How many acts name a matter."""
        number = self._numbers.get(matter)
        return 0 if number is None else len(self._matters[number].acts)

    def begun(self, matter: str, frontier: Sequence[int]) -> bool:
        """Whether any act of a matter lies below a frontier; nothing is unpacked for it."""
        many, acts = len(self.parties), self._matters[self._numbers[matter]].acts
        return any(act // many < frontier[act % many] for act in acts)

    def newest(self, matter: str) -> list[int]:
        """The position of each side's newest allowed act of a matter in its register, or -1."""
        newest = [-1 for _ in self.parties]
        many = len(self.parties)
        number = self._numbers.get(matter)
        for act in self._matters[number].acts if number is not None else ():
            index, place = divmod(act, many)
            if not self._registers[place].voids[index]:
                newest[place] = index
        return newest

    def after(self, place: int, index: int) -> tuple[int, ...]:
        """What a register had seen once it had the entry at an index: as `Counted.after`."""
        vector = self._registers[place].vector(index)
        return (*vector[:place], index + 1, *vector[place + 1 :])

    def _take(self, found: Counted) -> int:
        number = self._numbers.get(found.matter)
        if number is None:
            number = self._numbers[found.matter] = len(self._matters)
            self._matters.append(_Matter(self, found.matter))
        held = self._matters[number]
        held.acts.append(found.index * len(self.parties) + found.place)
        if not found.void and held.procedure < 0:
            held.procedure = self._names.number(found.procedure)
        return number

    def _unpacked(self, place: int, index: int) -> Counted:
        register, side = self._registers[place], self.parties[place]
        identity, number = register.id(index).hex(), register.matters[index]
        void, at = register.voids[index], register.spooled[index]
        key = b""
        if not void:
            key = next((one.key for one in register.postings if one.index == index), b"")
        return Counted(
            side,
            place,
            index,
            identity,
            "" if number < 0 else self._matters[number].id,
            self._names[register.procedures[index]],
            register.turns[index],
            register.vector(index),
            self._names[void] if void else "",
            None
            if at < 0
            else move_of(
                parsed_before(self._spool.get(at)), identity, self._names[register.functions[index]]
            ),
            key,
        )


class _Names:
    """Names that stand in many acts, by number."""

    def __init__(self) -> None:
        self._names = [""]
        self._numbers = {"": 0}

    def number(self, name: str) -> int:
        found = self._numbers.get(name)
        if found is None:
            found = self._numbers[name] = len(self._names)
            self._names.append(name)
        return found

    def __getitem__(self, number: int) -> str:
        return self._names[number]


class _Matter(Sequence[Counted]):
    """The acts of a matter, each unpacked when it is asked for.

    id, procedure  its own, and the number of its table once an act of it is allowed, else -1
    acts           as they were counted: of each its position times the number of parties, plus its place
    """

    __slots__ = ("_ledger", "acts", "id", "procedure")

    def __init__(self, ledger: PackedLedger, identity: str) -> None:
        self._ledger = ledger
        self.id, self.acts, self.procedure = identity, array("q"), -1

    def __len__(self) -> int:
        return len(self.acts)

    @overload
    def __getitem__(self, index: int) -> Counted: ...

    @overload
    def __getitem__(self, index: slice) -> list[Counted]: ...

    def __getitem__(self, index: int | slice) -> Counted | list[Counted]:
        if isinstance(index, slice):
            return [self._one(act) for act in self.acts[index]]
        return self._one(self.acts[index])

    def _one(self, act: int) -> Counted:
        index, place = divmod(act, len(self._ledger.parties))
        return self._ledger.finding(place, index)


class _Register:
    """What is held of one register: of each act that counts a number or so in each of these."""

    def __init__(self, parties: int) -> None:
        self._parties = parties
        self.held = 0
        self.waiting: dict[int, Entry] = {}
        self.recent: dict[int, Counted] = {}
        self.postings: list[Counted] = []
        self.turns, self.vectors = array("Q"), array("Q")
        self.voids, self.procedures, self.functions = array("H"), array("H"), array("H")
        self.matters, self.spooled = array("q"), array("q")
        self._ids = bytearray()
        #: Positions by the hash of their id, each plus one; Python's own hash is keyed, so that nobody can
        #: make ids that meet.
        self._table = array("Q", bytes(8 * 1024))

    def vector(self, index: int) -> tuple[int, ...]:
        """The past of an act."""
        return tuple(self.vectors[index * self._parties : (index + 1) * self._parties])

    def id(self, index: int) -> bytes:
        """The id of an act."""
        return bytes(self._ids[index * _ID : (index + 1) * _ID])

    def first(self, act: bytes) -> int | None:
        """The first position of an act, or None."""
        mask = len(self._table) - 1
        slot = hash(act) & mask
        while found := self._table[slot]:
            if self.id(found - 1) == act:
                return found - 1
            slot = (slot + 1) & mask
        return None

    def remember(self, found: Counted) -> None:
        """Keep a finding at hand; those that came first go."""
        recent = self.recent
        recent[found.index] = found
        if len(recent) > 2 * _RECENT:
            for index in list(recent)[:_RECENT]:
                del recent[index]

    def add(self, act: bytes) -> None:
        """The id of the next act."""
        index = len(self._ids) // _ID
        self._ids += act
        if 2 * (index + 1) > len(self._table):
            self._table = array("Q", bytes(16 * len(self._table)))
            for known in range(index):
                self._put(self.id(known), known)
        self._put(act, index)

    def _put(self, act: bytes, index: int) -> None:
        mask = len(self._table) - 1
        slot = hash(act) & mask
        while found := self._table[slot]:
            if self.id(found - 1) == act:
                return  # the first one counts
            slot = (slot + 1) & mask
        self._table[slot] = index + 1
