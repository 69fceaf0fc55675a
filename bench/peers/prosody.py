"""XMPP: two Prosody servers that federate, and users whose clients give receipts (XEP-0184)."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

from bench.peers import SIDES
from bench.peers.place import (
    REQUIREMENTS,
    MissingPeer,
    Peer,
    Talker,
    await_port,
    certificates,
    end,
    execute,
    serve,
)
from tests.ports import quiet_ports

_USERS = ("alice", "bob")
#: Servers find each other by name and at the port of RFC 6120, so each has an address of its own.
_HOSTS = ("127.0.0.1", "127.0.0.2")
_SERVERS_PORT = 5269
_CONFIGURATION = """
run_as_root = true
pidfile = "{folder}/prosody.pid"
data_path = "{folder}/data"
certificates = "{tls}"
log = {{ warn = "{folder}/prosody.log" }}
network_backend = "epoll"
modules_enabled = {{ "roster", "saslauth", "tls", "disco", "dialback", "ping", "smacks", "offline"{archive} }}
modules_disabled = {{ "posix" }}
authentication = "internal_hashed"
interfaces = {{ "{host}" }}
c2s_ports = {{ }}
c2s_direct_tls_ports = {{ {port} }}
s2s_ports = {{ 5269 }}
unbound = {{ hoststxt = "{hosts}"; resolvconf = false }}
use_ipv6 = false
s2s_require_encryption = true
s2s_secure_auth = true
smacks_s2s_resend = true
smacks_max_queue_size = 100000
storage_archive_item_limit = 10000000
archive_expires_after = "never"
default_archive_policy = true
storage = {{ archive = "sql" }}
sql = {{ driver = "SQLite3"; database = "{folder}/prosody.sqlite" }}
ssl = {{ key = "{tls}/{side}.key"; certificate = "{tls}/{side}.pem"; cafile = "{authority}" }}
VirtualHost "{domain}"
"""


class Prosody(Peer):
    """Two servers and two users. Nothing is stored of a message that is delivered at once."""

    name = "prosody"
    title = "Prosody, XEP-0184"
    receipt = "unsigned stanza from the receiving user's client that names the message's identifier"
    settings: tuple[str, ...] = (
        "no mod_limits: no rate limits for users or servers",
        "TLS from the start for users; between servers by certificates of an authority that both trust",
        "s2s_secure_auth: servers prove who they are by certificate, not by dialback",
        "mod_smacks, smacks_s2s_resend: what was under way when a connection of servers broke is resent",
        "names come from a hosts file (unbound.hoststxt); each server has an address of its own, port 5269",
        "clients as light as can be: one connection each, a pull parser, no roster, no archive query",
    )
    _archive = ""

    def __init__(self) -> None:
        super().__init__()
        self._folder = Path()
        self._ports: list[int] = []
        self._servers: list[subprocess.Popen[bytes]] = []

    def install(self, cache: Path) -> str:
        """From Debian's packages, where this is Debian and we may. Raises MissingPeer."""
        if not self._complete():
            if os.geteuid() != 0 or shutil.which("apt-get") is None:
                raise MissingPeer("prosody is not installed, and only root on Debian can install it")
            lines = (REQUIREMENTS / "debian.txt").read_text().splitlines()
            wanted = [line for line in lines if line and not line.startswith("#")]
            quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
            execute(["apt-get", "update", "--quiet"], env=quiet)
            # No recommended packages: the server is started by this script alone.
            execute(["apt-get", "install", "--yes", "--no-install-recommends", *wanted], env=quiet)
        return execute(["prosodyctl", "about"], cwd="/").splitlines()[0]

    @staticmethod
    def _complete() -> bool:
        """Whether the server is there with the Lua modules that are asked for."""
        if shutil.which("prosody") is None:
            return False
        lines = execute(["prosodyctl", "about"], cwd="/").splitlines()
        return all(
            any(line.startswith(name) and line[-1].isdigit() for line in lines)
            for name in ("LuaDBI:", "luaunbound:")
        )

    def start(self, folder: Path) -> None:
        """Raises MissingPeer."""
        self._folder, self._ports = folder, quiet_ports(2)
        domains = [f"{side}.test" for side in SIDES]
        authority = certificates(folder / "tls", {side: [f"{side}.test"] for side in SIDES})
        hosts = folder / "hosts"
        hosts.write_text("".join(f"{host} {name}\n" for host, name in zip(_HOSTS, domains, strict=True)))
        for number, side in enumerate(SIDES):
            place = folder / side
            (place / "data").mkdir(parents=True)
            (place / "prosody.cfg.lua").write_text(
                _CONFIGURATION.format(
                    folder=place,
                    tls=folder / "tls",
                    archive=self._archive,
                    host=_HOSTS[number],
                    port=self._ports[number],
                    hosts=hosts,
                    authority=authority,
                    domain=domains[number],
                    side=side,
                )
            )
            words = ["prosodyctl", "--root", "--config", str(place / "prosody.cfg.lua"), "register"]
            execute([*words, _USERS[number], domains[number], "secret"])
            self._servers.append(self._serve(number))
        users = [
            {"host": _HOSTS[number], "port": self._ports[number], "domain": domains[number]}
            | {"user": _USERS[number], "password": "secret"}
            for number in (0, 1)
        ]
        told = json.dumps({"users": users, "trust": str(authority)})
        try:
            party = Talker(sys.executable, "bench.peers.prosody_party", told, log=folder / "users.log")
        except RuntimeError as fault:
            raise MissingPeer(str(fault)) from fault
        self.talkers = [party]

    def _serve(self, number: int) -> subprocess.Popen[bytes]:
        try:
            socket.create_server((_HOSTS[number], _SERVERS_PORT)).close()
        except OSError as fault:
            raise MissingPeer(f"port {_SERVERS_PORT} is taken: {fault.strerror}") from fault
        place = self._folder / SIDES[number]
        log = place / "out.log"
        process = serve(["prosody", "-F", "--config", str(place / "prosody.cfg.lua")], place, log)
        await_port(_HOSTS[number], self._ports[number], process, log)
        return process

    def down(self) -> None:
        end(self._servers[1])

    def up(self) -> None:
        self._servers[1] = self._serve(1)

    def stop(self) -> None:
        for talker in self.talkers:
            talker.close()
        for server in self._servers:
            end(server)


class ArchivingProsody(Prosody):
    """The same with an archive at both servers, so that both hold what passed."""

    name = "prosody-archive"
    title = "Prosody, XEP-0184, archive"
    settings = (
        *Prosody.settings,
        "mod_mam on both servers over SQLite (XEP-0313), the whole archive kept: both hold the messages",
    )
    _archive = ', "mam"'
