"""A node that was restored from a backup forks nobody (rule 9): it asks before it appends."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from tests.line.carried import packed
from tests.line.conftest import Making
from tests.line.world import Node, World
from tests.storage.setup import migrated
from yeollak.errors import LineFault, OurFault
from yeollak.line import bodies
from yeollak.office.admit import Push, admit
from yeollak.record import checkpoint
from yeollak.storage import batches, models, reading
from yeollak.storage.anchor import Anchor
from yeollak.storage.holdings import Holdings


class Dead:
    """A line on which nobody answers."""

    def exchange(self, office: str, data: bytes) -> bytes:
        raise LineFault("unreachable", url="x", why="dead")


def lose(world: World, many: int = 3) -> tuple[Node, list[str]]:
    """South says more, everybody holds it, and then its database is an old one."""
    south = world["south"]
    south.save("backup")
    said = [south.say() for _ in range(many)]
    said.append(world["north"].say("checkin.observe", "duty", facts=CALL))
    world.settle()
    assert len(world["north"].view.ledger.entries(0, 0, 99)) > many
    south.restore("backup")
    return south, said


#: How long both registers are once the office is founded and everybody has said so.
BASE = 5
CALL = {"date": "2018-09-14", "slot": "opening", "view": "answered"}


def refused(node: Node, code: str) -> None:
    with pytest.raises(OurFault) as caught:
        node.say()
    assert caught.value.code == code


def test_own_entries_come_back_and_the_register_goes_on(stored: World) -> None:
    south, said = lose(stored)
    refused(south, "behind-anchor")
    assert south.couriers["north"].step()
    said.append(south.say())
    stored.settle()
    for node in stored.nodes.values():
        assert all(reading.document(node.view, act) is not None for act in said)
        assert not node.view.rows(models.Evidence).exists()
        assert not node.view.rows(models.Finding).exclude(void="").exists()
    assert len({node.view.office.digest() for node in stored.nodes.values()}) == 1


def test_what_was_receipted_of_the_others_comes_back_too(world: World) -> None:
    """Their owner will not send it again: it has its receipts."""
    south, _ = lose(world)
    north = world["north"]
    held = north.view.ledger.held(1)
    assert south.view.ledger.held(1) < held == reading.receipted(north.view, "south")
    assert south.couriers["north"].step()
    assert south.view.ledger.held(1) == held
    assert reading.receipted(south.view, "south", "north") == held


def test_database_that_is_gone_is_filled_again(make: Making) -> None:
    world = make()
    south = world["south"]
    south.say()
    world.settle()
    before = reading.heads(south.view)
    south.stop()
    for path in south.folder.glob("node.db*"):
        path.unlink()
    south.start()
    migrated(south.alias)
    south.journal.found(world.charter.raw, "south")
    assert south.couriers["north"].step()
    world.settle()
    assert [(row.side, row.size, row.root) for row in reading.heads(south.view)][:1] == [
        (before[0].side, before[0].size, before[0].root)
    ]
    south.say()
    world.settle()


def test_nobody_answers(world: World) -> None:
    south, _ = lose(world)
    south.lines["north"] = Dead()
    south.start()
    for _ in range(5):
        assert not south.couriers["north"].step()
        world.clock.pass_by(400)
        refused(south, "behind-anchor")


class HeadsAlone:
    """A line that is lost once the peer has said what it holds."""

    def __init__(self, world: World) -> None:
        self.north = world["north"]

    def exchange(self, office: str, data: bytes) -> bytes:
        if self.north.post.open(data).header.purpose != bodies.ASK:
            raise LineFault("unreachable", url="x", why="dead")
        return self.north.endpoint.answer(data)


def test_what_a_peer_has_shown_of_ours_keeps_us_silent_until_it_is_here(world: World) -> None:
    """The anchor is as old as the backup, and knows from the peer's answer what has left."""
    old = world["south"].anchor.path.read_bytes()
    south, _ = lose(world)
    south.anchor.path.write_bytes(old)
    south.lines["north"] = HeadsAlone(world)
    south.start()
    assert not south.couriers["north"].step()
    assert south.view.ledger.held(0) == BASE
    refused(south, "behind-anchor")


@pytest.mark.parametrize(
    "leaves",
    [
        lambda port: port.notes("south"),
        lambda port: port.entries("south", BASE, BASE + 1),
        lambda port: port.owed(BASE),
    ],
    ids=["heads", "entries", "push"],
)
def test_what_a_node_that_ended_before_its_anchor_has_issued_is_anchored_as_it_leaves(
    world: World, monkeypatch: pytest.MonkeyPatch, leaves: Callable[[Holdings], object]
) -> None:
    south, office = world["south"], world.charter.office
    with monkeypatch.context() as ended:
        ended.setattr(Anchor, "advance", lambda *_: None)
        south.say()
        south.keeper.step()
    south.start()
    left = south.anchor.read(office)
    assert left is not None
    assert left[0] == BASE < south.view.ledger.held(0)
    assert leaves(south.port)
    assert south.anchor.read(office) == (BASE + 1, south.view.ledger.root(0, BASE + 1))


@dataclass
class Rewriting:
    """A line whose peer rewrites what it says, under its own keys."""

    nodes: dict[str, Node]
    lie: Callable[[str, bytes], tuple[str, bytes]]

    def exchange(self, office: str, data: bytes) -> bytes:
        north = self.nodes["north"]
        nonce = north.post.open(data).header.nonce
        opened = self.nodes["south"].post.open(north.endpoint.answer(data))
        purpose, body = self.lie(opened.header.purpose, opened.body)
        return north.post.seal("south", purpose, body, north.clock.now(), nonce)


def test_peer_that_says_less_than_it_holds(world: World) -> None:
    south, _ = lose(world)
    own = reading.checkpoint(south.view, "south")
    assert own is not None

    def shorter(purpose: str, body: bytes) -> tuple[str, bytes]:
        return purpose, bodies.encode_notes([own]) if purpose == bodies.HEADS else body

    south.lines["north"] = Rewriting(world.nodes, shorter)
    south.start()
    assert south.couriers["north"].step()
    refused(south, "behind-anchor")


@pytest.mark.parametrize("what", ["nothing", "altered", "others"])
def test_peer_that_gives_other_entries_than_it_names(world: World, what: str) -> None:
    """Our own checkpoint tells that we are behind; what is no part of it is not taken, and proves no fork."""
    south, _ = lose(world)
    size = south.view.ledger.held(0)

    def lie(purpose: str, body: bytes) -> tuple[str, bytes]:
        if purpose != bodies.ENTRIES:
            return purpose, body
        push = bodies.decode_push(body)
        if what == "nothing":
            push = replace(push, arrivals=())
        elif what == "altered":
            first = replace(push.arrivals[0], statement=push.arrivals[0].statement[:-1] + b"x")
            push = replace(push, arrivals=(first, *push.arrivals[1:]))
        else:
            push = replace(push, arrivals=push.arrivals[::-1])
        return purpose, bodies.encode_push(push)

    south.lines["north"] = Rewriting(world.nodes, lie)
    south.start()
    assert not south.couriers["north"].step()
    assert south.view.ledger.held(0) == size
    refused(south, "behind-anchor")
    assert "forked-register" not in south.alarms()


def accept_risk(node: Node) -> None:
    """What `recover --accept-risk` does where no peer and no anchor can tell."""
    node.anchor.path.unlink()
    refused(node, "anchor-missing")
    node.journal.anchor_again(node.charter.office)


@pytest.mark.parametrize("more", [1, 3, 9])
def test_risk_that_was_taken_and_was_real_stops_the_node(world: World, more: int) -> None:
    """The new course is shorter than, as long as, or longer than the one that the peer holds."""
    south, _ = lose(world)
    accept_risk(south)
    for _ in range(more):
        south.say()
    south.keeper.step()
    with pytest.raises(OurFault) as caught:
        south.couriers["north"].step()
    assert caught.value.code == "forked-register"
    refused(south, "forked-register")
    # Both courses are kept, a person is told, and nothing more of ours leaves.
    kept = [json.loads(bytes(row.data)) for row in south.view.rows(models.Evidence)]
    theirs = reading.checkpoint(world["north"].view, "south")
    assert theirs is not None
    assert checkpoint.read_checkpoint(theirs)[0] in [
        checkpoint.read_checkpoint(view["shown"].encode())[0] for view in kept
    ]
    assert "forked-register" in south.alarms()
    held = world["north"].sizes()
    south.start()
    for _ in range(4):
        world.clock.pass_by(4000)
        with pytest.raises(OurFault):
            south.couriers["north"].step()
    assert world["north"].sizes() == held
    assert not world["north"].view.rows(models.Evidence).exists()


def test_two_courses_that_one_side_has_shown_let_nothing_leave_to_another(make: Making) -> None:
    """West has not seen the other course: it must not be made to receipt either."""
    world = make(3)
    south, west, now = world["south"], world["west"], world.clock.now()
    courier = south.couriers["west"]
    assert courier.step()
    south.say()
    south.keeper.step()
    south.journal.raise_alarm(world.charter.office, "forked-register", {"side": "north"}, now)
    held = west.sizes()
    assert not courier.step()
    assert west.sizes() == held
    assert packed(south, to="west")[0].last == 0
    (alarm,) = reading.alarms(south.view)
    south.journal.clear_alarm(world.charter.office, alarm.id, now)
    assert packed(south, to="west")[0].last == held[0] + 1
    assert courier.step()
    assert west.sizes() == [held[0] + 1, *held[1:]]


def test_risk_that_was_taken_and_was_none_goes_on(world: World) -> None:
    south = world["south"]
    accept_risk(south)
    south.say()
    world.settle()
    assert "forked-register" not in south.alarms()


def test_forked_push_is_evidence_on_the_other_side(world: World) -> None:
    """A node that went on without asking, by whatever means, is found out by the first push."""
    south, _ = lose(world)
    accept_risk(south)
    for _ in range(9):
        south.say()
    south.keeper.step()
    note = reading.checkpoint(south.view, "south")
    assert note is not None
    north = world["north"]
    held = north.view.ledger.held(0)
    arrivals = tuple(batches.entries(south.view, "south", held, checkpoint.read_checkpoint(note)[0].size))
    push = Push(south.charter.origin("south"), held, note, arrivals)
    sealed = south.post.seal("north", bodies.PUSH, bodies.encode_push(push), world.clock.now(), "00" * 16)
    answer = south.post.open(north.endpoint.answer(sealed))
    assert bodies.decode_refusal(answer.body).code == "two-views"
    assert north.alarms() == ["two-views", "refused-two-views"]


def test_branch_that_we_once_held_otherwise_gets_no_receipt(world: World) -> None:
    """North lost what it held of South but not its own register, whose acts name it: South cannot show it
    another course.
    """
    south, north = world["south"], world["north"]
    south.save("backup")
    north.save("backup")
    south.say()
    world.settle()
    north.say("checkin.observe", "duty", facts=CALL)
    world.settle()
    own = batches.own_entries(north.view, "north", BASE, north.view.ledger.held(1))
    assert own is not None
    north.restore("backup")
    south.restore("backup")
    north.journal.receive(north.charter.office, admit(north.charter, "north", north.port.head("north"), own))
    south.anchor.path.unlink()
    south.journal.anchor_again(south.charter.office)
    for slot in ("opening", "morning", "closing", "first"):
        south.say("checkin.observe", "duty", facts={**CALL, "slot": slot})
    south.keeper.step()
    push = south.port.owed(BASE)
    assert push is not None
    sealed = south.post.seal("north", bodies.PUSH, bodies.encode_push(push), world.clock.now(), "00" * 16)
    answer = south.post.open(north.endpoint.answer(sealed))
    assert bodies.decode_refusal(answer.body).code == "two-views"
    assert north.view.ledger.held(0) == BASE
