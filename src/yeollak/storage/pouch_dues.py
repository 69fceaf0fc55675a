"""What is remembered of a side between two pouches. No Django: packing is decided without a database."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Wants:
    """What a side has asked for by pouch and has not been given: the nonce of its question for heads, where
    in each register it stands, and the digests of large enclosures.
    """

    nonce: str = ""
    starts: tuple[tuple[str, int], ...] = ()
    enclosures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Dues:
    """What is remembered of one side between two pouches.

    asked      the nonce of the question for heads that we have put, or empty
    answered   when a pouch has answered that question, or None
    wants      what the side has asked us for
    refusal    the body of the refusal that we owe it, or empty
    refused    the code by which it has last refused something of ours, or empty
    stands     where it has said that it stands, below what it had receipted; it counts until it has
    until      receipted `until`
    """

    asked: str = ""
    answered: datetime | None = None
    wants: Wants = field(default_factory=Wants)
    refusal: bytes = b""
    refused: str = ""
    stands: int = 0
    until: int = 0
