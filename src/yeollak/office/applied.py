"""When an agreement was applied and when an obligation ended, by what the sides have signed of it.

Every time here is somebody's claim, and no side may move one to be rid of what it owed: what an act states
for the past counts from the act itself, an act is no older than its side's entry before it says, and of the
times that several sides give the order in which their acts apply decides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Final
from weakref import WeakKeyDictionary

from yeollak.office.calendar import Calendar
from yeollak.office.fold import order
from yeollak.office.ledger import Counted
from yeollak.office.matter import natural_id
from yeollak.office.notices import moment_of
from yeollak.office.office import Office
from yeollak.office.zones import FIRST, moved
from yeollak.procedures.machine import step
from yeollak.procedures.table import State
from yeollak.record.canon import parse_instant

#: By office: the claimed times of the entries before acts, which nothing changes any more.
_known: Final = WeakKeyDictionary[Office, dict[tuple[int, int], datetime]]()


def standing(office: Office, matter: str, kind: str = "") -> list[Counted]:
    """The acts of a matter that stand (of one kind, where it is given), in the order in which they apply."""
    marks = office.state(matter).marks
    acts = (act for act in office.ledger.matter(matter) if not act.void and act.id not in marks)
    named = (act for act in acts if act.move is not None and (not kind or act.move.kind == kind))
    return sorted(named, key=order)


def relieved(
    office: Office, agreement: str, obligation: str, calendar: Calendar
) -> Callable[[datetime], bool]:
    """Whether an agreement was not applied at an instant: not yet in force, suspended or denounced. What is
    not applied asks for nothing.

    Each turn counts from the later of what its act states as `start` and when it was signed. That an
    obligation was read out of the agreement shows that it was in force by then, whatever its last signature
    claims.
    """
    # Its side may name the matter in acts before the one that opens it: those are void, and show nothing.
    read_out = next(act for act in office.ledger.matter(obligation) if not act.void)
    turns = list[tuple[datetime, str]]()
    for act, phase in _turns(office, agreement):
        signed = signed_at(office, act)
        if act.index < read_out.vector[act.place]:
            signed = min(signed, _claimed(read_out))
        turns.append((max(signed, _start(office, agreement, act, phase, calendar)), phase))

    def is_relieved(moment: datetime) -> bool:
        phases = [phase for since, phase in turns if since <= moment]
        return not phases or phases[-1] != "in-force"

    return is_relieved


def ended(office: Office, obligation: str, now: datetime, calendar: Calendar) -> datetime | None:
    """When an obligation that all have released ended, or that of the office if it was dissolved before; None
    while it runs on.
    """
    ends = [dissolved_at(office, now, calendar)]
    if office.state(obligation).state.phase == "released":
        releases = standing(office, obligation, "obligation.release")
        ends.append(_agreed(office, releases, now, calendar))
    return min((end for end in ends if end is not None), default=None)


def dissolved_at(office: Office, now: datetime, calendar: Calendar) -> datetime | None:
    """When the office was dissolved; None while it lasts."""
    if not office.dissolved():
        return None
    matter = natural_id(office.charter.office, "charter", "dissolution")
    signed = {act.side: act for act in standing(office, matter, "dissolution.sign")}
    return _agreed(office, sorted(signed.values(), key=order), now, calendar)


def signed_at(office: Office, act: Counted) -> datetime:
    """The claimed time of an act, or that of its side's entry before it where that is later: no side takes
    back what it has said of its own time.
    """
    return max(_claimed(act), _before(office, act))


def _agreed(office: Office, acts: Sequence[Counted], now: datetime, calendar: Calendar) -> datetime:
    """When all had agreed, by the acts with which they did, in the order in which these apply: the claimed
    time of the last, or of an earlier one that lies no more than `deadline.most_hours` after it. The
    last side's entry before it speaks against a claim that lies too far back. What is stated for
    a future beyond `most_hours` from now counts as that.
    """
    *others, last = acts
    stated = [_claimed(act) for act in others]
    end = max(_claimed(last), min(_before(office, last), max(stated, default=FIRST)))
    end = max([end, *(at for at in stated if at - end <= calendar.most)])
    return min(end, moved(now, calendar.most))


def _turns(office: Office, matter: str) -> Iterator[tuple[Counted, str]]:
    """The acts of a matter that changed its phase, each with the phase that it led to."""
    procedure, state = office.folds(matter).procedure, State()
    for act in standing(office, matter):
        assert act.move is not None, "an allowed act has been parsed"
        after = step(procedure, state, act.move, office.parties)
        if after.phase != state.phase:
            yield act, after.phase
        state = after


def _start(office: Office, agreement: str, act: Counted, phase: str, calendar: Calendar) -> datetime:
    """From when a turn is to count by what is stated: its act, or for the first signatures the draft."""
    assert act.move is not None, "an allowed act has been parsed"
    facts = act.move.facts
    if phase == "in-force" and act.move.kind == "agreement.sign":
        first = next(iter(standing(office, agreement))).move
        facts = first.facts if first is not None else facts
    stated = facts.get("start")
    return FIRST if stated is None else calendar.begins(moment_of(str(stated)))


def _before(office: Office, act: Counted) -> datetime:
    """The claimed time of the entry before an act in its register."""
    if not act.index:
        return FIRST
    # It lies anywhere in a register, and is asked for with every page that tells of duties.
    known = _known.setdefault(office, {})
    if (act.place, act.index) not in known:
        before = office.ledger.finding(act.place, act.index - 1)
        known[act.place, act.index] = FIRST if before.move is None else _claimed(before)
    return known[act.place, act.index]


def _claimed(act: Counted) -> datetime:
    assert act.move is not None, "only what has been parsed claims a time"
    return parse_instant(act.move.at)
