"""The other side as an attacker: a program of its own with all of the south's real keys, which keeps no rule.

It signs what it likes, seals it properly and hands it to the north's endpoint, as the line or a pouch would.
What the north makes of it is read from the north's own store.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tests.line.world import Node, World
from tests.office.world import keys_of, seed
from yeollak.errors import Fault
from yeollak.line import bodies
from yeollak.office.admit import Arrival, Push
from yeollak.office.propose import Draft, document, envelope
from yeollak.record import checkpoint, statement
from yeollak.record.checkpoint import Checkpoint
from yeollak.record.document import Act, act_id
from yeollak.record.keys import SigningKey
from yeollak.record.merkle import Frontier, leaf_hash
from yeollak.storage import models, reading

#: An act that any officer may do at any time, and that changes nothing for anybody.
KIND = "account.enter"
FACTS = {"when": "2018-10-22", "source": "own", "subject": {"en": "A word"}}
TIME = 1_540_170_000


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: `receipt`, `refusal`, another purpose, or `none` with the code of the fault."""

    purpose: str
    code: str = ""
    size: int = -1
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Met:
    """What the north is left with: how many entries of the south it holds and has counted, the verdict on the
    newest that it has counted, how much evidence, and its alarms.
    """

    held: int
    counted: int
    verdict: str
    evidence: int
    alarms: frozenset[str]


class Enemy:
    """The south in such hands, against the north of `world`."""

    def __init__(self, world: World) -> None:
        self.north, self._south, self._clock = world["north"], world["south"], world.clock
        self.charter, self.keys = world.charter, keys_of("south")
        self.origin = self.charter.origin("south")
        self.place = self.charter.places["south"]
        self.tree = self.head()
        self._salts = 0

    # what it makes

    def key(self, officer: str) -> SigningKey:
        """A key of its own officers, or its authority's."""
        return self.keys.authority if officer == "authority" else self.keys.officers[officer]

    def act(
        self,
        kind: str = KIND,
        officer: str = "duty",
        change: Callable[[Act], Act] = lambda act: act,
        key: SigningKey | None = None,
        **of: Any,
    ) -> Arrival:
        """An act that `change` has tampered with before it was signed, by `key` where one is given."""
        self._salts += 1
        of.setdefault("facts", FACTS)
        signer = self.key(officer)
        data = document(
            self._south.view.office, "south", signer.kid, Draft(kind, **of), self._clock.now(),
            seed("enemy", self._salts)[:16],
        )  # fmt: skip
        return self.signed(change(Act.parse(data)).encode(), key or signer)

    def signed(self, data: bytes, key: SigningKey, **parts: Any) -> Arrival:
        """A document in a statement of the right form; `parts` may give another `origin` and `matter`."""
        matter, digest = parts.get("matter", ""), bytes.fromhex(act_id(data))
        if not matter:
            try:
                header = envelope(self._south.view.office, "south", data)[0]
            except Fault:
                matter = act_id(data)
        if matter or "origin" in parts:
            origin = parts.get("origin", self.origin)
            header = statement.protected_header(bytes.fromhex(key.kid), origin, matter or act_id(data))
        signature = key.sign(statement.to_be_signed(header, digest))
        return Arrival(statement.assemble(header, digest, signature), data)

    def bytes_(self, data: bytes, **parts: Any) -> Arrival:
        """Any bytes in the place of a document, signed by the duty officer."""
        return self.signed(data, self.key("duty"), **parts)

    def note(self, tree: Frontier, **parts: Any) -> bytes:
        """A checkpoint of a tree, by the register's keys or those of another side."""
        own = keys_of(parts.get("by", "south"))
        point = Checkpoint(parts.get("origin", self.origin), tree.size, parts.get("root", tree.root()))
        return checkpoint.sign(point, own.register, own.register_pq, TIME)

    def over(self, arrivals: Sequence[Arrival], tree: Frontier | None = None) -> Frontier:
        """The tree with these behind it."""
        return (tree or self.tree).extend(leaf_hash(one.statement) for one in arrivals)

    # what it sends

    def batch(self, arrivals: Sequence[Arrival]) -> Push:
        """A batch in order."""
        return Push(self.origin, self.tree.size, self.note(self.over(arrivals)), tuple(arrivals))

    def push(self, *arrivals: Arrival, **changes: Any) -> Answer:
        """A batch that continues the register, with any part of it replaced."""
        tree = self.over(arrivals)
        push = replace(self.batch(arrivals), **changes)
        answer = self.say(bodies.PUSH, bodies.encode_push(push))
        if answer.purpose == bodies.RECEIPT and not changes:
            self.tree = tree
        return answer

    def say(self, purpose: str, body: bytes) -> Answer:
        """What any body gets, properly sealed. A receipt and a refusal are verified to be the north's own."""
        return self.deliver(self.sealed(purpose, body))

    def sealed(self, purpose: str, body: bytes) -> bytes:
        """A parcel as the south's own node would make it."""
        return self._south.post.seal("north", purpose, body, self._clock.now(), "0f" * 16)

    def deliver(self, data: bytes) -> Answer:
        """What any bytes get."""
        try:
            sealed = self.north.endpoint.answer(data)
        except Fault as fault:
            return Answer("none", fault.code)
        opened = self._south.post.open_answer(sealed, "north", "0f" * 16)
        if opened.header.purpose == bodies.REFUSAL:
            refused = bodies.decode_refusal(opened.body)
            return Answer(bodies.REFUSAL, refused.code, refused.size, opened.body)
        return Answer(opened.header.purpose, body=opened.body)

    # what it meets

    def head(self) -> Frontier:
        """The south's register as the north holds it."""
        return reading.head(self.north.view, "south")

    def met(self) -> Met:
        """How the north stands once it has counted what it can."""
        self.north.keeper.step()
        ledger = self.north.view.office.ledger
        counted = ledger.counted(self.place)
        verdict = ledger.finding(self.place, counted - 1).void
        evidence = self.north.view.rows(models.Evidence).count()
        return Met(ledger.held(self.place), counted, verdict, evidence, frozenset(self.north.alarms()))


def works(north: Node, enemy: Enemy) -> None:
    """The north goes on: its own officer acts, its own register counts, and what is asked is answered."""
    before = north.view.office.ledger.counted(north.view.place)
    north.say(KIND, "duty", facts=FACTS)
    north.keeper.step()
    ledger = north.view.office.ledger
    assert ledger.counted(north.view.place) >= before + 1
    assert not ledger.finding(north.view.place, before).void
    assert enemy.say(bodies.ASK, bodies.encode_notes([])).purpose == bodies.HEADS
