"""Keys are replaced on nodes that serve: in step, with one away, and on nodes restored from older backups."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.node.offices import SECRET, SIDES, Offices
from tests.storage.setup import ready
from yeollak.errors import OurFault
from yeollak.node import founding, rekeying
from yeollak.node.checkup import office_checks
from yeollak.office import side_keys
from yeollak.office.audit import audit
from yeollak.office.propose import Draft, document, sign
from yeollak.record.document import Act
from yeollak.record.folder import FolderFiles
from yeollak.record.generations import PAIRED, ROLES, register_pair
from yeollak.record.note import Note
from yeollak.storage import reading
from yeollak.storage.exporting import write_export
from yeollak.storage.own_register import NewAct

ready()


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Offices:
    made = Offices(tmp_path_factory.mktemp("keys")).make()
    made.close()
    return made


@pytest.fixture
def offices(template: Offices, tmp_path: Path) -> Iterator[Offices]:
    made = Offices.copied(template, tmp_path)
    yield made
    made.close()


def replace(offices: Offices, side: str, role: str) -> rekeying.Done:
    return rekeying.replace(offices.nodes[side], offices.office, role, SECRET)


def unseen(offices: Offices, side: str) -> set[str]:
    rows = rekeying.listing(offices.nodes[side], offices.view(side))
    return {peer for row in rows for peer in row.unseen_by}


def verify(offices: Offices, side: str, name: str) -> str:
    """The state digest of an export that has no defect."""
    target = offices.folder / f"{side}-{name}"
    node, view = offices.nodes[side], offices.view(side)
    keys = node.keyring.post_keys(view.charter, side, SECRET)
    write_export(node.alias, offices.office, target, keys.register)
    report, state = audit(FolderFiles(target), office=offices.office)
    assert [*report.defects, *state.keys] == []
    assert not state.problem
    if name == "after":
        # What the operator is shown, the export has: the same generations, and no other.
        shown = {(row.role, row.number) for row in rekeying.listing(node, view) if row.role in PAIRED}
        parts = [path.name.split(".") for path in (target / "keys").glob(f"{side}.*.vkey")]
        assert shown == {
            (role, int(rest[0]) if rest[1:] else 0) for _, role, *rest in parts if "_" not in role
        }
    return state.digest


def signers(offices: Offices, holder: str, side: str) -> list[int]:
    """Which generations have signed a register's newest checkpoint, as a node holds it."""
    view = offices.view(holder)
    note = reading.checkpoint(view, side)
    assert note is not None
    lines = Note.parse(note).signatures
    return [
        one.number
        for one in side_keys.generations(view.office, side, "register")
        if all(any(line.is_by(key) for line in lines) for key in register_pair(view.id, side, one))
    ]


def faults(offices: Offices, side: str, name: str = "keys") -> set[str]:
    """What the doctor finds wrong with a node's keys."""
    checks = office_checks(offices.nodes[side], offices.office, SECRET, online=False, deep=False)
    return {check.found.code for check in checks if check.name == name and check.found is not None}


def test_every_key_is_replaced_while_acts_go_both_ways(offices: Offices) -> None:
    before = {side: verify(offices, side, "before") for side in SIDES}
    assert len(set(before.values())) == 1
    for round_, role in enumerate(ROLES):
        for side in SIDES:
            offices.say(side, f"early{round_}")
            done = replace(offices, side, role)
            assert (done.fresh, done.number) == (True, 1)
            offices.say(side, f"late{round_}")
        verify(offices, "south", f"across-{role}")
        offices.until(offices.settled)
        offices.until(lambda: not unseen(offices, "south") and not unseen(offices, "north"))
    for side in SIDES:
        offices.say(side, "slot17")
    offices.until(offices.settled)
    for holder in SIDES:
        for side in SIDES:
            assert signers(offices, holder, side) == [1]
        assert offices.alarms(holder) == set()
        assert faults(offices, holder) == set()
    digests = {verify(offices, side, "after") for side in SIDES}
    assert digests == {offices.view(side).office.digest() for side in SIDES}
    # A second generation, after everybody has seen the first.
    done = replace(offices, "south", "register")
    assert (done.fresh, done.number) == (True, 2)
    offices.until(offices.settled)
    assert offices.view("north").office.ledger.finding(0, done.index).void == ""
    assert signers(offices, "north", "south")[-1] == 2


def test_a_node_that_is_away_reads_on_when_it_is_back(offices: Offices) -> None:
    offices.stop("north")
    for role in ROLES:
        done = replace(offices, "south", role)
        again = replace(offices, "south", role)
        assert (done.fresh, again.fresh) == (True, False)
        assert again.act == done.act
        assert again.unseen_by == ("north",)
    offices.say("south", "slot09")
    assert unseen(offices, "south") == {"north"}
    offices.until(lambda: signers(offices, "south", "south") == [0, 1])
    offices.open("north")
    offices.say("north", "slot10")
    offices.serve("north")
    offices.until(offices.settled)
    offices.until(lambda: not unseen(offices, "south"))
    offices.say("south", "slot11")
    offices.until(offices.settled)
    assert signers(offices, "north", "south") == [1]
    assert offices.alarms("north") == offices.alarms("south") == set()
    assert verify(offices, "north", "after") == verify(offices, "south", "after")


@pytest.mark.parametrize("role", ROLES)
def test_a_node_restored_from_before_it_replaced_its_keys(offices: Offices, role: str) -> None:
    """With the newer key files it takes its register back; without them it says what is missing."""
    offices.stop("south")
    saved = offices.backup("south")
    offices.open("south")
    offices.serve("south")
    replace(offices, "south", role)
    offices.say("south", "slot09")
    offices.until(offices.settled)
    offices.until(lambda: not unseen(offices, "south"))
    offices.say("north", "slot10")
    offices.say("south", "slot11")
    offices.until(offices.settled)
    size = offices.sizes("north")
    offices.stop("south")
    newer = offices.folder / "newer"
    shutil.copytree(offices.folder / "south" / "keys", newer)
    offices.restore("south")
    assert saved.is_dir()
    offices.serve("south")
    told = {"register": "own-key-unknown", "seal": "answer-sealed-otherwise"}
    if role in told:
        offices.until(lambda: outcome(offices, "south") == told[role])
        assert offices.sizes("south") != size
    else:
        offices.until(lambda: offices.sizes("south")[0] >= size[0])
        offices.until(lambda: "keys-behind" in faults(offices, "south"))
    offices.stop("south")
    shutil.copytree(newer, offices.folder / "south" / "keys", dirs_exist_ok=True)
    offices.open("south")
    offices.serve("south")
    offices.until(offices.settled, seconds=60)
    offices.say("south", "slot12")
    offices.until(offices.settled)
    assert faults(offices, "south") == set()
    assert verify(offices, "south", "after") == verify(offices, "north", "after")


def outcome(offices: Offices, side: str) -> str:
    """How the newest attempt to reach the other side ended."""
    (row,) = reading.outbox(offices.view(side)).values()
    return str(row.last_error)


def test_a_node_restored_from_before_its_peer_replaced_its_keys(offices: Offices) -> None:
    offices.stop("north")
    offices.backup("north")
    offices.open("north")
    offices.serve("north")
    for role in ROLES:
        replace(offices, "south", role)
    offices.until(offices.settled)
    offices.until(lambda: not unseen(offices, "south"))
    for slot in ("slot09", "slot10"):
        offices.say("south", slot)
        offices.until(offices.settled)
    assert signers(offices, "north", "south") == [1]
    offices.stop("north")
    offices.restore("north")
    offices.serve("north")
    offices.until(offices.settled, seconds=60)
    assert signers(offices, "north", "south") == [1]
    assert offices.alarms("north") == offices.alarms("south") == set()
    assert verify(offices, "north", "after") == verify(offices, "south", "after")


def test_the_authority_key_is_rotated_by_the_one_that_was_enrolled(offices: Offices) -> None:
    node = offices.nodes["south"]
    done = rekeying.rotate(node, offices.office, SECRET, reason={"en": "Handover"})
    again = rekeying.rotate(node, offices.office, SECRET)
    assert (done.fresh, again.fresh) == (True, False)
    assert done.act == again.act
    founding.post_officer(node, offices.office, SECRET, "technical", own_passphrase=SECRET)
    offices.until(offices.settled)
    offices.until(lambda: not unseen(offices, "south"))
    second = rekeying.rotate(node, offices.office, SECRET)
    assert (second.fresh, second.number) == (True, 2)
    assert replace(offices, "south", "seal").fresh
    offices.until(offices.settled)
    view = offices.view("north")
    found = [view.ledger.finding(0, one.index).void for one in (done, second)]
    assert found == ["", ""]
    rows = rekeying.listing(node, offices.view("south"))
    authority = [(row.number, row.state, row.kept) for row in rows if row.role == "authority"]
    assert authority == [(0, "retired", True), (1, "retired", True), (2, "in-force", True), (3, "next", True)]
    folder = offices.folder / "south" / "keys" / view.charter.party("south").nonce
    assert {path.name for path in folder.glob("*.retired")} == {
        "authority.key.retired",
        "authority-next.key.retired",
        "seal.key.retired",
    }


class Interrupted(Exception):
    """What a killed command does."""


def test_a_command_that_was_interrupted_goes_on_with_the_same_key(
    offices: Offices, monkeypatch: pytest.MonkeyPatch
) -> None:
    node = offices.nodes["south"]
    folder = offices.folder / "south" / "keys" / offices.view("south").charter.party("south").nonce

    def killed(*_: object, **__: object) -> str:
        raise Interrupted

    with monkeypatch.context() as patch:
        patch.setattr(rekeying, "act", killed)
        with pytest.raises(Interrupted):
            replace(offices, "south", "receipt")
        with pytest.raises(Interrupted):
            rekeying.rotate(node, offices.office, SECRET)
    assert faults(offices, "south") == {"keys-ahead"}
    made = {name: (folder / name).read_bytes() for name in ("receipt.1.key", "authority-next.1.key")}
    (folder / "receipt-pq.1.key").unlink()
    assert replace(offices, "south", "receipt").fresh
    assert rekeying.rotate(node, offices.office, SECRET).fresh
    assert {name: (folder / name).read_bytes() for name in made} == made
    assert faults(offices, "south") == set()
    offices.until(offices.settled)
    offices.until(lambda: not unseen(offices, "south"))
    assert verify(offices, "north", "after") == verify(offices, "south", "after")


def test_nothing_is_made_under_another_passphrase(offices: Offices) -> None:
    names = offices.nodes["south"].keyring.kept(offices.view("south").charter.party("south").nonce)
    for role in ROLES:
        with pytest.raises(OurFault, match="wrong-passphrase"):
            rekeying.replace(offices.nodes["south"], offices.office, role, "guess")
    with pytest.raises(OurFault, match="wrong-passphrase"):
        rekeying.rotate(offices.nodes["south"], offices.office, "guess")
    assert offices.nodes["south"].keyring.kept(offices.view("south").charter.party("south").nonce) == names


def test_the_doctor_sees_a_key_file_that_is_missing_or_another(offices: Offices) -> None:
    folder = offices.folder / "south" / "keys" / offices.view("south").charter.party("south").nonce
    replace(offices, "south", "receipt")
    replace(offices, "south", "seal")
    offices.until(offices.settled)
    offices.stop("south")
    offices.open("south")
    shutil.copy(folder / "seal.key", folder / "seal.1.key")
    (folder / "receipt-pq.1.key").unlink()
    assert faults(offices, "south") == {"keys-otherwise", "keys-behind"}


def test_a_register_that_waits_for_a_root_that_is_none_is_taken_up_again(offices: Offices) -> None:
    node, view, key = offices.nodes["south"], offices.view("south"), offices.keys["south"]
    facts = {"date": "2018-09-14", "slot": "slot15", "view": "answered"}
    draft = Draft("checkin.observe", facts=facts)
    data = Act.parse(document(view.office, "south", key.kid, draft, node.clock.now(), bytes(16)))
    false = dataclasses.replace(data, seen={"north": (data.seen["north"][0], "ab" * 32)}).encode()
    at = view.ledger.held(0)
    with pytest.raises(OurFault, match="act-void"):
        rekeying.reopen(node, offices.office, at, SECRET)
    entry = sign(view.office, "south", false, key)
    node.journal.append(offices.office, [NewAct(entry.statement, entry.document)])
    with pytest.raises(OurFault, match="register-waits"):
        offices.say("south", "slot16")
    with pytest.raises(OurFault, match="act-void"):
        rekeying.reopen(node, offices.office, at - 1, SECRET)
    done = rekeying.reopen(node, offices.office, at, SECRET)
    again = rekeying.reopen(node, offices.office, at, SECRET)
    assert (done.fresh, again.fresh, done.act) == (True, False, again.act)
    offices.say("south", "slot16")
    offices.until(offices.settled)
    for side in SIDES:
        found = [offices.view(side).ledger.finding(0, index).void for index in (at, at + 1)]
        assert found == ["abandoned", ""]
