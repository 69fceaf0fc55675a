"""The drawing of the building in the infobox: its floors and who had which, from the charter's figures.

The page sets the lines as SVG attributes, since its policy allows no inline style. Side names stand outside
the walls, the first party's at the reading start; the server mirrors the drawing for right-to-left pages.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from yeollak.desk.charter import Party

_TOP: Final = 18
_FLOOR: Final = 25
_LEFT, _RIGHT = 76, 286
_WINDOWS: Final = tuple(range(24, 200, 24))


@dataclass(frozen=True, slots=True)
class Label:
    """A text beside the building; `side` is the party whose floor it is, None for a floor without one."""

    x: int
    y: int
    anchor: str
    number: int
    party: Party | None
    mark_x: int
    mark_top: int
    mark_bottom: int


@dataclass(frozen=True, slots=True)
class Drawing:
    """Paths in SVG's own words, in a box of 362 by `height`."""

    height: int
    ground: int
    walls: str
    windows: str
    labels: tuple[Label, ...]


def draw(parties: Sequence[Party], *, mirrored: bool) -> Drawing | None:
    """The building with the floors that the charter gives to the parties; None where it gives none."""
    having = [party for party in parties if party.floor]
    if not having:
        return None
    floors = max(party.floor or 1 for party in having)
    ground = _TOP + floors * _FLOOR
    walls = f"M{_LEFT} {ground}V{_TOP}H{_RIGHT}V{ground}"
    windows = ""
    labels = []
    for floor in range(1, floors + 1):
        top = ground - floor * _FLOOR
        if floor < floors:
            walls += f"M{_LEFT} {top}H{_RIGHT}"
        windows += "".join(f"M{_LEFT + x} {top + 7}v11" for x in _WINDOWS)
        party = next((party for party in having if party.floor == floor), None)
        at_start = party is None or party.place % 2 == 0
        at_left = at_start != mirrored
        labels.append(
            Label(
                x=_LEFT - 14 if at_left else _RIGHT + 14,
                y=top + 17,
                anchor="end" if at_left else "start",
                number=floor,
                party=party,
                mark_x=_LEFT - 6 if at_left else _RIGHT + 6,
                mark_top=top,
                mark_bottom=top + _FLOOR,
            )
        )
    return Drawing(ground + 8, ground, walls, windows, tuple(labels))
