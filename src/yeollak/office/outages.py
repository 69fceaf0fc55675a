"""Line trouble, as officers and nodes have signed it: when a line was observed dead, cut, or alive again.

It is read from three kinds of act and from nothing else, never from a private log (rule 6): `checkin.observe`
(view `line-dead`), `standing.line` (cut or restored, line by line) and `line.report` (every attempt of a
period found no line). What a side claims of itself excuses nobody: an observation counts where a side that
waits has signed it, against its own interest; that a line is cut counts from whichever side, since it is no
observation but a fact which that side has made or owns to. Acts are read once, as they are counted.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from yeollak.office.calendar import Calendar
from yeollak.office.ledger import Counted
from yeollak.office.office import Office
from yeollak.procedures.table import Move
from yeollak.record.canon import parse_instant

#: Views of a call that say something of the line: a call that rang and was not answered had a line.
ALIVE = frozenset({"answered", "late", "unanswered"})
DEAD = "line-dead"
#: The tables whose acts speak of lines: of a long record they alone are read, unless only few acts are new.
_TELL = ("check-in", "line", "standing")
_FEW = 64


@dataclass(frozen=True, slots=True)
class Down:
    """A line that was down at an instant: `code` is `line-cut` or `line-dead`, `by` who signed it, `since`
    and `ended` the instants of the observations that began and ended it (None: not ended).
    """

    code: str
    by: str
    since: datetime
    ended: datetime | None


class Outages:
    """What the sides have signed of their lines, in the order of the instants that it speaks of. Up to the
    sizes `known` of the registers, whoever makes it hands over by `take` whatever makes or ends an outage.
    """

    def __init__(self, calendar: Calendar, known: Sequence[int] = ()) -> None:
        self._calendar = calendar
        self._read = list(known)
        #: How often a call was observed dead, of what was read.
        self.dead = 0
        #: (side, line; empty for what was observed of the line as such) -> (instant, whether dead)
        self._seen: dict[tuple[str, str], list[tuple[datetime, bool]]] = {}
        self._runs: dict[tuple[str, str], list[tuple[datetime, datetime | None]]] = {}

    def read(self, office: Office) -> Outages:
        """Take over what has been counted since it was last asked to. Returns itself."""
        self._read += [0] * (len(office.parties) - len(self._read))
        for place, start in enumerate(self._read):
            end = office.ledger.counted(place)
            if end - start <= _FEW:
                self.take(office.ledger.finding(place, index) for index in range(start, end))
            else:
                self.take(office.ledger.under(_TELL, place, start))
            self._read[place] = end
        return self

    def take(self, acts: Iterable[Counted]) -> None:
        """Take over acts of any kind; void ones and those that say nothing of a line are passed by."""
        for act in acts:
            if not act.void and act.move is not None:
                self.dead += act.move.kind == "checkin.observe" and act.move.facts["view"] == DEAD
                for line, moment, dead in self._observed(act.move):
                    insort(self._seen.setdefault((act.side, line), []), (moment, dead))
                    self._runs.pop((act.side, line), None)

    def down(
        self, moment: datetime, now: datetime, side: str, others: Iterable[str]
    ) -> tuple[Down, datetime | None] | None:
        """The outage at an instant that keeps silence from being silence at `now`, where `others` wait for
        `side`, and the instant from which it does not do so any more; None where there is none.

        A line that is back excuses until the office has closed once since.
        """
        waits = list(others)
        cuts = (self._cut(one, moment, now) for one in (*waits, side))
        for found in (*cuts, *(self._at(one, "", moment, now) for one in waits)):
            if found is not None:
                until = None if found.ended is None else self._calendar.next_close(found.ended)
                if until is None or now < until:
                    return found, until
        return None

    def quiet(self, now: datetime) -> bool:
        """Whether no outage keeps any silence from being silence at `now`, whenever it began."""
        last = [runs[-1] for key in self._seen if (runs := self._dead(key))]
        return all(end is not None and now >= self._calendar.next_close(end) for _, end in last)

    def claimed(self, moment: datetime, now: datetime, side: str) -> bool:
        """Whether a side itself says that it saw the line dead at an instant."""
        return self._at(side, "", moment, now) is not None

    def _cut(self, side: str, moment: datetime, now: datetime) -> Down | None:
        """The outage at an instant because a side had every line of the office cut: every one that the
        charter names in `calendar.lines`, or, where it names none, that this side has spoken of.
        """
        lines = self._calendar.lines or {line for of, line in self._seen if of == side and line}
        found = [self._at(side, line, moment, now) for line in sorted(lines)]
        held = [down for down in found if down is not None]
        if not held or len(held) != len(found):
            return None
        # Down since the last of them was cut, until the first of them is back.
        ends = [down.ended for down in held if down.ended is not None]
        return Down("line-cut", side, max(down.since for down in held), min(ends, default=None))

    def _at(self, side: str, line: str, moment: datetime, now: datetime) -> Down | None:
        runs = self._dead((side, line))
        after = bisect_right(runs, moment, key=lambda run: run[0])
        if not after:
            return None
        since, end = runs[after - 1]
        if end is not None and end <= moment:
            return None
        return Down(
            "line-cut" if line else "line-dead", side, since, end if end is not None and end <= now else None
        )

    def _dead(self, key: tuple[str, str]) -> list[tuple[datetime, datetime | None]]:
        """The stretches for which a line was down, found once while nothing new is read."""
        if key not in self._runs:
            runs: list[tuple[datetime, datetime | None]] = []
            for moment, dead in self._seen.get(key, ()):
                down = bool(runs) and runs[-1][1] is None
                if dead and not down:
                    runs.append((moment, None))
                elif not dead and down:
                    runs[-1] = (runs[-1][0], moment)
            self._runs[key] = runs
        return self._runs[key]

    def _observed(self, move: Move) -> Iterable[tuple[str, datetime, bool]]:
        facts, signed = move.facts, parse_instant(move.at)
        if move.kind == "checkin.observe":
            view, slot = (
                facts["view"],
                self._calendar.slot(date.fromisoformat(facts["date"]), str(facts["slot"])),
            )
            if slot is not None and (view == DEAD or view in ALIVE):
                return [("", slot, view == DEAD)]
        elif move.kind == "standing.line":
            # By the time of signing: a cut that is told later reaches no deadline that had passed before.
            return [(str(line), signed, facts["state"] == "cut") for line in facts["lines"]]
        elif move.kind == "line.report":
            since, until = parse_instant(facts["since"]), parse_instant(facts["until"])
            failures = facts.get("failures", 0)
            if facts["attempts"] and since <= until <= signed:
                dead = failures >= facts["attempts"]
                return [("", since if dead else until, dead)]
        return ()
