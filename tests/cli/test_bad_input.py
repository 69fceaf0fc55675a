"""Bad input gets one clear line with a code, a documented exit code, and leaves nothing half done."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import shutil
import signal
import socket
import subprocess
import sys
import termios
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.hands import Hands, environment
from yeollak.errors import OurFault
from yeollak.node.config import NodeConfig
from yeollak.record.card import Card

WRONG = {"YEOLLAK_PASSPHRASE": "guess", "YEOLLAK_OFFICER_PASSPHRASE": "guess"}


def tree(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


def copy(founded: Hands, tmp_path: Path) -> Hands:
    """The founded place over again, to spoil."""
    shutil.copytree(founded.root, tmp_path / "place", ignore=shutil.ignore_patterns("serve.lock"))
    return Hands(tmp_path / "place")


def test_a_wrong_passphrase_changes_nothing(founded: Hands) -> None:
    before = founded.sizes("south")
    act = ("act", "note.tender", "--fact", "subject.en=x", "--node", "south")
    for args in (
        ("serve", "--node", "south"),
        ("recover", "--node", "south"),
        ("office", "sign", "--checked", "by-phone", "--node", "south"),
        ("officer", "add", "--function", "duty", "--node", "south"),
        ("export", "out", "--node", "south"),
        ("card", "new", "--name", "en=South", "--node", "south"),
        act,
    ):
        said = founded.run(*args, env=WRONG)
        assert (said.status, said.code) == (3, "wrong-passphrase"), args
    assert founded.sizes("south") == before
    assert not (founded.root / "out").exists()
    assert len(list((founded.root / "south" / "keys").iterdir())) == 1
    assert len(list((founded.root / "south" / "officers").iterdir())) == 1
    doctor = founded.run("doctor", "--node", "south", "--json", env=WRONG)
    assert doctor.status == 3
    assert ("keys", "wrong-passphrase") in {(c["check"], c.get("code")) for c in doctor.object["checks"]}


def test_no_passphrase_and_nobody_to_ask(founded: Hands) -> None:
    none = {"YEOLLAK_PASSPHRASE": "", "YEOLLAK_OFFICER_PASSPHRASE": ""}
    said = founded.run("serve", "--node", "south", env=none)
    assert (said.status, said.code) == (3, "passphrase-missing")
    (founded.root / "secret").write_text("\n")
    said = founded.run("serve", "--node", "south", "--passphrase-file", "secret")
    assert (said.status, said.code) == (3, "passphrase-missing")


def test_a_port_in_use_is_named_and_the_node_stays_as_it_was(founded: Hands) -> None:
    settings = (founded.root / "south" / "node.toml").read_text()
    port = int(settings.split("[line]")[1].split("port = ")[1].split()[0])
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", port))
        taken.listen()
        said = founded.run("serve", "--node", "south", "--json")
        assert (said.status, said.code, said.object["error"]["data"]["port"]) == (3, "port-in-use", port)
        doctor = founded.run("doctor", "--node", "south", "--json").object["checks"]
        assert ("ports", "fault") in {(check["check"], check["state"]) for check in doctor}
    founded.serve("south")
    founded.await_serving("south")
    said = founded.run("serve", "--node", "south")
    assert (said.status, said.code) == (3, "node-running")
    assert founded.stop("south") == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_server_that_is_told_to_end_ends_well(founded: Hands, number: int) -> None:
    founded.serve("south")
    founded.await_serving("south")
    assert founded.stop("south", number) == 0
    # While it opens and asks the other side, too.
    server = founded.serve("south")
    lock = founded.root / "south" / "serve.lock"
    founded.until(lambda: lock.read_text() == f"{server.pid}\n")
    server.send_signal(number)
    assert founded.stop("south", number) == 0


def test_a_reader_who_does_not_read_keeps_no_server_from_ending(founded: Hands) -> None:
    founded.serve("south")
    founded.await_serving("south")
    with socket.create_connection(NodeConfig.load(founded.root / "south").public) as deaf:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        deaf.sendall(b"GET /en/ HTTP/1.1\r\nHost: x\r\n\r\n" * 100)
        assert deaf.recv(12) == b"HTTP/1.1 200"
        began = time.monotonic()
        assert founded.stop("south") == 0
        # Five seconds for what is under way; its pages would have kept it for half a minute.
        assert time.monotonic() - began < 20


def test_making_a_node_leaves_a_whole_one_or_none(hands: Hands) -> None:
    (hands.root / "there").mkdir()
    hands.good("init", "there", "--side", "south")
    assert tree(hands.root) == {
        "there",
        "there/node.toml",
        "there/tls",
        "there/tls/line.key",
        "there/tls/line.pem",
    }
    said = hands.run("init", "there", "--side", "south")
    assert (said.status, said.code) == (3, "node-there")
    (hands.root / "file").write_text("x")
    said = hands.run("init", "file", "--side", "south")
    assert (said.status, said.code) == (3, "node-there")
    assert hands.run("init", "new", "--side", "No Such Name").status != 0
    assert not (hands.root / "new").exists()


def test_a_half_made_node_is_told_from_none(hands: Hands) -> None:
    (hands.root / "half" / "tls").mkdir(parents=True)
    for args in (("init", "half", "--side", "south"), ("office", "list", "--node", "half")):
        said = hands.run(*args)
        assert (said.status, said.code) == (3, "node-partial")
    said = hands.run("office", "list", "--node", "nowhere")
    assert (said.status, said.code) == (3, "no-node")
    hands.make("south")
    (hands.root / "south" / "node.toml").write_text("side = [")
    said = hands.run("office", "list", "--node", "south")
    assert (said.status, said.code) == (3, "node-settings")


def altered(data: bytes, old: bytes, new: bytes) -> bytes:
    assert old in data
    return data.replace(old, new, 1)


@pytest.mark.parametrize(
    ("spoil", "code", "status"),
    [
        (lambda data: altered(data, b"en", b"ko"), "signature-wrong", 1),
        (lambda data: data[:-10], "malformed", 1),
        (lambda data: b"", "malformed", 1),
        (lambda data: data + b" ", "malformed", 1),
        (lambda data: b"x" * 40_000, "file-too-large", 3),
        (lambda data: b"[" * 16_000, "malformed", 1),
    ],
)
def test_a_card_altered_in_transit_founds_nothing(
    founded: Hands, tmp_path: Path, spoil: Callable[[bytes], bytes], code: str, status: int
) -> None:
    place = copy(founded, tmp_path)
    good = (place.root / "north.card").read_bytes()
    (place.root / "north.card").write_bytes(spoil(good))
    for args in (
        ("card", "show", "north.card"),
        ("card", "check", "north.card"),
        ("office", "draft", "south.card", "north.card", "--name", "en=x", "--out", "other"),
        ("office", "found", "charter", "south.card", "north.card", "--node", "south"),
    ):
        said = place.run(*args)
        assert (said.status, said.code) == (status, code), said
    assert not (place.root / "other").exists()


def test_a_charter_altered_in_transit_founds_nothing(hands: Hands) -> None:
    for side in ("south", "north"):
        hands.make(side)
        hands.good("card", "new", "--node", side, "--name", f"en={side}", "--out", f"{side}.card")
    cards = ("south.card", "north.card")
    meant = hands.good("office", "draft", *cards, "--name", "en=Office", "--out", "charter")["office"]
    good = (hands.root / "charter").read_bytes()
    key = Card.parse((hands.root / "north.card").read_bytes()).keys["register"].hex().encode()
    other = Card.parse((hands.root / "south.card").read_bytes()).keys["register"].hex().encode()
    cases = [
        (good.replace(key, b"00" * 32), "key-refused", 1),
        (good.replace(key, other), "malformed", 1),
        (good.replace(key, bytes.fromhex(key.decode())[::-1].hex().encode()), None, 4),
        (good[:-1], "malformed", 1),
        (good + b"\n", "malformed", 1),
        (altered(good, b'"Office"', b'"Orifice"'), "charter-otherwise", 3),
    ]
    for data, code, status in cases:
        (hands.root / "charter").write_bytes(data)
        args = ("office", "found", "charter", *cards, "--node", "south")
        said = hands.run(*args, *(("--office", meant) if code == "charter-otherwise" else ()))
        if code is None:
            # A key turned round may be no key at all; where it is one, the card tells.
            assert said.code in {"card-altered", "key-refused", "malformed"}, said
        else:
            assert (said.status, said.code) == (status, code), said
    assert hands.good("office", "list", "--node", "south")["offices"] == []


def test_a_stale_card_founds_nothing(hands: Hands) -> None:
    for side in ("south", "north"):
        hands.make(side)
        hands.good("card", "new", "--node", side, "--name", f"en={side}", "--out", f"{side}.card")
    time.sleep(1.1)
    hands.good("card", "new", "--node", "north", "--name", "en=north", "--out", "newer.card")
    draft = ("office", "draft", "--name", "en=Office", "--out", "charter")
    said = hands.run(*draft, "south.card", "north.card", "newer.card")
    assert (said.status, said.code) == (3, "card-stale")
    hands.good(*draft, "south.card", "newer.card")
    found = ("office", "found", "charter", "south.card", "--node", "south")
    for cards, code in (
        (("north.card",), "card-otherwise"),
        (("north.card", "newer.card"), "card-stale"),
        ((), "card-missing"),
    ):
        said = hands.run(*found, *cards)
        assert (said.status, said.code) == (3, code)
    hands.good(*found, "newer.card")
    again = ("office", "draft", "--name", "en=Another", "--out", "second", "south.card", "newer.card")
    hands.good(*again)
    said = hands.run("office", "found", "second", "south.card", "newer.card", "--node", "south")
    assert (said.status, said.code) == (3, "card-used")
    said = hands.run("office", "found", "charter", "south.card", "newer.card", "--node", "nowhere")
    assert (said.status, said.code) == (3, "no-node")
    assert len(hands.good("office", "list", "--node", "south")["offices"]) == 1


def test_acts_that_cannot_be_are_refused_before_they_are_signed(founded: Hands) -> None:
    before = founded.sizes("south")
    tender = ("note.tender", "--fact", "subject.en=x")
    posting = founded.good("matter", "list", "--node", "south")["matters"][1]["matter"]
    for args, code in (
        (("note.take", "--matter", posting), "act-void"),
        (("note.take", "--matter", "0" * 64), "no-such-matter"),
        (("note.take",), "act-void"),
        (("note.dance",), "no-such-kind"),
        (("charter.sign", "--fact", "charter=" + "0" * 64, "--fact", "checked=by-phone"), "act-void"),
        ((*tender, "--officer", "0011223344556677"), "officer-unposted"),
        ((*tender, "--due", "2018-01-01T00:00:00Z"), "due-past"),
        ((*tender, "--due", "soon"), "fact-wrong"),
        ((*tender, "--due", "+9999d"), "act-void"),
        (("note.tender",), "fact-missing"),
        ((*tender, "--fact", "colour=red"), "fact-unknown"),
        (("note.tender", "--fact", "subject=x"), "fact-wrong"),
        ((*tender, "--fact", "when=yesterday"), "fact-wrong"),
        ((*tender, "--enclose", "nowhere"), "file-unreadable"),
        ((*tender, "--facts", "charter-not-there"), "file-unreadable"),
        (("note.send", "--fact", "subject.en=x", "--fact", "class=weather"), "act-void"),
    ):
        said = founded.run("act", *args, "--node", "south")
        assert said.code == code, said
        assert said.status == 3
    assert founded.sizes("south") == before


def test_a_clock_that_lags_behind_our_own_register_is_noticed(founded: Hands, tmp_path: Path) -> None:
    place = copy(founded, tmp_path)
    settings = place.root / "south" / "node.toml"
    settings.write_text(settings.read_text().replace('clock = "system"', 'clock = "file:../clock"'))
    act = ("act", "note.send", "--fact", "subject.en=x", "--fact", "class=flood", "--node", "south")
    said = place.run(*act)
    assert (said.status, said.code) == (3, "clock-unreadable")
    (place.root / "clock").write_text("2018-09-14T01:00:00Z\n")
    said = place.run(*act)
    assert (said.status, said.code) == (3, "clock-behind")
    doctor = place.run("doctor", "--node", "south", "--json")
    assert ("clock", "clock-behind") in {(c["check"], c.get("code")) for c in doctor.object["checks"]}
    before = place.sizes("south")["south"]
    place.good(*act, "--accept-clock")
    assert place.sizes("south")["south"] == before + 1


def test_a_node_restored_from_an_old_backup_does_not_fork(founded: Hands, tmp_path: Path) -> None:
    place = copy(founded, tmp_path)
    place.meet()
    act = ("act", "note.send", "--fact", "class=flood", "--node", "south")
    shutil.copytree(place.root / "south", tmp_path / "backup")
    place.good(*act, "--fact", "subject.en=one")
    # More than that act: the node itself says what it has seen, when that is due.
    lost = place.sizes("south")["south"]
    place.until(lambda: place.sizes("north")["south"] >= lost)
    assert place.stop("south") == 0
    lost = place.sizes("south")["south"]
    shutil.rmtree(place.root / "south")
    shutil.copytree(tmp_path / "backup", place.root / "south")
    said = place.run(*act, "--fact", "subject.en=two")
    assert (said.status, said.code) == (3, "behind-anchor")
    doctor = place.run("doctor", "--node", "south", "--json")
    assert ("anchor", "behind-anchor") in {(c["check"], c.get("code")) for c in doctor.object["checks"]}
    told = place.good("recover", "--node", "south")
    (office,) = told["offices"]
    assert told["offices"][office]["south"] == lost > told["before"][office]["south"]
    place.good(*act, "--fact", "subject.en=two")
    place.meet()
    place.stop_all()
    place.good("export", "out", "--node", "south")
    verified = place.good("verify", "out")
    assert (verified["verified"], verified["state"]["voids"]) == (True, [])


def test_a_lost_anchor_needs_the_other_side_or_the_operators_word(founded: Hands, tmp_path: Path) -> None:
    place = copy(founded, tmp_path)
    (place.root / "anchor-south.json").unlink()
    doctor = place.run("doctor", "--node", "south", "--json")
    assert ("anchor", "anchor-missing") in {(c["check"], c.get("code")) for c in doctor.object["checks"]}
    said = place.run("recover", "--node", "south", timeout=100)
    assert (said.status, said.code) == (3, "recovery-needed")
    said = place.run("serve", "--node", "south", timeout=100)
    assert (said.status, said.code) == (3, "recovery-needed")
    place.good("recover", "--node", "south", "--accept-risk")
    doctor = place.run("doctor", "--node", "south", "--json").object["checks"]
    assert "alarm-standing" in {check.get("code") for check in doctor}


def test_what_went_wrong_is_one_object_for_programs(founded: Hands) -> None:
    said = founded.run("matter", "show", "0" * 64, "--node", "south", "--json")
    error = json.loads(said.out)["error"]
    assert (said.status, said.err, error["code"]) == (3, "", "no-such-matter")
    assert set(error) == {"code", "data", "next_step", "sentence"}
    assert error["data"] == {"matter": "0" * 64}


@pytest.mark.parametrize(
    "step", ["yeollak.node.tls.make", "yeollak.node.config.NodeConfig.save", "pathlib.Path.rename"]
)
@pytest.mark.parametrize("stop", [KeyboardInterrupt, OSError(28, "No space left on device")])
def test_making_a_node_that_is_stopped_at_any_step_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, stop: type[BaseException] | BaseException
) -> None:
    from yeollak.node.config import NodeConfig
    from yeollak.node.founding import make_node

    config = NodeConfig(tmp_path / "south", "south", ("127.0.0.1", 1), ("127.0.0.1", 2))

    def stopped(*_: object) -> None:
        raise stop

    monkeypatch.setattr(step, stopped)
    with pytest.raises((KeyboardInterrupt, OurFault)):
        make_node(config)
    monkeypatch.undo()
    assert list(tmp_path.iterdir()) == []
    make_node(config)
    assert (tmp_path / "south" / "node.toml").is_file()


def test_a_new_passphrase_is_asked_for_twice_at_a_terminal(hands: Hands) -> None:
    hands.make("south")
    ends, terminal = pty.openpty()
    environment_ = {name: value for name, value in environment().items() if not name.startswith("YEOLLAK_")}
    made = subprocess.Popen(
        [sys.executable, "-m", "yeollak", "card", "new", "--node", "south", "--name", "en=South"],
        cwd=hands.root,
        env=environment_,
        stdin=terminal,
        stdout=subprocess.PIPE,
        stderr=terminal,
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
    )
    os.close(terminal)
    shown = b""
    for prompt in (b"The operator's passphrase", b"The same again"):
        while prompt not in shown:
            shown += os.read(ends, 1024)
        os.write(ends, b"secret\n")
    assert made.wait(timeout=30) == 0
    os.close(ends)
    assert b"secret" not in shown
    good = {"YEOLLAK_PASSPHRASE": "secret"}
    assert hands.run("card", "new", "--node", "south", "--name", "en=South", env=good).status == 0
