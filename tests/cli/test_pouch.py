"""Pouches at the terminal: beside a node that serves, with scanned lines, and given wrongly."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.cli.hands import Hands
from yeollak.cli.pouch import ranges
from yeollak.line.pouch import Part, parts_in


@pytest.fixture
def place(founded: Hands, tmp_path: Path) -> Hands:
    """Two founded nodes of a test's own, whose addresses nobody answers at."""
    shutil.copytree(founded.root, tmp_path / "place", ignore=shutil.ignore_patterns("serve.lock"))
    return Hands(tmp_path / "place")


def say(hands: Hands, node: str) -> None:
    hands.good("act", "note.tender", "--fact", "subject.en=Water", "--text", "en=It rises.", "--node", node)


def test_a_pouch_is_opened_beside_a_node_that_serves(place: Hands) -> None:
    """Neither process undoes what the other has done, and the anchor knows what either has let go."""
    place.serve("north")
    place.await_serving("north")
    try:
        say(place, "south")
        packed = place.good("pouch", "pack", "there", "--part-size", "9000", "--node", "south")
        files = list((place.root / "there").iterdir())
        assert packed["files"] == len(files) == packed["parts"]
        assert max(path.stat().st_size for path in files) <= 9000
        (found,) = place.good("pouch", "open", "there", "--node", "north")["pouches"]
        assert (found["from"], found["entries"], found["passed_over"]) == ("south", 1, {})
        say(place, "north")
        back = place.good("pouch", "pack", "back", "--node", "north")
        assert back["last"] - back["first"] >= 2
        place.until(lambda: place.sizes("north")["south"] == found["held"])
    finally:
        assert place.stop("north") == 0
    (came,) = place.good("pouch", "open", "back", "--node", "south")["pouches"]
    assert (came["newly_receipted"], came["receipted"]) == (1, found["held"])
    (side,) = place.good("pouch", "status", "--node", "south")["sides"]
    # It has said by itself that it has seen what came: that is for the next pouch.
    assert (side["not_receipted"], side["not_left"], side["entries_held"]) == (1, 1, back["last"])
    assert side["out"][0]["pouch"] == packed["pouch"]
    doctor = place.run("doctor", "--node", "north", "--json").object
    assert not [
        check for check in doctor["checks"] if check.get("code") in ("anchor-behind", "behind-anchor")
    ]


def test_lines_of_a_scanner_are_a_pouch(place: Hands) -> None:
    say(place, "south")
    place.good("pouch", "pack", "there", "--part-size", "1024", "--node", "south", "--no-receipts")
    parts = []
    for path in (place.root / "there").iterdir():
        with path.open("rb") as file:
            parts += [part for part in parts_in(file) if isinstance(part, Part)]
    lines = [f"QR 12:04 {part.line()}" for part in parts]
    spoilt = f"{lines[3][:-9]}{'A' if lines[3][-9] == 'B' else 'B'}{lines[3][-8:]}"
    (place.root / "scan.txt").write_text("\n".join(["a title", *lines[:3], spoilt, *lines[4:]]))
    said = place.run("pouch", "open", "scan.txt", "--node", "north", "--json")
    assert said.status == 1
    assert [(one["file"], one["where"]) for one in said.object["damaged"]] == [("scan.txt", 5)]
    assert said.object["pouches"][0]["missing"] == [parts[3].number]
    (place.root / "again.txt").write_text(lines[3].lower())
    (found,) = place.good("pouch", "open", "again.txt", "--return", "back", "--node", "north")["pouches"]
    assert found["entries"] == 1
    (found,) = place.good("pouch", "open", "back", "--node", "south")["pouches"]
    assert found["newly_receipted"] == 1


def test_what_is_given_wrongly_leaves_nothing(place: Hands) -> None:
    wrong = {"YEOLLAK_PASSPHRASE": "guess"}
    (place.root / "there").write_text("mine")
    said = place.run("pouch", "pack", "other", "--node", "south", env=wrong)
    assert (said.status, said.code) == (3, "wrong-passphrase")
    given: tuple[tuple[tuple[str, ...], int, str], ...] = (
        (("pack", "there"), 3, "file-exists"),
        (("pack", "no/folder/pouch"), 3, "file-unwritable"),
        (("pack", "other", "--to", "south"), 4, "no-such-side"),
        (("pack", "other", "--part-size", "4X"), 2, "usage"),
        (("open", "there"), 3, "pouch-none"),
        (("open", "/dev/zero"), 3, "file-unreadable"),
    )
    for args, status, code in given:
        said = place.run("pouch", *args, "--node", "south", "--json")
        assert (said.status, said.code) == (status, code), (args, said)
    assert (place.root / "there").read_text() == "mine"
    assert not (place.root / "other").exists()
    assert not [path for path in place.root.iterdir() if path.name.endswith(".part")]
    assert place.good("pouch", "status", "--node", "south")["sides"][0]["out"] == []


@pytest.mark.parametrize(
    ("numbers", "told"), [([1], "1"), ([1, 2, 3, 7], "1-3, 7"), ([2, 4, 5], "2, 4-5"), ([], "")]
)
def test_missing_numbers_are_told_as_ranges(numbers: list[int], told: str) -> None:
    assert ranges(numbers) == told
