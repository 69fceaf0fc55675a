"""The settings of a node: `node.toml` in its folder, and where everything else in that folder lies.

node.toml   this file's settings      node.db    the store (SQLite)      cards/   cards made and received
keys/       key files of our sides    officers/  key files of officers   tls/     certificate and key
of the line
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from yeollak.errors import OurFault, RecordFault
from yeollak.line.client import Address
from yeollak.node.alarm_settings import AlarmSettings
from yeollak.node.clock import Clock, FileClock, SystemClock
from yeollak.node.enclosure_settings import EnclosureSettings
from yeollak.node.roles import ServeSettings
from yeollak.node.word_settings import WordSettings
from yeollak.record.canon import side_name
from yeollak.record.keyfile import Cost
from yeollak.storage import databases
from yeollak.words import KOREAN
from yeollak.words.own import NONE, OwnWords

FILE = "node.toml"
#: What one guess at a passphrase costs: for real keys, and for demonstrations and tests, whose keys are no
#: secret.
COSTS = {"strong": Cost(), "quick": Cost(memory=64, passes=1, lanes=1)}


def derived(words: bytes) -> Callable[[str], bytes]:
    """16 bytes for each label, the same for whoever knows the words: only where all is public anyway."""
    return lambda label: hashlib.sha256(words + b"/" + label.encode()).digest()[:16]


@dataclass(frozen=True, slots=True)
class NodeConfig:
    """The settings of one node.

    `line`, `public`, `desk` and `health` are the (host, port) of its listeners: no desk is served and nothing
    tells of its health where it has none. `desk_names` are further names that the desk answers under, as a
    server before it passes them on; `database` is a path or a PostgreSQL address; `anchor` a file, or with a
    slash at its end a folder; `serving` which roles a process has; `enclosures` where the large ones are;
    `alarm` is whom it tells of an urgent act that nobody has acknowledged; `korean` is what `ko` means on its
    desk, its page and its command line, one of `words.KOREAN`; `own` what the side calls sides, places and
    titles.
    """

    folder: Path
    side: str
    line: tuple[str, int]
    public: tuple[str, int]
    database: str = "node.db"
    anchor: str = "../anchor-{side}.json"
    clock: str = "system"
    cost: str = "strong"
    salts: str = "system"
    peers: Mapping[str, Address] = field(default_factory=dict)
    desk: tuple[str, int] | None = None
    desk_names: tuple[str, ...] = ()
    health: tuple[str, int] | None = None
    alarm: AlarmSettings = field(default_factory=AlarmSettings)
    serving: ServeSettings = field(default_factory=ServeSettings)
    enclosures: EnclosureSettings = field(default_factory=EnclosureSettings)
    korean: str = KOREAN[0]
    own: OwnWords = NONE

    @classmethod
    def load(cls, folder: Path) -> NodeConfig:
        """The settings in a folder. Raises OurFault(`no-node`, `node-settings`) and what the table [words]
        raises.
        """
        path = folder / FILE
        if not path.is_file():
            raise OurFault("no-node", path=str(folder))
        try:
            value = tomllib.loads(path.read_text())
            return cls._read(folder, value)
        except (RecordFault, KeyError, TypeError, ValueError, AttributeError) as problem:
            raise OurFault(
                "node-settings", path=str(path), why=f"{type(problem).__name__}: {problem}"
            ) from None

    @classmethod
    def _read(cls, folder: Path, value: Mapping[str, Any]) -> NodeConfig:
        peers = {
            side_name(side): Address(str(peer["url"]), peer.get("tls"))
            for side, peer in value.get("peers", {}).items()
        }
        if value["cost"] not in COSTS:
            raise ValueError("no such cost")
        words = WordSettings.read(value.get("words", {}), str(folder / FILE))
        return cls(
            folder=folder,
            side=side_name(value["side"]),
            line=_listener(value["line"]),
            public=_listener(value["public"]),
            desk=_listener(value["desk"]) if "desk" in value else None,
            health=_listener(value["health"]) if "health" in value else None,
            desk_names=tuple(str(name) for name in value.get("desk", {}).get("names", [])),
            database=str(value["database"]),
            anchor=str(value["anchor"]),
            clock=str(value["clock"]),
            cost=str(value["cost"]),
            salts=str(value.get("salts", "system")),
            peers=peers,
            alarm=AlarmSettings.read(value.get("alarm", {})),
            serving=ServeSettings.read(value.get("serve", {})),
            enclosures=EnclosureSettings.read(value.get("enclosures", {})),
            korean=words.korean,
            own=words.own,
        )

    def save(self) -> None:
        """Write the settings, whole or not at all."""
        quoted = json.dumps
        lines = [
            f"side = {quoted(self.side)}",
            f"database = {quoted(self.database)}",
            f"anchor = {quoted(self.anchor)}",
            f"clock = {quoted(self.clock)}",
            f"cost = {quoted(self.cost)}",
            f"salts = {quoted(self.salts)}",
        ]
        for name, (host, port) in self.listeners.items():
            lines += ["", f"[{name}]", f"host = {quoted(host)}", f"port = {port}"]
            if name == "desk" and self.desk_names:
                lines.append(f"names = {quoted(list(self.desk_names))}")
        for side, address in sorted(self.peers.items()):
            lines += ["", f"[peers.{quoted(side)}]", f"url = {quoted(address.url)}"]
            if address.tls is not None:
                lines.append(f"tls = {quoted(address.tls)}")
        lines += WordSettings(self.korean, self.own).lines()
        lines += self.serving.lines()
        lines += self.enclosures.lines()
        lines += self.alarm.lines()
        beside = self.folder / (FILE + ".new")
        beside.write_text("\n".join(lines) + "\n")
        beside.replace(self.folder / FILE)

    @property
    def listeners(self) -> dict[str, tuple[str, int]]:
        """The (host, port) of every listener that this node has, by name."""
        desk = {"desk": self.desk} if self.desk is not None else {}
        health = {"health": self.health} if self.health is not None else {}
        return {"line": self.line, "public": self.public, **desk, **health}

    def listening(self, given: Mapping[str, tuple[str, int]]) -> NodeConfig:
        """These settings with other (host, port) of listeners that are named."""
        return replace(
            self,
            line=given.get("line", self.line),
            public=given.get("public", self.public),
            desk=given.get("desk", self.desk),
            health=given.get("health", self.health),
        )

    def database_entry(self) -> dict[str, Any]:
        """The entry for Django's DATABASES."""
        if "://" in self.database:
            entry = databases.postgresql(self.database)
            # A pooler may give each transaction another session, in which no cursor of the last one is.
            return {**entry, "DISABLE_SERVER_SIDE_CURSORS": bool(self.serving.direct)}
        return databases.sqlite(self.folder / self.database)

    @property
    def anchor_path(self) -> Path:
        """The anchor's file: outside the folder, so that restoring the folder does not restore it."""
        return (self.folder / self.anchor.format(side=self.side)).resolve()

    def make_clock(self) -> Clock:
        """The clock that the settings name: `system` or `file:PATH`, relative to the folder."""
        kind, _, path = self.clock.partition(":")
        return FileClock((self.folder / path).resolve()) if kind == "file" else SystemClock()

    def make_salts(self) -> Callable[[str], bytes] | None:
        """Where the node's own salts come from: the system (None), or, for a demonstration, `words:WORDS`.

        Salts derived from public words hide nothing: they only make two replays give the same bytes.
        """
        kind, _, words = self.salts.partition(":")
        return derived(words.encode()) if kind == "words" else None

    @property
    def desk_address(self) -> str:
        """The URL under which the desk answers, or the empty string."""
        if self.desk is None:
            return ""
        scheme = "https" if (self.folder / "tls" / "desk.pem").exists() else "http"
        return f"{scheme}://{self.desk[0]}:{self.desk[1]}/"

    @property
    def address(self) -> str:
        """The URL under which the line answers."""
        return f"https://{self.line[0]}:{self.line[1]}"


def _listener(value: Mapping[str, Any]) -> tuple[str, int]:
    return str(value["host"]), int(value["port"])
