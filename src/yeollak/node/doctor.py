"""The checkup of a node's folder, as an operator would want it: everything that can be seen to be wrong.

It opens the node as every command does and changes nothing else. Faults are named by the codes that other
commands would end with, so that one look-up serves both.
"""

from __future__ import annotations

import fcntl
import shutil
import socket
import stat
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Final

from django.db import connections

from yeollak.errors import Fault, OurFault
from yeollak.node import tls
from yeollak.node.checkup import Check, office_checks
from yeollak.node.config import NodeConfig
from yeollak.node.founding import is_partial
from yeollak.node.open import Node, open_node
from yeollak.node.speaking import speak
from yeollak.storage import reading
from yeollak.words import speak_korean
from yeollak.words.own import speak_own

#: Free space below which an operator is told, and below which nothing can be expected to go well, in bytes.
LOW: Final = 512 * 1024 * 1024
NONE_LEFT: Final = 32 * 1024 * 1024
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
#: Table -> what the database refuses to do to its rows, as the migration that says so has it.
_REFUSED: Final = import_module("yeollak.storage.migrations.0002_append_only").VERBS


def examine(
    folder: Path, passphrase: str | None = None, *, online: bool = False, deep: bool = False
) -> Iterator[Check]:
    """Check a node's folder, one `Check` at a time. What cannot be opened ends the checkup there.

    `passphrase` opens the keys; `online` asks the other sides' lines; `deep` folds everything anew.
    """
    try:
        config = NodeConfig.load(folder)
    except Fault as fault:
        partial = OurFault("node-partial", path=str(folder)) if is_partial(folder) else fault
        yield Check("settings", "fault", partial)
        return
    speak_korean(config.korean)
    speak_own(config.own)
    yield Check("settings", "ok")
    yield from _one("folder", _open_to_others(folder))
    yield from _space(config)
    yield from _one("line-certificate", _certificate(folder))
    running = is_running(folder)
    yield from _one("ports", None if running else _port(config))
    try:
        node = open_node(folder)
        node.clock.now()
        offices = reading.offices(node.alias)
    except Fault as fault:
        yield Check("database", "fault", fault)
        return
    yield Check("database", "ok")
    if (misnamed := _words(node)) is not None:
        yield Check("settings", "fault", misnamed)
    yield from _one("guards", _guards(node))
    for office in offices:
        try:
            yield from office_checks(node, office, passphrase, online=online, deep=deep)
        except Fault as fault:
            yield Check("registers", "fault", fault, office)


def is_running(folder: Path) -> bool:
    """Whether a server of this folder holds its lock."""
    try:
        with (folder / "serve.lock").open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def _one(name: str, fault: Fault | None) -> Iterator[Check]:
    yield Check(name, "ok") if fault is None else Check(name, "fault", fault)


def _open_to_others(folder: Path) -> Fault | None:
    if not folder.stat().st_mode & _OTHERS:
        return None
    private = [folder / "tls" / "line.key", *folder.glob("node.db*")]
    private += [*folder.glob("keys/*/*.key"), *folder.glob("officers/*.key")]
    shown = [path for path in private if path.exists() and path.stat().st_mode & _OTHERS]
    return OurFault("folder-open", path=str(shown[0])) if shown else None


def _space(config: NodeConfig) -> Iterator[Check]:
    for path in (config.folder.resolve(), config.anchor_path.parent):
        free = shutil.disk_usage(path).free if path.exists() else 0
        if free < LOW:
            told = OurFault("disk-low", free=free // 1024**2, path=str(path))
            yield Check("space", "fault" if free < NONE_LEFT else "note", told)
            return
    yield Check("space", "ok")


def _certificate(folder: Path) -> Fault | None:
    try:
        tls.fingerprint(folder)
        (folder / "tls" / "line.key").read_bytes()
    except (OSError, ValueError):
        return OurFault("certificate-unreadable", path=str(folder / "tls"))
    return None


def _port(config: NodeConfig) -> Fault | None:
    for host, port in config.listeners.values():
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                return OurFault("port-in-use", port=port)
    return None


def _words(node: Node) -> Fault | None:
    """Words of our own about a side that no office of the node has."""
    try:
        speak(node)
    except OurFault as fault:
        return fault
    return None


def _guards(node: Node) -> Fault | None:
    """The triggers with which the database itself refuses to change the record (see the second migration)."""
    connection = connections[node.alias]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        else:
            cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'")
        held = {name for (name,) in cursor.fetchall()}
    for table, verbs in _REFUSED.items():
        refusals = [*(f"no_{verb.lower()}" for verb in verbs), "no_replace"]
        for name in refusals if connection.vendor == "sqlite" else ("guard", "guard_all"):
            if f"yeollak_storage_{table}_{name}" not in held:
                return OurFault("store-unguarded", missing=f"yeollak_storage_{table}_{name}")
    return None
