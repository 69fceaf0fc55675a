"""Figures as acts: the draft that states or contests them with the figures enclosed, and the act itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from django.http import HttpResponse, HttpResponseRedirect

from yeollak.desk.staff.drafting import drafts
from yeollak.desk.staff.gate import Desk
from yeollak.desk.staff.values import Part, Voice
from yeollak.desk.staff.working import fresh, work_of
from yeollak.office.ledger import Counted
from yeollak.storage.desk_drafts import written
from yeollak.words import clean, day

#: What figures are as an enclosure, and under which name they go along.
MEDIA_TYPE: Final = "application/vnd.yeollak.figures+json"
_FILE: Final = "figures.json"


def begun(
    desk: Desk, kind: str, matter: str | None, facts: Mapping[str, str], text: bytes | None
) -> HttpResponse:
    """Begin a draft with facts filled in and figures enclosed, and go on in it. Raises OurFault
    (`not-offered`).
    """
    work = work_of(desk, kind, matter)
    typed = fresh(desk, work).with_({f"f.{name}": value for name, value in facts.items()})
    data = written({"request": "", "typed": typed.to_json()}, desk.person)
    held = drafts(desk).begin(desk.view.id, desk.person, kind, matter, data, desk.now)
    if text is not None:
        held = drafts(desk).attach(held, desk.person, [(_FILE, MEDIA_TYPE, "", text)], desk.now)
    return HttpResponseRedirect(desk.url("draft", held.id))


def opening(desk: Desk, matter: str) -> Counted | None:
    """The act of a matter that states figures, or None."""
    acts = desk.view.ledger.matter(matter)
    return next((act for act in acts if not act.void and act.move and act.move.kind == "figures.state"), None)


def fact_day(value: object, voice: Voice) -> Part:
    """A day that an act states; what is none as it stands."""
    try:
        return Part("day", day(date.fromisoformat(str(value)), voice.lang), iso=str(value))
    except ValueError:
        return Part("code", clean(str(value), longest=40))
