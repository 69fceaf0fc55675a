"""Leases, by a model: whatever processes do and however long they are stopped, never two of them may write
for one office, and nothing is written under an older token. The clock is the database's, and stands in a
table here.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar, cast

import pytest
from django.apps import apps
from django.db import connections, transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from tests.scale.conftest import Store, store_of
from tests.storage.nodes import START, Nodes
from yeollak.errors import OurFault
from yeollak.node.couriers import Couriers
from yeollak.node.pace import Pace
from yeollak.node.roles import ALL
from yeollak.storage import journal, models
from yeollak.storage.journal import Journal
from yeollak.storage.leases import Fence, Leases
from yeollak.storage.watching import Watching

pytestmark = pytest.mark.postgresql
LASTS = 10.0
NOTE = {"class": "flood", "subject": {"en": "Discharge"}}


class Timed(Leases):
    """A process whose database has a clock that a test sets."""

    clock = "(SELECT at FROM test_clock)"


def process(store: Store, anchor: str = "one", kind: type[Leases] = Leases) -> Leases:
    return kind(store.alias, "a process", ALL, anchor, LASTS)


def fence_of(leases: Leases, office: str, token: int) -> Fence:
    return Fence(leases.alias, office, leases.holder, token)


def goes_through(write: Callable[[], object]) -> bool:
    """Whether something is not kept out by a fence."""
    try:
        write()
    except OurFault as fault:
        if fault.code != "lease-lost":
            raise
        return False
    return True


def passes(fence: Fence) -> bool:
    return goes_through(fence.stands)


class Machine(RuleBasedStateMachine):
    """Three processes and two offices. The model knows until when each lives and who was last given what."""

    store: ClassVar[Store]

    def __init__(self) -> None:
        super().__init__()
        self.ask("DELETE FROM yeollak_storage_lease")
        self.ask("DELETE FROM yeollak_storage_process")
        self.ask("UPDATE test_clock SET at = '2018-09-14T01:00:00Z'")
        self.now = 0.0
        self.processes = [process(self.store, kind=Timed) for _ in range(3)]
        self.until: dict[str, float] = {}
        self.valid: dict[str, Fence] = {}
        self.fences: list[Fence] = []
        self.alarms = 0

    def ask(self, statement: str) -> None:
        with connections[self.store.alias].cursor() as cursor:
            cursor.execute(statement)

    def lives(self, holder: str) -> bool:
        return self.until.get(holder, -1.0) > self.now

    @rule(seconds=st.sampled_from((1, 4, 9, 10, 11, 60)))
    def time_goes_by(self, seconds: int) -> None:
        self.now += seconds
        self.ask(f"UPDATE test_clock SET at = at + interval '{seconds} seconds'")

    @rule(who=st.integers(0, 2))
    def it_says_that_it_lives(self, who: int) -> None:
        self.processes[who].beat()
        self.until[self.processes[who].holder] = self.now + LASTS

    @rule(who=st.integers(0, 2), most=st.integers(0, 2))
    def it_takes(self, who: int, most: int) -> None:
        leases = self.processes[who]
        free = [
            office
            for office in self.store.offices
            if office not in self.valid or not self.lives(self.valid[office].holder)
        ]
        taken = leases.take(most)
        assert set(taken) <= set(free)
        assert len(taken) == min(most, len(free))
        for office, token in taken.items():
            assert token > max((one.token for one in self.fences if one.office == office), default=0)
            self.valid[office] = fence_of(leases, office, token)
            self.fences.append(self.valid[office])

    @rule(who=st.integers(0, 2))
    def it_gives_back(self, who: int) -> None:
        leases = self.processes[who]
        leases.give(leases.held())
        self.valid = {office: one for office, one in self.valid.items() if one.holder != leases.holder}

    @rule(who=st.integers(0, 2), polite=st.booleans())
    def it_is_started_again(self, who: int, polite: bool) -> None:
        if polite:
            leases = self.processes[who]
            leases.leave()
            self.until.pop(leases.holder, None)
            self.valid = {office: one for office, one in self.valid.items() if one.holder != leases.holder}
        self.processes[who] = process(self.store, kind=Timed)

    @rule(data=st.data())
    def somebody_writes_whatever_he_believes(self, data: st.DataObject) -> None:
        if not self.fences:
            return
        fence = data.draw(st.sampled_from(self.fences))
        writer = Journal(self.store.alias, fence=fence.check)
        written = goes_through(lambda: writer.raise_alarm(fence.office, f"code-{self.alarms}", {}, START))
        assert written == (self.valid.get(fence.office) == fence)
        self.alarms += 1

    @invariant()
    def whoever_holds_is_known(self) -> None:
        for leases in self.processes:
            expected = {
                office: one.token for office, one in self.valid.items() if one.holder == leases.holder
            }
            assert leases.held() == expected

    def teardown(self) -> None:
        for office in self.store.offices:
            mine = [one for one in self.fences if one.office == office and passes(one)]
            assert mine == [one for one in [self.valid.get(office)] if one is not None]


def test_never_two_may_write(postgresql: str) -> None:
    Machine.store = store_of(postgresql, 2)
    with connections[Machine.store.alias].cursor() as cursor:
        cursor.execute("CREATE TABLE test_clock (at timestamptz)")
        cursor.execute("INSERT INTO test_clock VALUES (now())")
    run_state_machine_as_test(Machine, settings=settings(max_examples=15, stateful_step_count=25))
    connections[Machine.store.alias].close()


def test_what_is_begun_under_an_older_lease_is_not_written(store: Store) -> None:
    one, other = process(store), process(store)
    one.beat()
    (office, token), *_ = one.take(1).items()
    late = Journal(store.alias, fence=fence_of(one, office, token).check)
    late.raise_alarm(office, "in-time", {}, START)
    one.give({office: token})
    other.beat()
    assert other.take(7)[office] == token + 1
    with pytest.raises(OurFault) as caught:
        late.raise_alarm(office, "too-late", {}, START)
    assert caught.value.code == "lease-lost"
    codes = models.Alarm.objects.using(store.alias).values_list("code", flat=True)
    assert list(codes) == ["in-time"]
    # Even where it has the office again: what it knew then is not what it knows now.
    other.leave()
    again = one.take(7)[office]
    assert again == token + 2
    assert not passes(fence_of(one, office, token))
    assert passes(fence_of(one, office, again))


@contextmanager
def beside(work: Callable[[], None]) -> Iterator[threading.Thread]:
    thread = threading.Thread(target=work)
    thread.start()
    yield thread
    thread.join(20)
    assert not thread.is_alive()


def test_nobody_follows_before_a_transaction_has_ended(store: Store) -> None:
    one, other = process(store), process(store)
    one.beat()
    held = one.take(1)
    ((office, token),) = held.items()
    within, go_on = threading.Event(), threading.Event()

    def write() -> None:
        with transaction.atomic(using=store.alias):
            fence_of(one, office, token).check()
            within.set()
            go_on.wait(20)
        journal.close(store.alias)

    with beside(write):
        assert within.wait(20)
        with connections[store.alias].cursor() as cursor:
            cursor.execute("UPDATE yeollak_storage_process SET until = now() - interval '1 second'")
        other.beat()
        assert office not in other.take(7)  # and nobody waits: the other offices are taken
        assert len(other.held()) == 6
        go_on.set()
    assert other.take(1) == {office: token + 1}


def test_of_several_that_take_at_once_none_gets_what_another_has(store: Store) -> None:
    found: list[set[str]] = []
    start = threading.Barrier(3)

    def take() -> None:
        mine = process(store)
        mine.beat()
        start.wait(20)
        found.append(set(mine.take(3)))
        journal.close(store.alias)

    with beside(take), beside(take), beside(take):
        pass
    assert sum(map(len, found)) == len(set().union(*found))
    third = process(store)
    third.beat()
    assert set(third.take(7)) | set().union(*found) == set(store.offices)


def courier(store: Store) -> tuple[Couriers, Leases]:
    """The courier's role of a process, without what it does."""
    leases = process(store)
    node: Any = SimpleNamespace(alias=store.alias, config=SimpleNamespace(peers={}))
    return Couriers(node, cast(Any, None), lambda *_: None, leases, Pace()), leases


def balance(couriers: Couriers, leases: Leases) -> set[str]:
    """One round; what it has afterwards."""
    assert couriers.sharing is not None
    for office, token in couriers.sharing.balance().items():
        couriers._tenures[office] = cast(
            Any, SimpleNamespace(office=office, fence=fence_of(leases, office, token), couriers=[])
        )
    return set(couriers.held)


def test_offices_are_shared_evenly_and_taken_over(store: Store) -> None:
    members = [courier(store)]
    assert len(balance(*members[0])) == 7
    members.append(courier(store))
    balance(*members[1])  # everything is taken; its share is known now
    assert len(balance(*members[0])) == 4
    assert len(balance(*members[1])) == 3
    members.append(courier(store))
    for _ in range(2):
        held = [balance(*one) for one in members]
    assert sorted(map(len, held)) == [1, 3, 3]
    assert set().union(*held) == set(store.offices)
    members[0][1].leave()
    for _ in range(2):
        held = [balance(*one) for one in members[1:]]
    assert sorted(map(len, held)) == [3, 4]
    assert set().union(*held) == set(store.offices)


def test_processes_that_write_to_different_anchors_do_not_serve_together(store: Store) -> None:
    process(store, "one").beat()
    with pytest.raises(OurFault) as caught:
        process(store, "another").beat()
    assert caught.value.code == "anchor-not-shared"
    assert models.Process.objects.using(store.alias).count() == 1


def counts(alias: str) -> dict[str, object]:
    """How many rows each table of a store has, and where registers stand."""
    tables = [
        model for model in apps.get_app_config("yeollak_storage").get_models() if model is not models.Lease
    ]
    found: dict[str, object] = {one.__name__: one.objects.using(alias).count() for one in tables}
    return {**found, "heads": list(models.Head.objects.using(alias).order_by("id").values())}


def test_whatever_a_process_writes_by_itself_passes_its_fence(postgresql: str, tmp_path: Path) -> None:
    """Under a lease that it has not, every writer of a register writes nothing and says so."""
    stores = [store_of(postgresql, 0) for _ in range(2)]
    nodes = Nodes((stores[0].alias, stores[1].alias), tmp_path, 0).found()
    south, north = nodes.both
    north.journal.append(north.id, [north.act("note.send", facts=NOTE)])
    batch = north.batch_for(south)
    assert batch is not None
    opened = south.act("note.send", facts=NOTE)
    south.journal.append(south.id, [opened])
    south.fold()
    new = south.act("note.send", facts=NOTE)
    before, anchor = counts(stores[0].alias), south.journal.anchor
    assert anchor is not None
    left = anchor.read(south.id)
    late = Journal(stores[0].alias, anchor, Fence(stores[0].alias, south.id, "somebody else", 1).check)
    view, now, office = south.view, south.now, south.id
    held = next(iter(view.rows(models.Receipt)))
    for write in (
        lambda: late.append(office, [new]),
        lambda: late.commit(office, [lambda _view: new], south.signer, now),
        lambda: late.issue(office, south.signer, now),
        lambda: late.receive(office, batch),
        lambda: late.store_receipt(office, view.charter.sides[held.place], held.size, bytes(held.note)),
        lambda: late.raise_alarm(office, "code", {}, now),
        lambda: late.note_attempt(office, "north", now),
        lambda: late.mark_large(office, "north", "0" * 64, "held"),
        lambda: late.keep_evidence(office, "north", b"views", now),
        lambda: Watching(stores[0].alias, fence=late.fence).note_try(office, "0" * 64, "mail", "sent", now),
    ):
        assert not goes_through(write)
    assert counts(stores[0].alias) == before
    assert anchor.read(office) == left
    south.journal.receive(office, batch)
    # What is counted and shown is written too: a fold that is kept out says so, and raises no alarm.
    held_before = counts(stores[0].alias)
    assert not goes_through(lambda: late.fold(office, now))
    assert counts(stores[0].alias) == held_before
    for one in stores:
        connections[one.alias].close()
