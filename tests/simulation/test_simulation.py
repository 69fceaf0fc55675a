"""Two hundred schedules of faults, what they reach, and that each promise would be missed if it did not hold.

A schedule that breaks is shown by `python -m tests.simulation --replay NUMBER`; a hundred thousand are run by
`python -m tests.simulation --count 100000 --jobs 2` (docs/reliability.md).
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.db import transaction

from tests.simulation import __main__ as command
from tests.simulation.running import Run, founded, run, sides_of
from yeollak.line.asking import Asking
from yeollak.line.protocol import Answering
from yeollak.node import acting
from yeollak.office.admit import admit
from yeollak.record.checkpoint import read_checkpoint
from yeollak.storage import models, reading
from yeollak.storage.anchor import Anchor
from yeollak.storage.anchor_file import Left
from yeollak.storage.holdings import Holdings
from yeollak.storage.own_register import NewAct, OwnRegister

pytestmark = pytest.mark.slow

COUNT = int(os.environ.get("YEOLLAK_TEST_SCHEDULES", "200"))
#: In blocks, so that a run of the suite shows how far it is.
BLOCKS = [range(start, min(start + 20, COUNT)) for start in range(0, COUNT, 20)]
Template = Callable[[int], Path]

happened: Counter[str] = Counter()
ran: set[int] = set()


@pytest.fixture(scope="module")
def template() -> Iterator[Template]:
    with founded() as made:
        yield made


def runs(template: Template, seeds: Iterable[int]) -> Iterator[Run]:
    for seed in seeds:
        yield run(template(sides_of(seed)), seed)


@pytest.mark.parametrize("seeds", BLOCKS, ids=lambda block: f"{block.start}-{block.stop - 1}")
def test_every_promise_is_kept(template: Template, seeds: range) -> None:
    broken = {}
    for one in runs(template, seeds):
        happened.update(one.happened)
        ran.add(one.seed)
        if one.broken:
            broken[f"python -m tests.simulation --replay {one.seed}"] = one.broken
    assert broken == {}


#: Every fault that docs/reliability.md names, by what the schedules call it.
FAULTS = (
    "lost", "answer lost", "late", "twice", "stale answer", "answer cut", "answer altered", "altered",
    "slow answer", "line cut", "a month without a line", "lines heal", "killed", "restart storm",
    "crash before a commit", "crash within a commit", "torn commit", "crash after a commit",
    "crash before the anchor", "torn anchor", "anchor not synced", "crash after the anchor",
    "anchor sync refused", "killed before the anchor's sync",
    "crash before sending", "crash before the answer is read", "disk full", "database full",
    "disk full at the anchor", "disk stays full", "slow commit", "slow disk", "clock jumps", "anchor lost",
    "restored, anchor kept", "restored, anchor old", "restored, anchor lost", "pouch packed", "pouch opened",
    "acknowledged", "says disk-full", "says file-unwritable", "says behind-anchor",
)  # fmt: skip


def test_schedules_are_hostile() -> None:
    """The promises would hold of nothing."""
    if len(ran) < 200:
        pytest.skip(f"{len(ran)} of 200 schedules ran in this process")
    assert [fault for fault in FAULTS if not happened[fault]] == []


def test_a_number_fixes_everything(template: Template) -> None:
    for seed in (7, 9):
        first, second = (run(template(sides_of(seed)), seed) for _ in range(2))
        assert first.trace == second.trace
        assert first.digest == second.digest != ""


def test_a_schedule_is_shown() -> None:
    shown = CliRunner().invoke(command.main, ["--replay", "4"])
    assert shown.exit_code == 0
    assert "all calm" in shown.output
    assert shown.output.endswith("held\n")


# each fault of ours would be found


def _receipt_first(self: Answering, side: str, push: Any, now: Any) -> Any:
    """A receipt that does not wait for the commit."""
    head, port = self._port.head(side), self._port
    found = self._post.verified(push.checkpoint, side, push.arrivals if push.old == head.size else ())
    if found.checkpoint.size > head.size:
        admitted = admit(self._post.charter, side, head, push, port.quota(side, now), found.keys)
        _waiting.append(lambda: port.receive(admitted))
    return found.note, found.checkpoint


_waiting: list[Callable[[], None]] = []


def _stored_later(self: Holdings, side: str, size: int, note: bytes) -> None:
    if _waiting:
        return
    self._journal.store_receipt(self._office, side, size, note)


def _not_anchored(self: OwnRegister, view: Any, tree: Any) -> Any:
    """Nothing remembers what leaves."""
    found = view.rows(models.Checkpoint).filter(place=view.place, size=tree.size).first()
    return read_checkpoint(bytes(found.note))[0] if found else None


def _trusting(self: Anchor, office: str, size: int, root: bytes) -> None:
    """Whoever wrote what is read has synced it."""
    slot, place = Left(office, size, root), self._file.copies(office)
    if place is None:
        self._write(self._file.with_office(slot))
    elif place.newest.size < size:
        self._put(place, slot)


def _nothing_back(_self: Asking, _theirs: Any, _note: bytes, _now: Any) -> Iterator[Any]:
    """A node that was restored takes nothing back."""
    yield from ()


_new_act = NewAct


def _without_request(statement: bytes, document: bytes, blobs: Any, _request: str | None) -> Any:
    """An act that does not know for which request it was made."""
    return _new_act(statement, document, blobs)


def _newest(node: Any, office: str, index: int) -> str:
    view = reading.office_view(node.alias, office)
    return str(view.ledger.finding(view.place, index).id)


#: What is done wrongly, what the schedule says that notices it, and where the search begins, which goes on
#: from the first at the end: one that has noticed it, since a schedule takes half a second.
FLAWS: dict[str, tuple[list[tuple[Any, str, Any]], str, int]] = {
    "a receipt before its commit": (
        [(Answering, "_take", _receipt_first), (Holdings, "keep_receipt", _stored_later)],
        "receipts",
        0,
    ),
    "an anchor that is not written": (
        [(OwnRegister, "_anchor", _not_anchored), (Holdings, "has_left", lambda *_: None)],
        "before it is anchored",
        0,
    ),
    "a checkpoint that leaves after a crash before its anchor": (
        [(Holdings, "has_left", lambda *_: None)],
        "before it is anchored",
        8,
    ),
    "an anchor that takes what it reads for synced": (
        [(Anchor, "advance", _trusting)],
        "before it is anchored",
        11,
    ),
    "an anchor that nobody looks at": (
        [(Anchor, "check", lambda *_: None), (Asking, "_take_back", _nothing_back)],
        "",
        29,
    ),
    "entries of our own that are not taken back": (
        [(Asking, "_take_back", _nothing_back)],
        "come to rest",
        29,
    ),
    "writes that are no transaction": (
        [(transaction, "atomic", lambda **_: nullcontext())],
        "",
        9,
    ),
    "a request that is forgotten": (
        [(reading, "requested", lambda *_: None), (acting, "NewAct", _without_request),
         (acting, "_appended", _newest)],
        "said twice",
        5,
    ),
}  # fmt: skip
TRIED = 40


@pytest.mark.parametrize("flaw", FLAWS)
def test_a_flaw_is_found(template: Template, monkeypatch: pytest.MonkeyPatch, flaw: str) -> None:
    patches, says, first = FLAWS[flaw]
    template(2), template(3)
    for where, name, instead in patches:
        monkeypatch.setattr(where, name, instead)
    for one in runs(template, [*range(first, TRIED), *range(first)]):
        _waiting.clear()
        if one.broken and says in one.broken:
            return
    raise AssertionError("no schedule has noticed")
