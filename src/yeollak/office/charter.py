"""The charter: the founding instrument of an office, and what everything else reads from it.

The charter is an instrument, not an act: deterministic JSON with raw public keys by role and a nonce from
each side, and nothing derived from itself, so that the SHA-256 of its bytes can name the office (design
§3, Founding). This module builds, parses and refuses charters. It does not know how a charter travels or
who has signed it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from yeollak.errors import RecordFault, TheirFault
from yeollak.office.periods import check_terms
from yeollak.procedures.catalogue import rules_version
from yeollak.record import canon
from yeollak.record.card import Card, check_names
from yeollak.record.checkpoint import origin_of
from yeollak.record.keys import KEY_ROLES, check_key
from yeollak.record.note import VerifierKey

#: A charter with two parties is some 20 KB: most of it is post-quantum and seal keys.
MAX_CHARTER = 256 * 1024
#: What the charter may leave unsaid.
DEFAULT_TERMS: Mapping[str, Any] = MappingProxyType(
    {
        "as_of_right": ["disease", "flood", "life", "military-incident", "rescue"],
        "deadline": {"default_hours": 48, "most_hours": 24 * 366},
        "quota": {"bytes": 64 * 1024 * 1024, "statements": 2000},
        "seen_seconds": 30,
    }
)
#: The terms that a rule counts with, each with its least and its most: a hundred years, a day, 2^53-1.
_NUMBERS = (
    ("deadline.default_hours", 1, 24 * 36525),
    ("deadline.most_hours", 1, 24 * 36525),
    ("quota.bytes", 1, canon.MAX_INTEGER),
    ("quota.statements", 1, canon.MAX_INTEGER),
    ("seen_seconds", 1, 86400),
)
#: Names that stand beside the parties' own in an export (docs/spec/10-export.md).
_TAKEN = frozenset({"blobs", "charter", "keys", "manifest", "policy", "receipts"})
#: The terms that are lists of names: a guard looks names up in them, or, for `four_eyes`, a desk does.
_LISTS = ("agrement", "as_of_right", "four_eyes")


@dataclass(frozen=True, slots=True)
class Party:
    """One party as the charter names it. `keys` are raw public keys by role, `names` and `short` by
    language.
    """

    side: str
    names: Mapping[str, str]
    short: Mapping[str, str]
    keys: Mapping[str, bytes]
    nonce: str
    time_zone: str


@dataclass(frozen=True, slots=True)
class Predecessor:
    """The office that this one takes the place of: its id, and where each register of it ended, as {side:
    (size, root)}.
    """

    office: str
    registers: Mapping[str, tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Charter:
    """A charter that has been parsed and found whole. `raw` are its exact bytes; `office` is their SHA-256
    in hex.
    """

    raw: bytes
    office: str
    parties: tuple[Party, ...]
    about: Mapping[str, Any]
    terms: Mapping[str, Any]
    rules: str
    demonstration: bool
    predecessor: Predecessor | None
    places: Mapping[str, int] = field(repr=False)

    @classmethod
    def parse(cls, data: bytes) -> Charter:
        """Read a charter's exact bytes.

        Raises RecordFault(`malformed`) when they are not the deterministic JSON of a charter, or a key is
        one that no side could honestly hold.
        """
        value = canon.decode(data, limit=MAX_CHARTER)
        try:
            return cls._from(data, value)
        except (KeyError, TypeError, ValueError, AttributeError) as problem:
            raise RecordFault(
                "malformed", what="the charter", why=f"{type(problem).__name__}: {problem}"
            ) from None

    @classmethod
    def _from(cls, data: bytes, value: Any) -> Charter:
        known = {"v", "office", "parties", "terms", "rules", "demonstration", "predecessor"}
        if not isinstance(value, dict) or value.get("v") != 1 or not set(value) <= known:
            raise ValueError("not a charter of version 1")
        parties = tuple(_party(item) for item in value["parties"])
        sides = [party.side for party in parties]
        if not 2 <= len(parties) <= 16 or len(set(sides)) != len(sides):
            raise ValueError("a charter has 2 to 16 different parties")
        if not _TAKEN.isdisjoint(sides):
            raise ValueError("a party is named like a part of an export")
        raw_keys = [raw for party in parties for raw in party.keys.values()]
        if len(set(raw_keys)) != len(raw_keys):
            raise ValueError("two keys of the charter are the same")
        if not isinstance(value["office"]["name"], dict) or not value["office"]["name"]:
            raise ValueError("the office has no name")
        terms = _terms(value["terms"])
        _check_named(terms, sides)
        return cls(
            raw=data,
            office=hashlib.sha256(data).hexdigest(),
            parties=parties,
            about=MappingProxyType(value["office"]),
            terms=MappingProxyType(terms),
            rules=canon.hexadecimal(value["rules"], 64, "the rules version of the charter"),
            demonstration=value.get("demonstration") is True,
            predecessor=_predecessor(value["predecessor"]) if "predecessor" in value else None,
            places=MappingProxyType({side: place for place, side in enumerate(sides)}),
        )

    @property
    def sides(self) -> tuple[str, ...]:
        """The parties' names in the charter's order, which is their place in every ordering rule."""
        return tuple(self.places)

    def party(self, side: str) -> Party:
        """The party named `side`. Raises TheirFault(`no-such-side`)."""
        if side not in self.places:
            raise TheirFault("no-such-side", side=side[:64])
        return self.parties[self.places[side]]

    def origin(self, side: str) -> str:
        """The origin of a side's register: `<side>/<office id>`."""
        return origin_of(side, self.office)

    def register_keys(self, side: str) -> tuple[VerifierKey, VerifierKey]:
        """The two keys (types 01 and 06) that sign the checkpoints of a side's register."""
        keys, name = self.party(side).keys, self.origin(side)
        return VerifierKey.make(name, 0x01, keys["register"]), VerifierKey.make(
            name, 0x06, keys["register_pq"]
        )

    def receipt_keys(self, side: str) -> tuple[VerifierKey, VerifierKey]:
        """The two keys (types 04 and 06) with which a side cosigns the others' registers."""
        keys, name = self.party(side).keys, self.origin(side) + "/receipt"
        return VerifierKey.make(name, 0x04, keys["receipt"]), VerifierKey.make(name, 0x06, keys["receipt_pq"])

    def amended(self, changes: Mapping[str, Any], before: Mapping[str, Any]) -> Mapping[str, Any]:
        """The terms that an amendment makes of those before it: each that it names, as a whole.

        Raises ValueError, KeyError, TypeError, AttributeError or RecordFault when the charter may not have
        such terms.
        """
        terms = _terms({**before, **changes})
        _check_named(terms, self.sides)
        return MappingProxyType(terms)

    def check_rules(self) -> None:
        """Raise TheirFault(`rules-version`) when this software does not carry the tables that the charter
        names.
        """
        if self.rules != rules_version():
            raise TheirFault("rules-version", named=self.rules[:16], held=rules_version()[:16])


def draft(
    cards: Sequence[Card],
    about: Mapping[str, Any],
    terms: Mapping[str, Any],
    *,
    demonstration: bool = False,
    predecessor: Predecessor | None = None,
) -> bytes:
    """The bytes of a charter over the sides' cards, in the order of the cards. They are what every party
    signs.
    """
    parties = [
        {
            "keys": {role: raw.hex() for role, raw in sorted(card.keys.items())},
            "names": dict(card.names),
            "nonce": card.nonce,
            "short": dict(card.short),
            "side": card.side,
            "time_zone": card.time_zone,
        }
        for card in cards
    ]
    value: dict[str, Any] = {
        "office": dict(about),
        "parties": parties,
        "rules": rules_version(),
        "terms": {**DEFAULT_TERMS, **terms},
        "v": 1,
    }
    if demonstration:
        value["demonstration"] = True
    if predecessor is not None:
        value["predecessor"] = {
            "office": predecessor.office,
            "registers": {side: list(end) for side, end in predecessor.registers.items()},
        }
    return canon.encode(value)


def _terms(given: Mapping[str, Any]) -> dict[str, Any]:
    """The terms with what they leave unsaid, checked as far as a rule rests on them: a number that no rule
    can work with would stop every node for good once the charter is signed.
    """
    terms = {**DEFAULT_TERMS, **given}
    for name, least, most in _NUMBERS:
        group, _, key = name.partition(".")
        value = terms[group][key] if key else terms[group]
        if type(value) is not int or not least <= value <= most:
            raise ValueError(f"{name} is not a number from {least} to {most}")
    if terms["deadline"]["default_hours"] > terms["deadline"]["most_hours"]:
        raise ValueError("the deadline by default is longer than the longest")
    for name in _LISTS:
        listed = terms.get(name, [])
        if not isinstance(listed, list) or not all(isinstance(item, str) for item in listed):
            raise ValueError(f"{name} is not a list of names")
    for form, digest in terms.get("forms", {}).items():
        canon.hexadecimal(digest, 64, f"the digest of the form {form[:64]}")
    for name in ("guarantors", "observers"):
        holders = terms.get(name, {})
        if not isinstance(holders, dict) or not all(_holder(side, one) for side, one in holders.items()):
            raise ValueError(f"{name} are not sides with names and keys")
    escrow = terms.get("escrow", "")
    if escrow and "seal" not in terms.get("guarantors", {}).get(escrow, {}).get("keys", {}):
        raise ValueError("the escrow is no guarantor with a seal key")
    if terms.get("agrement_silence", "refusal") not in ("consent", "refusal"):
        raise ValueError("silence on a nomination is neither consent nor refusal")
    return terms


def _check_named(terms: Mapping[str, Any], sides: Sequence[str]) -> None:
    """No guarantor or observer may be named like a party or like a part of an export, nor like the other;
    and holidays are those of parties.
    """
    check_terms(terms, sides)
    named = [*terms.get("guarantors", {}), *terms.get("observers", {})]
    if len({*named, *sides} | _TAKEN) != len(named) + len(sides) + len(_TAKEN):
        raise ValueError("a guarantor or observer is named like another")


def _holder(side: str, holder: Any) -> bool:
    """Whether a guarantor or observer is one: named like a side, with names and the raw keys of its
    receipts and its seal, as far as it has them.
    """
    canon.side_name(side)
    check_names(holder["names"], "the names of a guarantor")
    keys = {role: bytes.fromhex(text) for role, text in holder.get("keys", {}).items()}
    for role, raw in keys.items():
        check_key(role, raw)
    return set(holder) <= {"names", "keys"} and set(keys) <= {"receipt", "receipt_pq", "seal"}


def _predecessor(item: Mapping[str, Any]) -> Predecessor:
    if set(item) != {"office", "registers"} or not 2 <= len(item["registers"]) <= 16:
        raise ValueError("the predecessor is no office with its registers")
    registers: dict[str, tuple[int, str]] = {}
    for side, (size, root) in item["registers"].items():
        if type(size) is not int or not 0 <= size <= canon.MAX_INTEGER:
            raise ValueError("a register of the predecessor has no size")
        registers[canon.side_name(side)] = (size, canon.hexadecimal(root, 64, "the root of a register"))
    office = canon.hexadecimal(item["office"], 64, "the office that this one follows")
    return Predecessor(office, MappingProxyType(registers))


def _party(item: Mapping[str, Any]) -> Party:
    if set(item) != {"keys", "names", "nonce", "short", "side", "time_zone"}:
        raise ValueError("a party has other fields than it may have")
    keys = {role: bytes.fromhex(text) for role, text in item["keys"].items()}
    if set(keys) != set(KEY_ROLES):
        raise ValueError("a party has other keys than it must have")
    for role, raw in keys.items():
        check_key(role, raw)
    canon.hexadecimal(item["nonce"], 64, "the nonce of a party")
    check_names(item["names"], "the names of a party")
    if item["short"]:
        check_names(item["short"], "the short names of a party")
    return Party(
        side=canon.side_name(item["side"]),
        names=MappingProxyType(dict(item["names"])),
        short=MappingProxyType(dict(item["short"])),
        keys=MappingProxyType(keys),
        nonce=item["nonce"],
        time_zone=item["time_zone"],
    )
