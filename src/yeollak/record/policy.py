"""Trust policies: which registers an auditor accepts, and whose receipts a checkpoint must carry.

The text is C2SP's tlog-policy, so that tools written by others can be given the same file. A policy is as
good as the way it came: one that is read from an export only shows what the exporter would have you trust.
Source: C2SP tlog-policy, commit 5ba5ee8.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from yeollak.errors import RecordFault
from yeollak.record.checkpoint import Checkpoint, read_checkpoint
from yeollak.record.cosign import verify_known
from yeollak.record.note import COSIGNATURE, ED25519, MLDSA44, VerifierKey

MAX_POLICY: Final = 4 * 1024 * 1024
NONE: Final = "none"
_WHAT: Final = "the policy"
_LOG_TYPES: Final = frozenset({ED25519, MLDSA44})
_WITNESS_TYPES: Final = frozenset({COSIGNATURE, MLDSA44})
_SPACES: Final = re.compile(r"[ \t]+")


@dataclass(frozen=True, slots=True)
class Group:
    """`threshold` of `members`, each the name of a witness or of an earlier group."""

    threshold: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """Keys of logs, keys of witnesses by name, groups by name, and the name that makes a quorum (`none`:
    nobody must).
    """

    logs: tuple[VerifierKey, ...] = ()
    witnesses: Mapping[str, VerifierKey] = field(default_factory=dict)
    groups: Mapping[str, Group] = field(default_factory=dict)
    quorum: str = NONE

    def __post_init__(self) -> None:
        raws = [key.raw for key in self.logs], [key.raw for key in self.witnesses.values()]
        if any(len(set(raw)) != len(raw) for raw in raws):
            raise _malformed("a key stands in it twice")
        if any(key.type not in _LOG_TYPES for key in self.logs):
            raise _malformed("a log's key does not sign checkpoints")
        if any(key.type not in _WITNESS_TYPES for key in self.witnesses.values()):
            raise _malformed("a witness's key does not cosign")
        known = set(self.witnesses)
        for name, group in self.groups.items():
            # Only what stands above may be named: a group cannot contain itself, at any distance.
            if name in known or not set(group.members) <= known:
                raise _malformed(f"the group {name[:40]} is named twice or has an unknown member")
            if not 1 <= group.threshold <= len(group.members) or len(set(group.members)) != len(
                group.members
            ):
                raise _malformed(f"the group {name[:40]} has an impossible threshold")
            known.add(name)
        if NONE in known or (self.quorum != NONE and self.quorum not in known):
            raise _malformed("its quorum is not the name of a witness or a group")

    @classmethod
    def parse(cls, data: bytes) -> Policy:
        """The policy in `data`. Raises RecordFault(`too-large`, `malformed`, `key-refused`)."""
        if len(data) > MAX_POLICY:
            raise RecordFault("too-large", what=_WHAT, limit=MAX_POLICY)
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            raise _malformed("it is not UTF-8") from None
        if text and not text.endswith("\n"):
            raise _malformed("its last line does not end")
        logs: list[VerifierKey] = []
        witnesses: dict[str, VerifierKey] = {}
        groups: dict[str, Group] = {}
        quorum: list[str] = []
        for line in text.split("\n"):
            words = [word for word in _SPACES.split(line) if word]
            if not words or words[0].startswith("#"):
                continue
            match words:
                case ["log", vkey] | ["log", vkey, _]:
                    logs.append(VerifierKey.parse(vkey))
                case ["witness", name, vkey] | ["witness", name, vkey, _] if (
                    name not in witnesses.keys() | groups.keys()
                ):
                    witnesses[name] = VerifierKey.parse(vkey)
                case ["group", name, threshold, *members] if name not in groups and members:
                    if not set(members) <= witnesses.keys() | groups.keys():
                        raise _malformed(f"the group {name[:40]} names what does not stand above it")
                    groups[name] = Group(_threshold(threshold, len(members)), tuple(members))
                case ["quorum", name] if name == NONE or name in witnesses or name in groups:
                    quorum.append(name)
                case _:
                    raise _malformed(f"it has the line {line[:60]!a}")
        if len(quorum) != 1:
            raise _malformed("it does not have exactly one quorum")
        return cls(tuple(logs), witnesses, groups, quorum[0])

    def format(self) -> bytes:
        """The policy's text, without addresses."""
        lines = [f"log {key.format()}" for key in self.logs]
        lines += [f"witness {name} {key.format()}" for name, key in self.witnesses.items()]
        for name, group in self.groups.items():
            threshold = "all" if group.threshold == len(group.members) else str(group.threshold)
            lines.append(f"group {name} {threshold} {' '.join(group.members)}")
        lines.append(f"quorum {self.quorum}")
        return "\n".join(lines).encode() + b"\n"

    def check(self, data: bytes, what: str = "the checkpoint") -> Checkpoint:
        """The checkpoint in `data` when a listed log has signed it and its receipts make the quorum.

        The keys of one generation of that log must all have signed: the nth of each type that is listed for
        it. Which generation is due at which size no policy can say. Raises RecordFault(`malformed`,
        `signature-missing`, `signature-wrong`, `quorum-missing`).
        """
        checkpoint, note = read_checkpoint(data, what)
        logs = [key for key in self.logs if key.name == checkpoint.origin]
        signed = verify_known(checkpoint, note, [*logs, *self.witnesses.values()], what)
        if not any(signed.keys() >= set(generation) for generation in _generations(logs)):
            raise RecordFault("signature-missing", what=what, key=checkpoint.origin)
        if not self._holds(self.quorum, {name for name, key in self.witnesses.items() if key in signed}):
            raise RecordFault("quorum-missing", what=what, why=f"{self.quorum} is not complete")
        return checkpoint

    def _holds(self, name: str, signed: set[str]) -> bool:
        if name == NONE:
            return True
        # Groups stand in the order of their definition, so one pass decides them all.
        holding = set(signed)
        for group_name, group in self.groups.items():
            if sum(member in holding for member in group.members) >= group.threshold:
                holding.add(group_name)
        return name in holding


def policy_of(
    register_keys: Mapping[str, tuple[VerifierKey, ...]], receipt_keys: Mapping[str, tuple[VerifierKey, ...]]
) -> Policy:
    """The policy of an office: every party's register, receipted (04 and 06) by all parties but the
    register's own.

    tlog-policy has one quorum for all logs, and no party receipts its own register, so "all but one" says
    exactly that. A side's keys stand in pairs, a generation each, in their order; any whole pair of receipt
    keys makes a party. A key that another side has claimed already is left out: no policy has one twice.
    """
    witnesses: dict[str, VerifierKey] = {}
    groups: dict[str, Group] = {}
    parties = [f"party/{side}" for side in receipt_keys]
    for side, keys in _each_once(receipt_keys).items():
        made = []
        for number, pair in enumerate(_pairs(keys)):
            part = f"/{number}" if number else ""
            names = [f"receipt/{side}{part}/{key.type:02x}" for key in pair]
            witnesses.update(zip(names, pair, strict=True))
            made.append((f"party/{side}/{number}", Group(len(names), tuple(names))))
        if len(made) == 1:
            groups[f"party/{side}"] = made[0][1]
        else:
            groups.update(made)
            groups[f"party/{side}"] = Group(1, tuple(name for name, _ in made))
    logs = tuple(key for keys in _each_once(register_keys).values() for key in keys)
    groups["others"] = Group(len(parties) - 1, tuple(parties))
    return Policy(logs, witnesses, groups, "others")


def _pairs(keys: Sequence[VerifierKey]) -> list[tuple[VerifierKey, ...]]:
    """The generations of a side's keys, which stand one after the other, two keys each."""
    return [tuple(keys[at : at + 2]) for at in range(0, len(keys), 2)]


def _each_once(given: Mapping[str, tuple[VerifierKey, ...]]) -> dict[str, tuple[VerifierKey, ...]]:
    """The keys by side without the generations that hold a key which stands above already."""
    seen: set[bytes] = set()
    found: dict[str, tuple[VerifierKey, ...]] = {}
    for side, keys in given.items():
        kept: list[VerifierKey] = []
        for pair in _pairs(keys):
            if seen.isdisjoint(key.raw for key in pair):
                kept.extend(pair)
                seen.update(key.raw for key in pair)
        found[side] = tuple(kept)
    return found


def _generations(keys: Sequence[VerifierKey]) -> list[list[VerifierKey]]:
    """The nth keys of each type together, for every n that occurs; none for no keys."""
    by_type: dict[int, list[VerifierKey]] = {}
    for key in keys:
        by_type.setdefault(key.type, []).append(key)
    return [list(nth) for nth in zip(*by_type.values(), strict=False)] if by_type else []


def _threshold(text: str, members: int) -> int:
    if text == "any":
        return 1
    if text == "all":
        return members
    if not re.fullmatch(r"[1-9][0-9]{0,4}", text):
        raise _malformed("a threshold is not all, any or a number")
    return int(text)


def _malformed(why: str) -> RecordFault:
    return RecordFault("malformed", what=_WHAT, why=why)
