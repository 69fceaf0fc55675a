"""Which keys of a side are good for what: register, receipt and seal keys as allowed acts replace them.

The charter gives the first generation, an allowed `key.replace` of the side's own register each further one,
by position and never by date. Everything is answered as far as this node has counted; what it holds and has
not counted yet is `coming`: judged ahead where it can be, and taken for what the bytes say where it must
wait. Source: docs/spec/09-keys-and-cards.md, clarifications 12, attacks 2.10 and 2.22.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from yeollak.office import officers as posts
from yeollak.office.admit import Arrival
from yeollak.office.ahead import ahead
from yeollak.office.ledger import Counted, Entry
from yeollak.office.office import Office
from yeollak.record.generations import (
    REPLACE,
    ROLES,
    ROTATE,
    Generation,
    Pair,
    Replacement,
    Uncounted,
    first,
    names_keys,
    receipt_pair,
    register_pair,
    replacement,
    succeed,
)


def generations(office: Office, side: str, role: str, size: int | None = None) -> tuple[Generation, ...]:
    """Every generation of a side's keys in one role that the acts below position `size` of its register have
    brought, as counted here (all that count, where no size is given), oldest first.
    """
    place = office.charter.places[side]
    bound = office.ledger.counted(place) if size is None else size
    found = [_replacement(act) for act in office.postings(place, bound)]
    return _succeed(office, side, role, [act for act in found if act is not None])


def coming(office: Office, side: str, role: str, batch: Sequence[Arrival] = ()) -> tuple[Generation, ...]:
    """The generations that acts of the side's authority bring which are held here and do not count yet, or
    arrive in a `batch` that begins where the register ends here. An act that can be judged already and is
    void brings nothing.
    """
    known = generations(office, side, role)
    return _succeed(office, side, role, _uncounted(office, side, batch), start=known)[len(known) :]


def later(office: Office) -> dict[str, dict[str, tuple[Generation, ...]]]:
    """By side and role every generation after the charter's, those that are coming included: what an export
    of what this office holds brings.
    """
    return {
        side: {role: (*generations(office, side, role)[1:], *coming(office, side, role)) for role in ROLES}
        for side in office.parties
    }


def in_force(office: Office, side: str, role: str, size: int | None = None) -> Generation:
    """The generation in force at a size of the side's register (now, where none is given)."""
    return generations(office, side, role, size)[-1]


def rotated(office: Office, side: str) -> tuple[Counted, ...]:
    """The acts by which a side has rotated its authority key, as counted here, oldest first."""
    place = office.charter.places[side]
    found = office.postings(place, office.ledger.counted(place))
    return tuple(act for act in found if act.move is not None and act.move.kind == ROTATE)


def rotations(office: Office, side: str) -> int:
    """How often a side has rotated its authority key."""
    return len(rotated(office, side))


def unseen_by(office: Office, side: str, index: int) -> tuple[str, ...]:
    """The other parties that have not been seen here to have the entry at `index` of a side's register in
    their past, as far as their own registers are counted.
    """
    place = office.charter.places[side]
    return tuple(
        other
        for at, other in enumerate(office.parties)
        if at != place and index >= 0 and office.seen_by(at)[place] <= index
    )


def signing(office: Office, side: str, role: str, size: int | None = None) -> tuple[Generation, ...]:
    """The generations with which a side signs at a size of its register: the one in force, and those before
    it for as long as a party has not seen what replaced them.
    """
    known = generations(office, side, role, size)
    for number in range(len(known) - 1, 0, -1):
        if not unseen_by(office, side, known[number].since):
            return known[number:]
    return known


def covered_by(office: Office, side: str, size: int) -> int:
    """Up to which size, at most `size`, a side may sign its register: not beyond an act of its own that
    brings keys and has not been counted yet, since only then is it known which keys must sign.
    """
    uncounted = _uncounted(office, side, size=size)
    return min((act.index for act in uncounted if act.role == "register"), default=size)


def register_pairs(office: Office, side: str, size: int) -> tuple[Pair, ...]:
    """The keys, one generation of which must have signed a register's checkpoint of this size: those in
    force as far as its acts are counted here.
    """
    return (register_pair(office.charter.office, side, in_force(office, side, "register", size)),)


def coming_pairs(
    office: Office, side: str, size: int, batch: Sequence[Arrival] = ()
) -> tuple[tuple[Pair, ...], tuple[Pair, ...]]:
    """What else may have signed a checkpoint of this size: keys of acts below it that are held and do not
    count yet, and of those that arrive in a `batch`. Whoever put the former there could sign for the register
    already; the latter are the authority's word alone.
    """
    held = office.ledger.held(office.charter.places[side])
    known = [one for one in coming(office, side, "register", batch) if one.since < size]
    pairs = [register_pair(office.charter.office, side, one) for one in known]
    many = sum(one.since < held for one in known)
    return tuple(pairs[:many]), tuple(pairs[many:])


def brings_keys(office: Office, side: str, batch: Sequence[Arrival]) -> bool:
    """Whether a batch may hold an act by which its side replaces keys; cheap, and never wrong with no."""
    return any(names_keys(office.charter.office, side, arrival.statement) for arrival in batch)


@dataclass(frozen=True, slots=True)
class Standing:
    """For how much of another register one generation of a side's receipt keys is good.

    acknowledged   how much of it the act that retired the keys had seen: to so much the side owns
    most           the size up to which receipts by them count: at more, an entry below has the retiring act
                   in its past, so that the receipt was given after it, whatever date it bears
    retired        the position of the retiring act; all three None for the keys in force, `most` also while
                   the register has not been seen to have that act in its past
    """

    generation: Generation
    acknowledged: int | None = None
    most: int | None = None
    retired: int | None = None

    def counts(self, size: int) -> bool:
        """Whether a receipt by these keys for so many entries counts."""
        return self.most is None or size <= self.most


def receipt_standings(office: Office, cosigner: str, side: str) -> list[Standing]:
    """Every generation of a side's receipt keys, and for how much of the register of `side` it is good."""
    known = generations(office, cosigner, "receipt")
    place, other = office.charter.places[cosigner], office.charter.places[side]
    found = []
    for one, successor in pairwise(known):
        acknowledged = office.ledger.finding(place, successor.since).vector[other]
        most = _first_that_saw(office, other, place, successor.since)
        found.append(Standing(one, acknowledged, most, successor.since))
    return [*found, Standing(known[-1])]


def receipt_pairs(office: Office, cosigner: str, side: str, size: int) -> tuple[Pair, ...]:
    """The keys by which a side's receipt for `size` entries of another register counts, oldest first.

    The newest may receipt anything. A retired one may receipt what the act that retired it may have come
    after, even where that act claims to have seen less: a side cannot take back what it has acknowledged by
    a key that it retires, and what it leaves out is told against it (`office.audit`).
    """
    return tuple(
        receipt_pair(office.charter.office, cosigner, one.generation)
        for one in receipt_standings(office, cosigner, side)
        if one.counts(size)
    )


def _first_that_saw(office: Office, place: int, other: int, index: int) -> int | None:
    """The position of the first entry of a register whose past holds the entry at `index` of another, None
    where none is counted: what a register has seen only grows.
    """
    counted, ledger = office.ledger.counted(place), office.ledger
    if not counted or ledger.finding(place, counted - 1).vector[other] <= index:
        return None
    return bisect_left(range(counted), True, key=lambda at: ledger.finding(place, at).vector[other] > index)


def own_receipt_pairs(office: Office, side: str) -> tuple[Pair, ...]:
    """Every generation of our own receipt keys, for what we have signed ourselves and may have lost."""
    known = (*generations(office, side, "receipt"), *coming(office, side, "receipt"))
    return tuple(receipt_pair(office.charter.office, side, one) for one in known)


def header_keys(office: Office, side: str) -> tuple[bytes, ...]:
    """The raw register keys by which a side's parcels are accepted: the one in force and the one before."""
    return tuple(one.key for one in reversed(generations(office, side, "register")[-2:]))


def seal_key(office: Office, side: str) -> bytes:
    """The raw key to which a side's parcels are sealed: the newest that has been counted here."""
    return in_force(office, side, "seal").key


def _succeed(
    office: Office, side: str, role: str, acts: Sequence[Replacement], start: Sequence[Generation] = ()
) -> tuple[Generation, ...]:
    taken = {raw for party in office.charter.parties for raw in party.keys.values()}
    before = [Replacement(one.since, role, one.key, one.key_pq) for one in start[1:]]
    return succeed(first(role, office.charter.party(side).keys), role, taken, [*before, *acts])


def _replacement(act: Counted) -> Replacement | None:
    if act.move is None or act.move.kind != REPLACE:
        return None
    return replacement(act.index, act.move.facts)


def _uncounted(
    office: Office, side: str, batch: Sequence[Arrival] = (), *, size: int | None = None
) -> list[Replacement]:
    """What the entries of a register bring that are held (below `size`), or arrive, and do not count yet:
    the allowed acts among those that can be judged already, and what the bytes say of those behind.
    """
    ledger, place, charter = office.ledger, office.charter.places[side], office.charter
    counted, held = ledger.counted(place), ledger.held(place)
    # Another process may have appended since the ledger was read: what it covers is asked of the store.
    further = [ledger.entry(place, index) for index in range(held, held if size is None else size)]
    further += [Entry(arrival.statement, arrival.document) for arrival in batch]
    end = held + len(further) if size is None else size

    def entry(index: int) -> Entry:
        return ledger.entry(place, index) if index < held else further[index - held]

    named = [index for index in office.keyed.named(place) if index < min(held, end)]
    named += (at for at in range(held, end) if names_keys(charter.office, side, entry(at).statement))
    if not named:
        return []
    judged = ahead(office, place, further)
    reached = judged.ledger.counted(place)
    acts = [_replacement(act) for act in judged.postings(place, min(end, reached)) if act.index >= counted]
    (authority,) = (
        officer.key
        for officer in judged.officers(place, reached).values()
        if officer.function == posts.AUTHORITY
    )
    enrolled = posts.enrolled(charter.parties[place].keys["authority_next"], judged.postings(place, reached))
    if reached == counted:
        # Where the register waits, it may do so for long.
        uncounted, waiting = office.keyed.brought(place, authority, enrolled)
        waiting = [one for one in waiting if one.index < min(held, end)]
        reached = held
    else:
        uncounted, waiting = Uncounted(charter.office, side, authority, enrolled), []
    for index in named[bisect_left(named, reached) :]:
        found = uncounted.take(index, entry(index).statement, lambda at, _act: entry(at).document)
        if found is not None:
            waiting.append(found)
    return [*(act for act in acts if act is not None), *waiting]
