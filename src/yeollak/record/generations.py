"""Generations of a side's keys, as the acts of its own register bring them.

The charter gives generation 0 of the register, receipt and seal keys, and every allowed `key.replace` the
next one of its role. Whether such an act is allowed, and for which positions its keys are good, is the
office's to say: nothing is folded here, and what the bytes alone tell (`replacements`) is only what entries
that nobody can judge yet may bring. Source: docs/spec/09-keys-and-cards.md.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from yeollak.errors import RecordFault
from yeollak.record import keys, statement
from yeollak.record.checkpoint import Checkpoint, origin_of, read_checkpoint
from yeollak.record.cosign import receipt_name, verify_known
from yeollak.record.document import Act
from yeollak.record.note import COSIGNATURE, ED25519, MLDSA44, VerifierKey
from yeollak.record.statement import Statement

#: The roles that `key.replace` knows.
ROLES: Final = ("register", "receipt", "seal")
#: Roles with a second, post-quantum key beside the first.
PAIRED: Final = frozenset({"register", "receipt"})
#: How many generations of one role count: quarterly for sixteen years. Later ones bring nothing.
MAX_GENERATIONS: Final = 64
REPLACE: Final = "key.replace"
ROTATE: Final = "key.rotate"
_HEX: Final = re.compile(r"(?:[0-9a-f]{2})+")
#: The two keys of one generation: of a register 01 and 06, of receipts 04 and 06.
Pair = tuple[VerifierKey, VerifierKey]


@dataclass(frozen=True, slots=True)
class Generation:
    """One generation of a side's keys in one role.

    number   0 for the charter's, then counted in the order of the side's register
    since    the position of the act that brings it, -1 for the charter
    key      the raw public key; `key_pq` the raw ML-DSA-44 key, empty for a seal key
    """

    number: int
    since: int
    key: bytes
    key_pq: bytes = b""


@dataclass(frozen=True, slots=True)
class Replacement:
    """What one `key.replace` says, its form checked: at `index` of the side's register."""

    index: int
    role: str
    key: bytes
    key_pq: bytes


def first(role: str, given: Mapping[str, bytes]) -> Generation:
    """Generation 0 of a role: what the charter gives a side."""
    return Generation(0, -1, given[role], given[f"{role}_pq"] if role in PAIRED else b"")


def succeed(
    start: Generation, role: str, taken: Iterable[bytes], acts: Iterable[Replacement]
) -> tuple[Generation, ...]:
    """The generations of one role: `start`, and what the acts bring, in their order.

    An act that brings a key again, or one that `taken` (the charter's keys, of all sides) holds, brings
    nothing: two generations never share a key.
    """
    found, used = [start], {*taken, start.key, start.key_pq}
    for act in acts:
        brought = {act.key, act.key_pq} - {b""}
        if act.role == role and not brought & used and len(found) < MAX_GENERATIONS:
            found.append(Generation(len(found), act.index, act.key, act.key_pq))
            used |= brought
    return tuple(found)


def replacement(index: int, facts: Mapping[str, object]) -> Replacement | None:
    """What the facts of a `key.replace` bring; None for what is no key that a side could honestly hold."""
    role, key, further = facts.get("role"), _raw(facts.get("key")), _raw(facts.get("key_pq", ""))
    if not isinstance(role, str) or role not in ROLES or key is None or further is None:
        return None
    if (role in PAIRED) != bool(further):
        return None
    return Replacement(index, role, key, further) if _sound(role, key, further) else None


@lru_cache(maxsize=256)
def _sound(role: str, key: bytes, further: bytes) -> bool:
    """Whether these are keys that a side could honestly hold; asked of the same ones at every parcel."""
    try:
        keys.check_key(role, key)
        if further:
            keys.check_mldsa44(further)
    except RecordFault:
        return False
    return True


@lru_cache(maxsize=64)
def key_matter(office: str, side: str) -> str:
    """The id of the matter in which a side replaces its own keys (docs/spec/12-charter.md)."""
    parts = b"yeollak/matter/1\x00" + office.encode() + b"charter\x00keys/" + side.encode()
    return hashlib.sha256(parts).hexdigest()


def names_keys(office: str, side: str, raw: bytes) -> bool:
    """Whether a statement may be of an act by which a side replaces its keys; cheap, and never wrong with no:
    the header names the matter in the clear.
    """
    return b"matter/" + key_matter(office, side).encode() in raw


def replacements(
    office: str,
    side: str,
    authority: bytes,
    enrolled: str,
    entries: Iterable[tuple[int, bytes]],
    document: Callable[[int, str], bytes | None],
) -> Iterator[Replacement]:
    """What acts of a side's authority that cannot be judged yet may bring, from positions and statements of
    its register.

    `authority` is the raw key posted where they begin, `enrolled` the SHA-256 (hex) of the one that alone may
    replace it; `document` gives the bytes of an act's document by position and id.
    """
    uncounted = Uncounted(office, side, authority, enrolled)
    for index, raw in entries:
        found = uncounted.take(index, raw, document)
        if found is not None:
            yield found


class Uncounted:
    """What `replacements` goes on from: whoever has read some entries need not read them again.

    Since nobody can say yet whether a rotation among them is allowed, the keys before and after it are both
    taken for the authority's. What is not in due form, or signed by none of these, is passed over: it is void
    however it is judged.
    """

    def __init__(self, office: str, side: str, authority: bytes, enrolled: str) -> None:
        self._office, self._side = office, side
        self._authorities, self._following = {keys.kid(authority): authority}, {enrolled}

    def copy(self) -> Uncounted:
        """Another that goes on by itself."""
        made = copy(self)
        made._authorities, made._following = dict(self._authorities), set(self._following)
        return made

    def take(
        self, index: int, raw: bytes, document: Callable[[int, str], bytes | None]
    ) -> Replacement | None:
        """What the next entry may bring; for `index`, `raw` and `document` see `replacements`."""
        # Nothing else of a long register is read.
        if not names_keys(self._office, self._side, raw):
            return None
        act, stated = _read(self._office, self._side, index, raw, document)
        if act is None or stated is None:
            return None
        if act.kind == ROTATE:
            new, after = _raw(act.facts.get("key")), act.facts.get("next")
            known = new is not None and hashlib.sha256(new).hexdigest() in self._following
            if new is not None and known and isinstance(after, str) and _signed(act, stated, new):
                self._authorities[keys.kid(new)] = new
                self._following.add(after)
        elif act.kind == REPLACE and act.officer in self._authorities:
            found = replacement(index, act.facts)
            if found is not None and _signed(act, stated, self._authorities[act.officer]):
                return found
        return None


@lru_cache(maxsize=512)
def register_pair(office: str, side: str, generation: Generation) -> Pair:
    """The two keys, types 01 and 06, of one generation of a register."""
    name = origin_of(side, office)
    return VerifierKey(name, ED25519, generation.key), VerifierKey(name, MLDSA44, generation.key_pq)


@lru_cache(maxsize=512)
def receipt_pair(office: str, side: str, generation: Generation) -> Pair:
    """The two keys, types 04 and 06, of one generation of a side's receipts."""
    name = receipt_name(origin_of(side, office))
    return VerifierKey(name, COSIGNATURE, generation.key), VerifierKey(name, MLDSA44, generation.key_pq)


def open_by_one(
    data: bytes,
    pairs: Sequence[Pair],
    known: Iterable[VerifierKey] = (),
    *,
    origin: str,
    what: str = "the checkpoint",
) -> tuple[Checkpoint, tuple[Pair, ...], dict[VerifierKey, int]]:
    """The checkpoint in `data` that at least one generation of its register has signed with both keys.

    Returns it with the generations that have, and the keys of `pairs` and `known` that have signed, each with
    the POSIX second that it states. Lines of all these must verify where they stand; others are passed over.
    Raises RecordFault(`malformed`, `origin-mismatch`, `signature-missing`, `signature-wrong`).
    """
    checkpoint, note = read_checkpoint(data, what)
    if checkpoint.origin != origin:
        raise RecordFault("origin-mismatch", what=what, found=checkpoint.origin[:160], expected=origin)
    signed = verify_known(checkpoint, note, [*(key for pair in pairs for key in pair), *known], what)
    by = tuple(pair for pair in pairs if signed.keys() >= set(pair))
    if not by:
        raise RecordFault("signature-missing", what=what, key=origin, file=what)
    return checkpoint, by, signed


def _read(
    office: str, side: str, index: int, raw: bytes, document: Callable[[int, str], bytes | None]
) -> tuple[Act | None, Statement | None]:
    try:
        stated = statement.parse(raw)
        data = document(index, stated.act_id)
        if data is None or hashlib.sha256(data).digest() != stated.payload:
            return None, None
        act = Act.parse(data)
    except RecordFault:
        return None, None
    ours = (act.office, act.side, stated.iss) == (office, side, origin_of(side, office))
    return (act, stated) if ours and stated.kid == act.officer else (None, None)


def _signed(act: Act, stated: Statement, key: bytes) -> bool:
    if act.officer != keys.kid(key):
        return False
    try:
        statement.verify(stated, key)
    except RecordFault:
        return False
    return True


def _raw(value: object) -> bytes | None:
    if value == "":
        return b""
    return bytes.fromhex(value) if isinstance(value, str) and _HEX.fullmatch(value) else None
