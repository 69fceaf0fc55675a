"""The cast of the replay: who signs for which side, under which function, from when.

Persons are those whom the history names; liaison and duty officers have no name there and get none. Every
key can be derived by anyone from public words.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from yeollak.demo.history import LANGUAGES, SIDES, history
from yeollak.record.keys import SigningKey
from yeollak.words import term

#: Demonstration keys are no secret: everyone's are derived from these words.
WORDS: Final = "yeollak/demonstration/1"

Words = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Member:
    """One officer of the cast: function, title, and the name where the history has one."""

    side: str
    role: str
    function: str
    title: Words
    name: Words | None = None

    @property
    def key(self) -> SigningKey:
        """His signing key."""
        return SigningKey(entropy(self.side)(f"officer/{self.role}"))


def entropy(side: str) -> Callable[[str], bytes]:
    """32 bytes for each label, the same for whoever knows the words."""
    return lambda label: hashlib.sha256(f"{WORDS}/{side}/{label}".encode()).digest()


@lru_cache(maxsize=1)
def members() -> dict[str, dict[str, Member]]:
    """Everybody, by side and role. `co-head-2` is the head who came later."""
    return {side: {member.role: member for member in _of(side)} for side in SIDES}


def _of(side: str) -> list[Member]:
    known: Mapping[str, Any] = history()["office"]["side"][side]
    deputy = known["resident_deputies"][0]
    found = [
        Member(side, "co-head", "co-head", known["co_head"]["post"], known["co_head"]["name"]),
        Member(side, "deputy-head", "deputy-head", deputy["post"], deputy["name"]),
        Member(side, "liaison", "liaison", _titled("liaison-officer")),
        Member(side, "duty", "duty", _titled("duty-officer")),
    ]
    if "later_co_head" in known:
        later = known["later_co_head"]
        found.append(Member(side, "co-head-2", "co-head", later["post"], later["name"]))
    return found


def _titled(term_id: str) -> Words:
    return {language: term(term_id, language) for language in LANGUAGES}


def seat_of(name: str) -> str | None:
    """`SIDE.FUNCTION` of a person whom the history names, or None for everybody else."""
    for side, cast in members().items():
        for member in cast.values():
            if member.name is not None and member.name["en"] == name:
                return f"{side}.{member.function}"
    return None
