"""One offer: what is known of one kind of act in one scene, and its JSON form (docs/spec/19-offers.md).

It knows no registers: `offers` finds the scenes of an office.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from yeollak.office import officers as posts
from yeollak.office.outcomes import (
    NEVER,
    Crossing,
    Outcome,
    Wait,
    crossings,
    in_time,
    outcomes,
    taken_back_by,
    waiting,
)
from yeollak.office.prospects import (
    Condition,
    Scene,
    choices,
    decided,
    delivered,
    guarded,
    kinds_of,
    known_facts,
)
from yeollak.procedures.facts import Fact
from yeollak.procedures.kinds import Due, Kind
from yeollak.procedures.machine import roles
from yeollak.procedures.posting import FUNCTIONS
from yeollak.procedures.table import NONE, Row


@dataclass(frozen=True, slots=True)
class Wanted:
    """A fact that the act states. `choices` closes it to a list; `known` is what the record says already."""

    fact: Fact
    required: bool
    choices: tuple[str, ...] = ()
    known: Any = None

    def to_json(self) -> dict[str, Any]:
        """The fact as a JSON object; `known` is absent where nothing is known."""
        told = {
            "choices": list(self.choices),
            "many": self.fact.many,
            "name": self.fact.name,
            "purpose": self.fact.purpose,
            "required": self.required,
            "type": self.fact.type,
        }
        return told if self.known is None else {**told, "known": self.known}


@dataclass(frozen=True, slots=True)
class Offer:
    """One kind of act that an officer may do now.

    matter        its id; None where the act itself will name it
    role          opener, counterpart or either, as the row says
    re            the acts that it answers
    deliver       digests of the enclosures that it must release
    due           the due proposed, where one must or may be set (`kind.due`); `latest`, the charter's limit
    functions     who of the side may sign it
    by            until when others wait for it, `late` once that is over; `not_before` when a lapse may be
                  claimed, `ready` that it may
    condition     what its guard asks of facts that are not known yet, else None
    outcomes      what it leads to; the first is that of the known facts
    waiting       who waits for whom now, before it
    taken_back_by the kinds by which it may be taken back while it stands
    """

    kind: Kind
    procedure: str
    matter: str | None
    phase: str
    role: str
    facts: tuple[Wanted, ...]
    re: tuple[str, ...]
    deliver: tuple[str, ...]
    due: str | None
    latest: str
    functions: tuple[str, ...]
    by: str | None
    late: bool
    not_before: str | None
    ready: bool
    condition: Condition | None
    outcomes: tuple[Outcome, ...]
    waiting: tuple[Wait, ...]
    crossing: tuple[Crossing, ...]
    taken_back_by: tuple[str, ...]

    @property
    def known(self) -> dict[str, Any]:
        """The facts that the record knows already, by name."""
        return {wanted.fact.name: wanted.known for wanted in self.facts if wanted.known is not None}

    def to_json(self) -> dict[str, Any]:
        """The offer as the JSON object that docs/spec/19-offers.md fixes."""
        condition = self.condition
        return {
            "condition": condition and {"code": condition.code, "facts": list(condition.facts)},
            "crossing": [_crossing(one) for one in self.crossing],
            "due": {"latest": self.latest, "proposed": self.due, "rule": self.kind.due.value},
            "enclosures": {"deliver": list(self.deliver), "releases": sorted(self.kind.releases)},
            "facts": [wanted.to_json() for wanted in self.facts],
            "functions": list(self.functions),
            "kind": self.kind.name,
            "matter": self.matter,
            "outcomes": [_outcome(one) for one in self.outcomes],
            "phase": self.phase,
            "procedure": self.procedure,
            "purpose": self.kind.purpose,
            "re": list(self.re),
            "role": self.role,
            "taken_back_by": list(self.taken_back_by),
            "time": {
                "by": self.by,
                "late": self.late,
                "not_before": self.not_before,
                "ready": self.ready,
            },
            "waiting": [_wait(one) for one in self.waiting],
        }


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a kind is not offered: a code of docs/spec/19-offers.md, with what it names."""

    code: str
    data: Mapping[str, Any]


def in_scene(scene: Scene, kind: Kind, row: Row, due: str | None = None) -> Offer | None:
    """The offer of one kind in one scene, or None where no facts could let the act stand.

    `due` is the due proposed. It knows no matter id, no latest due and not whether a time has come.
    """
    known = decided(scene, kind, row, known_facts(scene, kind, row))
    if known is None:
        return None
    digests = delivered(scene, kind, row, known)
    condition = guarded(scene, kind, row, known, digests)
    if condition is not None and not condition.facts:
        return None
    stated = due if kind.due is not Due.NO else None
    due = (stated or NEVER) if kind.due is Due.MUST else None
    found = outcomes(scene, kind, row, known, due, digests)
    if not found:
        return None
    first, after = found[0]
    by, not_before = in_time(scene, row, first)
    answered = scene.state.slots.get(row.answers) if row.answers is not None else None
    return Offer(
        kind=kind,
        procedure=scene.procedure.name,
        matter=None,
        phase=scene.state.phase,
        role=row.by.value,
        facts=tuple(
            Wanted(
                fact,
                fact.required or _must_name(scene, fact),
                choices(scene, kind, row, fact, known),
                known.get(fact.name),
            )
            for fact in kind.takes
        ),
        re=(str(answered),) if answered is not None else (),
        deliver=digests,
        due=stated,
        latest=NEVER,
        functions=tuple(
            name for name in (posts.AUTHORITY, *FUNCTIONS) if posts.may_sign(name, kind.name, kind.functions)
        ),
        by=by,
        late=by is not None and scene.at > by,
        not_before=not_before,
        ready=not_before is None or scene.at >= not_before,
        condition=condition,
        outcomes=tuple(outcome for outcome, _ in found),
        waiting=waiting(scene),
        crossing=tuple(crossings(scene, kind, row, after)),
        taken_back_by=taken_back_by(scene, kind, row, after),
    )


def refused(scene: Scene, kind: Kind) -> Refusal | None:
    """Why a kind of this table is not offered in a scene, whoever would sign it; None where it is."""
    procedure, state, side = scene.procedure, scene.state, scene.side
    row = next((row for one, row in kinds_of(scene) if one is kind), None)
    if row is not None:
        if in_scene(scene, kind, row) is not None:
            return None
        condition = guarded(scene, kind, row, known_facts(scene, kind, row))
        return Refusal("guard", {"code": condition.code if condition is not None else "forbidden"})
    row = procedure.rows.get(state.phase, {}).get(kind.name)
    if row is None:
        phases = sorted(phase for phase, rows in procedure.rows.items() if kind.name in rows)
        return Refusal("phase", {"phase": state.phase, "phases": phases})
    if row.by not in roles(procedure, state, side, scene.parties):
        return Refusal("role", {"role": row.by.value})
    if row.own is not None and state.of(row.own, side) is None:
        return Refusal("own", {"slot": row.own})
    if row.free is not None and state.of(row.free, side) is not None:
        return Refusal("free", {"slot": row.free})
    if row.names_nobody(state, side):
        condition = guarded(scene, kind, row, known_facts(scene, kind, row))
        return Refusal("guard", {"code": condition.code if condition is not None else "forbidden"})
    if row.answers is not None and row.answers not in state.slots:
        return Refusal("stale", {"slot": row.answers})
    return Refusal("written", {"slots": sorted({write.slot for write in row.writes if write.once})})


def _must_name(scene: Scene, fact: Fact) -> bool:
    one = fact.name == "to" and fact.type == "side" and not fact.many
    return one and scene.state.phase == NONE and len(scene.parties) > 2


# as JSON


def _wait(wait: Wait) -> dict[str, Any]:
    return {
        "by": list(wait.by),
        "own": wait.own,
        "side": wait.side,
        "until": None if wait.until == NEVER else wait.until,
    }


def _outcome(outcome: Outcome) -> dict[str, Any]:
    joint = outcome.joint
    return {
        "ends": outcome.ends,
        "joint": joint
        and {
            "complete": joint.complete,
            "items": list(joint.items),
            "sides": list(joint.sides),
            "to": joint.to,
        },
        "phase": outcome.phase,
        "waits": [_wait(wait) for wait in outcome.waits],
        "when": dict(outcome.when),
    }


def _crossing(crossing: Crossing) -> dict[str, Any]:
    return {
        "first": crossing.first or None,
        "overtaken_by": list(crossing.overtaken_by),
        "place": crossing.place,
        "same": crossing.same,
        "side": crossing.side,
        "stands_before": list(crossing.stands_before),
    }
