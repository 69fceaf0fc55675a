"""Silences as a register shows them: how long a side had signed nothing before it signed again, or until now.

Only what people sign breaks a silence: nodes speak of the line all the time. The hours are those that the
acts themselves claim. Nothing here is counted against anybody; lapses are another thing (`office.silence`).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from yeollak.office.ledger import Counted, Ledger
from yeollak.record.canon import parse_instant

#: From how long on a silence is told.
LONG: Final = timedelta(hours=24)
#: Kinds by which nodes speak.
_NODES: Final = ("line.", "enclosure.")
#: How many acts of a node are passed over at most to find what a person signed before.
_BACK: Final = 500


@dataclass(frozen=True, slots=True)
class Quiet:
    """That the sides at these places signed nothing between two instants; `ended` is whether it is over."""

    places: frozenset[int]
    since: datetime
    until: datetime
    ended: bool = True

    @property
    def span(self) -> timedelta:
        """How long it was."""
        return self.until - self.since


def before(ledger: Ledger, parties: int, act: Counted) -> Quiet | None:
    """The silence that an act has ended: of all sides where all were silent, else of its own side alone.

    None where it ended none, and for what nodes say.
    """
    here = _at(act)
    own = _spoken(ledger, act.place, act.index)
    if here is None or own is None or here - own < LONG:
        return None
    silent = {act.place: own}
    for place in range(parties):
        if place != act.place:
            last = _spoken(ledger, place, _below(ledger, place, act.turn))
            if last is None or here - last >= LONG:
                silent[place] = last or own
    everybody = len(silent) == parties
    places = frozenset(silent) if everybody else frozenset({act.place})
    return Quiet(places, max(silent.values()) if everybody else own, here)


def still(ledger: Ledger, parties: int, now: datetime) -> list[Quiet]:
    """The silences that last: one of all sides where all are silent, else one for each that is."""
    last = {place: _spoken(ledger, place, ledger.counted(place)) for place in range(parties)}
    silent = {place: at for place, at in last.items() if at is not None and now - at >= LONG}
    if silent and len(silent) == parties:
        return [Quiet(frozenset(silent), max(silent.values()), now, ended=False)]
    return [Quiet(frozenset({place}), at, now, ended=False) for place, at in sorted(silent.items())]


def once(found: Sequence[Quiet | None], places: Sequence[int]) -> Iterator[Quiet | None]:
    """Silences before acts of the sides at `places`, in their order, each told once: what has been told of
    everybody is not told again of a side when it speaks.
    """
    told: set[int] = set()
    for quiet, place in zip(found, places, strict=True):
        if place in told:
            told.discard(place)
            yield None
            continue
        if quiet is not None:
            told |= quiet.places - {place}
        yield quiet


def _below(ledger: Ledger, place: int, turn: int) -> int:
    """How many entries of a register have a lower turn: turns only grow along one."""
    return bisect_left(
        range(ledger.counted(place)), turn, key=lambda index: ledger.finding(place, index).turn
    )


def _spoken(ledger: Ledger, place: int, end: int) -> datetime | None:
    """When the newest act below a position was signed that a person signed; None where there is none."""
    for index in range(end - 1, max(-1, end - 1 - _BACK), -1):
        at = _at(ledger.finding(place, index))
        if at is not None:
            return at
    return None


def _at(act: Counted) -> datetime | None:
    if act.move is None or act.move.kind.startswith(_NODES):
        return None
    return parse_instant(act.move.at)
