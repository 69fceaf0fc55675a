"""Founding: a node's folder, its cards, the charter taken over and signed, its officers posted.

Each step may be repeated: what is done already stays as it is. Nothing here asks a person anything; who
founds an office has compared its id with the other heads by another route.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from yeollak.errors import OurFault, TheirFault
from yeollak.line.client import Address
from yeollak.node import tls
from yeollak.node.acting import Salts, Text, act
from yeollak.node.config import FILE, NodeConfig
from yeollak.node.keyring import Entropy, system_entropy
from yeollak.node.open import Node
from yeollak.office.charter import Charter
from yeollak.office.propose import Draft
from yeollak.record import card as cards
from yeollak.record.canon import format_instant
from yeollak.record.card import Card
from yeollak.record.keys import PostQuantumKey, SealKey, SigningKey
from yeollak.record.merkle import EMPTY_ROOT
from yeollak.storage import reading


def make_node(config: NodeConfig) -> None:
    """Make a node's folder with settings and a certificate. Raises OurFault(`node-there`)."""
    folder = config.folder
    if folder.exists() and any(folder.iterdir()):
        raise OurFault("node-there", path=str(folder))
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    tls.make(folder, config.line[0])
    config.save()


def make_card(
    node: Node,
    names: Mapping[str, str],
    short: Mapping[str, str],
    time_zone: str,
    passphrase: str,
    *,
    entropy: Entropy = system_entropy,
) -> Card:
    """Make fresh keys for one office to come, and the signed card that names them; kept under `cards/`."""
    nonce = entropy("nonce").hex()
    seeds = node.keyring.make(nonce, passphrase, entropy)
    authority = SigningKey(seeds["authority"])
    keys = {
        "authority": authority.public,
        "authority_next": hashlib.sha256(SigningKey(seeds["authority-next"]).public).digest(),
        "register": SigningKey(seeds["register"]).public,
        "register_pq": PostQuantumKey(seeds["register-pq"]).public,
        "receipt": SigningKey(seeds["receipt"]).public,
        "receipt_pq": PostQuantumKey(seeds["receipt-pq"]).public,
        "seal": SealKey(seeds["seal"]).public,
    }
    made = Card(
        side=node.config.side,
        names=names,
        keys=keys,
        nonce=nonce,
        issued=format_instant(node.clock.now()),
        address=cards.Address(node.config.address, tls.fingerprint(node.config.folder)),
        short=short,
        time_zone=time_zone,
    ).signed(authority)
    folder = node.config.folder / "cards"
    folder.mkdir(exist_ok=True)
    (folder / f"{nonce}.card").write_bytes(made.to_bytes())
    return made


def adopt(node: Node, data: bytes, held: Sequence[Card]) -> Charter:
    """Take a charter over into this node: its office with empty registers, and its sides' addresses.

    `held` are the cards as they reached us. Raises TheirFault(`card-altered`, `rules-version`) when the
    charter names other keys than they do, OurFault(`card-unknown`) when no card of ours is in it.
    """
    charter = Charter.parse(data)
    charter.check_rules()
    by_side = {card.side: card for card in held}
    own = node.config.side
    for party in charter.parties:
        card = by_side.get(party.side)
        if card is None or dict(card.keys) != dict(party.keys) or card.nonce != party.nonce:
            raise TheirFault("card-altered", side=party.side)
    if own not in charter.places or not (node.config.folder / "keys" / charter.party(own).nonce).is_dir():
        raise OurFault("card-unknown")
    peers = dict(node.config.peers)
    for side, card in by_side.items():
        if side != own and card.address is not None:
            peers.setdefault(side, Address(card.address.url, card.address.tls))
    replace(node.config, peers=peers).save()
    fresh = charter.office not in reading.offices(node.alias)
    node.journal.found(data, own)
    if fresh and node.journal.anchor is not None:
        # From here on a missing anchor means that one was lost, even before anything has left (rule 9).
        node.journal.anchor.advance(charter.office, 0, EMPTY_ROOT)
    return charter


def sign_charter(
    node: Node,
    office: str,
    passphrase: str,
    checked: str,
    *,
    at: datetime | None = None,
    salts: Salts | None = None,
) -> str:
    """Sign the charter by the authority key: position 0 of our register. `checked` says how the id was
    compared.
    """
    view = reading.office_view(node.alias, office)
    key = node.keyring.authority(view.charter, view.side, passphrase)
    draft = Draft("charter.sign", facts={"charter": office, "checked": checked})
    return act(node, office, key, draft, at=at, request="charter.sign", salts=salts)


def post_officer(
    node: Node,
    office: str,
    passphrase: str,
    function: str,
    *,
    own_passphrase: str,
    texts: Sequence[Text] = (),
    facts: Mapping[str, object] | None = None,
    at: datetime | None = None,
    request: str | None = None,
    entropy: Entropy = system_entropy,
    salts: Salts | None = None,
) -> SigningKey:
    """Post an officer by the authority key; his own key is made here and kept under his own passphrase."""
    view = reading.office_view(node.alias, office)
    authority = node.keyring.authority(view.charter, view.side, passphrase)
    seed = entropy("officer")
    key = SigningKey(seed)
    node.keyring.keep_officer(key, seed, own_passphrase)
    draft = Draft("posting.appoint", facts={**(facts or {}), "function": function, "key": key.public.hex()})
    act(node, office, authority, draft, texts, at=at, request=request, salts=salts)
    return key


def post_node(
    node: Node, office: str, passphrase: str, *, at: datetime | None = None, salts: Salts | None = None
) -> None:
    """Post the key with which the node itself says what it has seen."""
    view = reading.office_view(node.alias, office)
    authority = node.keyring.authority(view.charter, view.side, passphrase)
    key = SigningKey(node.keyring.seed(view.charter.party(view.side).nonce, "node", passphrase))
    draft = Draft("posting.appoint", facts={"function": "node", "key": key.public.hex()})
    act(node, office, authority, draft, at=at, request="posting.node", salts=salts)


def is_node(folder: Path) -> bool:
    """Whether there is a node in a folder."""
    return (folder / FILE).is_file()
