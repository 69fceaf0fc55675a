"""What an officer may do next, as data: one `Offer` for each kind, and why another kind is not offered.

The desk, the API and the command line are drawn from `Offer.to_json`, which docs/spec/19-offers.md fixes. An
offer is worked out by the same step and the same guards that judge the act once it is done, over the record
as counted now; what it says of the future is what the tables say. It signs nothing and reads no clock.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from yeollak.office import officers as posts
from yeollak.office.judge import PastView, outlasts
from yeollak.office.matter import natural_id
from yeollak.office.offered import Offer, Refusal, in_scene, refused
from yeollak.office.office import Office
from yeollak.office.prospects import Scene, kinds_of
from yeollak.procedures.catalogue import PROCEDURES, of_kind
from yeollak.procedures.kinds import COMMON, Kind
from yeollak.procedures.posting import FUNCTIONS
from yeollak.procedures.table import NONE, Move, Procedure, Row, State, Void
from yeollak.record.canon import format_instant

__all__ = ["Offer", "Propose", "Refusal", "in_scene", "offers", "refused", "states_of", "views_of", "why_not"]

#: The due that a kind is proposed to set when it is signed at an instant: (kind, start) -> due.
Propose = Callable[[str, datetime], datetime]
#: In how many states at most another side is supposed to be acting unseen.
_STATES = 8


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


def why_not(
    office: Office, side: str, function: str, matter: str | None, kind: str, now: datetime
) -> Refusal | None:
    """Why a kind is not offered to an officer of this function; None where it is.

    The codes, in the order in which they are asked: `unknown`, `unauthorised`, `unfounded`, `dissolved`,
    `matter`, `phase`, `role`, `own`, `free`, `stale`, `written`, and `guard` with the void code.
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
    ended = matter is None and office.dissolved()
    if ended and procedure is not None and not outlasts(procedure):
        return Refusal("dissolved", {})
    scene = next((one for one, _ in scenes if kind in COMMON or one.procedure is procedure), None)
    if scene is None or (kind in COMMON and scene.state.phase == NONE):
        return Refusal("matter", {"procedure": procedure.name if procedure is not None else ""})
    return refused(scene, named)


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
    scenes, dissolved = [], founded and office.dissolved()
    for procedure in PROCEDURES:
        if dissolved and not outlasts(procedure):
            continue
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
