"""Meetings, agreements and projects of the history.

What both sides issued is signed by both over one text. What only one side or the press tells is entered as
that account and completes nothing: a meeting that it reports held, an agreement or a common project that it
reports.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from yeollak.demo.scribe import Scribe
from yeollak.demo.steps import ActOf, MatterOf, TextOf
from yeollak.demo.texts import instrument
from yeollak.words.labels import known

_LEVELS: Final[Mapping[str, str]] = {
    "2018-10-15-high-level-talks": "high-level",
    "2018-10-22-forestry-talks": "delegation",
    "2018-11-02-sports-talks": "delegation",
    "2018-11-07-health-talks": "delegation",
    "2018-11-23-telecom-talks": "working",
    "2018-12-12-health-working-meeting": "working",
    "2018-12-13-rail-road-working-talks": "working",
    "2018-12-14-second-sports-talks": "delegation",
}
#: The standing series that the weekly meetings of the two heads belong to.
WEEKLY: Final = "heads-weekly"
PLANT: Final = MatterOf("2018-09-14-water-plant-restarts/0")
BUILDING: Final = MatterOf("2018-10-25-renovation-complete/0")
FORESTRY: Final = MatterOf("2018-10-22-forestry-talks/0")
LATE_NOTICE: Final = MatterOf("2019-07-11-absence-notice/0")


def meeting(scribe: Scribe) -> None:
    """A meeting as whoever tells it reports it; with minutes where both sides issued a statement."""
    name = str(scribe.event["id"])
    facts: dict[str, Any] = {"topic": scribe.title}
    heads = "heads-meeting" in name
    if heads:
        facts |= {"level": "heads", "series": WEEKLY}
    elif name in _LEVELS:
        facts["level"] = _LEVELS[name]
    officer = "deputy-head" if heads else "liaison"
    if name.endswith("missed"):
        scribe.do(*_missed(name, officer), facts={**facts, **_absence(name)})
        return
    if name == "2018-12-12-health-working-meeting":
        scribe.do(
            "meeting.planned", officer, facts=facts
        )  # the source speaks of a plan, and none of its course
        return
    if seats := scribe.seats():
        facts["sat"] = seats
    matter = MatterOf(scribe.do("meeting.held", officer, facts=facts))
    if scribe.joint:
        scribe.do("meeting.held", officer, side=scribe.other, matter=matter, facts=facts)
        _sign(scribe, matter, "meeting.minutes", "meeting.sign")


def _missed(name: str, officer: str) -> tuple[str, str]:
    return ("meeting.not-held" if name.startswith("2019-04") else "meeting.absent"), officer


def _absence(name: str) -> dict[str, Any]:
    if name.startswith("2019-03"):
        return {"absent": ["north"], "notified": "beforehand"}
    if name.startswith("2019-07"):
        return {"absent": ["north"], "notified": "late", "parent": LATE_NOTICE}
    return {}


def agreement(scribe: Scribe) -> None:
    """A text that both sides issued is drafted and signed by both; of others there is an account."""
    facts = {"subject": scribe.title}
    if scribe.joint:
        _sign(scribe, None, "agreement.draft", "agreement.sign", facts)
    else:
        scribe.do("agreement.report", "deputy-head", facts={**facts, "class": "arrangement"})


def _sign(
    scribe: Scribe, matter: MatterOf | None, draft: str, sign: str, facts: Mapping[str, Any] | None = None
) -> None:
    """One text on the table, and both sides' signatures under its digest."""
    name = f"{scribe.event['id']}/{len(scribe.steps)}"
    stated = {**(facts or {}), "text": TextOf(name)}
    scribe.do(
        draft, "deputy-head", matter=matter, facts=stated, texts=(instrument(scribe.event),), due=scribe.due
    )
    matter = matter or MatterOf(name)
    for side in (scribe.actor, scribe.other):
        scribe.do(sign, "deputy-head", side=side, matter=matter, facts={"text": TextOf(name)}, told=False)


def project(scribe: Scribe) -> None:
    """A common project, or works of one side."""
    (_PROJECTS.get(scribe.event["id"]) or _reported)(scribe)


def _reported(scribe: Scribe) -> None:
    stage = {"2018-11-23-fibre-project": "discussed", "2020-01-30-new-lines": "done"}
    scribe.do(
        "project.enter",
        facts={
            "class": scribe.event.get("class", "project"),
            "subject": scribe.title,
            "stage": stage.get(scribe.event["id"], "agreed"),
        },
    )


def _forestry(scribe: Scribe) -> None:
    name = f"{scribe.event['id']}/0"
    facts = {"class": "project", "subject": scribe.title, "text": TextOf(name), "parent": FORESTRY}
    scribe.do("project.propose", facts=facts, texts=(instrument(scribe.event),), due=scribe.due)
    scribe.do(
        "project.agree", side=scribe.other, matter=MatterOf(name), facts={"text": TextOf(name)}, told=False
    )


def _plant(scribe: Scribe) -> None:
    scribe.do("project.begin", facts={"class": "works", "subject": scribe.title})


def _plant_reported(scribe: Scribe) -> None:
    scribe.do("project.complete", matter=PLANT, facts={"subject": scribe.title})


def _renovation(scribe: Scribe) -> None:
    """Works that began before the office was founded, as accounts tell; this matter says when."""
    facts = {"class": "works", "subject": scribe.title, "when": "2018-07-02"}
    name = scribe.do("project.begin", facts=facts, told=False)
    same: dict[str, Any] = {}
    for amount in scribe.event["amounts"]:
        purpose = str(amount["for"])
        value = {"currency": amount["currency"], "value": amount["value"]}
        words = {language: known(language, "purpose", purpose) or purpose for language in ("en", "ko", "ar")}
        restates = same if purpose.startswith("renovation,") else {}
        cost = scribe.do(
            "project.cost",
            matter=MatterOf(name),
            facts={"amount": value, "for": words, "borne_by": "south", **restates},
            told=False,
        )
        same = same or {"restates": ActOf(cost)}
    scribe.do("project.complete", matter=MatterOf(name), facts={"subject": scribe.title})


def _drill(scribe: Scribe) -> None:
    facts = {"subject": scribe.title, "milestone": "fire-drill", "state": "reached"}
    scribe.do("project.report", matter=BUILDING, facts=facts)


_PROJECTS: Final[Mapping[str, Callable[[Scribe], None]]] = {
    "2018-09-14-water-plant-restarts": _plant,
    "2018-10-11-water-plant-reported": _plant_reported,
    "2018-10-22-forestry-project": _forestry,
    "2018-10-25-renovation-complete": _renovation,
    "2018-12-13-fire-drill": _drill,
}
