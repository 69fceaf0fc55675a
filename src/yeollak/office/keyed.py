"""Entries that are held, do not count yet, and may replace keys of their side: each is looked at once.

A register may wait for as long as its side likes, and with every parcel of that side it is asked which keys
the entries behind may bring. What has been read of them is kept in mind; only what has come since is read.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING

from yeollak.record.generations import Replacement, Uncounted, names_keys

if TYPE_CHECKING:
    from yeollak.office.office import Office


@dataclass(slots=True)
class _Brought:
    counted: int
    uncounted: Uncounted
    read: int
    found: list[Replacement]


class Keyed:
    """Of one office. What is held of its registers only grows while it lives."""

    def __init__(self, office: Office) -> None:
        self._office = office
        #: By place: up to where it was looked, and the positions found.
        self._named: dict[int, tuple[int, list[int]]] = {}
        self._brought: dict[int, _Brought] = {}

    def named(self, place: int) -> list[int]:
        """The positions of these entries in a register, in its order: those whose statement says that they
        may be such.
        """
        office, ledger = self._office, self._office.ledger
        counted, held, side = ledger.counted(place), ledger.held(place), office.parties[place]
        read, found = self._named.get(place, (counted, []))
        found = found[bisect_left(found, counted) :]
        found += (
            index
            for index in range(max(read, counted), held)
            if names_keys(office.charter.office, side, ledger.entry(place, index).statement)
        )
        self._named[place] = max(read, held), found
        return found

    def brought(self, place: int, authority: bytes, enrolled: str) -> tuple[Uncounted, list[Replacement]]:
        """What these entries bring as far as their bytes tell, and what to go on from behind them.
        `authority` and `enrolled`, as for `record.generations.replacements`, are those where the register is
        counted.
        """
        office, ledger = self._office, self._office.ledger
        counted, side = ledger.counted(place), office.parties[place]
        known = self._brought.get(place)
        if known is None or known.counted != counted:
            uncounted = Uncounted(office.charter.office, side, authority, enrolled)
            known = self._brought[place] = _Brought(counted, uncounted, counted, [])
        named = self.named(place)
        for index in named[bisect_left(named, known.read) :]:
            entry = ledger.entry(place, index)
            found = known.uncounted.take(index, entry.statement, lambda *_, entry=entry: entry.document)
            if found is not None:
                known.found.append(found)
        known.read = ledger.held(place)
        return known.uncounted.copy(), list(known.found)
