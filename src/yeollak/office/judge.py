"""The verdict: whether an act is allowed or void, by its past alone.

The checks run in a fixed order and the first that fails names the reason, so that every node keeps the
same code. What is asked of other matters is asked of the act's own past (rule 4): nothing that arrives
later can change a verdict.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from yeollak.errors import RecordFault
from yeollak.office import officers as posts
from yeollak.office.ledger import Counted, Entry
from yeollak.office.matter import matter_of, natural_id
from yeollak.office.officers import Officer
from yeollak.procedures.catalogue import of_kind, table
from yeollak.procedures.kinds import COMMON
from yeollak.procedures.machine import admit
from yeollak.procedures.table import NONE, Move, Procedure, State, Void
from yeollak.record import keys, statement
from yeollak.record.canon import parse_instant
from yeollak.record.document import Act, act_id
from yeollak.record.generations import MAX_GENERATIONS

#: The void code of entries that a side has given up to take up its register again.
ABANDONED = "abandoned"
#: Matters that may still be opened when the office is dissolved, by family or table: what the sides say of
#: it, its keys, and what became of duties that fell due before.
_AFTER_THE_END = frozenset({"account", "charter", "check-in", "duty", "posting"})
#: The kinds that bring a key, with the role under which its form is checked.
_BRINGS = {"posting.appoint": "authority", "key.rotate": "authority"}
_RAW_KEY = re.compile(r"[0-9a-f]{64}")
#: Raises RecordFault(`signature-wrong`) unless the key (32 bytes) has signed the statement, as
#: `statement.verify` does it.
Verify = Callable[[statement.Statement, bytes], None]

if TYPE_CHECKING:
    from yeollak.office.office import Office


def outlasts(procedure: Procedure) -> bool:
    """Whether matters of a table may be opened in an office that is dissolved."""
    return procedure.family in _AFTER_THE_END or procedure.name in _AFTER_THE_END


def names_all(parties: Sequence[str], place: int, act: Act) -> bool:
    """Whether the `seen` of an act in this register names every other party and no one else (clarifications
    8).
    """
    return set(act.seen) == {*parties[:place], *parties[place + 1 :]}


class PastView:
    """What a guard may ask: the office as it stood in the past of one act."""

    def __init__(self, office: Office, vector: tuple[int, ...]) -> None:
        self._office, self._vector = office, vector

    @property
    def office(self) -> str:
        return self._office.charter.office

    @property
    def terms(self) -> Mapping[str, Any]:
        return self._office.terms(self._vector)

    @property
    def parties(self) -> Sequence[str]:
        return self._office.parties

    def state(self, matter: str, *tables: str) -> State:
        known = self._office.known(matter, self._vector)
        if known is None or (tables and known.name not in tables):
            return State()
        return self._office.state(matter, self._vector).state

    def seen(self, matter: str, side: str) -> str | None:
        place = self._office.charter.places.get(side)
        return self._office.seen_at(matter, place, self._vector) if place is not None else None

    def knows(self, side: str, act: str, by: str) -> bool:
        place, other = (self._office.charter.places.get(name) for name in (side, by))
        index = None if other is None else self._office.ledger.first(other, act)
        if place is None or other is None or index is None:
            return False
        return self._office.seen_by(place, self._vector[place])[other] > index

    def said(self, matter: str, side: str) -> Collection[str]:
        folds, place = self._office.folds(matter), self._office.charter.places.get(side)
        return folds.kinds(place, folds.sizes(self._vector)) if place is not None else ()

    def natural(self, procedure: str, key: str) -> str:
        return natural_id(self.office, table(procedure).family, key)

    def check_terms(self, changes: Mapping[str, Any]) -> None:
        try:
            self._office.charter.amended(changes, self.terms)
        except (KeyError, TypeError, ValueError, AttributeError, RecordFault):
            raise Void("terms") from None

    def posted(self, side: str, kid: str) -> str | None:
        place = self._office.charter.places.get(side)
        if place is None:
            return None
        officer = self._office.officers(place, self._vector[place]).get(kid)
        return officer.function if officer else None


class Judge:
    """Finds, for one entry of one register, its past, its turn and its verdict. `verify` is asked for the
    signature of each.
    """

    def __init__(self, office: Office, verify: Verify = statement.verify) -> None:
        self._office, self._verify = office, verify
        self._signed_by_all = False

    def judge(self, place: int, index: int, entry: Entry, act: Act | None, *, signed: bool = True) -> Counted:
        """The finding of the entry at `index`, everything below it and all that it has seen being counted."""
        side, identity = self._office.parties[place], act_id(entry.document)
        if act is not None and not names_all(self._office.parties, place, act):
            act = None
        vector = self._past(place, index, act)
        void, move, procedure, matter, key = self._verdict(place, index, entry, act, identity, vector, signed)
        return Counted(
            side, place, index, identity, matter, procedure, self._turn(vector), vector, void, move, key
        )

    def give_up(self, place: int, index: int, entry: Entry) -> Counted:
        """The finding of an entry that its own side has given up: void, and it has seen nothing."""
        side, vector = self._office.parties[place], self._past(place, index, None)
        return Counted(
            side, place, index, act_id(entry.document), "", "", self._turn(vector), vector, ABANDONED, None
        )

    def reopens(self, place: int, at: int, entry: Entry) -> bool:
        """Whether an entry further on is the authority's act that gives up the entries from `at` on."""
        office = self._office
        try:
            act, stated = Act.parse(entry.document), statement.parse(entry.statement)
            officer = office.officers(place, at).get(act.officer)
            if officer is None or officer.function != posts.AUTHORITY or act.kind != "register.reopen":
                return False
            statement.verify(stated, officer.key)
        except RecordFault:
            return False
        ours = act.office == office.charter.office and stated.iss == office.charter.origin(act.side)
        return ours and act.side == office.parties[place] and act.facts.get("at") == at

    def _turn(self, vector: tuple[int, ...]) -> int:
        ledger = self._office.ledger
        turns = (ledger.finding(other, size - 1).turn for other, size in enumerate(vector) if size)
        return 1 + max(turns, default=0)

    def _past(self, place: int, index: int, act: Act | None) -> tuple[int, ...]:
        """Everything below the act in its own register and all that this had seen, transitively (rule 3)."""
        ledger = self._office.ledger
        past = [0] * len(self._office.parties)
        if index:
            past = list(ledger.finding(place, index - 1).after)
        for side, (size, _root) in act.seen.items() if act is not None else ():
            other = self._office.charter.places[side]
            if size:
                past = [max(pair) for pair in zip(past, ledger.finding(other, size - 1).after, strict=True)]
        past[place] = index
        return tuple(past)

    def _verdict(
        self,
        place: int,
        index: int,
        entry: Entry,
        act: Act | None,
        identity: str,
        vector: tuple[int, ...],
        signed: bool,
    ) -> tuple[str, Move | None, str, str, bytes]:
        if act is None:
            return "malformed", None, "", "", b""
        matter = act.matter or identity
        try:
            found = self._standing_of(place, index, entry, act, identity, vector, signed)
        except Void as refusal:
            return refusal.code, move_of(act, identity, ""), "", matter, b""
        move, procedure, matter = found
        try:
            key = self._allowed(place, act, move, procedure, matter, vector)
        except Void as refusal:
            return refusal.code, move, procedure.name, matter, b""
        return "", move, procedure.name, matter, key

    def _standing_of(
        self,
        place: int,
        index: int,
        entry: Entry,
        act: Act,
        identity: str,
        vector: tuple[int, ...],
        signed: bool,
    ) -> tuple[Move, Procedure, str]:
        """Whose act it is and in what matter: everything that does not need the matter's table."""
        office = self._office
        stated = statement.parse(entry.statement)
        if act.office != office.charter.office or act.side != office.parties[place]:
            raise Void("foreign")
        if stated.iss != office.charter.origin(act.side) or stated.kid != act.officer:
            raise Void("foreign")
        first = office.ledger.first(place, identity)
        if first is not None and first < index:
            raise Void("duplicate")
        if not (act.kind == "charter.sign" and index == 0) and not self._founded(vector):
            raise Void("unfounded")
        officer = self._rotating(place, index, act) or office.officers(place, index).get(act.officer)
        if officer is None:
            raise Void("unposted")
        procedure = self._table(act, vector)
        kind = procedure.kind(act.kind)
        if kind is None:
            raise Void("unknown")
        if not posts.may_sign(officer.function, act.kind, kind.functions):
            raise Void("unauthorised")
        move = move_of(act, identity, officer.function)
        matter = matter_of(office.charter.office, procedure, move, act.matter)
        if stated.matter != matter:
            raise Void("foreign")
        if signed:
            try:
                self._verify(stated, officer.key)
            except RecordFault:
                raise Void("signature") from None
        return move, procedure, matter

    def _rotating(self, place: int, index: int, act: Act) -> Officer | None:
        """Who signs the rotation of the authority key: the new key, and only the one whose digest was
        enrolled, so that whoever has stolen the old one can rotate nothing (attacks 2.11).

        Raises Void(`unposted`) for a rotation by any other key.
        """
        if act.kind != "key.rotate":
            return None
        office, stated = self._office, act.facts.get("key")
        first = office.charter.parties[place].keys["authority_next"]
        new = bytes.fromhex(stated) if isinstance(stated, str) and _RAW_KEY.fullmatch(stated) else b""
        next_one = posts.enrolled(first, office.postings(place, index))
        if hashlib.sha256(new).hexdigest() != next_one or keys.kid(new) != act.officer:
            raise Void("unposted")
        return Officer(act.officer, new, posts.AUTHORITY, index, "")

    def _founded(self, vector: tuple[int, ...]) -> bool:
        """Whether a past holds every party's position 0, with its signature of the charter (clarifications
        28).
        """
        if not all(vector):
            return False
        if not self._signed_by_all:
            # What is found of an entry is final: once it is so, it stays so.
            ledger = self._office.ledger
            self._signed_by_all = all(not ledger.finding(place, 0).void for place in range(len(vector)))
        return self._signed_by_all

    def _table(self, act: Act, vector: tuple[int, ...]) -> Procedure:
        """The table of a kind; for a common kind that of the matter that it is about, as the act's past
        knows it.
        """
        if act.kind in COMMON:
            known = self._office.known(act.matter or "", vector)
            if known is None:
                raise Void("matter")
            return known
        procedure = of_kind(act.kind)
        if procedure is None:
            raise Void("unknown")
        return procedure

    def _allowed(
        self, place: int, act: Act, move: Move, procedure: Procedure, matter: str, vector: tuple[int, ...]
    ) -> bytes:
        """Ask the matter's table, over the state in the act's past. Returns the raw key that a posting
        posts.
        """
        office, past = self._office, PastView(self._office, vector)
        shared = procedure.key is not None
        if act.matter is None and not shared:
            state = State()  # named after this act itself: no other can have been allowed in it before
        else:
            state = office.state(matter, vector).state
            if not shared and not state.slots:
                raise Void("matter")
            if office.known(matter, vector) not in (None, procedure):
                raise Void("matter")
        if state.phase == NONE and not outlasts(procedure) and office.dissolved(vector):
            raise Void("dissolved")
        admit(procedure, state, move, past)
        if act.due is not None:
            _check_due(act, int(past.terms["deadline"]["most_hours"]))
        if act.kind == "register.reopen":
            self._check_reopening(place, vector[place], int(move.facts["at"]))
        return self._brought_key(place, move)

    def _check_reopening(self, place: int, index: int, at: int) -> None:
        """Raise Void(`reopened`) unless the entries from `at` up to this one were given up by it."""
        ledger = self._office.ledger
        if not at < index or any(ledger.finding(place, i).void != ABANDONED for i in range(at, index)):
            raise Void("reopened")

    def _brought_key(self, place: int, move: Move) -> bytes:
        """The raw key that a posting, a rotation or a replacement brings; empty for every other act.

        Raises Void: `key` for one that no side could honestly hold, `key-used` for one that the side or a
        party's charter has had, `full` for more of one role than a side may have.
        """
        role = _BRINGS.get(move.kind) or (move.facts["role"] if move.kind == "key.replace" else None)
        if role is None:
            return b""
        key, further = bytes.fromhex(str(move.facts["key"])), str(move.facts.get("key_pq", ""))
        try:
            keys.check_key(role, key)
            if (role in ("register", "receipt")) != bool(further):
                raise Void("key")
            if further:
                keys.check_key(f"{role}_pq", bytes.fromhex(further))
        except RecordFault:
            raise Void("key") from None
        office = self._office
        postings = office.ledger.postings(place)
        if move.kind == "key.replace":
            before = (one.move for one in postings if one.move is not None and one.move.kind == move.kind)
            if sum(one.facts["role"] == role for one in before) >= MAX_GENERATIONS - 1:
                raise Void("full")
        further_ones = (str(act.move.facts.get("key_pq", "")) for act in postings if act.move is not None)
        charter = {raw for party in office.charter.parties for raw in party.keys.values()}
        known = {*charter, *(act.key for act in postings), *map(bytes.fromhex, further_ones)}
        if (
            key in known
            or (further and bytes.fromhex(further) in known)
            or keys.kid(key) in posts.ever(office.charter.parties[place].keys["authority"], postings)
        ):
            raise Void("key-used")
        return key


def move_of(act: Act, identity: str, function: str) -> Move:
    """What the tables know of an act that an officer of this function has signed."""
    return Move(
        id=identity,
        side=act.side,
        kind=act.kind,
        at=act.at,
        facts=act.facts,
        re=act.re,
        due=act.due,
        function=function,
        enclosures={item.digest: item.release for item in act.enclosures},
        types={item.digest: item.type for item in act.enclosures},
    )


def _check_due(act: Act, most_hours: int) -> None:
    """A due lies after the act's own time and within what the charter allows; the act's time is its
    author's claim.
    """
    # The difference, and never a sum: the calendar ends, and an act may claim to stand at its end.
    if not timedelta() < parse_instant(act.due) - parse_instant(act.at) <= timedelta(hours=most_hours):
        raise Void("due")
