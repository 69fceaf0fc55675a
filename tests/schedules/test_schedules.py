"""A thousand schedules, what they reach, and that they would notice if a rule did not hold.

A schedule that breaks is shown by `python -m tests.schedules --replay NUMBER --parties PARTIES`; a million
are run by `python -m tests.schedules --count 1000000 --jobs 2` (docs/spec/18-schedules.md).
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from click.testing import CliRunner

from tests.schedules.__main__ import main
from tests.schedules.coverage import every_pair, every_reason, every_row
from tests.schedules.ladder import ladder
from tests.schedules.running import Results, missing, reach, run_these
from tests.schedules.schedule import Schedule
from yeollak.office import fold, judge
from yeollak.office.counting import Counting
from yeollak.office.folds import MatterFolds
from yeollak.office.judge import Judge
from yeollak.office.ledger import MemoryLedger
from yeollak.office.office import Office
from yeollak.procedures.machine import step
from yeollak.procedures.table import Join

ROOT = Path(__file__).parents[2]
COUNT = 1000

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def thousand() -> Results:
    """The first thousand schedules."""
    return run_these(range(COUNT))


@pytest.fixture(scope="module")
def whole(thousand: Results) -> Results:
    """These, and as many more as reach what they have left out."""
    results = Results()
    results.add(thousand)
    return reach(results)


def test_every_property_holds_in_every_schedule(thousand: Results) -> None:
    assert thousand.run == COUNT
    assert thousand.broken == {}


def test_every_row_joint_step_crossing_pair_and_reason_is_reached(whole: Results) -> None:
    assert whole.broken == {}
    assert missing(whole.coverage) == []


def test_the_thousand_alone_reach_nearly_all(thousand: Results) -> None:
    """What is reached by being aimed at alone would be met too seldom among everything else."""
    found = thousand.coverage
    assert len(every_row() & set(found.rows)) > 0.95 * len(every_row())
    assert len(every_pair() & set(found.pairs)) > 0.9 * len(every_pair())
    assert len(every_reason() & set(found.voids)) > 0.85 * len(every_reason())


def test_schedules_are_hostile(thousand: Results) -> None:
    """The properties would hold of nothing."""
    happened = thousand.coverage.happened
    for what, least in {
        "beaten": 600,
        "superseded": 30,
        "settled": 5000,
        "started again": 300,
        "delivered again": 2000,
        "cut": 300,
        "invented seen": 100,
        "evidence": 50,
        "reopened": 50,
        "waiting registers": 10,
        "founded in the open": 50,
        "real signatures": 20,
    }.items():
        assert happened[what] >= least, what
    assert happened["place decided otherwise"] < 6
    assert sum(thousand.coverage.voids.values()) > 20 * COUNT
    assert thousand.coverage.voids[""] > 14 * COUNT


@pytest.mark.parametrize("number", [3, 5])
def test_a_number_tells_everything(number: int) -> None:
    """The same schedule in this process twice, and in others whose sets are walked in other orders."""
    parties = 3 if number == 5 else 2
    here = list(ladder(number, parties))
    assert here == list(ladder(number, parties))
    for hashes in ("1", "2"):
        told = subprocess.run(
            [sys.executable, "-m", "tests.schedules", "--replay", str(number), "--parties", str(parties)],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": hashes},
            capture_output=True,
            text=True,
            check=True,
        )
        assert told.stdout.splitlines() == here


def backwards(act: Any) -> tuple[int, int]:
    return act.turn, -act.place


def by_claimed_time(act: Any) -> tuple[str, int]:
    return act.move.at, act.place


def unguarded(procedure: Any, state: Any, move: Any, past: Any) -> Any:
    """A verdict that asks for a row and a step, and for nothing else."""
    return step(procedure, state, move, past.parties)


def nothing_beaten(*_given: Any) -> list[str]:
    return []


def at_once(office: Office, matter: str, frontier: Any = None, real: Any = Office.state) -> Any:
    return real(office, matter)


def whole_register(judge: Any, place: int, index: int, act: Any, real: Any = Judge._past) -> tuple[int, ...]:
    """A past that forgets what an act has seen."""
    past: tuple[int, ...] = real(judge, place, index, None)
    return past


def silent(office: Office, real: Any = Office.count) -> Counting:
    result: Counting = real(office)
    result.evidence.clear()
    return result


def always(*_given: Any) -> bool:
    return True


def nobody(*_given: Any) -> frozenset[str]:
    return frozenset()


def one_is_enough(join: Join, state: Any, real: Any = Join.missing) -> list[str]:
    lacking = real(join, state)
    return [] if len(lacking) < len(join.wanted(state)) else lacking


def loses(ledger: MemoryLedger, place: int, entry: Any, real: Any = MemoryLedger.append) -> None:
    """Keeps the ninth entry of a register twice and forgets the tenth."""
    real(ledger, place, ledger.entry(place, 8) if ledger.held(place) == 9 else entry)


#: A rule that is not kept, and what must be said of it.
PLANTED: dict[str, tuple[Any, str, Callable[..., Any], str]] = {
    "the order of sides is turned round": (fold, "order", backwards, "as the rule says"),
    "claimed times order acts": (fold, "order", by_claimed_time, "claimed times decide nothing"),
    "crossing pairs do not count": (fold, "_beaten", nothing_beaten, "as the rule says"),
    "what is held now decides a verdict": (Office, "state", at_once, "final once computed"),
    "guards, facts and times are not asked": (judge, "admit", unguarded, "the verdict is the table's"),
    "the past is not transitive": (Judge, "_past", whole_register, "the past is"),
    "evidence is kept quiet": (Office, "count", silent, "evidence"),
    "a fold goes on from one that may be crossed": (MatterFolds, "_goes_on", always, ""),
    "everything is settled": (Office, "unsettled", nobody, "settled never changes"),
    "one side speaks for all": (Join, "missing", one_is_enough, "own statement"),
    "an entry is lost": (MemoryLedger, "append", loses, ""),
}


@pytest.fixture
def planted(request: pytest.FixtureRequest) -> Iterator[str]:
    """A rule that is not kept, planted into the code; the sentence that must be said of it."""
    Schedule(0, 2).run()  # the prelude is made while everything is as it should be
    Schedule(0, 3).run()
    owner, name, fault, sentence = PLANTED[request.param]
    with mock.patch.object(owner, name, fault):
        yield sentence


@pytest.mark.parametrize("planted", PLANTED, indirect=True)
def test_a_rule_that_is_not_kept_is_noticed(planted: str) -> None:
    said: list[str] = []
    for number in range(0, 120, 10):
        said += run_these(range(number, number + 10)).broken.values()
        if any(planted in sentence for sentence in said):
            return
    pytest.fail(f"nobody said {planted!r}: {said[:3]}")


def test_the_command_names_what_broke_and_how_to_see_it() -> None:
    good = CliRunner().invoke(main, ["--count", "4", "--seed", "7"])
    assert good.exit_code == 0, good.output
    assert "4 schedules in" in good.output
    assert "0 broken" in good.output
    with mock.patch.object(fold, "order", backwards):
        bad = CliRunner().invoke(main, ["--count", "60"])
        assert bad.exit_code == 1
        line = next(line for line in bad.output.splitlines() if "--replay" in line).split()
        shown = CliRunner().invoke(main, line[line.index("--replay") :])
        assert shown.exit_code == 1
        assert "BROKEN: every" in shown.output
