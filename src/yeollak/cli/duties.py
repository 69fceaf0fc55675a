"""Duties on the command line: the rows of `yeollak docket` and `yeollak calendar`, for people and as data."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from yeollak.cli.output import Output
from yeollak.record.canon import parse_instant
from yeollak.words.docket import duty_reason, duty_word
from yeollak.words.naming import Reader

if TYPE_CHECKING:
    from yeollak.office.calendar import Calendar
    from yeollak.office.duties import Occurrence


def concerns(own: str, side: str | None, one: Occurrence) -> bool:
    """Whether a duty is borne by `ours` or by `theirs`, as the side `own` sees it; what all bear is both."""
    if side is None:
        return True
    return own in one.bearers if side == "ours" else any(bearer != own for bearer in one.bearers)


def show(out: Output, reader: Reader, duties: Iterable[Occurrence]) -> None:
    """Duties as a table for people."""
    rows = (
        (
            reader.when(one.due),
            reader.sides(one.bearers),
            one.clause,
            _spoken(dict(one.subject), out.lang),
            duty_word(out.lang, one.held),
            duty_reason(reader, one.waivers, one.begins, one.told),
            one.key,
            one.obligation,
        )
        for one in duties
    )
    out.tabulate(rows, "due", "whose duty", "clause", "what", "state", "why", "which time", "obligation")


def as_json(own: str, calendar: Calendar, one: Occurrence) -> dict[str, Any]:
    """A duty as data, as the side `own` sees it."""
    return {
        "agreement": one.agreement,
        "bearers": list(one.bearers),
        "begins": one.begins or None,
        "clause": one.clause,
        "due": one.due,
        "due_local": parse_instant(one.due).astimezone(calendar.where).isoformat(),
        "held": str(one.held),
        "matter": one.matter,
        "obligation": one.obligation,
        "occurrence": one.key,
        "ours": own in one.bearers,
        "shape": one.shape,
        "subject": dict(one.subject),
        "told": one.told or None,
        "views": dict(one.views),
        "waivers": list(one.waivers),
    }


def _spoken(words: dict[str, str], lang: str) -> str:
    """The words in the reader's language, else in English, else in the first that there is."""
    return words.get(lang) or words.get("en") or next(iter(words.values()))
