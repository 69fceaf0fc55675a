"""A schedule as a ladder to read: a column for each side, what it did and what reached it, from top to
bottom.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterator

from tests.schedules.nodes import Broken
from tests.schedules.schedule import Schedule

WIDTH = 46


def ladder(number: int, parties: int) -> Iterator[str]:
    """The lines of the schedule of this number: what happened, what every matter came to, and whether all
    holds.

    `*` marks an act that an aim asked for, `x` one of two that cross, `+` one that goes on from it unseen.
    """
    told: list[tuple[str, str]] = []
    schedule = Schedule(number, parties, lambda side, sentence: told.append((side, sentence)))
    try:
        schedule.run()
        verdict = "everything holds"
    except Broken as broken:
        verdict = f"BROKEN: {broken}"
    except Exception:  # noqa: BLE001 - whatever it is, it is shown below what led to it
        verdict = f"BROKEN: {traceback.format_exc()}"
    signed = "Ed25519" if schedule.pen.real else "cheap"
    yield (
        f"schedule {number}, {parties} parties, {signed} signatures" + ", founded in the open" * schedule.raw
    )
    yield "".join(side.ljust(WIDTH) for side in schedule.sides).rstrip()
    columns = {side: at * WIDTH for at, side in enumerate(schedule.sides)}
    for side, sentence in told:
        if side in columns:
            yield " " * columns[side] + sentence
        else:
            yield f" {sentence} ".center(WIDTH * parties, "-")
    yield ""
    office = schedule.observer.office
    for matter in sorted(office.ledger.matters()):
        folded, marks = office.state(matter), dict(office.state(matter).marks)
        overtaken = f", overtaken {' '.join(sorted(act[:4] for act in marks))}" if marks else ""
        settled = "" if office.settled(matter) else ", not settled"
        yield f"{matter[:4]} {office.folds(matter).procedure.name}: {folded.state.phase}{overtaken}{settled}"
    yield verdict
