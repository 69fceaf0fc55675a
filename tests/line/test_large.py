"""Large enclosures: they follow by themselves, in ranges, are verified whole, and are acknowledged in the
record.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from tests.line.carried import carry, opened
from tests.line.conftest import Making
from tests.line.test_restored import CALL
from tests.line.world import Direct, Node, World
from yeollak.errors import LineFault, OurFault
from yeollak.line import asking, bodies
from yeollak.line.bodies import Piece, Range
from yeollak.node.acting import Text
from yeollak.record.document import Act
from yeollak.record.enclosure import SALT, SMALL_RIGHT, Release
from yeollak.storage import enclosures, files, models, reading

BIG = bytes(range(256)) * 1200


def call(node: Node, *texts: bytes, release: Release = "right", slot: str = "opening") -> Act:
    """An observation with these texts enclosed."""
    enclosed = [Text(text, "application/octet-stream", release=release) for text in texts]
    act = node.say("checkin.observe", "duty", *enclosed, facts={**CALL, "slot": slot})
    document = reading.document(node.view, act)
    assert document is not None
    return Act.parse(document)


def state(node: Node, digest: str) -> str:
    found: str = node.view.rows(models.Large).get(digest=digest).state
    return found


def held(node: Node, side: str) -> list[str]:
    """What the register of a side acknowledges."""
    place = node.charter.places[side]
    acts = [
        Act.parse(entry.document)
        for entry in node.view.ledger.entries(place, 0, node.view.ledger.held(place))
    ]
    return [digest for act in acts if act.kind == "enclosure.held" for digest in act.facts["digests"]]


@dataclass
class Watched(Direct):
    """A line that counts what is asked of an enclosure, and may end it."""

    asked: list[Range] = field(default_factory=list)
    cut: int = 10**9

    def exchange(self, office: str, data: bytes) -> bytes:
        request = self.nodes[self.peer].post.open(data)
        if request.header.purpose == bodies.ENCLOSURE:
            self.asked.append(bodies.decode_range(request.body))
            if len(self.asked) > self.cut:
                raise LineFault("unreachable", url=self.peer, why="cut")
        return super().exchange(office, data)


def test_large_enclosure_follows_by_itself_and_is_acknowledged(stored: World) -> None:
    south, north = stored["south"], stored["north"]
    (enclosed,) = call(south, BIG).enclosures
    assert (enclosed.release, enclosed.size) == ("large", len(BIG))
    stored.settle()
    kept = reading.blob(north.view, enclosed.digest)
    assert kept is not None
    assert kept[SALT:] == BIG
    assert (state(south, enclosed.digest), state(north, enclosed.digest)) == ("done", "done")
    for node in (south, north):
        assert held(node, "north") == [enclosed.digest]
        assert held(node, "south") == []
    assert files.of(north.alias).size(enclosed.digest) == len(BIG) + SALT


def test_what_is_small_goes_along(world: World) -> None:
    act = call(world["south"], b"x" * 40_000, b"y" * 40_000, b"z" * 9_152)
    assert [item.release for item in act.enclosures] == ["right", "large", "right"]
    assert sum(item.size or 0 for item in act.right) == SMALL_RIGHT
    world.settle()
    assert len(held(world["south"], "north")) == 1


def test_it_comes_in_ranges_and_goes_on_where_it_was_cut(
    make: Making, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "_PIECE", 100_000)
    lines: list[Watched] = []

    def line(nodes: dict[str, Node], side: str, peer: str) -> Watched:
        lines.append(Watched(nodes, peer))
        return lines[-1]

    world = make(line=line)
    south, north = world["south"], world["north"]
    (enclosed,) = call(south, BIG).enclosures
    watched = next(one for one in lines if one.peer == "south")
    watched.cut = 2
    for _ in range(6):
        south.keeper.step()
        south.couriers["north"].step()
        north.couriers["south"].step()
    assert north.port.arrived("south", "south", enclosed.digest) == 200_000
    watched.cut = 10**9
    north.start()
    world.clock.pass_by(1000)
    world.settle()
    total = len(BIG) + SALT
    assert watched.asked == [
        Range(enclosed.digest, 0, 100_000),
        Range(enclosed.digest, 100_000, 100_000),
        Range(enclosed.digest, 200_000, 100_000),
        Range(enclosed.digest, 200_000, 100_000),
        Range(enclosed.digest, 300_000, total - 300_000),
    ]
    assert reading.blob(north.view, enclosed.digest) is not None


def test_urgent_act_does_not_wait_behind_a_large_file(make: Making, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "_PIECE", 10_000)
    world = make()
    south, north = world["south"], world["north"]
    call(south, BIG)
    south.keeper.step()
    assert all(south.couriers["north"].step() for _ in range(2))
    assert all(north.couriers["south"].step() for _ in range(4))
    said = north.say("checkin.observe", "duty", facts=CALL)
    north.keeper.step()
    assert north.couriers["south"].step()
    assert reading.document(south.view, said) is not None
    assert north.view.rows(models.Large).get().state == "wanted"


@pytest.mark.parametrize("release", ["consent", "reveal"])
def test_what_is_not_released_is_not_served(world: World, release: Release) -> None:
    """Not even when the other side names it as large in a register of its own."""
    south, north = world["south"], world["north"]
    text = Text(BIG, "application/octet-stream", release=release)
    enclosed, blob = text.commit(world.charter.office, "south", b"s" * 16, SMALL_RIGHT)
    south.journal.keep_enclosure(world.charter.office, "south", enclosed.digest, blob)
    assert south.port.piece(enclosed.digest, 0, 100) is None
    place = north.view.charter.places["north"]
    row = models.Large(
        office_id=world.charter.office, place=place, digest=enclosed.digest, size=len(blob), state="wanted"
    )
    row.save(using=south.alias)
    assert south.port.piece(enclosed.digest, 0, 100) is None


def rewriting(lie: Callable[[Piece], Piece]) -> Callable[[dict[str, Node], str, str], Direct]:
    @dataclass
    class Line(Direct):
        def exchange(self, office: str, data: bytes) -> bytes:
            node = self.nodes[self.peer]
            request = node.post.open(data)
            if request.header.purpose != bodies.ENCLOSURE:
                return super().exchange(office, data)
            wanted = bodies.decode_range(request.body)
            total, found = node.port.piece(wanted.digest, wanted.offset, wanted.length) or (0, b"")
            body = bodies.encode_piece(lie(Piece(total, found)))
            return node.post.seal(
                request.header.sender, bodies.PIECE, body, node.clock.now(), request.header.nonce
            )

    return lambda nodes, _side, peer: Line(nodes, peer)


@pytest.mark.parametrize(
    "lie",
    [
        lambda piece: Piece(piece.total, b"\x00" * len(piece.data)),
        lambda piece: Piece(piece.total * 2, piece.data),
        lambda piece: Piece(piece.total, b""),
        lambda piece: Piece(piece.total, piece.data * 2),
        lambda piece: Piece(0, b""),
    ],
    ids=["other bytes", "other size", "nothing", "more", "not held"],
)
def test_other_bytes_are_not_taken(
    make: Making, lie: Callable[[Piece], Piece], request: pytest.FixtureRequest
) -> None:
    lies = [lie]
    world = make(line=rewriting(lambda piece: lies[0](piece)))
    south, north = world["south"], world["north"]
    (enclosed,) = call(south, BIG).enclosures
    for _ in range(12):
        south.keeper.step()
        for node in (south, north):
            for courier in node.couriers.values():
                courier.step()
    assert state(north, enclosed.digest) == "wanted"
    assert reading.blob(north.view, enclosed.digest) is None
    wrong = request.node.callspec.id == "other bytes"
    assert north.alarms() == (["digest-mismatch"] if wrong else [])
    assert held(north, "north") == []
    # What the register says is here all the same.
    assert north.view.ledger.held(0) == south.view.ledger.held(0)
    # Nothing is for ever: it is asked for again, and comes.
    lies[0] = lambda piece: piece
    world.clock.pass_by(86_400)
    world.settle()
    assert state(north, enclosed.digest) == "done"


def test_what_is_gone_keeps_nothing_away(world: World) -> None:
    """A side has erased what it named before it was fetched; what it names later comes all the same."""
    south, north = world["south"], world["north"]
    texts = [BIG + bytes([number]) for number in range(9)]
    gone = [one.digest for one in call(south, *texts).enclosures]
    for digest in gone:
        south.journal.erase_enclosure(world.charter.office, digest)
    later = call(south, BIG, slot="closing").enclosures[0].digest
    world.settle()
    assert {state(north, digest) for digest in gone} == {"wanted"}
    assert state(north, later) == "done"
    assert north.alarms() == []


def test_what_is_gone_is_asked_for_now_and_then(make: Making) -> None:
    lines: list[Watched] = []

    def line(nodes: dict[str, Node], side: str, peer: str) -> Watched:
        lines.append(Watched(nodes, peer))
        return lines[-1]

    world = make(line=line)
    south = world["south"]
    for one in call(south, *(BIG + bytes([number]) for number in range(9))).enclosures:
        south.journal.erase_enclosure(world.charter.office, one.digest)
    watched = next(one for one in lines if one.peer == "south")
    world.settle()
    before = len(watched.asked)
    assert before >= 9
    for seconds, more in ((0, 0), (601, 9), (300, 0), (301, 9)):
        world.clock.pass_by(seconds)
        for _ in range(20):
            world["north"].couriers["south"].step()
        assert len(watched.asked) == before + more
        before += more
    assert len({one.digest for one in watched.asked[-9:]}) == 9


def test_a_side_has_so_much_fetched_in_a_day(make: Making, monkeypatch: pytest.MonkeyPatch) -> None:
    """What acts promise in large enclosures weighs nothing in their batch: a day's quota bounds it."""
    monkeypatch.setattr(enclosures, "daily", lambda view: 3 * (len(BIG) + 1000))
    world = make()
    south, north = world["south"], world["north"]
    named = [one.digest for one in call(south, *(BIG + bytes([number]) for number in range(8))).enclosures]
    own = north.say("checkin.observe", "duty", facts=CALL)
    for day, many in enumerate((3, 6, 8, 8)):
        for _ in range(3):
            world.settle()
            world.clock.pass_by(700)
        states = [state(north, digest) for digest in named]
        assert states.count("done") == many, day
        assert north.alarms() == ["enclosures-wait"]
        world.clock.pass_by(86_400)
    # Nothing else waits for that, and it costs no more disk.
    assert reading.document(south.view, own) is not None
    kept = sum(path.stat().st_size for path in files.of(north.alias).folder.iterdir())
    assert kept == 8 * (len(BIG) + 1 + SALT)


def test_one_that_is_larger_than_a_day_comes_on_its_own(
    make: Making, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(enclosures, "daily", lambda view: 1000)
    world = make()
    south, north = world["south"], world["north"]
    named = [one.digest for one in call(south, BIG, BIG + b"2").enclosures]
    for many in (1, 2):
        world.settle()
        assert [state(north, digest) for digest in named].count("done") == many
        world.clock.pass_by(86_400)


def test_what_our_own_side_needs_is_left_free(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    south, north = world["south"], world["north"]
    (enclosed,) = call(south, BIG).enclosures
    free = files.RESERVE + len(BIG)
    usage = shutil.disk_usage("/")._replace(total=100 * files.RESERVE, free=free)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    world.settle()
    assert state(north, enclosed.digest) == "wanted"
    assert north.alarms() == ["enclosures-no-room"]
    # Our own officers' texts are taken all the same.
    assert len(call(north, BIG).enclosures) == 1
    usage = usage._replace(free=free + SALT)
    world.clock.pass_by(700)
    world.settle()
    assert state(north, enclosed.digest) == "done"


def test_what_is_too_large_is_not_asked_for(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "MAX_LARGE", 100_000)
    (enclosed,) = call(world["south"], BIG).enclosures
    world.settle()
    assert state(world["north"], enclosed.digest) == "refused"
    assert "enclosure-too-large" in world["north"].alarms()


def test_it_is_acknowledged_once_though_the_database_was_old(world: World) -> None:
    south, north = world["south"], world["north"]
    (enclosed,) = call(south, BIG).enclosures
    south.keeper.step()
    for _ in range(2):
        south.couriers["north"].step()
    north.save("backup")
    world.settle()
    north.restore("backup")
    assert north.couriers["south"].step()
    world.settle()
    assert held(north, "north") == [enclosed.digest]
    assert state(north, enclosed.digest) == "done"


def test_own_file_that_was_lost_comes_back(world: World) -> None:
    south = world["south"]
    south.save("backup")
    (enclosed,) = call(south, BIG).enclosures
    world.settle()
    files.of(south.alias).drop(enclosed.digest)
    south.restore("backup")
    assert south.couriers["north"].step()
    world.settle()
    kept = reading.blob(south.view, enclosed.digest)
    assert kept is not None
    assert kept[SALT:] == BIG


def test_enclosure_that_is_not_given_names_nothing(world: World) -> None:
    south = world["south"]
    enclosed, _ = Text(BIG, "text/plain").commit(world.charter.office, "south", b"s" * 16, SMALL_RIGHT)
    with pytest.raises(OurFault) as caught:
        south.say("checkin.observe", "duty", facts=CALL, enclosures=(enclosed,))
    assert caught.value.code == "enclosure-not-given"


def test_erased_enclosure_is_gone_and_not_fetched_again(world: World) -> None:
    south, north = world["south"], world["north"]
    (enclosed,) = call(south, BIG).enclosures
    world.settle()
    north.journal.erase_enclosure(world.charter.office, enclosed.digest)
    world.settle()
    assert reading.blob(north.view, enclosed.digest) is None
    assert files.of(north.alias).size(enclosed.digest) is None
    assert south.port.piece(enclosed.digest, 0, 1) is not None


def test_a_pouch_has_no_more_taken_in_a_day(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a pouch holds beyond it stays in it, and is taken when it is opened on another day."""
    monkeypatch.setattr(enclosures, "daily", lambda view: 2 * (len(BIG) + 1000))
    south, north = world["south"], world["north"]
    named = [one.digest for one in call(south, *(BIG + bytes([number]) for number in range(3))).enclosures]
    south.keeper.step()
    found = carry(south, north)
    assert found.taken is not None
    assert (found.taken.enclosures, found.taken.refused) == (2, {"quota": 1})
    assert north.alarms() == ["enclosures-wait"]
    world.clock.pass_by(86_400)
    (again,) = opened(north).pouches
    assert again.taken is not None
    assert (again.taken.enclosures, again.taken.refused) == (1, {})
    assert all(files.of(north.alias).size(digest) for digest in named)
