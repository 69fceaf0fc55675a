"""What the node itself has raised and nobody has cleared: evidence against a register, and faults of its own.

The codes are those of `storage.writer` and of faults; docs/operator/line.md says what an operator does.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any, Final

from yeollak.desk.staff.bridge import hour
from yeollak.desk.staff.refusals import worded
from yeollak.errors import CODES, Fault, OurFault
from yeollak.storage.models import Alarm
from yeollak.words import clean, say
from yeollak.words.naming import Reader

#: What proves that a side has said two things, or that our own register has: it stands before all else.
EVIDENCE: Final = frozenset({"two-views", "forked-register"})
_LONGEST: Final = 100


@dataclass(frozen=True, slots=True)
class NodeAlarm:
    """One alarm: its code, what happened and what to do in words, and since when it stands."""

    code: str
    happened: str
    then: str
    since: str
    evidence: bool


def shown(rows: Sequence[Alarm], reader: Reader, now: datetime, zone: tzinfo) -> tuple[NodeAlarm, ...]:
    """Alarms in words, evidence first."""
    found = [_one(row, reader, now, zone) for row in rows]
    return tuple(sorted(found, key=lambda one: not one.evidence))


def _one(row: Alarm, reader: Reader, now: datetime, zone: tzinfo) -> NodeAlarm:
    data: Mapping[str, Any] = json.loads(row.data)
    side = reader.name(str(data.get("side", "")))
    return NodeAlarm(
        clean(row.code, longest=_LONGEST),
        *_words(reader, row.code, side, data),
        hour(row.at, now, zone, reader.lang),
        row.code in EVIDENCE,
    )


def _words(reader: Reader, code: str, side: str, data: Mapping[str, Any]) -> tuple[str, str]:
    lang = reader.lang
    if code.startswith("refused-"):
        return (
            say(lang, "A side sent what may not be sent; it was refused and is not held."),
            say(lang, "Tell the other side the code: its register waits there."),
        )
    match code:
        case "two-views":
            return (
                say(lang, "{side} has signed two views of one register.", side=side),
                say(
                    lang,
                    "Both are kept as evidence. Read them before anything else is signed, and export them.",
                ),
            )
        case "forked-register":
            return (
                say(lang, "Another side holds another course of our own register."),
                say(lang, "Nothing more is appended. Keep both as evidence, and call the operator."),
            )
        case "views-differ":
            return (
                say(lang, "{side} has folded the same acts to another state than this node.", side=side),
                say(lang, "One of two programs is wrong. Verify the record and call the operator."),
            )
        case "receipts-disowned":
            return (
                say(
                    lang,
                    "{side} has retired the keys of a receipt, and owns to fewer entries than it had "
                    "receipted: {owned} of {size}.",
                    side=side,
                    owned=data.get("owned", 0),
                    size=data.get("size", 0),
                ),
                say(
                    lang,
                    "The receipt counts all the same. Ask that side: its old keys may be in other hands, or "
                    "it takes back its word.",
                ),
            )
        case "digest-mismatch":
            return (
                say(lang, "What {side} sent for a large enclosure is another file.", side=side),
                say(
                    lang,
                    "It was dropped, and is asked for again. If it goes on, ask {side} what it holds.",
                    side=side,
                ),
            )
        case "risk-accepted":
            return (
                say(lang, "The node was started without knowing what had left of our register."),
                say(lang, "Compare our register with what the other sides hold before anything is signed."),
            )
        case _ if code in CODES:
            with suppress(Fault, KeyError):
                told = worded(OurFault(code, **data), lang, reader.names)
                return told.sentence, told.next_step
    return (
        say(lang, "The node met a fault of its own."),
        say(lang, "Tell the operator the code and the time."),
    )
