"""Checkpoints and exports across a replacement of keys, on both kinds of database."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.office.test_side_keys import facts_of, new_pair
from tests.office.world import keys_of
from tests.storage.nodes import Node, Nodes
from yeollak.errors import OurFault
from yeollak.office import side_keys
from yeollak.office.admit import admit
from yeollak.office.audit import audit
from yeollak.office.propose import Draft, document, sign
from yeollak.record.checkpoint import read_checkpoint
from yeollak.record.folder import FolderFiles
from yeollak.record.generations import open_by_one, register_pair
from yeollak.storage import reading
from yeollak.storage.batches import push_from
from yeollak.storage.exporting import write_export
from yeollak.storage.own_register import NewAct
from yeollak.storage.reading import head
from yeollak.storage.signer import RegisterSigner


def signer(node: Node, later: int = 1) -> RegisterSigner:
    own = keys_of(node.side)
    more = tuple(new_pair(node.side, "register", number) for number in range(1, later + 1))
    return RegisterSigner(own.register, own.register_pq, more)


def generations(node: Node) -> set[int]:
    """Which generations have signed the newest checkpoint of a node's own register."""
    note = reading.checkpoint(node.view, node.side)
    assert note is not None
    known = side_keys.generations(node.view.office, node.side, "register")
    pairs = {one.number: register_pair(node.id, node.side, one) for one in known}
    origin = read_checkpoint(note)[0].origin
    by = open_by_one(note, list(pairs.values()), origin=origin)[1]
    return {number for number, pair in pairs.items() if pair in by}


def test_checkpoints_are_signed_by_the_keys_in_force_and_by_the_old_ones_until_all_have_seen_it(
    nodes: Nodes, tmp_path: Path
) -> None:
    nodes.found()
    south, north = nodes.both
    south.journal.issue(south.id, south.signer, south.now)
    facts = facts_of("south", "register")
    # Held and not counted: nothing is signed beyond, since nobody knows by which keys.
    south.journal.append(south.id, [south.act("key.replace", "authority", facts=facts)])
    at = south.view.ledger.held(0) - 1
    newest = south.journal.issue(south.id, signer(south), south.now)
    assert newest is not None
    assert newest.size == at
    south.fold()
    with pytest.raises(OurFault, match="signer-not-ours"):
        south.journal.issue(south.id, south.signer, south.now)
    newest = south.journal.issue(south.id, signer(south), south.now)
    assert newest is not None
    assert newest.size == at + 1
    assert generations(south) == {0, 1}
    south.send(north)
    north.say("line.seen", "node")
    north.send(south)
    south.say("line.seen", "node")
    south.journal.issue(south.id, signer(south), south.now)
    assert generations(south) == {1}
    for node, keys in ((south, signer(south)), (north, north.signer)):
        folder = tmp_path / node.side
        write_export(node.journal.alias, node.id, folder, keys)
        report, state = audit(FolderFiles(folder), office=node.id)
        assert [*report.defects, *state.keys, state.problem] == [""]
    with pytest.raises(OurFault, match="signer-not-ours"):
        write_export(south.journal.alias, south.id, tmp_path / "none", south.signer)
    assert not (tmp_path / "none").exists()


def test_an_export_names_the_keys_of_allowed_acts_alone_whether_they_are_counted_or_not(
    nodes: Nodes, tmp_path: Path
) -> None:
    nodes.found()
    south, north = nodes.both
    # In due form but for a due: judged by nobody before it is appended.
    late = Draft("key.replace", facts=facts_of("south", "receipt"), due=south.now + timedelta(hours=3))
    key = keys_of("south").authority
    data = document(south.view.office, "south", key.kid, late, south.now, bytes(16))
    entry = sign(south.view.office, "south", data, key)
    south.journal.append(south.id, [NewAct(entry.statement, entry.document)])
    south.fold()
    void = south.view.ledger.held(0) - 1
    assert south.view.ledger.finding(0, void).void == "due"
    south.say("key.replace", "authority", facts=facts_of("south", "register"))
    south.journal.issue(south.id, signer(south), south.now)
    push = push_from(south.view, head(north.view, "south").size)
    assert push is not None
    pair = register_pair(south.id, "south", side_keys.in_force(south.view.office, "south", "register"))
    admitted = admit(south.charter, "south", head(north.view, "south"), push, keys=(pair,))
    north.journal.receive(north.id, admitted)
    south.take_receipt(north, admitted)

    def names(node: Node, keys: RegisterSigner, folder: str) -> set[str]:
        write_export(node.journal.alias, node.id, tmp_path / folder, keys)
        report, state = audit(FolderFiles(tmp_path / folder), office=node.id)
        assert [*report.defects, *state.keys, state.problem] == [""]
        return {path.name for path in (tmp_path / folder / "keys").glob("south.*.1.vkey")}

    new = {"south.register.1.vkey", "south.register_pq.1.vkey"}
    # Held there, and not counted yet: the export is folded as its reader will fold it.
    assert head(north.view, "south").size > north.view.ledger.counted(0)
    assert names(north, north.signer, "waiting") == new
    north.fold()
    assert names(north, north.signer, "counted") == new
    assert names(south, signer(south), "own") == new
