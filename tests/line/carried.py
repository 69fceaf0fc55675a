"""Pouches between the nodes of a test: packed, carried, lost, copied and opened."""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.line.world import Direct, Node, World
from yeollak.errors import LineFault, OurFault
from yeollak.line.pouch import Part
from yeollak.node.pouches import Opened, Opening, Packed, Wish, open_pouches, pack
from yeollak.storage import models, reading

_numbers = itertools.count()
FILE = Wish()


class Dead:
    """A line on which nobody answers."""

    def exchange(self, office: str, data: bytes) -> bytes:
        raise LineFault("unreachable", url="x", why="dead")


def lines(parts: Sequence[Part]) -> bytes:
    """What a scanner makes of a page."""
    return "\n".join(part.line() for part in parts).encode()


PAPER = Wish(drawing=lines)


def packed(node: Node, wish: Wish = FILE, to: str | None = None) -> tuple[Packed, list[Path]]:
    """A pouch to a side, or to the only other one, and its files."""
    peer = to or next(side for side in node.charter.sides if side != node.side)
    path = node.folder.parent / "carried" / f"{next(_numbers)}"
    path.parent.mkdir(exist_ok=True)
    done = pack(node.open, node.post, peer, path, wish)
    return done, sorted(path.iterdir()) if path.is_dir() else [path]


def opened(node: Node, *paths: Path) -> Opening:
    """What comes of files, or of what waits."""
    return open_pouches(node.open, [node.post], paths)


def carry(node: Node, other: Node, wish: Wish = FILE, rng: random.Random | None = None) -> Opened:
    """Pack, carry and open."""
    _, paths = packed(node, wish, other.side)
    if rng is not None:
        rng.shuffle(paths)
    (found,) = opened(other, *paths).pouches
    return found


def cut_off(world: World) -> tuple[Node, Node]:
    """Both nodes, with the line between them dead."""
    for node in world.nodes.values():
        node.lines = {peer: Dead() for peer in node.lines}
        node.start()
    return world["south"], world["north"]


def joined(world: World) -> None:
    """The line is there again."""
    for side, node in world.nodes.items():
        node.lines = {peer: Direct(world.nodes, peer) for peer in world.charter.sides if peer != side}
        node.start()


def equal(world: World) -> bool:
    heads = [reading.heads(node.view) for node in world.nodes.values()]
    return (
        all(head == heads[0] for head in heads)
        and len({node.view.office.digest() for node in world.nodes.values()}) == 1
    )


def clean(world: World) -> bool:
    return not any(
        node.view.rows(models.Evidence).exists() or node.view.rows(models.Finding).exclude(void="").exists()
        for node in world.nodes.values()
    )


def refused(node: Node) -> str:
    with pytest.raises(OurFault) as caught:
        node.say()
    return caught.value.code
