"""Hands: what the desk asks its node to do, and the one place where it finds it.

Pages read the store themselves; keys, drafting, signing and the state of the line are the node's. The node
installs an implementation when it serves; tests install one of their own. ADR 9 says why.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Sheet:
    """A text or file to be enclosed, as it was given: its media type, and language and name where known."""

    content: bytes
    type: str
    lang: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """An act as it was asked for: facts as typed or as JSON values, `due` an instant or a span as `+48h`."""

    kind: str
    matter: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    re: tuple[str, ...] = ()
    due: str | None = None
    precedence: str = "routine"
    sheets: Sequence[Sheet] = ()
    delivers: bool = True


class Ready(Protocol):
    """A document as it will be signed, byte for byte, with the salted bytes of what it encloses anew."""

    @property
    def office(self) -> str:
        """The office id."""

    @property
    def document(self) -> bytes:
        """The act document."""

    @property
    def blobs(self) -> Mapping[str, bytes]:
        """Digest of an enclosure -> its 16-byte salt and the bytes that were hashed."""

    @property
    def id(self) -> str:
        """The act's id: SHA-256 of the document, 64 hex digits, which the signature is over."""


@dataclass(frozen=True, slots=True)
class LineState:
    """How the line to one other side stands, as this node knows it: `up` since or down since `since`, when it
    last heard from the peer, and how many of our entries the peer has not receipted.
    """

    peer: str
    up: bool
    since: datetime | None
    heard: datetime | None
    unreceipted: int


class AuthorityKey(Protocol):
    """Our authority key in an office, as the node knows it."""

    @property
    def kid(self) -> str:
        """Its key id."""

    @property
    def generation(self) -> int:
        """How often it has been rotated."""

    @property
    def here(self) -> bool:
        """Whether its file lies at this node."""

    @property
    def next_here(self) -> bool:
        """Whether the file of the key enrolled after it does."""


class Hands(Protocol):
    """What a node does for its desk. Every method raises OurFault with a code that the desk words."""

    @property
    def alias(self) -> str:
        """The alias of the node's database."""

    @property
    def side(self) -> str:
        """The side that this node is of."""

    def now(self) -> datetime:
        """The node's clock, which a demonstration drives."""

    def prepare(self, office: str, officer: str, wish: Wish) -> Ready:
        """The exact document of a wish, judged as the next act of our register. Raises also OurFault
        (`act-void`) with the reason.
        """

    def sign(self, ready: Ready, officer: str, passphrase: str, request: str) -> str:
        """Sign exactly what `prepare` has made, in this process or another, and append it, once for each
        `request`; returns the act's id. Raises also OurFault(`wrong-passphrase`, `key-missing`).
        """

    def holds_key(self, officer: str) -> bool:
        """Whether the key of an officer is kept at this node."""

    def authority(self, office: str) -> AuthorityKey:
        """Our authority key in force."""

    def sign_by_authority(self, ready: Ready, passphrase: str, request: str) -> str:
        """Like `sign`, with the authority key that lies at this node. Raises also OurFault
        (`authority-otherwise`).
        """

    def signing_request(self, ready: Ready) -> bytes:
        """What is carried to the machine where the authority key lies, to be signed there."""

    def sign_elsewhere(self, ready: Ready, answer: bytes, request: str) -> str:
        """Like `sign`, with the signature that was brought back. Raises also OurFault(`answer-unreadable`,
        `signed-otherwise`, `authority-otherwise`).
        """

    def make_officer(self, passphrase: str) -> str:
        """Make the key of a new officer under his own passphrase; returns the public key in hex."""

    def make_keys(self, office: str, role: str, passphrase: str) -> Mapping[str, Any]:
        """Make the next keys of a role; returns the facts of the act that puts them in force. Raises also
        OurFault(`key-role-unknown`, `keys-otherwise`).
        """

    def reopen(self, office: str, passphrase: str, reason: Mapping[str, str]) -> str:
        """Give up our own entries from the one on at which our register waits; returns the act's id."""

    def lines(self, office: str) -> Sequence[LineState]:
        """How the line to each other side stands."""

    def alarm_channels(self) -> Sequence[str]:
        """The ways by which the node tells somebody elsewhere of an urgent act that nobody has acknowledged;
        empty where nobody is told.
        """

    def export(self, office: str) -> Path:
        """A full export of the record in a fresh folder, which the caller removes."""

    def wake(self) -> None:
        """Tell the node that something was appended, so that it leaves at once."""


class _Installed:
    hands: Hands | None = None


def install(hands: Hands | None) -> None:
    """Make `hands` those of this process; None takes them away."""
    _Installed.hands = hands


def hands() -> Hands:
    """The hands of this process. Raises RuntimeError where no node has installed any."""
    if _Installed.hands is None:
        raise RuntimeError("no node serves this desk")
    return _Installed.hands
