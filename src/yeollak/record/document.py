"""Act documents: what officers of a side do, one document an act.

The document is what people read and what the statement's payload is the digest of. This module fixes its
fields, their forms and their bounds; it refuses everything else as `malformed`, and it does not know whether
an act is allowed, who the parties are or what a kind's facts must hold. Source: docs/spec/02-act-document.md.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final

from yeollak.errors import RecordFault
from yeollak.record import canon
from yeollak.record.canon import format_instant, parse_instant
from yeollak.record.enclosure import Enclosed

__all__ = [
    "MAX_DOCUMENT",
    "MAX_ENCLOSURES",
    "MAX_RE",
    "PRECEDENCES",
    "Act",
    "Enclosed",
    "act_id",
    "format_instant",
    "parse_instant",
    "written",
]

MAX_DOCUMENT: Final = 32768
MAX_ENCLOSURES: Final = 32
MAX_RE: Final = 32
MAX_SIDES: Final = 64
MAX_KIND: Final = 64
PRECEDENCES: Final = ("routine", "priority", "immediate", "flash")

_WHAT: Final = "the act"
_KIND: Final = re.compile(r"[a-z][a-z0-9-]*(?:\.[a-z][a-z0-9-]*)*")
_REQUIRED: Final = {"v", "office", "side", "officer", "kind", "at", "seen", "precedence", "salt"}
_OPTIONAL: Final = {"matter", "due", "re", "facts", "enclosures"}
#: The longest document that is remembered once it has been read, in bytes.
_REMEMBERED: Final = 4096
_NO_FACTS: Final[Mapping[str, Any]] = MappingProxyType({})


def act_id(document: bytes) -> str:
    """The id of an act: the SHA-256 of its document, 64 hex digits."""
    return _named(document) if len(document) <= _REMEMBERED else hashlib.sha256(document).hexdigest()


@lru_cache(maxsize=1024)
def _named(document: bytes) -> str:
    return hashlib.sha256(document).hexdigest()


@dataclass(frozen=True, slots=True)
class Act:
    """An act document of version 1, valid in form; construction raises RecordFault(`malformed`) for any
    other.

    `office` 64 hex; `officer` the 16 hex digits of the key id; `at` and `due` UTC instants; `seen` maps each
    other party to (size, root in hex) of its register as far as the author's node had counted it; `re` act
    ids; `facts` JSON without nulls and floats; `salt` 32 hex digits, so that a digest cannot be guessed from
    the text.
    """

    office: str
    side: str
    officer: str
    kind: str
    at: str
    seen: Mapping[str, tuple[int, str]]
    salt: str
    matter: str | None = None
    due: str | None = None
    precedence: str = "routine"
    re: tuple[str, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=lambda: _NO_FACTS)
    enclosures: tuple[Enclosed, ...] = ()
    v: int = 1

    def __post_init__(self) -> None:
        if self.v != 1 or isinstance(self.v, bool):
            raise RecordFault("malformed", what=_WHAT, why="its version is not 1")
        canon.hexadecimal(self.office, 64, "the office of the act")
        canon.side_name(self.side, "the side of the act")
        canon.hexadecimal(self.officer, 16, "the officer of the act")
        canon.hexadecimal(self.salt, 32, "the salt of the act")
        _check_kind(self.kind)
        parse_instant(self.at, "the time of the act")
        if self.due is not None:
            parse_instant(self.due, "the due time of the act")
        if self.matter is not None:
            canon.hexadecimal(self.matter, 64, "the matter of the act")
        if self.precedence not in PRECEDENCES:
            raise RecordFault("malformed", what=_WHAT, why="there is no such precedence")
        _check_seen(self.seen)
        if len(self.re) > MAX_RE or len(set(self.re)) != len(self.re):
            raise RecordFault(
                "malformed", what=_WHAT, why=f"it refers to more than {MAX_RE} acts or twice to one"
            )
        for reference in self.re:
            canon.hexadecimal(reference, 64, "an act that the act refers to")
        digests = {item.digest for item in self.enclosures}
        if len(self.enclosures) > MAX_ENCLOSURES or len(digests) != len(self.enclosures):
            raise RecordFault(
                "malformed", what=_WHAT, why=f"it has more than {MAX_ENCLOSURES} enclosures or one twice"
            )
        if not isinstance(self.facts, Mapping):
            raise RecordFault("malformed", what=_WHAT, why="its facts are not an object")

    @property
    def right(self) -> tuple[Enclosed, ...]:
        """The enclosures that travel with the act and are covered by its receipt."""
        return tuple(item for item in self.enclosures if item.release == "right")

    @classmethod
    def parse(cls, data: bytes) -> Act:
        """The act that `data` is the document of.

        Raises RecordFault(`too-large`) above 32 KiB, else (`malformed`).
        """
        return _remembered(data) if len(data) <= _REMEMBERED else _parsed(data)

    def encode(self) -> bytes:
        """The document's bytes.

        Raises RecordFault(`too-large`) above 32 KiB, (`malformed`) for facts that are no JSON of ours.
        """
        return _encoded(
            {
                "at": self.at,
                "due": self.due,
                "enclosures": [item.to_json() for item in self.enclosures],
                "facts": dict(self.facts),
                "kind": self.kind,
                "matter": self.matter,
                "office": self.office,
                "officer": self.officer,
                "precedence": self.precedence,
                "re": list(self.re),
                "salt": self.salt,
                "seen": {side: [size, root] for side, (size, root) in self.seen.items()},
                "side": self.side,
                "v": self.v,
            }
        )


def written(value: dict[str, Any]) -> bytes:
    """The document of an act of version 1 whose fields are given as JSON has them; `matter` and `due` may be
    None, and what is empty is left out. It is read as any other is, once, and remembered.

    Raises RecordFault(`too-large`) above 32 KiB, else (`malformed`).
    """
    data = _encoded({**value, "v": 1})
    Act.parse(data)
    return data


def _encoded(value: dict[str, Any]) -> bytes:
    for name in _OPTIONAL:
        empty = not value.get(name) and name not in ("matter", "due")
        if name in value and (value[name] is None or empty):
            del value[name]
    data = canon.encode(value, what=_WHAT)
    if len(data) > MAX_DOCUMENT:
        raise RecordFault("too-large", what=_WHAT, limit=MAX_DOCUMENT)
    return data


def _parsed(data: bytes) -> Act:
    value = canon.fields(canon.decode(data, limit=MAX_DOCUMENT, what=_WHAT), _REQUIRED, _OPTIONAL, _WHAT)
    for name in ("re", "enclosures", "facts"):
        # A field that says nothing must be absent, or one meaning would have two encodings.
        if name in value and not value[name]:
            raise RecordFault("malformed", what=_WHAT, why=f"its field {name} is empty")
    if "matter" in value and value["matter"] is None:
        raise RecordFault("malformed", what=_WHAT, why="its matter is empty")
    return Act(
        v=value["v"],
        office=value["office"],
        side=value["side"],
        officer=value["officer"],
        kind=value["kind"],
        matter=value.get("matter"),
        at=value["at"],
        seen=_read_seen(value["seen"]),
        due=value.get("due"),
        precedence=value["precedence"],
        re=_read_references(value.get("re", [])),
        facts=_read_facts(value.get("facts")),
        enclosures=_read_enclosures(value.get("enclosures", [])),
        salt=value["salt"],
    )


# A document is read when it is admitted, counted, shown and sent; its bytes never change, nor does an act.
_remembered = lru_cache(maxsize=1024)(_parsed)


def _check_kind(kind: Any) -> None:
    if not isinstance(kind, str) or len(kind) > MAX_KIND or not _KIND.fullmatch(kind):
        raise RecordFault("malformed", what=_WHAT, why="its kind is not a name of a kind")


def _check_seen(seen: Mapping[str, tuple[int, str]]) -> None:
    if len(seen) > MAX_SIDES:
        raise RecordFault("malformed", what=_WHAT, why=f"it names more than {MAX_SIDES} registers")
    for side, (size, root) in seen.items():
        canon.side_name(side, "a side whose register the act has seen")
        canon.natural(size, "the size of a register that the act has seen")
        canon.hexadecimal(root, 64, "the root of a register that the act has seen")


def _read_seen(value: Any) -> dict[str, tuple[int, str]]:
    if not isinstance(value, dict):
        raise RecordFault("malformed", what=_WHAT, why="what it has seen is not an object")
    seen: dict[str, tuple[int, str]] = {}
    for side, pair in value.items():
        if not isinstance(pair, list) or len(pair) != 2:
            raise RecordFault("malformed", what=_WHAT, why="what it has seen of a side is not [size, root]")
        seen[side] = (pair[0], pair[1])
    return seen


def _read_references(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise RecordFault("malformed", what=_WHAT, why="what it refers to is not a list of act ids")
    return tuple(value)


def _read_facts(value: Any) -> Mapping[str, Any]:
    if value is None:
        return _NO_FACTS
    if not isinstance(value, dict):
        raise RecordFault("malformed", what=_WHAT, why="its facts are not an object")
    return value


def _read_enclosures(value: Any) -> tuple[Enclosed, ...]:
    if not isinstance(value, list) or len(value) > MAX_ENCLOSURES:
        raise RecordFault(
            "malformed", what=_WHAT, why=f"its enclosures are not a list of at most {MAX_ENCLOSURES}"
        )
    return tuple(Enclosed.from_json(item) for item in value)
