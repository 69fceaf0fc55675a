"""What the office, its sides and its place are called for a reader, and in which order the sides stand.

The one place that names them: the charter's words with the side's own laid over them (`words.own`). Whoever
shows a side, on a page, on paper, in a table or in a mail, asks here; whoever signs or checks never does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from yeollak.words.foreign import clean
from yeollak.words.own import own, pick

#: How long a name may get on a page, in characters: the charter's may come from another side.
LONGEST = 200


class Named(Protocol):
    """A party as its charter names it."""

    @property
    def names(self) -> Mapping[str, str]:
        """Its names by language."""

    @property
    def short(self) -> Mapping[str, str]:
        """Its short names by language; it may have none."""


class Charter(Protocol):
    """What of a charter is read here: this package knows none (ADR 4)."""

    @property
    def about(self) -> Mapping[str, Any]:
        """What it says of the office."""

    @property
    def places(self) -> Mapping[str, int]:
        """Its parties' places by their ids."""

    @property
    def sides(self) -> Sequence[str]:
        """Its parties' ids in its order."""

    def party(self, side: str) -> Named:
        """One of its parties."""


def side_name(charter: Charter, side: str, lang: str) -> str:
    """What a side is called shortly; its id where it has no name, or is no party."""
    if side not in charter.places:
        return clean(side, longest=64)
    party = charter.party(side)
    return clean(pick(own().short(side, party.short, party.names), lang, side), longest=LONGEST)


def full_name(charter: Charter, side: str, lang: str) -> str:
    """What a side is called in full."""
    party = charter.party(side)
    return clean(pick(own().full(side, party.names), lang, side), longest=LONGEST)


def side_names(charter: Charter, lang: str) -> dict[str, str]:
    """What every side is called shortly, by its id, in the charter's order."""
    return {side: side_name(charter, side, lang) for side in charter.sides}


def office_name(charter: Charter, lang: str) -> str:
    """What the office is called."""
    return clean(pick(office_words(charter), lang), longest=LONGEST)


def office_words(charter: Charter) -> dict[str, str]:
    """What the office is called, by language."""
    names = charter.about.get("name", {})
    return {**(names if isinstance(names, Mapping) else {}), **own().office}


def ordered(charter: Charter, ours: str) -> list[str]:
    """The sides as they stand on the desk of `ours`."""
    return own().ordered(charter.sides, ours)


def own_zone() -> ZoneInfo | None:
    """The time zone by which the side reads, where it has set one that this machine knows."""
    try:
        return ZoneInfo(own().zone) if own().zone else None
    except (ZoneInfoNotFoundError, ValueError):
        return None
