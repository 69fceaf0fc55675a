"""Roles, where a process listens, the settings of serving, and the anchor that processes of a side share."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.node.offices import SECRET
from tests.ports import quiet_ports
from tests.storage.setup import ready
from yeollak.cli.main import main
from yeollak.errors import OurFault
from yeollak.node import founding
from yeollak.node.config import NodeConfig
from yeollak.node.open import open_node
from yeollak.node.roles import ALL, WEB, ServeSettings, read_roles
from yeollak.node.serve import Server
from yeollak.storage.anchor import Anchor, AnchorFolder, anchor_at

ready()
OFFICE, OTHER = "5" * 64, "6" * 64


@pytest.fixture
def config(tmp_path: Path) -> NodeConfig:
    line, public = (("127.0.0.1", port) for port in quiet_ports(2))
    made = NodeConfig(tmp_path / "south", "south", line, public, cost="quick")
    founding.make_node(made)
    return made


def test_settings_are_read_as_they_were_written(config: NodeConfig) -> None:
    assert NodeConfig.load(config.folder).serving == ServeSettings()
    serving = ServeSettings(frozenset({WEB}), 4.0, "postgresql://direct/south")
    replace(config, serving=serving).save()
    assert NodeConfig.load(config.folder).serving == serving


@pytest.mark.parametrize("line", ['roles = ["cook"]', "roles = []", "lease_seconds = 0", 'role = "web"'])
def test_settings_that_mean_nothing_are_refused(config: NodeConfig, line: str) -> None:
    path = config.folder / "node.toml"
    path.write_text(f"{path.read_text()}\n[serve]\n{line}\n")
    with pytest.raises(OurFault) as caught:
        NodeConfig.load(config.folder)
    assert caught.value.code == "node-settings"


def test_over_sqlite_one_process_has_every_role(config: NodeConfig) -> None:
    node = open_node(config.folder, f"roles_{config.line[1]}")
    with pytest.raises(OurFault) as caught:
        Server(node, SECRET, roles=read_roles(["web"]))
    assert caught.value.code == "one-process-store"
    serving = replace(config, serving=ServeSettings(frozenset({WEB})))
    with pytest.raises(OurFault) as caught:
        Server(replace(node, config=serving), SECRET)
    assert caught.value.code == "one-process-store"
    server = Server(node, SECRET, roles=ALL)
    with pytest.raises(OurFault) as caught:
        Server(node, SECRET)
    assert caught.value.code == "node-running"
    server.stop()


@pytest.mark.parametrize("words", [["--roles", "web,cook"], ["--listen", "desk"], ["--listen", "x=a:1"]])
def test_what_is_misspelt_on_the_command_line_is_told(config: NodeConfig, words: list[str]) -> None:
    command = ["serve", "--node", str(config.folder), *words]
    done = CliRunner().invoke(main, command, env={"YEOLLAK_PASSPHRASE": SECRET})
    assert done.exit_code == 2


def test_a_process_listens_where_it_is_told(config: NodeConfig) -> None:
    told = config.listening({"line": ("192.0.2.1", 1), "desk": ("192.0.2.1", 2)})
    assert (told.line, told.desk, told.public) == (("192.0.2.1", 1), ("192.0.2.1", 2), config.public)


def test_hosts_share_an_anchor_that_only_goes_forward(tmp_path: Path) -> None:
    """Two hosts, each with what it knows of the folder; sizes come in any order."""
    hosts = [anchor_at("shared/", tmp_path / "shared") for _ in range(2)]
    assert all(isinstance(host, AnchorFolder) for host in hosts)
    assert hosts[0].read(OFFICE) is None

    def advance(host: Anchor) -> None:
        for size in (5, 3, 40, 12, 39, 41):
            host.advance(OFFICE, size, bytes([size]) * 32)

    threads = [threading.Thread(target=advance, args=(host,)) for host in hosts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert [host.read(OFFICE) for host in hosts] == [(41, bytes([41]) * 32)] * 2
    assert hosts[1].read(OTHER) is None
    with pytest.raises(OurFault) as caught:
        hosts[1].check(OFFICE, 40, lambda _: b"")
    assert caught.value.code == "behind-anchor"


def test_one_office_that_cannot_be_read_hinders_no_other(tmp_path: Path) -> None:
    anchor = AnchorFolder(tmp_path / "shared")
    for office in (OFFICE, OTHER):
        anchor.advance(office, 1, b"r" * 32)
    (tmp_path / "shared" / OFFICE[:2] / OFFICE).write_bytes(b"{")
    with pytest.raises(OurFault) as caught:
        anchor.read(OFFICE)
    assert caught.value.code == "anchor-unreadable"
    assert anchor.read(OTHER) == (1, b"r" * 32)
    assert anchor.set_aside(OFFICE)
    assert anchor.read(OFFICE) is None


@pytest.mark.parametrize("name", ["anchor.json", "anchor/"])
def test_an_anchor_is_told_from_every_other(tmp_path: Path, name: str) -> None:
    found: list[str] = []

    def ask() -> None:
        found.append(anchor_at(name, tmp_path / name).identity())

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(found) == 8
    assert len(set(found)) == 1
    (tmp_path / "elsewhere").mkdir()
    assert anchor_at(name, tmp_path / "elsewhere" / name).identity() not in found
