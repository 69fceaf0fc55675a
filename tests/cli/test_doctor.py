"""The doctor finds what is wrong with a node's folder, names it by its code, and changes nothing."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cli.hands import Hands

NAMES = {
    "settings", "folder", "space", "line-certificate", "ports", "database", "guards", "keys", "certificate",
    "registers", "anchor", "clock", "clocks", "counting", "receipts", "alarms", "peers", "line",
    "projections", "authority", "counts",
}  # fmt: skip


@pytest.fixture
def place(founded: Hands, tmp_path: Path) -> Iterator[Hands]:
    """The founded place over again, to spoil; whatever still serves at the end is stopped."""
    shutil.copytree(founded.root, tmp_path / "place", ignore=shutil.ignore_patterns("serve.lock"))
    made = Hands(tmp_path / "place")
    yield made
    made.stop_all()


def found(hands: Hands, *args: str) -> tuple[int, set[tuple[str, str, str]]]:
    """The exit code, and every check that is not `ok`: its name, state and code."""
    said = hands.run("doctor", "--node", "south", "--json", *args)
    checks = said.object["checks"]
    assert all(check["state"] in {"ok", "note", "fault"} for check in checks)
    return said.status, {(c["check"], c["state"], c["code"]) for c in checks if c["state"] != "ok"}


def test_a_sound_node_has_no_fault(place: Hands) -> None:
    place.meet()
    said = place.run("doctor", "--node", "south", "--online", "--deep", "--json")
    assert said.status == 0
    assert {check["check"] for check in said.object["checks"]} == NAMES
    assert [check for check in said.object["checks"] if check["state"] == "fault"] == []
    place.stop_all()
    told = place.run("doctor", "--node", "south")
    assert told.status == 0
    assert told.err == ""
    assert "ok: settings" in told.out.splitlines()
    assert told.out.splitlines()[-1].startswith("Faults: 0.")
    status, wrong = found(place, "--online")
    assert (status, wrong) == (3, {("line", "fault", "unreachable")})


def test_nothing_is_changed_by_looking(place: Hands) -> None:
    def state() -> dict[str, bytes]:
        return {
            path.relative_to(place.root).as_posix(): path.read_bytes()
            for path in place.root.rglob("*")
            if path.is_file() and not path.name.endswith(("-wal", "-shm"))
        }

    before = state()
    found(place, "--deep")
    assert state() == before


def _database(statement: str) -> Callable[[Path], None]:
    def spoil(root: Path) -> None:
        with sqlite3.connect(root / "south" / "node.db") as database:
            for part in statement.split(";"):
                database.execute(part)
        database.close()

    return spoil


def _settings(old: str, new: str) -> Callable[[Path], None]:
    def spoil(root: Path) -> None:
        path = root / "south" / "node.toml"
        assert old in path.read_text()
        path.write_text(path.read_text().replace(old, new, 1))

    return spoil


def _remove(pattern: str) -> Callable[[Path], None]:
    def spoil(root: Path) -> None:
        for path in root.glob(pattern):
            path.unlink()

    return spoil


def _junk(pattern: str) -> Callable[[Path], None]:
    def spoil(root: Path) -> None:
        for path in root.glob(pattern):
            path.write_bytes(b"junk")

    return spoil


def _open(root: Path) -> None:
    (root / "south").chmod(0o755)
    (root / "south" / "tls" / "line.key").chmod(0o644)


def _certificate(root: Path) -> None:
    for name in ("line.pem", "line.key"):
        shutil.copy(root / "north" / "tls" / name, root / "south" / "tls" / name)


@pytest.mark.parametrize(
    ("spoil", "expected"),
    [
        (_remove("south/node.toml"), ("settings", "fault", "node-partial")),
        (_settings('side = "south"', "side = 7"), ("settings", "fault", "node-settings")),
        (_open, ("folder", "fault", "folder-open")),
        (_remove("south/tls/line.key"), ("line-certificate", "fault", "certificate-unreadable")),
        (_junk("south/tls/line.pem"), ("line-certificate", "fault", "certificate-unreadable")),
        (_certificate, ("certificate", "fault", "certificate-otherwise")),
        (_remove("south/keys/*/receipt.key"), ("keys", "fault", "key-missing")),
        (_junk("south/keys/*/seal.key"), ("keys", "fault", "key-missing")),
        (_junk("south/node.db"), ("database", "fault", "store-unusable")),
        (_settings('clock = "system"', 'clock = "file:nowhere"'), ("database", "fault", "clock-unreadable")),
        (_remove("anchor-south.json"), ("anchor", "fault", "anchor-missing")),
        (_junk("anchor-south.json"), ("anchor", "fault", "anchor-unreadable")),
        (_settings("[peers", "[other"), ("peers", "fault", "peer-unknown")),
        (_settings("port = ", 'port = "no" # '), ("settings", "fault", "node-settings")),
        *(
            (_database(f"DROP TRIGGER yeollak_storage_{name}"), ("guards", "fault", "store-unguarded"))
            for name in ("entry_no_update", "entry_no_replace", "receipt_no_delete", "enclosure_no_update")
        ),
        (
            _database("UPDATE yeollak_storage_head SET root = zeroblob(32) WHERE place = 1"),
            ("registers", "fault", "head-unequal"),
        ),
        (
            _database("UPDATE yeollak_storage_matter SET phase = 'recalled' WHERE phase = 'appointed'"),
            ("projections", "fault", "projections-unequal"),
        ),
        (
            _database("UPDATE yeollak_storage_matter SET line = substr(line, 1, 12) || hex(zeroblob(32))"),
            ("counts", "fault", "counts-unequal"),
        ),
        (
            _database(
                "INSERT INTO yeollak_storage_alarm (office_id, code, data, at) "
                "SELECT id, 'two-views', '{}', '2018-09-14 01:00:00' FROM yeollak_storage_office"
            ),
            ("alarms", "fault", "alarm-standing"),
        ),
    ],
)
def test_each_thing_that_is_wrong_is_named(
    place: Hands, spoil: Callable[[Path], None], expected: tuple[str, str, str]
) -> None:
    spoil(place.root)
    status, wrong = found(place, "--deep")
    assert expected in wrong
    assert status == 3


def test_counts_that_are_wrong_are_thrown_away_when_asked(place: Hands) -> None:
    _database("UPDATE yeollak_storage_matter SET line = substr(line, 1, 12) || hex(zeroblob(32))")(place.root)
    wrong = {("counts", "fault", "counts-unequal")}
    assert found(place) == (3, wrong)
    assert found(place) == (3, wrong), "nothing is thrown away unless it is asked for"
    assert found(place, "--recount") == (3, wrong)
    assert found(place) == (0, set())


def test_keys_of_authority_may_be_kept_elsewhere(place: Hands) -> None:
    _remove("south/keys/*/authority*.key")(place.root)
    status, wrong = found(place)
    assert (status, wrong) == (0, {("authority", "note", "key-missing")})


def test_what_waits_is_a_note(place: Hands) -> None:
    place.good("act", "note.send", "--fact", "subject.en=x", "--fact", "class=flood", "--node", "south")
    status, wrong = found(place)
    assert (status, wrong) == (0, {("receipts", "note", "not-receipted")})
