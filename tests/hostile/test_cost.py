"""What a hostile parcel costs, measured beside an honest batch of the same weight in the same run.

    CPU      of the answer and of the counting behind it, in this process
    memory   the most that Python's allocators held at once (`tracemalloc`): what libraries in C and Rust keep
             for themselves is not in it
    disk     how much the node's folder grew, its log written back

Bounds are ratios to the honest batch, byte for byte, and wide enough for a busy machine; none is a time.
"""

from __future__ import annotations

import json
import os
import time
import tracemalloc
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from django.db import connections

from tests.hostile.peer import Answer, Enemy
from tests.line.conftest import Making
from tests.line.world import World, copied
from tests.office.world import seed
from yeollak.line import bodies
from yeollak.office.admit import BATCH_STATEMENTS, MAX_BODY, Arrival
from yeollak.record import enclosure
from yeollak.record.document import MAX_DOCUMENT
from yeollak.record.enclosure import Enclosed
from yeollak.storage import models, reading, writer

#: The entries of the batches here, and what each weighs together with its enclosure.
MANY, HEAVY = 32, 31_000


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of CPU, bytes of memory at most and bytes on disk, for each byte of the parcel."""

    cpu: float
    memory: float
    disk: float


def on_disk(enemy: Enemy) -> int:
    """The bytes under the north's folder, with the database's own log written back into it."""
    with connections[enemy.north.alias].cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return sum(path.stat().st_size for path in enemy.north.folder.rglob("*") if path.is_file())


def cost(enemy: Enemy, parcel: bytes, *, traced: bool = False) -> tuple[Answer, Cost]:
    """What the north answers to a parcel, and what that costs it."""
    before = on_disk(enemy)
    if traced:
        tracemalloc.start()
    began = time.process_time()
    answer = enemy.deliver(parcel)
    enemy.north.keeper.step()
    spent = time.process_time() - began
    peak = tracemalloc.get_traced_memory()[1] if traced else 0
    tracemalloc.stop()
    weight = len(parcel)
    return answer, Cost(spent / weight, peak / weight, (on_disk(enemy) - before) / weight)


def enclosing(enemy: Enemy, content: bytes) -> Arrival:
    salt = seed("salt")[:16]
    digest = enclosure.digest(enemy.charter.office, "south", salt, content).hex()
    named = Enclosed(digest, "text/plain", None, "right", size=len(content))
    good = enemy.act(enclosures=(named,))
    return Arrival(good.statement, good.document, (enclosure.blob(salt, content),))


def honest(enemy: Enemy, count: int = MANY, weight: int = HEAVY) -> list[Arrival]:
    """Acts in order, each with an enclosure that brings it to `weight` bytes."""
    return [enclosing(enemy, os.urandom(weight - 1500)) for _ in range(count)]


def documents(make_one: Callable[[int], bytes]) -> Callable[[Enemy], list[Arrival]]:
    return lambda enemy: [enemy.bytes_(make_one(number)) for number in range(MANY)]


def deep(number: int) -> bytes:
    return b"[" * (HEAVY - 20) + b"%d" % number


def open_string(number: int) -> bytes:
    """A string that begins and never ends."""
    return b'"%d' % number + b"[" * (HEAVY - 20)


def strings(number: int) -> bytes:
    """Brackets within strings: the quick count does not tell, and the exact walk has to."""
    return b'{"a":["%d","' % number + b'[{","' * (HEAVY // 5 - 10) + b'"]}'


def wide(number: int) -> bytes:
    """Thousands of keys, sorted, each read and written back before it is found to be no act."""
    return b"{" + b",".join(b'"k%05d":%d' % (key, number) for key in range(HEAVY // 14)) + b"}"


def escapes(number: int) -> bytes:
    return b'{"%d":"' % number + b"\\u0001" * 5000 + b'"}'


def decomposed(number: int) -> bytes:
    """Letters that are not in NFC, to the last: each has to be composed to be found so."""
    return b'{"%d":"' % number + "e\u0301".encode() * 8000 + b'"}'


def figures(number: int) -> bytes:
    return b'{"%d":' % number + b"9" * 30_000 + b"}"


VOID = {
    one.__name__: documents(one) for one in (deep, open_string, strings, wide, escapes, decomposed, figures)
}


@pytest.fixture(scope="module")
def usual(founded: Callable[[int], Path], tmp_path_factory: pytest.TempPathFactory) -> Cost:
    """What an honest batch of the same weight costs, here and now."""
    found = []
    for traced in (False, True):
        world = World(copied(founded(2), tmp_path_factory.mktemp("usual")))
        enemy = Enemy(world)
        parcel = enemy.sealed(bodies.PUSH, bodies.encode_push(enemy.batch(honest(enemy))))
        answer, one = cost(enemy, parcel, traced=traced)
        assert answer.purpose == bodies.RECEIPT
        found.append(one)
        world.close()
    return Cost(found[0].cpu, found[1].memory, found[0].disk)


def measured(make: Making, parcel_of: Callable[[Enemy], bytes]) -> tuple[Answer, Cost]:
    """What a parcel gets and costs: the time in one office, the memory in another, since watching is slow."""
    plain, watched = Enemy(make()), Enemy(make())
    answer, one = cost(plain, parcel_of(plain))
    again, other = cost(watched, parcel_of(watched), traced=True)
    assert (again.purpose, again.code) == (answer.purpose, answer.code)
    return answer, replace(one, memory=other.memory)


def push(arrivals: Callable[[Enemy], Sequence[Arrival]], **changes: object) -> Callable[[Enemy], bytes]:
    def parcel(enemy: Enemy) -> bytes:
        batch = replace(enemy.batch(arrivals(enemy)), **changes)  # type: ignore[arg-type]  # fields of a push
        return enemy.sealed(bodies.PUSH, bodies.encode_push(batch))

    return parcel


@pytest.mark.parametrize("name", VOID)
def test_documents_that_mean_nothing_cost_what_honest_ones_do(make: Making, usual: Cost, name: str) -> None:
    answer, found = measured(make, push(VOID[name]))
    assert answer.purpose == bodies.RECEIPT
    # A document is read when it is admitted and again as it is judged; an enclosure is hashed once. The quota
    # of a day bounds the sum.
    assert found.cpu < 12 * usual.cpu
    assert found.memory < 3 * usual.memory
    assert found.disk < 2 * usual.disk


REFUSED: dict[str, tuple[Callable[[Enemy], bytes], str]] = {
    "no parcel": (lambda enemy: os.urandom(MAX_BODY), "sealed-otherwise"),
    "no body": (lambda enemy: enemy.sealed(bodies.PUSH, os.urandom(MAX_BODY)), "bad-body"),
    "empty arrays": (
        lambda enemy: enemy.sealed(bodies.PUSH, b"\x84\x60\x00\x40\x99\x10\x00" + b"\x80" * 8_000_000),
        "bad-body",
    ),
    "one byte less": (
        lambda enemy: enemy.sealed(bodies.PUSH, bodies.encode_push(enemy.batch(honest(enemy)))[:-1]),
        "bad-body",
    ),
    "the last document": (
        push(lambda enemy: [*honest(enemy), replace(enemy.act(), document=b"")]),
        "document-unequal",
    ),
    "a document too long": (
        push(lambda enemy: [*honest(enemy), enemy.bytes_(bytes(MAX_DOCUMENT + 1))]),
        "document-too-large",
    ),
    "an enclosure nobody named": (
        push(lambda enemy: [*honest(enemy), replace(enemy.act(), blobs=(b"x" * 40,))]),
        "enclosure-surplus",
    ),
    "lines without end": (
        push(honest, checkpoint=b"x\n0\n" + b"\xe2\x80\x94 x AAAA\n" * 1400),
        "bad-checkpoint",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_costs_no_more_than_what_is_taken(make: Making, usual: Cost, name: str) -> None:
    parcel_of, code = REFUSED[name]
    answer, found = measured(make, parcel_of)
    assert answer.code == code
    assert found.cpu < usual.cpu
    assert found.memory < 2 * usual.memory
    assert found.disk * len(parcel_of(Enemy(make()))) <= 16 * 1024, "an alarm and nothing else"


def test_what_was_stored_once_is_stored_no_more(make: Making, usual: Cost) -> None:
    enemy = Enemy(make())
    parcel = enemy.sealed(bodies.PUSH, bodies.encode_push(enemy.batch(honest(enemy))))
    cost(enemy, parcel)
    repeated = [cost(enemy, parcel) for _ in range(5)]
    assert {answer.purpose for answer, _ in repeated} == {bodies.RECEIPT}
    assert sum(one.cpu for _, one in repeated) < 5 * usual.cpu
    assert sum(one.disk for _, one in repeated) * len(parcel) <= 16 * 1024


def test_evidence_is_bounded_however_many_courses_are_signed(
    make: Making, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert writer.MOST_EVIDENCE == 64
    monkeypatch.setattr(writer, "MOST_EVIDENCE", 6)
    enemy = Enemy(make())
    tree = enemy.tree
    for number in range(10):
        other = enemy.note(tree, root=seed("course", number))
        assert enemy.push(old=tree.size, checkpoint=other).code == "two-views"
    assert enemy.north.view.rows(models.Evidence).count() == 6
    alarms = enemy.north.view.rows(models.Alarm).filter(code="two-views", cleared_at=None)
    # Six with what is kept of them, and one that says that it went on.
    assert [bool(json.loads(row.data)["evidence"]) for row in alarms] == [True] * 6 + [False]
    before = on_disk(enemy)
    for number in range(6):
        enemy.push(old=tree.size, checkpoint=enemy.note(tree, root=seed("further", number)))
    assert on_disk(enemy) == before


def test_a_day_has_so_many_entries_and_no_more(make: Making) -> None:
    """The quota of the charter: what is above is a delay that costs nothing, and the next day goes on."""
    enemy = Enemy(make())
    terms = enemy.north.view.office.terms()["quota"]
    used = enemy.tree.size
    while used + BATCH_STATEMENTS <= terms["statements"]:
        assert enemy.push(*[enemy.bytes_(b"%d" % (used + at)) for at in range(BATCH_STATEMENTS)]).code == ""
        used += BATCH_STATEMENTS
    rest = [enemy.bytes_(b"more %d" % at) for at in range(terms["statements"] - used + 1)]
    before = on_disk(enemy)
    answer = enemy.push(*rest)
    assert (answer.purpose, answer.code) == (bodies.REFUSAL, "quota")
    assert 0 < bodies.decode_refusal(answer.body).retry <= 24 * 3600 + 1
    assert on_disk(enemy) == before
    assert enemy.north.alarms() == []
    assert enemy.push(*rest[:-1]).purpose == bodies.RECEIPT
    assert enemy.push(rest[-1]).code == "quota"
    enemy.north.clock.pass_by(24 * 3600)
    assert enemy.push(rest[-1]).purpose == bodies.RECEIPT


def test_a_day_has_so_many_bytes_and_no_more(make: Making, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was taken since midnight counts, whatever it was split into: each batch alone would pass."""
    monkeypatch.setattr(reading, "daily", lambda _view: 240_000)
    enemy = Enemy(make())
    for _ in range(2):
        assert enemy.push(*honest(enemy, 3)).purpose == bodies.RECEIPT
    rest, before = honest(enemy, 3), on_disk(enemy)
    answer = enemy.push(*rest)
    assert (answer.purpose, answer.code) == (bodies.REFUSAL, "quota")
    assert on_disk(enemy) == before
    assert enemy.push(*rest[:1]).purpose == bodies.RECEIPT
    assert enemy.push(*rest[1:]).code == "quota"
    enemy.north.clock.pass_by(24 * 3600)
    assert enemy.push(*rest[1:]).purpose == bodies.RECEIPT
