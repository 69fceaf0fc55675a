"""What the founding agreement asks for again and again: the weekly meeting of the heads, and notice of a
change of staff seven days ahead.

Both sides signed that text, so both read its duties out of it together; nothing else that needs both is read
out of anything. Whether the heads met in a week is what the sources count, and the South alone says so.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final

from yeollak.demo.scribe import Scribe
from yeollak.demo.steps import MatterOf
from yeollak.demo.texts import outcome

AGREEMENT: Final = MatterOf("2018-09-14-agreement-signed/0")
#: Notice of changes of staff, the weekly meeting as a duty, and the series that the meetings belong to.
NOTICE: Final = MatterOf("2018-09-14-agreement-signed/3")
WEEKLY: Final = MatterOf("2018-09-14-agreement-signed/4")
SERIES: Final = MatterOf("2018-09-14-agreement-signed/5")
#: The name that the meetings state of their series.
SERIES_NAME: Final = "heads-weekly"
#: The line of the agreement's outcome that each duty rests on, as the history lists them.
_STAFF_LINE: Final = 2
_WEEKLY_LINE: Final = 4

#: The weeks without a heads' meeting, by the event that counts them. The fifth week in March, the eighth in
#: April and the thirteenth in May, all in a row after the meeting of 22 February 2019, say which they were.
_MISSED: Final = {
    "2019-03-29-heads-meeting-missed": range(9, 14),
    "2019-04-19-heads-meeting-missed": range(14, 17),
    "2019-05-30-thirteen-weeks": range(17, 22),
    "2019-06-14-new-southern-head": (24,),
    "2019-07-12-heads-meeting-missed": (28,),
}


def read_out(scribe: Scribe) -> None:
    """The duties of the founding agreement, as both sides read them out of the text that they have signed."""
    staff, weekly = outcome(scribe.event, _STAFF_LINE), outcome(scribe.event, _WEEKLY_LINE)
    duty = {"parent": AGREEMENT, "bearers": ["south", "north"]}
    before = {"shape": "notice-period", "notice": 7, "unit": "days", "before": "staff"}
    notice = {"clause": "3.2", **before, "subject": staff}
    scribe.do("obligation.propose", "deputy-head", facts={**duty, **notice})
    # The text says once a week, and no day of it: each ends with its Sunday, the opening's first.
    week = {"shape": "recurring", "every": "week", "first": "2018-09-16", "closed": "kept"}
    meeting = {"clause": "4", **week, "subject": weekly}
    scribe.do("obligation.propose", "deputy-head", facts={**duty, **meeting})
    facts = {"level": "heads", "every": "week", "topic": weekly, "parent": AGREEMENT}
    scribe.do("series.propose", "deputy-head", facts=facts)
    for matter in (NOTICE, WEEKLY):
        scribe.do("obligation.agree", "deputy-head", side=scribe.other, matter=matter, told=False)
    scribe.do("series.agree", "deputy-head", side=scribe.other, matter=SERIES, told=False)


def done(scribe: Scribe) -> None:
    """That the heads met in the week of the event."""
    facts = {"parent": WEEKLY, "occurrence": week_of(date.fromisoformat(str(scribe.event["at"])[:10]))}
    scribe.do("duty.done", facts=facts, told=False)


def missed(scribe: Scribe) -> None:
    """The weeks that the event counts among those without a meeting."""
    weeks: Iterable[int] = _MISSED.get(scribe.event["id"], ())
    for week in weeks:
        # A week has its number; the day on which its meeting should have been is told of some weeks only.
        facts = {"parent": WEEKLY, "occurrence": f"2019-w{week:02}", "when": None}
        scribe.do("duty.missed", facts=facts, told=False)


def week_of(day: date) -> str:
    """A day's week as an occurrence names it: `2019-w09`, by ISO 8601."""
    year, week, _ = day.isocalendar()
    return f"{year}-w{week:02}"
