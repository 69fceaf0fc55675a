"""An act may name any digest, also one of another side: nothing comes of that. What is kept stays, what is
sealed stays sealed, and the other side's own goes on.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.line.carried import carry
from tests.line.conftest import Making
from tests.line.test_large import BIG, call, state
from tests.line.test_restored import CALL
from tests.line.world import Direct, Node, World
from tests.office.world import NAMES
from yeollak.line import asking, bodies
from yeollak.line.asking import Answer, Asking
from yeollak.line.bodies import Piece
from yeollak.node.acting import Text
from yeollak.node.drafting import read_enclosure
from yeollak.record.audit import audit_export
from yeollak.record.document import Act
from yeollak.record.enclosure import SALT, SMALL_RIGHT, Enclosed
from yeollak.record.exhibit import unpack
from yeollak.record.folder import FolderFiles
from yeollak.storage import files, models, reading
from yeollak.storage.exhibiting import exhibit_of
from yeollak.storage.exporting import write_export
from yeollak.storage.opened import opened, opened_of, text_of, whole
from yeollak.storage.public import Source
from yeollak.storage.searching import find

SECRET = b"our bottom line is 40 percent"
CHRONICLE = b'{"form":"chronicle/1","title":{"en":"our bottom line"}}'


def lying(liar: str) -> Callable[[dict[str, Node], str, str], Direct]:
    """Lines on which one side answers with zeros, of the size that it has named, to whoever asks for one."""

    @dataclass
    class Line(Direct):
        def exchange(self, office: str, data: bytes) -> bytes:
            node = self.nodes[self.peer]
            request = node.post.open(data)
            if self.peer != liar or request.header.purpose != bodies.ENCLOSURE:
                return super().exchange(office, data)
            wanted = bodies.decode_range(request.body)
            rows = node.view.rows(models.Large).filter(digest=wanted.digest)
            total = rows.get(place=node.charter.places[liar]).size
            body = bodies.encode_piece(Piece(total, bytes(min(wanted.length, total - wanted.offset))))
            now, nonce = node.clock.now(), request.header.nonce
            return node.post.seal(request.header.sender, bodies.PIECE, body, now, nonce)

    return lambda nodes, _side, peer: Line(nodes, peer)


def claim(node: Node, digest: str, size: int, slot: str = "opening") -> str:
    """Name an enclosure of another side as a large one of our own, as no honest node does."""
    row = models.Enclosure(office_id=node.charter.office, digest=digest, blob=b"")
    if not node.view.rows(models.Enclosure).filter(digest=digest).exists():
        row.save(using=node.alias)
    # Nothing of it may have been verified here, or it is known whose it is.
    node.view.rows(models.Large).filter(digest=digest).exclude(place=node.view.place).delete()
    named = Enclosed(digest, "application/octet-stream", None, "large", size=size)
    return node.say("checkin.observe", "duty", facts={**CALL, "slot": slot}, enclosures=(named,))


def tender(node: Node, content: bytes, type_: str = "text/plain") -> str:
    """Offer a text by consent: nobody but our side has it until it is taken up. Returns its digest."""
    due = node.clock.now() + timedelta(hours=20)
    text = Text(content, type_, "en", "line.txt", "consent")
    act = node.say("note.tender", "co-head", text, facts={"subject": {"en": "A word"}}, due=due)
    document = reading.document(node.view, act)
    assert document is not None
    (enclosed,) = Act.parse(document).enclosures
    return enclosed.digest


def go_on(world: World, rounds: int = 8) -> None:
    for _ in range(rounds):
        for node in world.nodes.values():
            node.keeper.step()
            for courier in node.couriers.values():
                courier.step()
        world.clock.pass_by(2)
    for node in world.nodes.values():
        while node.journal.show(world.charter.office, world.clock.now()):
            pass


def kept(node: Node, digest: str) -> bytes | None:
    blob = reading.blob(node.view, digest)
    return None if blob is None else blob[SALT:]


@pytest.mark.parametrize("size", [1, len(BIG)])
@pytest.mark.parametrize("sealed", [False, True], ids=["released", "sealed"])
def test_a_side_that_names_our_text_does_not_delete_it(make: Making, size: int, sealed: bool) -> None:
    world = make(line=lying("north"))
    south, north = world["south"], world["north"]
    digest = tender(south, BIG) if sealed else call(south, BIG).enclosures[0].digest
    before = kept(south, digest)
    if sealed:
        world.settle()
    claim(north, digest, size)
    go_on(world)
    rows = south.view.rows(models.Large).filter(digest=digest)
    assert rows.get(place=south.charter.places["north"]).state == "refused"
    assert before is not None
    assert kept(south, digest) == before


@pytest.mark.parametrize("size", [1, len(BIG)])
def test_nor_does_a_pouch(world: World, size: int) -> None:
    south, north = world["south"], world["north"]
    digest = tender(south, BIG)
    before = kept(south, digest)
    world.settle()
    files.of(north.alias).keep(digest, bytes(size + SALT))
    claim(north, digest, size)
    carry(north, south)
    rows = south.view.rows(models.Large).filter(digest=digest)
    assert rows.get().state == "refused"
    # Nor where it was asked for before the text was here, or by an earlier version.
    rows.update(state="wanted")
    carry(north, south)
    assert south.alarms() == ["digest-mismatch"]
    assert kept(south, digest) == before


@pytest.mark.parametrize("content", [SECRET, SECRET + BIG], ids=["small", "large"])
def test_a_side_that_names_our_text_does_not_release_it(world: World, tmp_path: Path, content: bytes) -> None:
    south, north = world["south"], world["north"]
    digest = tender(south, content)
    world.settle()
    act = claim(north, digest, 99)
    go_on(world)
    assert south.port.piece(digest, 0, 1) is None
    folder = tmp_path / "export"
    write_export(south.alias, world.charter.office, folder, south.kept.register)
    assert not (folder / "blobs" / digest).exists()
    assert f"blobs/{digest}" not in unpack(exhibit_of(south.view, act))
    # Who may not see what is sealed sees no more of it; who may does not see it as the other side's.
    shut = replace(south.view, sealed=False)
    one = opened(shut, [digest])[digest]
    assert (one.side, one.held, one.sealed, one.content) == ("south", False, True, None)
    assert whole(shut, one) is None
    theirs = opened(south.view, [digest], of="north")[digest]
    assert (theirs.side, theirs.held, theirs.content, whole(south.view, theirs)) == (
        "north",
        False,
        None,
        None,
    )
    assert reading.blob(south.view, digest, "north") is None
    assert find(shut, "bottom line").matters == ()
    (own,) = opened(south.view, [digest]).values()
    assert (own.held, own.sealed) == (True, True)
    if content == SECRET:
        found = south.view.rows(models.Passage).filter(id__in=find(south.view, "bottom line").best)
        assert set(found.values_list("place", flat=True)) == {south.view.place}


@pytest.mark.parametrize("tells", [CHRONICLE, CHRONICLE[:-2] + b',"x":"' + b"x" * 60_000 + b'"}}'])
def test_the_public_page_does_not_tell_it(world: World, tells: bytes) -> None:
    south, north = world["south"], world["north"]
    digest = tender(south, tells, "application/json")
    world.settle()
    claim(north, digest, 99)
    go_on(world)
    assert Source(south.alias).record(world.charter.office).items == ()


def test_what_is_erased_and_put_back_is_not_released_by_it(world: World) -> None:
    south, north = world["south"], world["north"]
    digest = tender(south, BIG)
    blob = reading.blob(south.view, digest)
    assert blob is not None
    world.settle()
    claim(north, digest, len(BIG))
    models.Enclosure.objects.using(south.alias).filter(digest=digest).delete()
    go_on(world)
    south.journal.erase_enclosure(world.charter.office, digest)
    south.journal.keep_enclosure(world.charter.office, "south", digest, blob)
    assert south.port.piece(digest, 0, 1) is None


@pytest.mark.parametrize("first", [True, False], ids=["it speaks first", "it speaks last"])
def test_a_third_side_spoils_nothing(make: Making, monkeypatch: pytest.MonkeyPatch, first: bool) -> None:
    monkeypatch.setattr(asking, "_PIECE", 100_000)
    third = NAMES[2]
    world = make(3, line=lying(third))
    south, north, evil = world["south"], world["north"], world[third]
    (enclosed,) = call(south, BIG).enclosures
    claim(evil, enclosed.digest, len(BIG))
    senders = (evil, south) if first else (south, evil)
    for node in senders:
        node.keeper.step()
        for _ in range(4):
            node.couriers["north"].step()
    for _ in range(12):
        for peer in (third, "south"):
            north.couriers[peer].step()
    place = north.charter.places["south"]
    assert north.view.rows(models.Large).get(digest=enclosed.digest, place=place).state == "held"
    assert kept(north, enclosed.digest) == BIG
    assert all(json.loads(row.data)["side"] == third for row in reading.alarms(north.view))


def test_two_peers_give_a_lost_text_back_at_once(make: Making, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "_PIECE", 100_000)
    world = make(3)
    south = world["south"]
    one, two = [side for side in world.nodes if side != "south"]
    south.save("backup")
    (enclosed,) = call(south, BIG).enclosures
    world.settle()
    files.of(south.alias).drop(enclosed.digest)
    south.restore("backup")
    while not south.view.rows(models.Large).exists():
        south.couriers[one].step()

    def ask(peer: str) -> Callable[[], None]:
        """One errand to a peer, up to its question; what is returned takes the answer."""
        errand = Asking(south.post, south.port, peer).collect(south.clock.now())
        question = next(errand)

        def answered() -> None:
            wanted = bodies.decode_range(question.body)
            found = world[peer].port.piece(wanted.digest, wanted.offset, wanted.length)
            assert found is not None
            with pytest.raises(StopIteration):
                errand.send(Answer(bodies.PIECE, bodies.encode_piece(Piece(*found))))

        return answered

    slow = ask(two)
    ask(one)()
    ask(one)()
    third, again = ask(one), ask(one)
    slow()
    third()
    again()
    while state(south, enclosed.digest) == "wanted":
        ask(one)()
    assert state(south, enclosed.digest) == "done"
    assert south.alarms() == []
    assert kept(south, enclosed.digest) == BIG
    # Nothing is left of what the other peer had begun to send.
    assert [path.name for path in files.of(south.alias).folder.iterdir()] == [enclosed.digest]


def test_what_is_named_in_the_same_matter_stays_its_owners(world: World) -> None:
    """A joint text on the table, a text that was delivered and what is saved from a matter are read for the
    side that names them.
    """
    south, north = world["south"], world["north"]
    digest = tender(south, SECRET)
    world.settle()
    act = claim(north, digest, 99)
    go_on(world)
    found = south.view.ledger.finding(north.view.place, south.view.ledger.counted(north.view.place) - 1)
    named = reading.document(south.view, act)
    assert named is not None
    (item,) = Act.parse(named).enclosures
    assert read_enclosure(south.view, found.matter, "north", item) is None
    assert text_of(south.view, found.matter, digest) is None
    one = opened_of(south.view, [("north", digest), ("south", digest)])[digest]
    assert (one.side, one.content) == ("south", SECRET)


def test_an_export_is_whole_and_sound_whoever_names_what(world: World, tmp_path: Path) -> None:
    """What we have released is exported, once, and an act of the other side makes nothing of it wrong."""
    south, north = world["south"], world["north"]
    released = call(south, BIG).enclosures[0].digest
    sealed = tender(south, SECRET)
    world.settle()
    claim(north, released, len(BIG))
    for node in (south, north):
        node.keeper.step()
    claim(north, sealed, 99, "closing")
    go_on(world)
    folder = tmp_path / "export"
    write_export(south.alias, world.charter.office, folder, south.kept.register)
    assert (folder / "blobs" / released).stat().st_size == len(BIG) + SALT
    report = audit_export(FolderFiles(folder), office=world.charter.office)
    assert report.defects == ()
    assert report.absent == 1


def test_what_is_larger_than_was_said_is_not_read_to_be_shown(world: World) -> None:
    south, north = world["south"], world["north"]
    content = BIG * 5
    enclosed, blob = Text(content, "text/plain", release="large").commit(
        world.charter.office, "north", b"s" * 16, SMALL_RIGHT
    )
    north.journal.keep_enclosure(world.charter.office, "north", enclosed.digest, blob)
    small = Enclosed(enclosed.digest, "text/plain", None, "large", size=1)
    north.say("checkin.observe", "duty", facts={**CALL, "slot": "closing"}, enclosures=(enclosed,))
    north.keeper.step()
    north.say("checkin.observe", "duty", facts=CALL, enclosures=(small,))
    go_on(world, 12)
    assert kept(south, enclosed.digest) == content
    south.view.rows(models.Named).filter(digest=enclosed.digest).update(size=1)
    one = opened(south.view, [enclosed.digest])[enclosed.digest]
    assert (one.held, one.content) == (True, None)
    assert whole(south.view, one) == content


def test_what_the_guarantor_gives_out_is_its_sides(world: World) -> None:
    """A large text of the other side that came by itself is not ours, and is served to nobody."""
    south, office = world["south"], world.charter.office
    enclosed, blob = Text(BIG, "text/plain", release="reveal").commit(office, "north", b"s" * 16, SMALL_RIGHT)
    south.journal.keep_enclosure(office, "north", enclosed.digest, blob)
    assert reading.blob(south.view, enclosed.digest, "north") == blob
    assert reading.blob(south.view, enclosed.digest, "south") is None
    assert south.port.piece(enclosed.digest, 0, 1) is None


def test_alarms_about_enclosures_are_so_many_and_no_more(world: World) -> None:
    south = world["south"]
    for number in range(60):
        for side in ("north", "south"):
            data: dict[str, str | int] = {"side": side, "digest": f"{number:064}"}
            south.port.raise_alarm("digest-mismatch", data, south.clock.now())
    assert len(south.alarms()) == 64


def test_a_text_that_came_by_itself_is_its_sides_though_that_side_has_named_it_before(world: World) -> None:
    """Who keeps a text back and names it as a large one that he never serves does not make it ours."""
    south, north = world["south"], world["north"]
    office = world.charter.office
    text = Text(BIG, "application/octet-stream", release="reveal")
    enclosed, blob = text.commit(office, "north", b"s" * 16, SMALL_RIGHT)
    claim(north, enclosed.digest, len(BIG))
    for _ in range(4):
        north.keeper.step()
        north.couriers["south"].step()
    south.journal.keep_enclosure(office, "north", enclosed.digest, blob)
    assert reading.blob(south.view, enclosed.digest, "north") == blob
    assert reading.blob(south.view, enclosed.digest, "south") is None
    world.settle()
    rows = south.view.rows(models.Large).filter(digest=enclosed.digest)
    assert [row.state for row in rows] == ["done"]
