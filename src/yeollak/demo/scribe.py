"""How an event becomes steps: the facts that every act of it carries, who signs, and whose telling it is.

The act itself is signed by the side that acted; the telling of it (`chronicle/1`) by the side whose account
it is, with that act where the two are one, else as a remark in the same matter. So no side signs the
other's words, and what is one side's account never becomes both sides'.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from yeollak.demo.cast import seat_of
from yeollak.demo.history import actor, instants, moment, place, source, teller
from yeollak.demo.steps import MatterOf, Natural, Scene, Step
from yeollak.demo.terms import calendar_at
from yeollak.demo.texts import telling
from yeollak.node.acting import Text
from yeollak.procedures.catalogue import of_kind
from yeollak.procedures.kinds import COMMON, Due, Kind

#: A lapse is signed so long after its `due`.
AFTER: Final = timedelta(minutes=1)

Matter = MatterOf | Natural | None


@dataclass(slots=True)
class Scribe:
    """Writes the steps of one event in order, and the scenes that follow from it `later`."""

    event: Mapping[str, Any]
    steps: list[Step] = field(default_factory=list)
    later: list[Scene] = field(default_factory=list)

    @property
    def at(self) -> datetime:
        """When the event is replayed."""
        return instants()[self.event["id"]]

    @property
    def actor(self) -> str:
        """The side that acted."""
        return actor(self.event)

    @property
    def teller(self) -> str:
        """The side whose account it is."""
        return teller(self.event)

    @property
    def other(self) -> str:
        """The side that did not act."""
        return "north" if self.actor == "south" else "south"

    @property
    def joint(self) -> bool:
        """Whether both sides issued what it rests on."""
        return bool(self.event["account"] == "both")

    @property
    def title(self) -> dict[str, str]:
        """Its title in every language."""
        return dict(self.event["title"])

    def due(self, kind: str, facts: Mapping[str, Any], precedence: str = "routine") -> datetime:
        """Until when an act of this kind waits where the sources name no time: what the charter's calendar
        proposes.
        """
        return calendar_at(self.at).due(self.at, kind, facts.get("class"), precedence)

    def ends(self, name: str) -> datetime:
        """Until when the act of a step of this event waits."""
        due = next(step.due for step in self.steps if step.name == name)
        assert due is not None, name
        return due

    def seats(self) -> list[str]:
        """Who of the cast sat there, as `SIDE.FUNCTION`."""
        found = (seat_of(person["name_en"]) for person in self.event.get("people", ()))
        return sorted({seat for seat in found if seat is not None})

    def do(
        self,
        kind: str,
        officer: str = "liaison",
        *,
        side: str | None = None,
        matter: Matter = None,
        facts: Mapping[str, Any] | None = None,
        texts: tuple[Text, ...] = (),
        due: datetime | None = None,
        told: bool | None = None,
        **more: Any,
    ) -> str:
        """Add an act and return its name. The telling goes along where the acting side tells it (`told`).

        A fact that is None is left out, also where the event would give it. A kind that must name a due gets
        the one that the calendar proposes, unless `due` names another.
        """
        signer, stated = side or self.actor, facts or {}
        if due is None and _kind(kind).due is Due.MUST:
            due = self.due(kind, stated, more.get("precedence", "routine"))
        if told is None:
            told = signer == self.teller and not self._told
        step = Step(
            name=f"{self.event['id']}/{len(self.steps)}",
            event=self.event["id"],
            side=signer,
            officer=officer,
            kind=kind,
            facts=self._facts(kind, signer, stated),
            matter=matter,
            texts=(*texts, *((telling(self.event),) if told else ())),
            due=due,
            **more,
        )
        self.steps.append(step)
        return step.name

    def tell(self, matter: Matter) -> None:
        """Add the telling as a remark of the side whose account it is, unless an act carries it already."""
        if not self._told:
            facts = {"subject": self.title}
            self.do("remark", side=self.teller, matter=matter, facts=facts, told=True)

    def lapse(self, kind: str, matter: Matter, due: datetime, *, side: str | None = None) -> None:
        """Let the expectation lapse when its time is over: a scene of its own."""
        self.afterwards("lapse", due + AFTER, kind, matter, side=side)

    def afterwards(
        self,
        name: str,
        at: datetime,
        kind: str,
        matter: Matter = None,
        *,
        side: str | None = None,
        facts: Mapping[str, Any] | None = None,
    ) -> None:
        """Add an act of the acting side that follows from the event later: a scene of its own."""
        step = Step(
            name=f"{self.event['id']}/{name}",
            event=self.event["id"],
            side=side or self.actor,
            officer="liaison",
            kind=kind,
            facts={"event": self.event["id"], **(facts or {})},
            matter=matter,
        )
        self.later.append(Scene(at, (step,)))

    def scenes(self) -> list[Scene]:
        """What was written: the event's own scene, then what follows from it."""
        return [Scene(self.at, tuple(self.steps)), *self.later]

    @property
    def _told(self) -> bool:
        kind = telling(self.event).type
        return any(text.type == kind for step in self.steps for text in step.texts)

    def _facts(self, kind: str, side: str, facts: Mapping[str, Any]) -> dict[str, Any]:
        known: dict[str, Any] = {
            "event": self.event["id"],
            "source": source(self.event, side),
            "when": moment(self.event["at"]),
        }
        if "until" in self.event:
            known["until"] = moment(self.event["until"])
        if (where := place(self.event)) is not None:
            known["place"] = where
        taken = {fact.name: fact for fact in _kind(kind).takes}
        fitting = {name: value for name, value in known.items() if name in taken and taken[name].holds(value)}
        return {name: value for name, value in {**fitting, **facts}.items() if value is not None}


def _kind(name: str) -> Kind:
    if name in COMMON:
        return COMMON[name]
    procedure = of_kind(name)
    found = procedure.kind(name) if procedure is not None else None
    assert found is not None, name
    return found
