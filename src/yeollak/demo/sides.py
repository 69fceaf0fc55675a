"""What each side says of itself: accounts, postings, and its standing with its days, lines and things.

A withdrawal, a return, a cut line and the loss of the premises are acts of the side that did it; where only
the other side tells of it, the telling is the other side's remark beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from yeollak.demo.answers import holidays
from yeollak.demo.cast import Member, members
from yeollak.demo.duties import AGREEMENT, SERIES, SERIES_NAME, WEEKLY, missed, week_of
from yeollak.demo.figures import HUNDRED_DAYS, days_of
from yeollak.demo.history import SIDES
from yeollak.demo.papers import BODY_2019, unclaimed
from yeollak.demo.scribe import Scribe
from yeollak.demo.steps import MatterOf, Natural, Scene, Step, TextOf
from yeollak.demo.terms import statements
from yeollak.demo.texts import outcome
from yeollak.node.acting import Text
from yeollak.record import canon

_EQUIPMENT: Final = {
    "en": "Equipment of the Northern side",
    "ko": "북측 장비",
    "ar": "معدات الجانب الشمالي",
}
_FACILITIES: Final = {
    "en": "Facilities of the Southern side, sealed",
    "ko": "남측 시설(봉인)",
    "ar": "مرافق الجانب الجنوبي، مختومة",
}
#: The lines that the announcement of June 2020 names.
_CUT: Final = ("headquarters", "liaison", "military-east", "military-west", "trial")
#: The lines that the history names on the day of the restoration.
_RESTORED: Final = ("liaison", "panmunjom")


# accounts


def account(scribe: Scribe) -> None:
    """A statement or a fact under whose account it is; what both sides issued is confirmed by the other."""
    opened = scribe.do("account.enter", side=scribe.teller, facts={"subject": scribe.title})
    if scribe.joint:
        scribe.do("account.confirm", side=scribe.other, matter=MatterOf(opened))
    if (also := _ALSO.get(scribe.event["id"])) is not None:
        also(scribe, MatterOf(opened))


def _handed_over(scribe: Scribe, entered: MatterOf) -> None:
    scribe.do("request.outcome", matter=BODY_2019, facts={"result": "done", "subject": scribe.title})


def _derived(scribe: Scribe, entered: MatterOf) -> None:
    """Beside the published figures those of the record, for the same hundred days: stated by one side,
    derived anew and countersigned by the other.
    """
    name = f"{scribe.event['id']}/{len(scribe.steps)}"
    facts = {**days_of(HUNDRED_DAYS), "text": TextOf(name), "parent": entered, "source": "own"}
    scribe.do("figures.state", "deputy-head", facts=facts, derives=HUNDRED_DAYS, told=False)
    facts = {"text": TextOf(name), "source": "own"}
    scribe.do("figures.countersign", "deputy-head", side=scribe.other, matter=MatterOf(name), facts=facts)


def _skipped(scribe: Scribe, entered: MatterOf) -> None:
    """That the week's meeting would not be held was said the day before; that it was missed, once it was."""
    closing = datetime.fromisoformat("2019-09-06T17:00:00+09:00")
    week = week_of(closing.date())
    facts = {"parent": WEEKLY, "occurrence": week, "source": "own", "when": "2019-09-06"}
    scribe.afterwards("missed", closing, "duty.missed", facts=facts)


#: What follows from an account beside its entry, which is the matter given.
_ALSO: Final[Mapping[str, Callable[[Scribe, MatterOf], None]]] = {
    "2018-12-20-hundred-day-figures": _derived,
    "2019-05-30-thirteen-weeks": lambda scribe, entered: missed(scribe),
    "2019-09-05-heads-meeting-skipped": _skipped,
    "2019-11-21-body-handed-over": _handed_over,
    "2022-11-18-answer-deadline": lambda scribe, entered: unclaimed(scribe),
}


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
    facts = {"level": "heads", "series": SERIES_NAME, "parent": SERIES}
    scribe.do("meeting.absent", "deputy-head", facts={**facts, "absent": ["north"], "notified": "beforehand"})
    missed(scribe)


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


def _withdrawal(scribe: Scribe) -> None:
    """With what the North said of the South's people and of what was still to come, and what it left."""
    facts = {"others": "may-stay", "follow_up": outcome(scribe.event, 1)}
    scribe.do("standing.withdraw", "deputy-head", facts=facts)
    _left(scribe, "equipment", _EQUIPMENT)
    scribe.tell(Natural("standing", scribe.actor))


def _southern_leave(scribe: Scribe) -> None:
    scribe.do("standing.leave", "deputy-head", facts={"officials": 17, "support": 41})
    _left(scribe, "facilities", _FACILITIES)


def _left(scribe: Scribe, asset: str, subject: Mapping[str, str]) -> None:
    scribe.do("asset.list", facts={"asset": asset, "subject": dict(subject)})
    scribe.do("asset.state", facts={"asset": asset, "state": "left-behind"})


def _demolition(scribe: Scribe) -> None:
    """The loss of the premises is the North's act. What the South calls it is an incident that touches the
    agreement, and that nobody replied to it is the South's lapse.
    """
    scribe.do("standing.premises", "deputy-head", facts={"state": "lost"})
    facts = {"subject": scribe.title, "touches": (AGREEMENT,), "relation": "breach", "source": "own"}
    opened = scribe.do("incident.report", "co-head-2", side=scribe.other, facts=facts, told=False)
    scribe.lapse("incident.lapse", MatterOf(opened), scribe.ends(opened), side=scribe.other)


def holiday_scenes() -> list[Scene]:
    """What the sides state of their holidays: scenes of no event, each before the days that it names."""
    found: dict[datetime, list[Step]] = {}
    for statement in statements():
        facts = {"dates": statement.dates, "state": "holiday", "source": "outside"}
        step = Step(
            f"days/{statement.side}/{statement.year}",
            "",
            statement.side,
            "liaison",
            "standing.days",
            facts,
            texts=(holidays(statement),),
        )
        found.setdefault(statement.at, []).append(step)
    return [Scene(at, tuple(steps)) for at, steps in found.items()]


_STANDING: Final[Mapping[str, Callable[[Scribe], None]]] = {
    "2018-09-14-office-opens": _both("standing.open"),
    "2019-03-22-north-withdraws": _withdrawal,
    "2019-03-22-south-stays": _status("standing.stay", staff=25, officials=9, support=16),
    "2019-03-25-partial-return": _status("standing.return", extent="partial", staff_least=4, staff_most=5),
    "2019-03-25-south-enters": _status("standing.staff", officials=11, support=28),
    "2020-01-30-joint-suspension": _suspension,
    "2020-01-30-south-leaves": _southern_leave,
    "2020-06-09-lines-cut": _status("standing.line", lines=list(_CUT), state="cut"),
    "2020-06-16-building-demolished": _demolition,
    "2021-07-27-lines-restored": _both("standing.line", lines=list(_RESTORED), state="restored"),
}
