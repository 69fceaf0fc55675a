"""Two nodes that no line joins come to one record by what is carried by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.line.conftest import Making
from tests.line.world import Node, World
from yeollak.errors import LineFault, OurFault
from yeollak.node.acting import Text
from yeollak.node.pouch_status import status
from yeollak.node.pouches import Opening, Packed, Wish, open_pouches, pack
from yeollak.storage import models, reading


class Dead:
    """A line on which nobody answers."""

    def exchange(self, office: str, data: bytes) -> bytes:
        raise LineFault("unreachable", url="x", why="dead")


def packed(node: Node, path: Path, wish: Wish = Wish(), peer: str = "") -> Packed:
    others = [side for side in node.charter.sides if side != node.side]
    return pack(node.open, node.post, peer or others[0], path, wish)


def opened(node: Node, *paths: Path) -> Opening:
    return open_pouches(node.open, [node.post], paths)


def test_smoke(make: Making, tmp_path: Path) -> None:
    world = make(line=lambda *_: Dead())
    south, north = world["south"], world["north"]
    acts = [south.say() for _ in range(3)]
    print(packed(south, tmp_path / "one"))
    print(opened(north, tmp_path / "one"))
    assert all(reading.document(north.view, act) is not None for act in acts)
    print(packed(north, tmp_path / "back", Wish(upper=4096)))
    print(opened(south, *sorted((tmp_path / "back").iterdir())))
    print(status(south.open, world.charter.office))
