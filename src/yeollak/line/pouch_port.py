"""What the pouch asks of a node's store for one office, beyond what the line does."""

from __future__ import annotations

from typing import Final, Protocol

from yeollak.line.protocol import Port
from yeollak.storage.pouch_dues import Dues

#: The most enclosures that one pouch asks for, and that are remembered as asked for.
MOST_ENCLOSURES: Final = 64


class PouchPort(Port, Protocol):
    """`storage.pouches` fulfils it."""

    def issued(self, size: int) -> bytes | None:
        """The note of the checkpoint of our own register at a size."""

    def sealed_by(self, side: str) -> bytes | None:
        """The newest checkpoint of another register that we have receipted, with our receipt's lines."""

    def large_owed(self, peer: str) -> list[tuple[str, int]]:
        """Large enclosures of our register that are here and that a peer has not acknowledged: digest, and
        how many bytes salt and content have.
        """

    def large_lost(self) -> list[tuple[str, int]]:
        """Large enclosures that are not here any more and that nobody sends unasked: our own, and those that
        we have acknowledged.
        """

    def large_wanted(self, peer: str, digest: str) -> tuple[str, int] | None:
        """Of a large enclosure that our own register or that of a peer names and that is not here: whose, and
        how many bytes.
        """

    def carried(self, peer: str, side: str, digest: str) -> int:
        """How many bytes of a large enclosure of a side have come in pouches of a peer."""

    def add_carried(self, peer: str, side: str, digest: str, offset: int, data: bytes) -> None:
        """Add what has come by pouch, on disk when this returns."""

    def take_carried(self, peer: str, side: str, digest: str) -> None:
        """Take over what has come whole by pouch. Raises RecordFault(`digest-mismatch`), and drops it."""

    def dues(self, peer: str) -> Dues:
        """What is remembered of a side."""

    def keep_dues(self, peer: str, dues: Dues) -> None:
        """Remember it instead."""
