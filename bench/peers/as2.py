"""AS2 (RFC 4130) by pyas2lib: each message signed and encrypted, answered by a signed receipt (MDN)."""

from __future__ import annotations

import json
from pathlib import Path

from bench.peers import SIDES
from bench.peers.place import (
    MissingPeer,
    Peer,
    Talker,
    certificates,
    environment,
    execute,
)
from tests.ports import quiet_ports

#: oscrypto takes the version of OpenSSL for one with three single digits, so that 3.0.10 is none to it
#: (wbond/oscrypto#75 and #78).
_BROKEN = r"'\\b(\\d\\.\\d\\.\\d[a-z]*)\\b'"
_MENDED = r"'\\b(\\d+\\.\\d+\\.\\d+[a-z]*)\\b'"


def mend(packages: Path) -> int:
    """Let oscrypto know OpenSSL 3.0.10 and later; returns how many files were changed."""
    changed = 0
    for path in (packages / "oscrypto" / "_openssl").glob("_libcrypto_c*.py"):
        source = path.read_text()
        if _BROKEN in source:
            path.write_text(source.replace(_BROKEN, _MENDED))
            changed += 1
    return changed


class As2(Peer):
    """Two partners, a process each."""

    name = "as2"
    title = "AS2, signed MDN"
    receipt = "MDN signed by the receiving organisation over the digest of the content; verified and stored"
    settings = (
        "RSA 2048 with SHA-256 for messages and MDN, AES-256-CBC: what AS2 products offer everywhere",
        "synchronous MDN over HTTPS, 32 connections that are kept: no second connection for the receipt",
        "certificates of partners are trusted as configured and not judged anew for every message",
        "SQLite, WAL, synchronous=full on both sides, one commit for all that wait: as durable as ours",
        "pyas2lib has no server, store or retry; those around it are ours, and try again each second",
    )

    def __init__(self) -> None:
        super().__init__()
        self._python = Path()
        self._folder = Path()
        self._ports: list[int] = []

    def install(self, cache: Path) -> str:
        """Raises MissingPeer."""
        self._python = environment(cache, "as2")
        for packages in (cache / "as2" / "lib").glob("python*/site-packages"):
            mend(packages)
        asked = "import importlib.metadata as m, pyas2lib.as2; print('pyas2lib', m.version('pyas2lib'))"
        return execute([str(self._python), "-c", asked]).strip()

    def start(self, folder: Path) -> None:
        """Raises MissingPeer."""
        self._folder, self._ports = folder, quiet_ports(2)
        certificates(folder / "tls", {side: ["localhost"] for side in SIDES})
        certificates(folder / "rsa", {side: [f"{side}.test"] for side in SIDES}, rsa=True)
        for side in SIDES:
            issued = (folder / "rsa" / f"{side}.pem").read_text()
            (folder / "tls" / f"{side}.rsa.pem").write_text(issued)
            key = (folder / "rsa" / f"{side}.key").read_text()
            (folder / "tls" / f"{side}.rsa").write_text(key + issued)
        self.talkers = [self._talker(side) for side in (0, 1)]

    def _talker(self, side: int) -> Talker:
        words = json.dumps({"folder": str(self._folder), "side": side, "ports": self._ports})
        try:
            return Talker(
                self._python, "bench.peers.as2_party", words, log=self._folder / f"{SIDES[side]}.log"
            )
        except RuntimeError as fault:
            raise MissingPeer(str(fault)) from fault

    def down(self) -> None:
        """The partner's only process is its server."""
        self.talkers[1].close()

    def up(self) -> None:
        self.talkers[1] = self._talker(1)

    def stop(self) -> None:
        for talker in self.talkers:
            talker.close()
