"""Which alarms the faults of a test may raise: by their code, and by the reason that they give."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from typing import Final, Protocol

#: What is named as the reason where a database is away or its disk is full: our own codes, and what Django
#: raises. A flaw of ours is another one, such as an AttributeError.
AWAY: Final = frozenset({"store-failed", "disk-full", "OperationalError", "InterfaceError"})
#: Alarms that are raised whatever went wrong, and so say nothing unless the reason is looked at.
UNFORESEEN: Final = ("node-loop", "line-server", "alarm-loop", "fold-failed")


class Alarm(Protocol):
    """What is looked at of an alarm of the store; `data` is JSON."""

    code: str
    data: str


def strange(
    alarms: Iterable[Alarm], codes: Collection[str], reasons: Mapping[str, Collection[str]]
) -> list[str]:
    """The alarms that no fault of a test explains, each with all that it says: those that are none of
    `codes`, and for no reason that `reasons` has for their code.
    """
    return [
        _all(one) for one in alarms if one.code not in codes and _reason(one) not in reasons.get(one.code, ())
    ]


def unforeseen(alarms: Iterable[Alarm], reasons: Collection[str]) -> list[str]:
    """The alarms that tell of what nobody foresaw, each with all that it says, but for these reasons."""
    return [_all(one) for one in alarms if one.code in UNFORESEEN and _reason(one) not in reasons]


def _reason(alarm: Alarm) -> str:
    return str(json.loads(alarm.data).get("why"))


def _all(alarm: Alarm) -> str:
    return f"{alarm.code} {alarm.data}"
