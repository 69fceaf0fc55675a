"""A node with many offices, each of some acts, made by the store's own writers: no line is needed for it.

Two nodes found so many offices between them. What the line would carry is handed over in this process: every
batch is admitted, receipted and counted on both sides, and every act is signed by a posted officer.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from bench.desk_store import NORTH, SOUTH
from bench.long_store import quick
from tests.node.offices import SECRET, SIDES, Offices
from tests.ports import quiet_ports
from yeollak.line.client import Address
from yeollak.line.post import PostKeys
from yeollak.node import founding, tls
from yeollak.node.acting import act
from yeollak.node.config import NodeConfig
from yeollak.node.open import Node
from yeollak.office.admit import admit
from yeollak.office.charter import draft
from yeollak.office.propose import Draft, document, sign
from yeollak.record import checkpoint
from yeollak.record.cosign import cosign, receipt_name
from yeollak.record.keys import SigningKey
from yeollak.storage import reading
from yeollak.storage.holdings import Holdings
from yeollak.storage.own_register import NewAct

_MARK: Final = "many.json"


@dataclass(frozen=True, slots=True)
class Many:
    """The folders of two nodes, their offices, and the keys of the officers of the South in each."""

    folder: Path
    offices: tuple[str, ...]
    keys: Mapping[str, bytes]


def many(folder: Path, offices: int, acts: int) -> Many:
    """Two nodes with so many offices of so many acts in a folder: those that are kept there, or new ones."""
    if not (folder / _MARK).exists():
        making = folder.with_name(f".{folder.name}.making")
        shutil.rmtree(making, ignore_errors=True)
        making.mkdir(parents=True)
        keys = _make(making, offices, acts)
        (making / _MARK).write_text(json.dumps({office: key.hex() for office, key in keys.items()}) + "\n")
        making.rename(folder)
    told = {office: bytes.fromhex(key) for office, key in json.loads((folder / _MARK).read_text()).items()}
    return Many(folder, tuple(told), told)


def _make(folder: Path, offices: int, acts: int) -> dict[str, bytes]:
    made = Offices(folder)
    ports = quiet_ports(2 * len(SIDES))
    for number, side in enumerate(SIDES):
        line, public = ("127.0.0.1", ports[2 * number]), ("127.0.0.1", ports[2 * number + 1])
        config = NodeConfig(folder / side, side, line, public, cost="strong", anchor="../anchor-{side}/")
        founding.make_node(config)
        quick(made.open(side).alias)
    for side, other in ((SOUTH, NORTH), (NORTH, SOUTH)):
        own = made.nodes[other].config
        replace(
            made.nodes[side].config, peers={other: Address(own.address, tls.fingerprint(own.folder))}
        ).save()
    return {office: key.seed for office, key in (_found(made, number, acts) for number in range(offices))}


def _found(made: Offices, number: int, acts: int) -> tuple[str, SigningKey]:
    """One more office, with its officers and acts."""
    nodes = made.nodes
    cards = [
        founding.make_card(nodes[side], {"en": side.title()}, {"en": side.title()}, "Asia/Seoul", SECRET)
        for side in SIDES
    ]
    charter = draft(cards, {"name": {"en": f"Office {number}"}}, {"seen_seconds": 1})
    office = ""
    posts = {}
    for side, node in nodes.items():
        office = node.journal.found(charter, side)
        view = reading.office_view(node.alias, office)
        posts[side] = node.keyring.post_keys(view.charter, side, SECRET)
        founding.sign_charter(node, office, SECRET, "in-person")
    _meet(nodes, office, posts)
    keys = {}
    for side, node in nodes.items():
        founding.post_node(node, office, SECRET)
        # No file is made for him: his passphrase would be stretched by itself, as it should.
        keys[side] = SigningKey.generate()
        authority = founding.authority_key(node, reading.office_view(node.alias, office), SECRET)
        appointed = {"function": "duty", "key": keys[side].public.hex()}
        act(node, office, authority, Draft("posting.appoint", facts=appointed))
    _meet(nodes, office, posts)
    for side, node in nodes.items():
        # The charter and two postings of each are acts as well.
        _say(node, office, keys[side], (acts - 6) // 2)
    _meet(nodes, office, posts)
    for node in nodes.values():
        node.journal.fold(office, node.clock.now())
        reading.close_views(node.alias)
    return office, keys[SOUTH]


def _say(node: Node, office: str, key: SigningKey, acts: int) -> None:
    view, items = reading.office_view(node.alias, office), []
    for number in range(acts):
        facts = {"class": "flood", "subject": {"en": f"Water level {number}"}}
        at = node.clock.now()
        data = document(
            view.office, view.side, key.kid, Draft("note.send", facts=facts), at, number.to_bytes(16)
        )
        entry = sign(view.office, view.side, data, key)
        items.append(NewAct(entry.statement, entry.document))
    node.journal.append(office, items)


def _meet(nodes: Mapping[str, Node], office: str, posts: Mapping[str, PostKeys]) -> None:
    """Hand everything over both ways, with receipts; both count it, and say that they have seen it."""
    for side, other in ((SOUTH, NORTH), (NORTH, SOUTH)):
        node, peer = nodes[side], nodes[other]
        now = node.clock.now()
        node.journal.issue(office, posts[side].register, now)
        ours, theirs = Holdings(node.journal, office), Holdings(peer.journal, office)
        while (push := ours.owed(ours.receipted(other))) is not None:
            charter = reading.office_view(peer.alias, office).charter
            theirs.receive(admit(charter, side, theirs.head(side), push))
            point, _ = checkpoint.read_checkpoint(push.checkpoint)
            pair, name = posts[other].receipts[0], receipt_name(charter.origin(other))
            lines = cosign(point, name, pair.key, pair.key_pq, int(now.timestamp()))
            note = checkpoint.add_lines(push.checkpoint, lines)
            for one in (ours, theirs):
                one.keep_receipt(side, point.size, note)
    for node in nodes.values():
        node.journal.fold(office, node.clock.now(), show=False)


def addressed(folder: Path) -> None:
    """Give both nodes of a folder ports that nobody has, and tell each of the other's."""
    configs = {side: NodeConfig.load(folder / side) for side in SIDES}
    ports = iter(quiet_ports(2 * len(SIDES)))
    lines = {side: ("127.0.0.1", next(ports)) for side in SIDES}
    for side, config in configs.items():
        peers = {
            name: replace(address, url="https://{}:{}".format(*lines[name]))
            for name, address in config.peers.items()
        }
        replace(config, line=lines[side], public=("127.0.0.1", next(ports)), peers=peers).save()
