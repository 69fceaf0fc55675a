"""Whose an enclosure is that is kept here.

A digest binds office and side (docs/spec/03-enclosure.md), so that it is one side's alone; but any act may
name any digest. An act that names another side's names something that its side has not: for it nothing was
delivered, and nothing is released by it. What is a row is hashed anew; what is a file was hashed when it
came, and a side's row of it says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from yeollak.record import enclosure
from yeollak.storage import plain

if TYPE_CHECKING:
    from yeollak.storage.reading import OfficeView

_VERIFIED: Final = (
    f"SELECT digest, place FROM {plain.LARGE} WHERE office_id = %s "  # noqa: S608 (no value is in it)
    "AND state IN ('held', 'done', 'given') AND digest IN {}"
)


def owners(view: OfficeView, kept: Mapping[str, bytes]) -> dict[str, str]:
    """The sides whose these enclosures are, by digest. `kept` is what `reading.blobs` has found: what is
    empty is a file. What is no side's is left out.
    """
    sides = view.charter.sides
    files = sorted(digest for digest, blob in kept.items() if not blob)
    # A file that no other side has sent is ours: the journal keeps no other.
    found = dict.fromkeys(files, view.side)
    found.update(
        (digest, sides[place])
        for digest, place in plain.within(view.alias, _VERIFIED, files, view.id)
        if place != view.place
    )
    for digest, blob in kept.items():
        side = enclosure.owner(view.id, sides, digest, blob) if blob else None
        if side is not None:
            found[digest] = side
    return found


def owner(view: OfficeView, digest: str, kept: bytes) -> str | None:
    """The side whose an enclosure is."""
    return owners(view, {digest: kept}).get(digest)
