"""Checkpoints and exports across a replacement of keys, on both kinds of database."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.office.test_side_keys import facts_of, new_pair
from tests.office.world import keys_of
from tests.storage.nodes import Node, Nodes
from yeollak.errors import OurFault
from yeollak.office.audit import audit
from yeollak.record.checkpoint import read_checkpoint
from yeollak.record.folder import FolderFiles
from yeollak.record.generations import open_by_one, register_pair
from yeollak.storage import reading
from yeollak.storage.exporting import write_export
from yeollak.storage.signer import RegisterSigner


def signer(node: Node, later: int = 1) -> RegisterSigner:
    own = keys_of(node.side)
    more = tuple(new_pair(node.side, "register", number) for number in range(1, later + 1))
    return RegisterSigner(own.register, own.register_pq, more)


def generations(node: Node) -> set[int]:
    """Which generations have signed the newest checkpoint of a node's own register."""
    from yeollak.office import side_keys

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
