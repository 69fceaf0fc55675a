"""Meetings, agreements and projects of the history.

What both sides issued is signed by both over one text. What only one side or the press tells is entered as
that account and completes nothing: a meeting that it reports held, an agreement or a common project that it
reports.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from yeollak.demo import duties
from yeollak.demo.duties import SERIES, SERIES_NAME
from yeollak.demo.history import SIDES, events
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
PLANT: Final = MatterOf("2018-09-14-water-plant-restarts/0")
BUILDING: Final = MatterOf("2018-10-25-renovation-complete/0")
#: Talks that an earlier event announces, and the matter in which they are entered as planned.
FORESTRY: Final = MatterOf("2018-10-15-high-level-talks/1")
SPORTS_TALKS: Final = MatterOf("2018-10-31-sports-delegation/1")
TELECOM_TALKS: Final = MatterOf("2018-11-21-telecom-accepted/1")
HEALTH_TALKS: Final = MatterOf("2018-11-07-health-talks/0")
_PLANNED: Final[Mapping[str, MatterOf]] = {
    "2018-10-22-forestry-talks": FORESTRY,
    "2018-11-02-sports-talks": SPORTS_TALKS,
    "2018-11-23-telecom-talks": TELECOM_TALKS,
}
#: How many came for each side, where a source counts them.
_DELEGATIONS: Final[Mapping[str, int]] = {
    "2018-11-07-health-talks": 3,
    "2018-11-23-telecom-talks": 5,
    "2018-12-13-rail-road-working-talks": 4,
}
#: What the signed minutes decide, by a short name that a later matter can point to.
_OUTCOMES: Final[Mapping[str, list[str]]] = {
    "2018-10-22-forestry-talks": ["pest-control-and-nurseries"],
    "2018-11-07-health-talks": ["disease-data-on-trial"],
}


def plan(scribe: Scribe, talks: str, parent: MatterOf, count: int | None = None) -> None:
    """The talks that an event announces for a later day, and how many the side will send where it says so."""
    held = events()[talks]
    facts = {"topic": dict(held["title"]), "level": _LEVELS[talks], "start": str(held["at"])[:10]}
    matter = MatterOf(
        scribe.do("meeting.planned", facts={**facts, "parent": parent, "when": None}, told=False)
    )
    if count is not None:
        scribe.do("meeting.delegation", matter=matter, facts={"count": count}, told=False)


def meeting(scribe: Scribe) -> None:
    """A meeting as whoever tells it reports it; with minutes where both sides issued a statement."""
    name = str(scribe.event["id"])
    facts: dict[str, Any] = {"topic": scribe.title}
    heads = "heads-meeting" in name
    if heads:
        facts |= {"level": "heads", "series": SERIES_NAME, "parent": SERIES}
    elif name in _LEVELS:
        facts["level"] = _LEVELS[name]
    officer = "deputy-head" if heads else "liaison"
    if name.endswith("missed"):
        scribe.do(*_missed(name, officer), facts={**facts, **_absence(name)})
        duties.missed(scribe)
        if name.startswith("2019-03"):
            # The return of the Northern staff was gradual and never announced. Their number stands apart from
            # the event, or the North would seem to have signed something of the meeting.
            facts = {"staff_least": 8, "staff_most": 9, "event": None}
            scribe.do("standing.staff", "deputy-head", side="north", facts=facts)
        return
    if name == "2018-12-12-health-working-meeting":
        # The source speaks of a plan, and none of its course.
        scribe.do("meeting.planned", officer, facts={**facts, "parent": HEALTH_TALKS})
        return
    if seats := scribe.seats():
        facts["sat"] = seats
    matter = _PLANNED.get(name)
    opened = MatterOf(scribe.do("meeting.held", officer, matter=matter, facts=facts))
    matter = matter or opened
    if heads:
        duties.done(scribe)
    if scribe.joint:
        scribe.do("meeting.held", officer, side=scribe.other, matter=matter, facts=facts)
    _delegations(scribe, matter)
    if scribe.joint:
        _sign(scribe, matter, "meeting.minutes", "meeting.sign", {"outcomes": _OUTCOMES[name]})
    if name == "2018-10-15-high-level-talks":
        plan(scribe, "2018-10-22-forestry-talks", matter)


def _delegations(scribe: Scribe, matter: MatterOf) -> None:
    """How many each side sent: as both say where both issued a statement, else the teller, of its own."""
    if (count := _DELEGATIONS.get(scribe.event["id"])) is not None:
        for side in reversed(SIDES) if scribe.joint else (scribe.teller,):
            scribe.do("meeting.delegation", side=side, matter=matter, facts={"count": count}, told=False)


def _missed(name: str, officer: str) -> tuple[str, str]:
    return ("meeting.not-held" if name.startswith("2019-04") else "meeting.absent"), officer


def _absence(name: str) -> dict[str, Any]:
    if name.startswith("2019-03"):
        return {"absent": ["north"], "notified": "beforehand"}
    if name.startswith("2019-07"):
        return {"absent": ["north"], "notified": "late"}
    return {}


def agreement(scribe: Scribe) -> None:
    """A text that both sides issued is drafted and signed by both; of others there is an account."""
    facts = {"subject": scribe.title}
    if scribe.joint:
        _sign(scribe, None, "agreement.draft", "agreement.sign", {**facts, "class": "agreement"})
        duties.read_out(scribe)
    else:
        scribe.do("agreement.report", "deputy-head", facts={**facts, "class": "arrangement"})


def _sign(
    scribe: Scribe, matter: MatterOf | None, draft: str, sign: str, facts: Mapping[str, Any] | None = None
) -> None:
    """One text on the table, and both sides' signatures under its digest."""
    name = f"{scribe.event['id']}/{len(scribe.steps)}"
    stated = {**(facts or {}), "text": TextOf(name)}
    scribe.do(draft, "deputy-head", matter=matter, facts=stated, texts=(instrument(scribe.event),))
    matter = matter or MatterOf(name)
    for side in (scribe.actor, scribe.other):
        scribe.do(sign, "deputy-head", side=side, matter=matter, facts={"text": TextOf(name)}, told=False)


def project(scribe: Scribe) -> None:
    """A common project, or works of one side."""
    (_PROJECTS.get(scribe.event["id"]) or _reported)(scribe)


#: The talks that a common project began at.
_BEGUN_AT: Final[Mapping[str, MatterOf]] = {
    "2018-11-02-olympic-project": SPORTS_TALKS,
    "2018-11-23-fibre-project": TELECOM_TALKS,
}


def _reported(scribe: Scribe) -> None:
    stage = {"2018-11-23-fibre-project": "discussed", "2020-01-30-new-lines": "done"}
    scribe.do(
        "project.enter",
        facts={
            "class": scribe.event.get("class", "project"),
            "subject": scribe.title,
            "stage": stage.get(scribe.event["id"], "agreed"),
            "parent": _BEGUN_AT.get(scribe.event["id"]),
        },
    )


def _forestry(scribe: Scribe) -> None:
    name = f"{scribe.event['id']}/0"
    facts = {"class": "project", "subject": scribe.title, "text": TextOf(name), "parent": FORESTRY}
    (decided,) = _OUTCOMES["2018-10-22-forestry-talks"]
    scribe.do("project.propose", facts={**facts, "outcome": decided}, texts=(instrument(scribe.event),))
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
