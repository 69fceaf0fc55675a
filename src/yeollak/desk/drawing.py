"""The drawing of the building in the infobox: its floors and who had which, from the charter's figures.

The page sets the lines as SVG attributes, since its policy allows no inline style. Side names stand outside
the walls, the first party's at the reading start; the server mirrors the drawing for right-to-left pages.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from yeollak.desk.charter import Party
from yeollak.desk.lookalikes import SIGN
from yeollak.words import direction

_TOP: Final = 18
_FLOOR: Final = 25
_WIDTH: Final = 210
_PER_LETTER: Final = 7
_LONGEST_BESIDE: Final = 9
_WINDOWS: Final = tuple(range(24, 200, 24))


@dataclass(frozen=True, slots=True)
class Label:
    """A text beside the building; `party` is whose floor it is, None for a floor without one, and `signed`
    whether its name bears the sign.
    """

    x: int
    y: int
    anchor: str
    text: str
    inside: str
    number: int
    party: Party | None
    signed: bool
    mark_x: int
    mark_top: int
    mark_bottom: int


@dataclass(frozen=True, slots=True)
class Drawing:
    """Paths in SVG's own words, in a box of `width` by `height`; the ground runs from `start` to `end`."""

    width: int
    height: int
    start: int
    end: int
    ground: int
    walls: str
    windows: str
    middle: int
    labels: tuple[Label, ...]


def draw(parties: Sequence[Party], lang: str, signed: Collection[str] = ()) -> Drawing | None:
    """The building with the floors that the charter gives to the parties; None where it gives none.

    Names stand beside the walls or, where they are long, on their floor. Their room is reckoned from their
    length in `lang`, twice as much for a Hangul or Han letter. `signed` are the sides whose names bear the
    sign of what can be taken for something else; what it is to be said stands beside the drawing.
    """
    having = [party for party in parties if party.floor]
    if not having:
        return None
    mirrored = direction(lang) == "rtl"
    names = {party.side: party.short.pick(lang).text for party in having}
    longest = max(
        len(name) + (name > "\u1100") * len(name) + len(SIGN + " ") * (side in signed)
        for side, name in names.items()
    )
    inside = longest > _LONGEST_BESIDE
    left = 44 if inside else 40 + _PER_LETTER * longest
    right = left + _WIDTH
    floors = max(party.floor or 1 for party in having)
    ground = _TOP + floors * _FLOOR
    walls = f"M{left} {ground}V{_TOP}H{right}V{ground}"
    windows = ""
    labels = []
    for floor in range(1, floors + 1):
        top = ground - floor * _FLOOR
        if floor < floors:
            walls += f"M{left} {top}H{right}"
        party = next((party for party in having if party.floor == floor), None)
        if party is None or not inside:
            windows += "".join(f"M{left + x} {top + 7}v11" for x in _WINDOWS)
        at_start = party is None or party.place % 2 == 0
        at_left = at_start != mirrored
        labels.append(
            Label(
                x=left - 14 if at_left else right + 14,
                y=top + 17,
                anchor="end" if at_left else "start",
                text=f"{names[party.side]} {floor}" if party and not inside else str(floor),
                inside=names[party.side] if party and inside else "",
                number=floor,
                party=party,
                signed=party is not None and party.side in signed,
                mark_x=left - 6 if at_left else right + 6,
                mark_top=top,
                mark_bottom=top + _FLOOR,
            )
        )
    return Drawing(
        left + right,
        ground + 8,
        left - 44,
        right + 44,
        ground,
        walls,
        windows,
        left + _WIDTH // 2,
        tuple(labels),
    )
