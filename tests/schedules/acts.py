"""Act documents and statements as a schedule writes them: what an officer wishes, with whatever is wrong
about it.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.office.world import seed
from tests.schedules.facts import Known, facts_of, lists_in
from tests.schedules.people import Pen
from yeollak.office.charter import Charter
from yeollak.office.ledger import Entry
from yeollak.office.matter import natural_id
from yeollak.procedures.kinds import COMMON, Due, Kind
from yeollak.procedures.table import Move, Procedure, Row, State, Void
from yeollak.record import statement
from yeollak.record.canon import format_instant, parse_instant
from yeollak.record.document import MAX_RE, PRECEDENCES, Act, act_id
from yeollak.record.enclosure import PRIVATE, Enclosed
from yeollak.record.keys import SigningKey

HOURS = timedelta(hours=1)
#: What clocks that lie are off by.
LIES = (timedelta(days=-9000), timedelta(days=-30), timedelta(days=30), timedelta(days=20000))
LAST = datetime(9998, 1, 1, tzinfo=UTC)


@dataclass
class Wish:
    """One act before it is written down. `matter` is None for an act that opens one under its own id."""

    side: str
    kind: str
    key: SigningKey
    at: datetime
    seen: dict[str, tuple[int, str]]
    matter: str | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    re: list[str] = field(default_factory=list)
    due: datetime | None = None
    precedence: str = "routine"
    enclosures: list[Enclosed] = field(default_factory=list)
    salt: str = ""

    def document(self, office: str) -> bytes:
        """The act document. Raises RecordFault for what no document may hold."""
        return Act(
            office=office,
            side=self.side,
            officer=self.key.kid,
            kind=self.kind,
            matter=self.matter,
            at=format_instant(self.at),
            seen=self.seen,
            due=None if self.due is None else format_instant(self.due),
            precedence=self.precedence,
            re=tuple(self.re),
            facts=self.facts,
            enclosures=tuple(self.enclosures),
            salt=self.salt,
        ).encode()


def entry_of(
    charter: Charter,
    side: str,
    data: bytes,
    key: SigningKey,
    pen: Pen | None,
    *,
    matter: str | None = None,
    kid: str | None = None,
    origin: str | None = None,
) -> Entry:
    """The entry of a document in the register of `side`; without a pen it is not signed. What is given by
    name stands in the statement in place of what belongs there.
    """
    digest = bytes.fromhex(act_id(data))
    named = matter or act_id(data)
    header = statement.protected_header(bytes.fromhex(kid or key.kid), charter.origin(origin or side), named)
    signature = bytes(64) if pen is None else pen.sign(key, statement.to_be_signed(header, digest))
    return Entry(statement.assemble(header, digest, signature), data)


def natural_matter(
    charter: Charter, procedure: Procedure | None, side: str, kind: str, facts: Mapping[str, Any]
) -> str | None:
    """The matter that the natural key of an act makes, or None where it has none."""
    if procedure is None or procedure.key is None or kind in COMMON:
        return None
    try:
        return natural_id(charter.office, procedure.family, procedure.key.of(Move("", side, kind, "", facts)))
    except Void:
        return None


def enclosed(
    chance: random.Random, kind: Kind, row: Row | None, state: State, known: Known
) -> list[Enclosed]:
    """What an act of this kind commits to: what the matter names already where that is asked for, else
    anew.
    """
    releases = sorted(kind.releases)
    if not releases:
        return []
    listed = lists_in(state, known.side)
    asked = row is not None and any(write.value == "digests" for write in row.writes)
    if row is not None and row.guard is not None and listed and chance.random() < (0.15 if asked else 0.85):
        return [_one(chance, digest, chance.choice(releases)) for digest in listed[-1]]
    found: list[Enclosed] = []
    for _ in range(chance.choice((1, 1, 2)) if asked else chance.choice((0, 0, 0, 1, 2))):
        digest = seed("enclosure", known.side, len(known.enclosures), chance.random()).hex()
        if known.enclosures and chance.random() < 0.15:
            digest = chance.choice(known.enclosures)
        if all(digest != item.digest for item in found):
            found.append(_one(chance, digest, chance.choice(releases)))
            known.enclosures.append(digest)
    return found


def _one(chance: random.Random, digest: str, release: Any) -> Enclosed:
    private = release in PRIVATE
    return Enclosed(
        digest=digest,
        type="text/plain",
        lang=chance.choice(("en", "ko", None)),
        release=release,
        size=None if private else chance.randint(1, 1000),
        size_class=4096 if private else None,
    )


def wish_of(
    chance: random.Random,
    charter: Charter,
    procedure: Procedure | None,
    kind: Kind,
    row: Row | None,
    state: State,
    known: Known,
    *,
    key: SigningKey,
    now: datetime,
    seen: dict[str, tuple[int, str]],
    matter: str | None,
    fixed: Mapping[str, Any],
) -> Wish:
    """An act of this kind as an officer would write it in this state; `fixed` are facts that it must have,
    or, where they are None, must not.
    """
    drawn = {**facts_of(chance, kind, row, state, known), **fixed}
    facts = {name: value for name, value in drawn.items() if value is not None}
    at = now + (chance.choice(LIES) if chance.random() < 0.12 else timedelta())
    waited = row.due(state, known.side) if row is not None and row.lapses else None
    if waited is not None and chance.random() < 0.9:
        at = max(at, parse_instant(waited) + chance.randint(0, 3) * HOURS)
    at = min(at, LAST)
    due = None
    if kind.due is Due.MUST or (kind.due is Due.MAY and chance.random() < 0.5):
        due = at + chance.choice((1, 8, 48, 24 * 30)) * HOURS
    answered = state.slots.get(row.answers) if row is not None and row.answers else None
    re = [str(answered)] if answered and chance.random() < 0.97 else []
    if chance.random() < 0.1:
        many = MAX_RE - len(re) if chance.random() < 0.1 else 2
        re += [act for act in known.acts[-many:] if act not in re]
    return Wish(
        side=known.side,
        kind=kind.name,
        key=key,
        at=at,
        seen=seen,
        matter=natural_matter(charter, procedure, known.side, kind.name, facts) or matter,
        facts=facts,
        re=re,
        due=due,
        precedence=chance.choice(PRECEDENCES),
        enclosures=enclosed(chance, kind, row, state, known),
        salt=chance.randbytes(16).hex(),
    )
