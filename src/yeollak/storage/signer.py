"""The keys with which a side signs its own register's checkpoints and the manifests of its exports, of every
generation that it has had.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from yeollak.errors import OurFault
from yeollak.record import checkpoint
from yeollak.record.checkpoint import Checkpoint
from yeollak.record.generations import Generation
from yeollak.record.keys import PostQuantumKey, SigningKey
from yeollak.record.note import Note


@dataclass(frozen=True, slots=True)
class KeyPair:
    """An Ed25519 and an ML-DSA-44 key of one generation, unlocked."""

    key: SigningKey = field(repr=False)
    key_pq: PostQuantumKey = field(repr=False)

    def is_of(self, generation: Generation) -> bool:
        """Whether it is the pair of which the record has the public keys."""
        return (self.key.public, self.key_pq.public) == (generation.key, generation.key_pq)


@dataclass(frozen=True, slots=True)
class RegisterSigner:
    """`key` and `key_pq` of one side's register in one office, as its charter has them, and the `later`
    generations that are kept here, oldest first.
    """

    key: SigningKey = field(repr=False)
    key_pq: PostQuantumKey = field(repr=False)
    later: tuple[KeyPair, ...] = field(default=(), repr=False)

    @property
    def pairs(self) -> tuple[KeyPair, ...]:
        """Every generation that is kept here, oldest first."""
        return KeyPair(self.key, self.key_pq), *self.later

    @property
    def newest_first(self) -> list[SigningKey]:
        """The Ed25519 keys, as they sign what is read by whoever knows one of them."""
        return [pair.key for pair in reversed(self.pairs)]

    def sign(self, head: Checkpoint, generations: Iterable[Generation], time: int) -> bytes:
        """The note of a checkpoint, signed by each of these generations with both keys (01 and 06) at POSIX
        second `time`.

        Raises OurFault(`signer-not-ours`) where one of them is not kept here.
        """
        side = head.origin.partition("/")[0]
        notes = [
            Note.parse(checkpoint.sign(head, pair.key, pair.key_pq, time))
            for pair in (kept(self.pairs, one, side) for one in generations)
        ]
        lines = [line for note in notes[1:] for line in note.signatures]
        return notes[0].with_signatures(lines).format()


def kept(pairs: Sequence[KeyPair], generation: Generation, side: str) -> KeyPair:
    """The pair of a generation. Raises OurFault(`signer-not-ours`) where it is not among those kept here."""
    for pair in pairs:
        if pair.is_of(generation):
            return pair
    raise OurFault("signer-not-ours", side=side)
