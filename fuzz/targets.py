"""All targets by name: a function of bytes, and the longest input that is worth trying.

Each is what libFuzzer calls TestOneInput. It returns for what is refused as it should be, and raises for
what is not: another exception than a fault of theirs, or bytes that are not written back as they came.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from fuzz import outer, records


@dataclass(frozen=True, slots=True)
class Target:
    """One parser: `one_input` is to hold for any bytes, `longest` bytes at most are tried."""

    one_input: Callable[[bytes], None]
    longest: int = 4096


TARGETS: Final[Mapping[str, Target]] = MappingProxyType(
    {
        "act": Target(records.document),
        "archive": Target(records.archive),
        "body": Target(outer.shapes),
        "bundle": Target(records.bundle, 16384),
        "canonical": Target(records.canonical),
        "card": Target(records.cards),
        "charter": Target(records.charter, 16384),
        "checkpoint": Target(records.checkpoint, 8192),
        "desk": Target(outer.desk),
        "enclosure": Target(records.enclosures),
        "export": Target(records.folder, 16384),
        "figures": Target(records.figures, 16384),
        "form": Target(outer.read_forms, 16384),
        "head": Target(outer.heads),
        "key": Target(records.key),
        "keyfile": Target(records.keyfiles),
        "note": Target(records.note, 8192),
        "parcel": Target(records.parcels),
        "policy": Target(records.policy, 16384),
        "pouch": Target(outer.pouches, 16384),
        "proof": Target(records.proof, 8192),
        "request": Target(records.requests, 8192),
        "statement": Target(records.statements, 1200),
        "text": Target(records.texts, 8192),
        "tree": Target(records.trees),
        "words": Target(outer.words),
    }
)
