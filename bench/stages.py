"""What one act costs at each stage, in a batch signed by one side and taken in by another.

The batch is real: notices with 1 KiB of text, four acts a matter, signed by a posted officer of an office
that two sides founded. Nothing is stored and nothing is sent: storage and the line have costs of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from nacl import bindings

from bench import Run, Step, fixed
from tests.office.world import World, keys_of, seed
from yeollak.office.admit import Arrival, Push, admit
from yeollak.office.ledger import Entry, MemoryLedger
from yeollak.office.office import Office
from yeollak.office.propose import Draft, document
from yeollak.record import checkpoint, enclosure, parcel, statement
from yeollak.record.cosign import cosign, receipt_name
from yeollak.record.document import Act, act_id
from yeollak.record.enclosure import Enclosed
from yeollak.record.merkle import Frontier
from yeollak.record.treehead import Checkpoint

#: The unit of every other cost.
VERIFY = "one Ed25519 verify (PyNaCl)"
TEXT = 1024
MATTER = 4
OURS, THEIRS = "south", "north"
_TIME = 1_536_888_000
# ML-DSA tries until a signature fits: one alone would measure luck.
_HEADS = 16


@dataclass(frozen=True, slots=True)
class Batch:
    """The acts of a batch as `OURS` makes them; `head` is its register's tree before them."""

    world: World
    head: Frontier
    drafts: list[Draft]
    matters: list[str]
    contents: list[tuple[bytes, bytes]]
    entries: list[Entry]


def make_batch(acts: int) -> Batch:
    """Found an office and write this many acts: in each matter a notice as of right, then urgings."""
    world = World((OURS, THEIRS)).found()
    place, office = world.charter.places[OURS], world.charter.office
    batch = Batch(world, world.whole.frontier(place), [], [], [], [])
    for index in range(acts):
        salt = seed("enclosure", index)[:16]
        content = (seed("text", index).hex() * TEXT)[:TEXT].encode()
        digest = enclosure.digest(office, OURS, salt, content).hex()
        enclosed = (Enclosed(digest, "text/plain", "en", "right", TEXT),)
        due = world.now + timedelta(hours=24)
        if index % MATTER == 0:
            facts = {"class": "flood", "subject": {"en": "Discharge"}}
            draft = Draft("note.send", facts=facts, due=due, enclosures=enclosed)
        else:
            draft = Draft("note.urge", matter=batch.matters[-1], due=due, enclosures=enclosed)
        act = world.say(
            OURS, draft.kind, matter=draft.matter, facts=draft.facts, due=due, enclosures=enclosed
        )
        batch.drafts.append(draft)
        batch.matters.append(draft.matter or act)
        batch.contents.append((salt, content))
        batch.entries.append(world.whole.entry(place, batch.head.size + index))
    return batch


def counting(batch: Batch) -> Run:
    """A node of the other side that has counted all but the batch, which it holds; what is run counts the
    batch and folds its matters.
    """
    ledger = MemoryLedger(2)
    office = Office(batch.world.charter, ledger)
    place = batch.world.charter.places[OURS]
    for other, size in enumerate(batch.world.sizes()):
        for index in range(batch.head.size if other == place else size):
            ledger.append(other, batch.world.whole.entry(other, index))
    office.count()
    for entry in batch.entries:
        ledger.append(place, entry)

    def run() -> None:
        found = office.count().found
        if len(found) != len(batch.entries) or any(item.void for item in found):
            raise RuntimeError("the batch was not counted as it should be")
        for matter in set(batch.matters):
            office.state(matter)

    return run


def stages(batch: Batch) -> list[Step]:
    """Every stage over the batch. What runs once a batch is shared out over its acts."""
    charter, count = batch.world.charter, len(batch.entries)
    own, peer = keys_of(OURS), keys_of(THEIRS)
    key, origin, office = own.officers["duty"], charter.origin(OURS), charter.office
    writer, now = batch.world.offices[charter.places[OURS]], batch.world.now
    stated = [statement.parse(entry.statement) for entry in batch.entries]
    signed = [item.signature + statement.to_be_signed(item.protected, item.payload) for item in stated]
    digests = [bytes.fromhex(act_id(entry.document)) for entry in batch.entries]
    tree = batch.head.extend(statement.leaf_hash(entry.statement) for entry in batch.entries)
    head = Checkpoint(origin, tree.size, tree.root())
    note = checkpoint.sign(head, own.register, own.register_pq, _TIME)
    arrivals = tuple(
        Arrival(entry.statement, entry.document, (enclosure.blob(*content),))
        for entry, content in zip(batch.entries, batch.contents, strict=True)
    )
    push = Push(origin, batch.head.size, note, arrivals)
    body = note + b"".join(b"".join((each.statement, each.document, *each.blobs)) for each in arrivals)

    def seal() -> bytes:
        return parcel.seal(
            body,
            sender=OURS,
            to=THEIRS,
            office=office,
            purpose="push",
            time="2018-09-14T01:00:00Z",
            nonce=seed("nonce").hex()[:32],
            signers=[own.register],
            recipient=peer.seal.public,
        )

    def verify() -> None:
        for item in stated:
            statement.verify(item, key.public)

    def sign_heads() -> None:
        for _ in range(_HEADS):
            checkpoint.sign(head, own.register, own.register_pq, _TIME)

    def cosign_heads() -> None:
        for _ in range(_HEADS):
            cosign(head, receipt_name(charter.origin(THEIRS)), peer.receipt, peer.receipt_pq, _TIME)

    sealed = seal()
    runs: dict[str, Run] = {
        VERIFY: lambda: [bindings.crypto_sign_open(item, key.public) for item in signed],
        "document build": lambda: [
            document(writer, OURS, key.kid, draft, now, bytes(16)) for draft in batch.drafts
        ],
        "enclosure digest": lambda: [enclosure.digest(office, OURS, *item) for item in batch.contents],
        "statement sign": lambda: [
            statement.sign(key, origin, matter, digest)
            for matter, digest in zip(batch.matters, digests, strict=True)
        ],
        "statement verify": verify,
        "document parse and re-encode": lambda: [Act.parse(entry.document) for entry in batch.entries],
        "leaf and tree": lambda: batch.head.extend(
            statement.leaf_hash(entry.statement) for entry in batch.entries
        ).root(),
        "parcel seal": seal,
        "parcel open": lambda: parcel.open_parcel(sealed, [peer.seal], lambda header: [own.register.public]),
        "admit": lambda: admit(charter, OURS, batch.head, push),
    }
    return [
        *(Step(name, count, fixed(run)) for name, run in runs.items()),
        Step("checkpoint 01 and 06", count * _HEADS, fixed(sign_heads)),
        Step("receipts 04 and 06", count * _HEADS, fixed(cosign_heads)),
        Step("count and fold", count, lambda: counting(batch)),
    ]
