"""The record of the demonstration, made by its own script through the real office code, in memory.

Every act is drafted, judged, signed and counted as on a node: only the line, the database and the processes
are left out. Both sides see an act as soon as it is done, as they do at the end of every beat of the replay.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from tests.office.world import SideKeys, seed
from yeollak.demo import figures
from yeollak.demo.cast import WORDS, entropy, members
from yeollak.demo.history import SIDES, about, history
from yeollak.demo.script import START, script
from yeollak.demo.steps import ActOf, MatterOf, Natural, Step, TextOf
from yeollak.demo.terms import terms
from yeollak.node.acting import Text
from yeollak.node.config import derived
from yeollak.office.charter import Charter, draft
from yeollak.office.ledger import Counted, MemoryLedger
from yeollak.office.matter import natural_id
from yeollak.office.office import Office
from yeollak.office.propose import Draft, check, document, sign
from yeollak.procedures.catalogue import table
from yeollak.record import canon, enclosure
from yeollak.record.card import Card
from yeollak.record.document import act_id
from yeollak.record.enclosure import SALT, SMALL_RIGHT, Enclosed
from yeollak.record.keys import PostQuantumKey, SealKey, SigningKey
from yeollak.storage.public import MatterRow, RecordRow, rows_of
from yeollak.storage.reading import HeadRow


@lru_cache(maxsize=2)
def keys(side: str) -> SideKeys:
    """The keys of a side's node, from words of their own."""
    return SideKeys(
        authority=SigningKey(seed(side, "authority")),
        register=SigningKey(seed(side, "register")),
        register_pq=PostQuantumKey(seed(side, "register_pq")),
        receipt=SigningKey(seed(side, "receipt")),
        receipt_pq=PostQuantumKey(seed(side, "receipt_pq")),
        seal=SealKey(seed(side, "seal")),
        officers={"node": SigningKey(entropy(side)("node"))},
    )


def card(side: str) -> Card:
    """The signed card of a side, with the names that the history gives it."""
    own, office = keys(side), history()["office"]
    known = office["side"][side]
    public = {
        name: getattr(own, name).public
        for name in ("authority", "register", "register_pq", "receipt", "receipt_pq", "seal")
    }
    made = Card(
        side=side,
        names=known["name"],
        keys={**public, "authority_next": seed(side, "next")},
        nonce=seed(side, "nonce").hex(),
        issued="2018-09-13T00:00:00Z",
        short=known["short"],
        time_zone=office["time_zones"][side],
    )
    return made.signed(own.authority)


@dataclass
class Played:
    """One office in memory, with everything that was done in it."""

    charter: Charter
    ledger: MemoryLedger = field(default_factory=lambda: MemoryLedger(len(SIDES)))
    office: Office = field(init=False)
    counted: list[Counted] = field(default_factory=list)
    blobs: dict[str, bytes] = field(default_factory=dict)
    acts: dict[str, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.office = Office(self.charter, self.ledger)

    def say(self, side: str, key: SigningKey, asked: Draft, at: datetime) -> str:
        """Append one act of a side, once it would stand; returns its id."""
        place = self.charter.places[side]
        salt = seed("document", side, self.ledger.held(place))[:16]
        data = document(self.office, side, key.kid, asked, at, salt)
        check(self.office, side, data)
        self.ledger.append(place, sign(self.office, side, data, key))
        self.counted += self.office.count().found
        return act_id(data)

    def seen(self, at: datetime) -> None:
        """What the nodes say by themselves once an act has moved a matter."""
        for place, side in enumerate(self.charter.sides):
            if self.office.unseen(place):
                self.say(side, keys(side).officers["node"], Draft("line.seen"), at)

    def play(self, step: Step, at: datetime) -> None:
        """Do a step of the script."""
        if step.derives is not None:
            # Figures are derived from the record as it stands when they are stated.
            found_now = figures.derived(self.office, step.derives).encode()
            step = replace(step, texts=(Text(found_now, figures.MEDIA_TYPE, name="figures.json"),))
            self.prepare(step)
        authority = step.officer == "authority"
        key = keys(step.side).authority if authority else members()[step.side][step.officer].key
        matter = self._matter(step)
        state = self.office.state(matter).state if matter is not None else None
        found = self.office.known(matter, self.office.frontier()) if matter is not None else None
        row = found.rows[state.phase].get(step.kind) if found is not None and state is not None else None
        answered: tuple[str, ...] = ()
        if row is not None and row.answers is not None and state is not None and row.answers in state.slots:
            answered = (str(state.slots[row.answers]),)
        enclosed = []
        if row is not None and "withheld" in row.clears and state is not None:
            enclosed = [self._released(digest) for digest in state.slots["text"]]
        enclosed += self._commit(step)
        asked = Draft(
            step.kind,
            matter=matter,
            facts={name: self._value(value) for name, value in step.facts.items()},
            re=answered,
            enclosures=tuple(enclosed),
            due=step.due,
            precedence=step.precedence,
        )
        self.acts[step.name] = self.say(step.side, key, asked, at)

    def record(self) -> RecordRow:
        """What a node that holds this office shows of it."""
        heads = [
            HeadRow(side, size := self.ledger.held(place), self.ledger.root(place, size).hex(), size)
            for place, side in enumerate(self.charter.sides)
        ]
        shown = canon.decode(self.charter.raw, limit=1 << 20)
        now = datetime.now(UTC)
        return rows_of(self.charter.office, shown, self.counted, lambda _: self.blobs, self._rows, heads, now)

    def _rows(self, ids: Collection[str]) -> Mapping[str, MatterRow]:
        rows = {}
        for matter in ids:
            folded, found = self.office.state(matter), self.office.folds(matter).procedure
            state = folded.state
            slots = canon.decode(canon.encode(dict(state.slots)), limit=1 << 20)
            settled = self.office.settled(matter)
            rows[matter] = MatterRow(
                matter, found.name, found.family, state.phase, slots, frozenset(folded.marks), settled
            )
        return rows

    def _matter(self, step: Step) -> str | None:
        if isinstance(step.matter, Natural):
            family = table(step.matter.procedure).family
            return natural_id(self.charter.office, family, step.matter.key)
        return self.acts[step.matter.step] if step.matter is not None else None

    def _value(self, value: Any) -> Any:
        if isinstance(value, tuple):
            return [self._value(one) for one in value]
        if isinstance(value, MatterOf | ActOf):
            return self.acts[value.step]
        return self.texts[value.step] if isinstance(value, TextOf) else value

    def prepare(self, step: Step) -> None:
        """Commit to the first text of a step before it is done: a joint act names it in its own facts."""
        if step.texts:
            salts = derived(f"{WORDS}/{step.side}/{step.name}".encode())
            named, _ = step.texts[0].commit(self.charter.office, step.side, salts("enclosure/0"), SMALL_RIGHT)
            self.texts[step.name] = named.digest

    def _commit(self, step: Step) -> list[Enclosed]:
        salts = derived(f"{WORDS}/{step.side}/{step.name}".encode())
        enclosed = []
        for number, text in enumerate(step.texts):
            salt = salts(f"enclosure/{number}")
            named, blob = text.commit(self.charter.office, step.side, salt, SMALL_RIGHT)
            self.blobs[named.digest] = blob
            enclosed.append(named)
        return enclosed

    def _released(self, digest: str) -> Enclosed:
        wrapped = self.blobs[digest][SALT:]
        inside = enclosure.unwrap_private(wrapped)
        return Enclosed(digest, inside.type, inside.lang, "right", size=len(wrapped), name=inside.name)


@lru_cache(maxsize=1)
def played() -> Played:
    """The whole history, done once for every test that asks."""
    charter = Charter.parse(draft([card(side) for side in SIDES], about(), terms(), demonstration=True))
    made = Played(charter)
    for side in SIDES:
        facts = {"charter": charter.office, "checked": "not-checked"}
        made.say(side, keys(side).authority, Draft("charter.sign", facts=facts), START)
    scenes = script({side: keys(side).officers["node"].public.hex() for side in SIDES})
    for step in (step for scene in scenes for step in scene.steps):
        made.prepare(step)
    for scene in scenes:
        for beat in scene.beats:
            for step in beat.steps:
                made.play(step, beat.at)
        made.seen(scene.ends)
    return made
