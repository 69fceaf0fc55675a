"""Hashes of a register's tree read from the store, so that a proof costs what is deep and not what is held.

Every checkpoint is kept with the perfect subtrees that make up its tree. A subtree is made from those of the
last checkpoint in it and of the entries behind: at most a batch of them, however large it is.
"""

from __future__ import annotations

from functools import cache

from yeollak.errors import OurFault
from yeollak.record.merkle import Frontier, Reader, leaf_hash
from yeollak.storage import models
from yeollak.storage.reading import OfficeView


def stored_tree(view: OfficeView, place: int) -> Reader:
    """A reader over the entries held of a register, each subtree read once. It raises
    OurFault(`entry-not-held`) for one that is not whole.
    """

    @cache
    def read(level: int, index: int) -> bytes:
        start, end = index << level, (index + 1) << level
        tree = _below(view, place, start, end)
        rows = view.rows(models.Entry).filter(place=place, index__gte=start + tree.size, index__lt=end)
        statements = rows.order_by("index").values_list("statement", flat=True)
        tree = tree.extend(leaf_hash(bytes(statement)) for statement in statements)
        if tree.size != end - start:
            raise OurFault("entry-not-held", side=view.charter.sides[place], index=end - 1)
        return tree.root()

    return read


def _below(view: OfficeView, place: int, start: int, end: int) -> Frontier:
    """The tree over the entries from `start`, of a perfect subtree that ends at `end`, as far as the last
    checkpoint inside reaches: its last parts are those behind `start`.
    """
    rows = view.rows(models.Checkpoint).filter(place=place, size__gt=start, size__lt=end)
    near = rows.order_by("-size").values_list("frontier", flat=True).first()
    if near is None:
        return Frontier()
    whole = Frontier.decode(bytes(near))
    size = whole.size - start
    return Frontier(size, whole.stack[-size.bit_count() :])
