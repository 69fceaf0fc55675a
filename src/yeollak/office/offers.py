"""What an officer may do next, as data: one `Offer` for each kind, and why another kind is not offered.

The desk, the API and the command line are drawn from `Offer.to_json`, which docs/spec/19-offers.md fixes. An
offer is worked out by the same step and the same guards that judge the act once it is done, over the record
as counted now; what it says of the future is what the tables say. It signs nothing and reads no clock.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from yeollak.office import officers as posts
from yeollak.office.judge import PastView
from yeollak.office.matter import natural_id
from yeollak.office.office import Office
from yeollak.office.prospects import (
    NEVER,
    Condition,
    Crossing,
    Outcome,
    Scene,
    Wait,
    choices,
    crossings,
    decided,
    delivered,
    guarded,
    in_time,
    kinds_of,
    known_facts,
    outcomes,
    taken_back_by,
)
from yeollak.procedures.catalogue import PROCEDURES, of_kind
from yeollak.procedures.facts import Fact
from yeollak.procedures.machine import (
    COMMON,
    NONE,
    Due,
    Kind,
    Move,
    Procedure,
    Row,
    State,
    Void,
    roles,
)
from yeollak.procedures.posting import FUNCTIONS
from yeollak.record.canon import format_instant

#: The due that a kind is proposed to set when it is signed at an instant: (kind, start) -> due.
Propose = Callable[[str, datetime], datetime]
#: In how many states at most another side is supposed to be acting unseen.
_STATES = 8


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


def offers(
    office: Office,
    side: str,
    function: str,
    matter: str | None,
    now: datetime,
    *,
    officer: str = "",
    propose: Propose | None = None,
) -> list[Offer]:
    """What an officer of `side` with this function may do: in one matter, or, with None, what he may open.

    `officer` is his key id, where facts name officers. Without `propose` the charter's default deadline
    counts from `now` (UTC). The node's own counted record is the past, as it would be for an act signed now.
    """
    found: list[Offer] = []
    for scene, named in _scenes(office, side, function, matter, now, officer):
        for kind, row in kinds_of(scene):
            if not posts.may_sign(function, kind.name, kind.functions):
                continue
            offer = _offer(office, scene, named, kind, row, now, propose)
            if offer is not None:
                found.append(offer)
    return found


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
        waiting=scene.waiting,
        crossing=tuple(crossings(scene, kind, row, after)),
        taken_back_by=taken_back_by(scene, kind, row, after),
    )


def why_not(
    office: Office, side: str, function: str, matter: str | None, kind: str, now: datetime
) -> Refusal | None:
    """Why a kind is not offered to an officer of this function; None where it is.

    The codes, in the order in which they are asked: `unknown`, `unauthorised`, `unfounded`, `matter`,
    `phase`, `role`, `own`, `free`, `stale`, `written`, and `guard` with the void code.
    """
    procedure = of_kind(kind)
    named = COMMON.get(kind) or (procedure.kind(kind) if procedure is not None else None)
    if named is None:
        return Refusal("unknown", {"kind": kind[:64]})
    if not posts.may_sign(function, kind, named.functions):
        may = [name for name in (posts.AUTHORITY, *FUNCTIONS) if posts.may_sign(name, kind, named.functions)]
        return Refusal("unauthorised", {"functions": may})
    scenes = _scenes(office, side, function, matter, now, "")
    if not scenes and not _founded(office):
        return Refusal("unfounded", {})
    scene = next((one for one, _ in scenes if kind in COMMON or one.procedure is procedure), None)
    if scene is None or (kind in COMMON and scene.state.phase == NONE):
        return Refusal("matter", {"procedure": procedure.name if procedure is not None else ""})
    return refused(scene, named)


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
    if row.answers is not None and row.answers not in state.slots:
        return Refusal("stale", {"slot": row.answers})
    return Refusal("written", {"slots": sorted({write.slot for write in row.writes if write.once})})


def _offer(
    office: Office,
    scene: Scene,
    matter: str | None,
    kind: Kind,
    row: Row,
    now: datetime,
    propose: Propose | None,
) -> Offer | None:
    deadline = scene.past.terms["deadline"]
    latest = now + timedelta(hours=int(deadline["most_hours"]))
    due = propose(kind.name, now) if propose else now + timedelta(hours=int(deadline["default_hours"]))
    offer = in_scene(scene, kind, row, format_instant(min(due, latest)))
    if offer is None:
        return None
    return replace(offer, matter=matter, latest=format_instant(latest))


def _must_name(scene: Scene, fact: Fact) -> bool:
    one = fact.name == "to" and fact.type == "side" and not fact.many
    return one and scene.state.phase == NONE and len(scene.parties) > 2


# where an act would be done


def _scenes(
    office: Office, side: str, function: str, matter: str | None, now: datetime, officer: str
) -> list[tuple[Scene, str | None]]:
    at, past = format_instant(now), PastView(office, office.frontier())
    founded = _founded(office)
    if matter is not None:
        folds = office.folds(matter)
        if folds.first is None or not founded:
            return []
        place = office.charter.places.get(side, -1)
        elsewhere = {
            other: states_of(office, matter, number)
            for number, other in enumerate(office.parties)
            if number != place
        }
        opening = folds.first.move.facts if folds.first.move is not None else {}
        state = office.state(matter).state
        scene = Scene(
            folds.procedure, state, side, past, at, function, officer, opening=opening, elsewhere=elsewhere
        )
        return [(scene, matter)]
    scenes = []
    for procedure in PROCEDURES:
        known = _named_by_side(office, procedure, side)
        if known is not None and office.known(known, office.frontier()) is not None:
            continue
        first = procedure.name == "founding" and not office.ledger.counted(office.charter.places[side])
        if founded or first:
            scene = Scene(procedure, State(), side, past, at, function, officer)
            scenes.append((scene, known))
    return scenes


def _founded(office: Office) -> bool:
    ledger = office.ledger
    return all(
        ledger.counted(place) and not ledger.finding(place, 0).void for place in range(len(office.parties))
    )


def _named_by_side(office: Office, procedure: Procedure, side: str) -> str | None:
    """The id of the one matter of this table that a side can open, where no fact has a part in its name."""
    if procedure.key is None:
        return None
    try:
        key = procedure.key.of(Move("", side, "", ""))
    except Void:
        return None
    return natural_id(office.charter.office, procedure.family, key)


def states_of(office: Office, matter: str, place: int) -> Sequence[State]:
    """The states in which another side may be acting now: from what its register is known to have seen, act
    by act, to what is counted here. At most eight, the first and the last among them.
    """
    return [state for _, state in views_of(office, matter, place)]


def views_of(office: Office, matter: str, place: int) -> list[tuple[tuple[int, ...], State]]:
    """The frontiers that `states_of` speaks of, each with its state."""
    seen, present = office.seen_by(place), office.frontier()
    folds = office.folds(matter)
    frontiers = [seen]
    if folds.sizes(seen) != folds.sizes(present):
        unseen = sorted(
            (act for act in _allowed(office, matter) if act.index >= seen[act.place]),
            key=lambda act: (act.turn, act.place),
        )
        for act in unseen[: _STATES - 2]:
            frontiers.append(tuple(map(max, frontiers[-1], act.after)))
        frontiers.append(present)
    found: list[tuple[tuple[int, ...], State]] = []
    for frontier in frontiers:
        state = office.state(matter, frontier).state
        if not found or found[-1][1] != state:
            found.append((frontier, state))
    return found


def _allowed(office: Office, matter: str) -> list[Any]:
    return [act for act in office.ledger.matter(matter) if not act.void]


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
