"""Acts with what the line says of each: who receipted it and when, whether it stands, what silence it ended,
and how every side stood to the office when it was done.

It asks the store and the office for a page of acts and gives plain values; `lineof` makes rows of them.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, cast

from yeollak.desk.staff import quiet
from yeollak.desk.staff.ladder import Mark, Stance
from yeollak.desk.staff.quiet import Quiet
from yeollak.desk.staff.titles import Title, act_word, title_of
from yeollak.office.counting import parse
from yeollak.office.ledger import Counted
from yeollak.office.matter import natural_id
from yeollak.office.office import Office
from yeollak.record.canon import parse_instant
from yeollak.storage import rungs
from yeollak.storage.reading import OfficeView
from yeollak.words.labels import void_word

#: The kind by which a side states what it saw of a call.
CALL: Final = "checkin.observe"
_MOVES: Final = frozenset({"standing.open", "standing.withdraw", "standing.return"})


@dataclass(frozen=True, slots=True)
class Told:
    """An act with what the line says of it.

    at        when it claims to have been signed; None for one that cannot be read
    receipts  side -> when that side first receipted it
    mark      empty, `void` or `overtaken`; `why` the reason of the void
    open      whether it is a tender that nobody has taken up
    views     of a call: side -> what it saw
    ended     the silence that it ended
    """

    act: Counted
    at: datetime | None
    word: str
    title: Title
    precedence: str = "routine"
    receipts: Mapping[str, datetime] = field(default_factory=dict)
    mark: Mark = ""
    why: str = ""
    open: bool = False
    views: Mapping[str, str] = field(default_factory=dict)
    ended: Quiet | None = None
    stances: tuple[Stance, ...] = ()


def gathered(
    view: OfficeView,
    acts: Sequence[Counted],
    lang: str,
    side_name: Callable[[str], str],
    lanes: Sequence[str],
) -> list[Told]:
    """What the line says of each of these acts. `lanes` are the sides in the order of their lanes."""
    office = view.office
    receipts = rungs.receipts(view, acts)
    precedences = rungs.precedences(view, acts)
    standings = _Standings(office, view.id)
    view.ledger.prefetch({act.matter for act in acts if not act.void})
    return [
        _told(
            office,
            act,
            # Only what cannot be read is asked for its document: the line has no precedence of it.
            precedences[act.id] if act.move is not None and act.id in precedences else _written(office, act),
            receipts[act.id],
            lang,
            side_name,
            standings.at(act, list(lanes)),
        )
        for act in acts
    ]


def stances_before(view: OfficeView, act: Counted, lanes: Sequence[str]) -> tuple[Stance, ...]:
    """How each lane's side stood before an act."""
    return _Standings(view.office, view.id).before(act, list(lanes))


class _Standings:
    """How each side stands to the office from act to act, by its own acts."""

    def __init__(self, office: Office, office_id: str) -> None:
        self._office = office
        self._moves: dict[str, list[Counted]] = {}
        self._id = office_id

    def at(self, act: Counted, lanes: Sequence[str]) -> tuple[Stance, ...]:
        """How every lane stands once an act is done."""
        return tuple(self._stance(side, (act.turn, act.place), bisect_right) for side in lanes)

    def before(self, act: Counted, lanes: Sequence[str]) -> tuple[Stance, ...]:
        """How every lane stood before an act."""
        return tuple(self._stance(side, (act.turn, act.place), bisect_left) for side in lanes)

    def _stance(self, side: str, order: tuple[int, int], find: Callable[..., int]) -> Stance:
        if side not in self._moves:
            matter = natural_id(self._id, "standing", side)
            acts = self._office.ledger.matter(matter)
            self._moves[side] = [
                act for act in acts if not act.void and act.move is not None and act.move.kind in _MOVES
            ]
        moves = self._moves[side]
        at = find(moves, order, key=lambda act: (act.turn, act.place))
        if not at:
            return "unknown"
        last = moves[at - 1]
        phase = self._office.state(last.matter, last.after).state.phase
        return cast(Stance, phase if phase in ("present", "partial", "withdrawn") else "unknown")


def _written(office: Office, act: Counted) -> str:
    document = parse(office.ledger.entry(act.place, act.index))
    return document.precedence if document is not None else "routine"


def _told(
    office: Office,
    act: Counted,
    precedence: str,
    receipts: Mapping[str, datetime],
    lang: str,
    side_name: Callable[[str], str],
    stances: tuple[Stance, ...],
) -> Told:
    state = office.state(act.matter) if not act.void else None
    kind = act.move.kind if act.move is not None else ""
    mark: Mark = "void" if act.void else "overtaken" if state is not None and act.id in state.marks else ""
    views = {}
    if kind == CALL and state is not None:
        seen = ((side, state.state.of("view", side)) for side in office.parties)
        views = {side: str(view) for side, view in seen if view is not None}
    return Told(
        act,
        parse_instant(act.move.at) if act.move is not None else None,
        act_word(lang, act),
        title_of(office, act.matter, lang, side_name),
        precedence,
        receipts,
        mark,
        void_word(lang, act.void) if act.void else "",
        kind == "note.tender" and state is not None and state.state.phase == "tendered",
        views,
        quiet.before(office.ledger, len(office.parties), act),
        stances,
    )
