"""A successor office: its charter names where the registers of the one before it ended, as an export has
them.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tests.office.test_audit import busy, exported
from tests.office.world import World, card_of
from yeollak.cli.main import main
from yeollak.office.charter import Charter


@pytest.fixture
def world(tmp_path: Path) -> World:
    """An office with its export in `before`, and fresh cards beside it."""
    made = busy()
    for name, data in exported(made).items():
        path = tmp_path / "before" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    for side in made.sides:
        (tmp_path / f"{side}.card").write_bytes(card_of(side).to_bytes())
    return made


def drafted(folder: Path) -> tuple[int, dict[str, Any]]:
    cards = [str(folder / f"{side}.card") for side in ("south", "north")]
    options = ["--name", "en=Office", "--out", str(folder / "charter"), "--json"]
    run = CliRunner().invoke(
        main, ["office", "draft", *cards, *options, "--predecessor", str(folder / "before")]
    )
    return run.exit_code, json.loads(run.stdout)


def test_a_successor_names_the_registers_of_the_office_before_it(world: World, tmp_path: Path) -> None:
    status, said = drafted(tmp_path)
    assert status == 0, said
    made = Charter.parse((tmp_path / "charter").read_bytes())
    assert made.office == said["office"] != world.charter.office
    assert made.predecessor is not None
    assert made.predecessor.office == world.charter.office
    ends = {
        side: (size, world.whole.root(place, size).hex())
        for place, (side, size) in enumerate(zip(world.sides, world.sizes(), strict=True))
    }
    assert dict(made.predecessor.registers) == ends
    shown = CliRunner().invoke(main, ["office", "show", str(tmp_path / "charter"), "--lang", "en"])
    assert shown.exit_code == 0
    assert f"It succeeds the office {world.charter.office}" in shown.stdout
    for size, root in ends.values():
        assert f"entries {size}, root {root}" in shown.stdout


def test_nothing_succeeds_an_export_that_does_not_verify(world: World, tmp_path: Path) -> None:
    bundle = next((tmp_path / "before" / "north" / "tile" / "entries").rglob("*.p/*"))
    data = bytearray(bundle.read_bytes())
    data[-1] ^= 1
    bundle.write_bytes(bytes(data))
    status, said = drafted(tmp_path)
    assert (status, said["error"]["code"]) == (1, "audit-failed")
    assert not (tmp_path / "charter").exists()
    assert world.sides == ("south", "north")
