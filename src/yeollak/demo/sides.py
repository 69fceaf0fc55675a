"""What each side says of itself: accounts, postings, standing, and what it saw of the calls.

A withdrawal, a return, a cut line and the loss of the premises are acts of the side that did it; where only
the other side tells of it, the telling is the other side's remark beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from yeollak.demo.cast import Member, members
from yeollak.demo.history import SIDES, history, hour_of, instant
from yeollak.demo.joint import WEEKLY
from yeollak.demo.papers import BODY_2019, BODY_2022, urged
from yeollak.demo.scribe import Scribe
from yeollak.demo.steps import MatterOf, Natural, Scene, Step
from yeollak.node.acting import Text
from yeollak.record import canon

#: The lines that the announcement of June 2020 names.
_CUT: Final = ("headquarters", "liaison", "military-east", "military-west", "trial")
#: The lines that the history names on the day of the restoration.
_RESTORED: Final = ("liaison", "panmunjom")
_SLOTS: Final[Mapping[str, str]] = {
    "opening call": "opening",
    "closing call": "closing",
    "first call after restoration": "first",
    "Panmunjom line call": "panmunjom",
}


# accounts


def account(scribe: Scribe) -> None:
    """A statement or a fact under whose account it is; what both sides issued is confirmed by the other."""
    opened = scribe.do("account.enter", side=scribe.teller, facts={"subject": scribe.title})
    if scribe.joint:
        scribe.do("account.confirm", side=scribe.other, matter=MatterOf(opened))
    name = scribe.event["id"]
    if name == "2019-11-21-body-handed-over":
        scribe.do("request.outcome", matter=BODY_2019, facts={"result": "done", "subject": scribe.title})
    if name == "2022-11-18-answer-deadline":
        urged(scribe, "request.urge", BODY_2022, due=datetime.fromisoformat("2022-11-24T17:00:00+09:00"))


# postings


def posting(scribe: Scribe) -> None:
    """The co-heads are posted, each by its own side; a later one replaces the first."""
    if scribe.event["by"] == "joint":
        for side in SIDES:
            _appoint(scribe, members()[side]["co-head"])
        return
    first = MatterOf("2018-09-14-co-heads-posted/0")
    _appoint(scribe, members()["south"]["co-head-2"], replaces=first)
    scribe.do("posting.recall", "authority", matter=first)
    facts = {"level": "heads", "series": WEEKLY, "absent": ["north"], "notified": "beforehand"}
    scribe.do("meeting.absent", "deputy-head", facts=facts)


def _appoint(scribe: Scribe, member: Member, **facts: Any) -> None:
    scribe.do(
        "posting.appoint",
        "authority",
        side=member.side,
        facts={**posted(member), **facts, "from": str(scribe.event["at"])},
        posts=member.role,
    )


def posted(member: Member) -> dict[str, Any]:
    """The facts of a posting; the name of the person stands in the enclosure, never here (design §2)."""
    return {"function": member.function, "key": member.key.public.hex(), "title": dict(member.title)}


def opening(at: datetime, nodes: Mapping[str, str]) -> Scene:
    """What each side does first: it posts its node's key (`nodes`, by side) and its resident officers."""
    steps = []
    for side in SIDES:
        facts = {"function": "node", "key": nodes[side]}
        steps.append(Step(f"posting/{side}/node", "", side, "authority", "posting.appoint", facts))
        for role in ("deputy-head", "liaison", "duty"):
            member = members()[side][role]
            steps.append(
                Step(
                    f"posting/{side}/{role}",
                    "",
                    side,
                    "authority",
                    "posting.appoint",
                    posted(member),
                    texts=_named(member),
                    posts=role,
                )
            )
    return Scene(at, tuple(steps))


def _named(member: Member) -> tuple[Text, ...]:
    if member.name is None:
        return ()
    value = {"form": "officer/1", "name": dict(member.name), "post": dict(member.title)}
    return (Text(canon.encode(value), "application/vnd.yeollak.officer+json"),)


# standing


def standing(scribe: Scribe) -> None:
    """Presence, withdrawal, return, suspension, lines and premises."""
    _STANDING[scribe.event["id"]](scribe)


def _status(kind: str, **facts: Any) -> Callable[[Scribe], None]:
    def write(scribe: Scribe) -> None:
        scribe.do(kind, "deputy-head", facts=facts)
        scribe.tell(Natural("standing", scribe.actor))

    return write


def _both(kind: str, **facts: Any) -> Callable[[Scribe], None]:
    def write(scribe: Scribe) -> None:
        for side in SIDES:
            scribe.do(kind, "deputy-head", side=side, facts=facts)

    return write


def _suspension(scribe: Scribe) -> None:
    """That the office was suspended by both is told by the South alone, so it is the South's report."""
    condition = {
        language: scribe.event[key][0]
        for language, key in (("en", "outcome"), ("ko", "outcome_ko"), ("ar", "outcome_ar"))
    }
    scribe.do("suspension.report", "co-head-2", facts={"condition": condition})


_STANDING: Final[Mapping[str, Callable[[Scribe], None]]] = {
    "2018-09-14-office-opens": _both("standing.open"),
    "2019-03-22-north-withdraws": _status("standing.withdraw", others="may-stay"),
    "2019-03-22-south-stays": _status("standing.stay", staff=25, officials=9, support=16),
    "2019-03-25-partial-return": _status("standing.return", extent="partial", staff_least=4, staff_most=5),
    "2019-03-25-south-enters": _status("standing.staff", officials=11, support=28),
    "2020-01-30-joint-suspension": _suspension,
    "2020-01-30-south-leaves": _status("standing.leave", officials=17, support=41),
    "2020-06-09-lines-cut": _status("standing.line", lines=list(_CUT), state="cut"),
    "2020-06-16-building-demolished": _status("standing.premises", state="lost"),
    "2021-07-27-lines-restored": _both("standing.line", lines=list(_RESTORED), state="restored"),
}


# calls


def call(scribe: Scribe) -> None:
    """A call as each side that says anything saw it. One event without an hour tells of two calls."""
    at = scribe.event["at"]
    slots = [_slot_of(at)] if hour_of(at) else ["opening", "closing"]
    for slot in slots:
        known = _calls().get((_day(at), slot), {"account": {"south": "unanswered"}})
        sides = SIDES if scribe.joint else ("south",)
        for side in sides:
            view = known["account"]["south"]
            scribe.do("checkin.observe", "duty", side=side, facts=_observed(at, slot, view, known))


def calls_without_event(told: Iterable[Mapping[str, Any]]) -> list[Scene]:
    """The calls that no event tells of: acts alone, each under the side whose view is known."""
    taken = {
        (_day(event["at"]), _slot_of(event["at"]) if hour_of(event["at"]) else "opening") for event in told
    }
    scenes = []
    for (day, slot), known in _calls().items():
        if (day, slot) in taken:
            continue
        steps = [
            Step(
                f"call/{day}/{slot}/{side}",
                "",
                side,
                "duty",
                "checkin.observe",
                _observed(known["at"], slot, view, known),
            )
            for side, view in known["account"].items()
            if view != "unknown"
        ]
        scenes.append(Scene(instant(known["at"]), tuple(steps)))
    return scenes


@lru_cache(maxsize=1)
def _calls() -> Mapping[tuple[str, str], Mapping[str, Any]]:
    """Calls by day and slot. A row that stands for many days is no call: an account tells of it."""
    rows = [row for row in history()["checkins"] if "until" not in row or _same_day(row)]
    return {(_day(row["at"]), _SLOTS.get(row["kind"]) or _slot_of(row["at"])): row for row in rows}


def _same_day(row: Mapping[str, Any]) -> bool:
    return _day(row["until"]) == _day(row["at"])


def _day(at: object) -> str:
    return str(at)[:10]


def _slot_of(at: object) -> str:
    """The slot of a call by its hour: telephone calls at nine and five, contacts in the building else."""
    hours = {
        "09:00": "opening",
        "11:04": "first",
        "15:00": "afternoon",
        "17:00": "closing",
        "17:25": "closing",
    }
    return hours.get(hour_of(at) or "", "morning")


def _observed(at: object, slot: str, view: str, known: Mapping[str, Any]) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "date": _day(at),
        "slot": slot,
        "view": view.replace(" ", "-"),
        "line": _line(slot),
    }
    if (hour := hour_of(at)) is not None:
        facts["time"] = hour
    if view == "late":
        facts["late_minutes"] = known["late_minutes"]
    return facts


def _line(slot: str) -> str:
    return {"morning": "face-to-face", "afternoon": "face-to-face", "panmunjom": "panmunjom"}.get(
        slot, "liaison"
    )
