"""Acts that are handed in together: appended in one transaction, each with its own fate."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from tests.node.offices import SECRET, Offices
from tests.storage.setup import ready

ready()

from yeollak.errors import Fault, OurFault  # noqa: E402 (Django is configured above)
from yeollak.node.acting import prepare, sign_prepared  # noqa: E402 (as above)
from yeollak.node.keyring import Unlocked  # noqa: E402 (as above)
from yeollak.node.outgoing import Outgoing  # noqa: E402 (as above)
from yeollak.node.pace import Pace  # noqa: E402 (as above)
from yeollak.office.propose import Draft  # noqa: E402 (as above)
from yeollak.storage import models  # noqa: E402 (as above)
from yeollak.storage.own_register import Maker  # noqa: E402 (as above)


@pytest.fixture(scope="module")
def offices(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Offices]:
    made = Offices(tmp_path_factory.mktemp("outgoing")).make()
    for side in list(made.servers):
        made.stop(side)
    made.open("south")
    yield made
    made.close()


class Handing:
    """The outgoing of the south, whose thread can be held up; `left` counts its batches."""

    def __init__(self, offices: Offices) -> None:
        view = offices.view("south")
        node = offices.nodes["south"]
        keys = Unlocked(node.keyring, view.charter, "south", SECRET)
        self.left = 0
        self.ending = threading.Event()
        self.outgoing = Outgoing(node, offices.office, lambda: keys().register, self._left, Pace())
        self.thread = threading.Thread(target=self.outgoing.run, args=(self.ending,), daemon=True)

    def _left(self) -> None:
        self.left += 1

    def append(self, _office: str, make: Maker) -> int | Fault:
        return self.outgoing.append(make)

    def end(self) -> None:
        self.ending.set()
        self.outgoing.wake()
        if self.thread.ident is not None:
            self.thread.join()


def note(number: int) -> Draft:
    return Draft("note.send", facts={"class": "flood", "subject": {"en": f"Of {number}"}})


def test_what_is_handed_in_together_is_one_transaction_and_one_checkpoint(offices: Offices) -> None:
    handing, node, key = Handing(offices), offices.nodes["south"], offices.keys["south"]
    before = offices.view("south").ledger.held(0)
    drafts = [note(number) for number in range(12)]
    # An act of nobody's among them keeps no other back.
    futures = [handing.outgoing.hand_in(key, draft) for draft in drafts[:6]]
    futures.append(handing.outgoing.hand_in(key, Draft("note.received", matter="a" * 64)))
    futures += [handing.outgoing.hand_in(key, draft) for draft in drafts[6:]]
    handing.thread.start()
    results = [future.exception(20) or future.result() for future in futures]
    handing.end()
    refused = results.pop(6)
    assert isinstance(refused, OurFault)
    assert refused.code == "act-void"
    assert results == list(range(before, before + 12))
    assert handing.left == 1
    view = offices.view("south")
    covered = view.rows(models.Checkpoint).filter(place=0, size__gt=before).values_list("size", flat=True)
    assert list(covered) == [before + 12]
    assert node.journal.anchor is not None
    left = node.journal.anchor.read(offices.office)
    assert left is not None
    assert left[0] == before + 12


def test_several_officers_at_the_desk_append_what_each_has_seen_and_the_same_request_once(
    offices: Offices,
) -> None:
    handing, node, key = Handing(offices), offices.nodes["south"], offices.keys["south"]
    handing.thread.start()
    ready = [prepare(node, offices.office, key.kid, note(number)) for number in range(20, 26)]
    sign = partial(sign_prepared, node, key=key, append=handing.append)
    with ThreadPoolExecutor(6) as pool:
        signed = list(pool.map(lambda one: sign(one, request=one.id), ready))
        again = list(pool.map(lambda one: sign(one, request=one.id), ready))
    handing.end()
    assert signed == again == [one.id for one in ready]
    view = offices.view("south")
    assert view.rows(models.Entry).filter(act__in=signed).count() == 6
    assert view.ledger.counted(0) == view.ledger.held(0)


def test_whoever_hands_in_while_the_node_ends_is_told_and_nothing_is_appended(offices: Offices) -> None:
    handing, node, key = Handing(offices), offices.nodes["south"], offices.keys["south"]
    prepared = prepare(node, offices.office, key.kid, note(30))
    before = offices.view("south").ledger.held(0)
    handing.ending.set()
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(sign_prepared, node, prepared, key, append=handing.append)
        handing.thread.start()
        with pytest.raises(OurFault) as caught:
            waiting.result(20)
    assert caught.value.code == "node-ending"
    with pytest.raises(OurFault, match="node"):
        handing.append(offices.office, lambda _view: pytest.fail("nobody makes it"))
    assert offices.view("south").ledger.held(0) == before
