"""What the public page is drawn from: the acts that carry a `chronicle/1` enclosure, the acts around them,
and what their matters have come to.

The rows here have the fields that the page asks for and know nothing of the page. An enclosure's JSON is
another side's: it is bounded and decoded, not checked.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache, partial
from typing import Any, Final

from yeollak.errors import OurFault
from yeollak.office.charter import MAX_CHARTER
from yeollak.office.fold import order
from yeollak.office.ledger import Counted
from yeollak.record import canon
from yeollak.storage import models, plain, reading
from yeollak.storage.chronicles import MAX_CHRONICLE, Value, chronicle, telling
from yeollak.storage.owners import owners
from yeollak.storage.reading import HeadRow, OfficeView
from yeollak.storage.told import Told

_RELEASED = frozenset({"right", "large"})
#: Enclosures and matters are read in portions of so many.
_AT_ONCE = 200
#: Acts that a reader is shown although no telling goes with them: calls, standing, who was posted.
_TOLD_ALONE: Final = frozenset({"check-in", "standing", "posting"})
_STANDING: Final = (
    f"SELECT place, size, root, counted, shown FROM {plain.HEAD} WHERE office_id = %s ORDER BY place"  # noqa: S608 (no value is in it)
)
_ENCLOSED: Final = f"SELECT MAX(id), COUNT(*) FROM {plain.ENCLOSURE} WHERE office_id = %s"  # noqa: S608 (no value is in it)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedRow:
    """One allowed act. `officer` is the function of whoever signed."""

    act: str
    matter: str
    side: str
    officer: str
    kind: str
    at: datetime
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChronicleRow(SignedRow):
    """One allowed act with its decoded chronicle. `procedure` is the family of the matter's table; `phase`,
    `slots` and `settled` are the matter's.
    """

    procedure: str
    phase: str
    slots: Mapping[str, Any]
    settled: bool
    chronicle: object


@dataclass(frozen=True, slots=True, kw_only=True)
class ActRow(SignedRow):
    """One allowed act, with or without a telling. `overtaken` says that an act that crossed it stands
    instead.
    """

    overtaken: bool


@dataclass(frozen=True, slots=True)
class MatterRow:
    """What a matter has come to. `procedure` names its table, `family` the family of tables; `marks` are the
    acts of it that were overtaken.
    """

    matter: str
    procedure: str
    family: str
    phase: str
    slots: Mapping[str, Any]
    marks: Collection[str]
    settled: bool


@dataclass(frozen=True, slots=True)
class RecordRow:
    """An office as the public may see it: the charter's JSON, the acts that tell something and every act that
    belongs to what they tell, both in the order in which acts apply, the matters of both, the registers; when
    the next embargo ends, if one holds something back; and how many calls there are besides those of the
    acts, all of them before the newest.
    """

    office: str
    charter: Mapping[str, Any]
    items: Sequence[ChronicleRow]
    acts: Sequence[ActRow]
    matters: Mapping[str, MatterRow]
    registers: Sequence[HeadRow]
    until: datetime | None = None
    calls_before: int = 0


class Source:
    """The offices of the database `alias`, for whoever shows them. `clock` tells which embargoes are over."""

    def __init__(
        self, alias: str = "default", clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self.alias, self._clock = alias, clock

    def offices(self) -> Sequence[str]:
        """The ids of the founded offices, in the order in which they came."""
        return reading.offices(self.alias)

    def version(self, office: str) -> str:
        """A digest that changes whenever `record` would give something else, the end of an embargo apart, for
        two queries and no reading. Raises LookupError for an id that is not here.
        """

        told = [
            f"{place} {size} {bytes(root).hex()} {counted} {shown}"
            for place, size, root, counted, shown in plain.rows(self.alias, _STANDING, office)
        ]
        if not told:
            raise LookupError(office)
        # A large enclosure arrives after its act, and one may be erased.
        ((newest, many),) = plain.rows(self.alias, _ENCLOSED, office)
        told.append(f"{newest} {many}")
        return hashlib.sha256("\n".join(told).encode()).hexdigest()

    def record(self, office: str) -> RecordRow:
        """The record of one office as held now. Raises LookupError for an id that is not here."""
        try:
            view = reading.office_view(self.alias, office)
        except OurFault:
            raise LookupError(office) from None

        charter = canon.decode(view.charter.raw, limit=MAX_CHARTER)
        told = told_of(view)
        with told.lock:
            acts = told.acts(view, partial(_blobs, view))

            def matters(ids: Collection[str]) -> Mapping[str, MatterRow]:
                return told.states(view, ids, partial(_matters, view))

            rows = _rows(office, charter, acts, told.values, matters, reading.heads(view), self._clock())
            return replace(rows, calls_before=told.calls_before)


def marked(view: OfficeView, acts: Sequence[Counted]) -> Iterable[Counted]:
    """Those of some allowed acts that the public page may be drawn from besides those that are shown by
    themselves, now or once an enclosure has come: what tells something, speaks of an event or states an
    embargo. Whatever changes them makes the rules of `tallies.rule` others.
    """
    for start in range(0, len(acts), _AT_ONCE):
        some = [one for one in acts[start : start + _AT_ONCE] if one.move is not None]
        digests = {one.id: _digests(one) for one in some}
        held = _blobs(view, {digest for several in digests.values() for digest in several})
        silent = {digest for digest, blob in held.items() if chronicle(blob) is None}
        for one in some:
            facts = one.move.facts if one.move is not None else {}
            speaks = isinstance(facts.get("event"), str) or "embargo" in facts
            if speaks or any(digest not in silent for digest in digests[one.id]):
                yield one


_kept: Final[dict[tuple[str, str], Told]] = {}


def told_of(view: OfficeView) -> Told:
    """What this process has found of an office that may be shown."""
    decode = partial(telling, view.id, view.charter.sides)
    return _kept.setdefault((view.alias, view.id), Told(_TOLD_ALONE, decode))


class _Shown:
    alias = "default"


def show(alias: str) -> None:
    """Have the public pages of this process drawn from the database `alias`: that of the node it serves."""
    _Shown.alias = alias


def source() -> Source:
    """The source over the database that this process shows; the default one, until it is told."""
    return Source(_Shown.alias)


def rows_of(
    office: str,
    charter: Mapping[str, Any],
    counted: Sequence[Counted],
    blobs: Callable[[Collection[str]], Mapping[str, bytes]],
    matters: Callable[[Collection[str]], Mapping[str, MatterRow]],
    heads: Sequence[HeadRow],
    now: datetime,
) -> RecordRow:
    """The rows of an office, from what was counted, what is held of some enclosures, and what
    some matters have come to. A matter under an embargo that is not over at `now` is held back whole.
    """

    sides = sorted({found.side for found in counted})

    def values(digests: Collection[str]) -> Mapping[str, Value]:
        found = ((digest, telling(office, sides, digest, blob)) for digest, blob in blobs(digests).items())
        return {digest: value for digest, value in found if value is not None}

    return _rows(office, charter, counted, values, matters, heads, now)


def _rows(
    office: str,
    charter: Mapping[str, Any],
    counted: Sequence[Counted],
    values: Callable[[Collection[str]], Mapping[str, Value]],
    matters: Callable[[Collection[str]], Mapping[str, MatterRow]],
    heads: Sequence[HeadRow],
    now: datetime,
) -> RecordRow:
    allowed = [found for found in counted if found.move is not None and not found.void]
    # The order in which acts apply, and not that in which they were counted here: acts that crossed were
    # counted in another order by the other side, and its page is the same.
    allowed.sort(key=order)
    closed = _embargoed(allowed, matters, now)
    allowed = [found for found in allowed if found.matter not in closed]
    told = list(_told(allowed, values))
    events = {found.move.facts.get("event") for found, _ in told if found.move is not None} - {None}
    wanted = {found.matter for found, _ in told}
    around = [found for found in allowed if _belongs(found, wanted, events)]
    states = matters({found.matter for found in around} | wanted)
    return RecordRow(
        office,
        charter,
        tuple(_row(found, states[found.matter], value) for found, value in told if found.matter in states),
        tuple(_act(found, states[found.matter]) for found in around if found.matter in states),
        states,
        tuple(heads),
        min(closed.values(), default=None),
    )


def _embargoed(
    allowed: Sequence[Counted],
    matters: Callable[[Collection[str]], Mapping[str, MatterRow]],
    now: datetime,
) -> Mapping[str, datetime]:
    """The matters that may not be published yet, and until when.

    Of a joint text it is the embargo of the act that put the text on the table which stands: no side holds a
    matter back by a draft that the other has replaced. Of what has no text it is the latest that is stated.
    """
    stated = {found.matter for found in allowed if _embargo(found) is not None}
    if not stated:
        return {}
    states = matters(stated)
    closed: dict[str, datetime] = {}
    for found in allowed:
        state, ends = states.get(found.matter), _embargo(found)
        draft = state.slots.get("draft") if state is not None else None
        if ends is None or (draft is not None and draft != found.id):
            continue
        closed[found.matter] = max(ends, closed.get(found.matter, ends))
    return {matter: ends for matter, ends in closed.items() if ends > now}


def _embargo(found: Counted) -> datetime | None:
    """Until when an act asks that nothing of it be published."""
    stated = found.move.facts.get("embargo") if found.move is not None else None
    return canon.parse_instant(stated) if stated is not None else None


def counted(view: OfficeView) -> list[Counted]:
    """Everything that counts, in the order in which it was counted here."""
    pairs = view.rows(models.Finding).order_by("id").values_list("place", "index")
    return [view.ledger.finding(place, index) for place, index in pairs if index < view.ledger.counted(place)]


def _told(
    allowed: Sequence[Counted], values: Callable[[Collection[str]], Mapping[str, Value]]
) -> Iterable[tuple[Counted, object]]:
    """The acts that carry a `chronicle/1` enclosure which is held here, each with its decoded value."""
    enclosing: list[tuple[Counted, list[str]]] = []
    for found in allowed:
        assert found.move is not None, "an allowed act has been parsed"
        if digests := _digests(found):
            enclosing.append((found, digests))
    for start in range(0, len(enclosing), _AT_ONCE):
        part = enclosing[start : start + _AT_ONCE]
        held = values({digest for _, digests in part for digest in digests})
        for found, digests in part:
            # Another side's that an act names is not told by it, and is not released by it.
            told = (held[digest] for digest in digests if digest in held)
            value = next((value for side, value in told if side == found.side), None)
            if value is not None:
                yield found, value


def _digests(found: Counted) -> list[str]:
    """The enclosures of an act that everybody may see who sees the act."""
    enclosures = found.move.enclosures if found.move is not None else {}
    return [one for one, release in enclosures.items() if release in _RELEASED]


def _belongs(found: Counted, matters: Collection[str], events: Collection[object]) -> bool:
    assert found.move is not None, "an allowed act has been parsed"
    event = found.move.facts.get("event")
    return (
        found.matter in matters
        or (isinstance(event, str) and event in events)
        or found.procedure in _TOLD_ALONE
    )


#: The same acts are shown again with every new one.
_instant = lru_cache(maxsize=65536)(canon.parse_instant)


def _signed(found: Counted) -> dict[str, Any]:
    assert found.move is not None, "an allowed act has been parsed"
    return {
        "act": found.id,
        "matter": found.matter,
        "side": found.side,
        "officer": found.move.function,
        "kind": found.move.kind,
        "at": _instant(found.move.at),
        "facts": found.move.facts,
    }


def _row(found: Counted, state: MatterRow, value: object) -> ChronicleRow:
    return ChronicleRow(
        **_signed(found),
        procedure=state.family,
        phase=state.phase,
        slots=state.slots,
        settled=state.settled,
        chronicle=value,
    )


def _act(found: Counted, state: MatterRow) -> ActRow:
    return ActRow(**_signed(found), overtaken=found.id in state.marks)


def _blobs(view: OfficeView, digests: Collection[str]) -> Mapping[str, bytes]:
    """What is held of these enclosures; of large ones, which are files, those that may be chronicles."""
    held = reading.blobs(view, digests)
    empty = [digest for digest, blob in held.items() if not blob]
    whose = owners(view, dict.fromkeys(empty, b""))
    small = view.rows(models.Large).filter(digest__in=empty, size__lte=MAX_CHRONICLE) if empty else ()
    for row in small:
        side = view.charter.sides[row.place]
        if whose.get(row.digest) == side:
            held[row.digest] = reading.blob(view, row.digest, side) or b""
    return held


def _matters(view: OfficeView, ids: Collection[str]) -> Mapping[str, MatterRow]:
    wanted, found = sorted(ids), {}
    for start in range(0, len(wanted), _AT_ONCE):
        for row in view.rows(models.Matter).filter(matter__in=wanted[start : start + _AT_ONCE]):
            found[row.matter] = MatterRow(
                row.matter,
                row.procedure,
                row.family,
                row.phase,
                json.loads(row.slots),
                frozenset(json.loads(row.marks)),
                row.settled,
            )
    return found
