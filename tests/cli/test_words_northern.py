"""What `ko` means on the command line of a node whose side chose Northern Korean."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.hands import Hands
from yeollak.errors import OurFault
from yeollak.node.config import NodeConfig
from yeollak.words import sentence


def choose(folder: Path, setting: str) -> None:
    path = folder / "node.toml"
    path.write_text(f"{path.read_text()}\n[words]\n{setting}\n")


def test_korean_means_what_the_settings_of_the_node_say(hands: Hands) -> None:
    north, south = hands.make("north"), hands.make("south")
    choose(north, 'korean = "ko-kp"')
    said = hands.run("docket", "--node", str(north), "--lang", "ko")
    assert said.code == "office-none"
    assert "마디점" in said.err
    assert "련락사무소" in said.err
    assert "연락사무소" not in said.err
    said = hands.run("docket", "--node", str(south), "--lang", "ko")
    assert "노드" in said.err
    assert "련락사무소" not in said.err
    said = hands.run("docket", "--node", str(north), "--lang", "ar")
    assert "련락사무소" not in said.err
    told = hands.run("doctor", "--node", str(north), "--lang", "ko").out
    assert "노드" not in told
    assert hands.run("docket", "--node", str(north), "--lang", "ko-kp").status == 2, "no language of its own"


@pytest.mark.parametrize(
    ("setting", "why"),
    [
        ('korean = "ko-kr"', "the korean of [words] is none of ko, ko-kp"),
        ("korean = 1", "the korean of [words] is none of ko, ko-kp"),
        ('korean = ["ko-kp"]', "the korean of [words] is none of ko, ko-kp"),
    ],
)
def test_a_setting_that_is_none_is_a_clear_fault(tmp_path: Path, setting: str, why: str) -> None:
    NodeConfig(tmp_path, "north", ("127.0.0.1", 1), ("127.0.0.1", 2)).save()
    choose(tmp_path, setting)
    with pytest.raises(OurFault, match="node-settings") as raised:
        NodeConfig.load(tmp_path)
    assert why in sentence(raised.value, "en").sentence


def test_the_setting_is_kept_when_settings_are_written(tmp_path: Path) -> None:
    config = NodeConfig(tmp_path, "north", ("127.0.0.1", 1), ("127.0.0.1", 2), korean="ko-kp")
    config.save()
    assert NodeConfig.load(tmp_path) == config
    NodeConfig(tmp_path, "north", ("127.0.0.1", 1), ("127.0.0.1", 2)).save()
    assert "words" not in (tmp_path / "node.toml").read_text()
