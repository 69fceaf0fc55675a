"""Founding: a node's folder, its cards, the charter taken over and signed, its officers posted.

Each step may be repeated: what is done already stays as it is. Nothing here asks a person anything; who
founds an office has compared its id with the other heads by another route.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
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
from yeollak.office import side_keys
from yeollak.office.charter import Charter
from yeollak.office.propose import Draft
from yeollak.record import card as cards
from yeollak.record.canon import format_instant
from yeollak.record.card import Card
from yeollak.record.keys import PostQuantumKey, SealKey, SigningKey
from yeollak.record.merkle import EMPTY_ROOT
from yeollak.storage import disk, reading
from yeollak.storage.reading import OfficeView

#: What else than its settings a node's folder holds.
_PARTS = ("node.db", "keys", "officers", "cards", "tls")
#: What `act` raises before anything is appended.
_NOTHING_DONE = frozenset({"act-void", "behind-anchor", "anchor-unreadable", "head-moved", "register-waits"})


def make_node(config: NodeConfig) -> None:
    """Make a node's folder with settings and a certificate: beside its place, then renamed, so that there is
    no half of one.

    Raises OurFault(`node-there`, `node-partial`, `disk-full`, `file-unwritable`).
    """
    folder = config.folder
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise OurFault("node-partial" if is_partial(folder) else "node-there", path=str(folder))
        folder.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", suffix=".part", dir=folder.parent))
    except OSError as problem:
        raise disk.trouble(problem, folder) from None
    try:
        tls.make(beside, config.line[0])
        replace(config, folder=beside).save()
        # Fails where somebody has put anything there in the meantime.
        beside.rename(folder)
        disk.sync_folder(folder.parent)
    except OSError as problem:
        raise disk.trouble(problem, folder) from None
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def is_partial(folder: Path) -> bool:
    """Whether a folder holds parts of a node without its settings."""
    return not is_node(folder) and any((folder / part).exists() for part in _PARTS)


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
    _keep_card(node, made)
    return made


def _keep_card(node: Node, card: Card) -> None:
    folder = node.config.folder / "cards"
    try:
        folder.mkdir(exist_ok=True)
    except OSError as problem:
        raise disk.trouble(problem, folder) from None
    disk.write_whole(folder / f"{card.nonce}.card", card.to_bytes())


def newest_cards(held: Sequence[Card]) -> dict[str, Card]:
    """The cards by side. Raises OurFault(`card-stale`) where a side has handed over a newer one as well."""
    by_side: dict[str, Card] = {}
    for card in held:
        other = by_side.setdefault(card.side, card)
        if other.to_bytes() != card.to_bytes():
            older, newer = sorted((other, card), key=lambda one: one.issued)
            raise OurFault("card-stale", side=card.side, issued=older.issued, newest=newer.issued)
    return by_side


def adopt(node: Node, data: bytes, held: Sequence[Card], *, expected: str | None = None) -> Charter:
    """Take a charter over into this node: its office with empty registers, and its sides' addresses.

    `held` are the cards as they reached us, `expected` the office id as another route told it. Raises
    TheirFault(`card-altered`, `rules-version`) when the charter names other keys than they do,
    OurFault(`charter-otherwise`) for another office, (`card-missing`, `card-otherwise`, `card-stale`,
    `card-used`) for a card that is not the one it was drafted over, (`card-unknown`) when none of ours is in
    it.
    """
    charter = Charter.parse(data)
    if expected is not None and charter.office != expected:
        raise OurFault("charter-otherwise", found=charter.office, expected=expected[:64])
    charter.check_rules()
    by_side = newest_cards(held)
    own = node.config.side
    for party in charter.parties:
        card = by_side.get(party.side)
        if card is None:
            raise OurFault("card-missing", side=party.side)
        if card.nonce != party.nonce:
            raise OurFault("card-otherwise", side=party.side, issued=card.issued)
        if card.keys != party.keys:
            raise TheirFault("card-altered", side=party.side)
    _check_unused(node, charter)
    if own not in charter.places or not (node.config.folder / "keys" / charter.party(own).nonce).is_dir():
        raise OurFault("card-unknown")
    peers = dict(node.config.peers)
    for side, card in by_side.items():
        if side != own and card.address is not None:
            peers.setdefault(side, Address(card.address.url, card.address.tls))
    try:
        replace(node.config, peers=peers).save()
    except OSError as problem:
        raise disk.trouble(problem, node.config.folder) from None
    fresh = charter.office not in reading.offices(node.alias)
    node.journal.found(data, own)
    if fresh and node.journal.anchor is not None:
        # From here on a missing anchor means that one was lost, even before anything has left (rule 9).
        node.journal.anchor.advance(charter.office, 0, EMPTY_ROOT)
    return charter


def _check_unused(node: Node, charter: Charter) -> None:
    """A card founds one office: register, receipt and seal keys are fresh for each (design §2, Keys)."""
    nonces = {party.nonce: party.side for party in charter.parties}
    for office in reading.offices(node.alias):
        for party in reading.office_view(node.alias, office).charter.parties:
            if office != charter.office and party.nonce in nonces:
                raise OurFault("card-used", side=nonces[party.nonce], office=office)


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
    key = authority_key(node, view, passphrase)
    draft = Draft("charter.sign", facts={"charter": office, "checked": checked})
    return act(node, office, key, draft, at=at, request="charter.sign", salts=salts)


def post_officer(
    node: Node,
    office: str,
    passphrase: str,
    function: str,
    *,
    own_passphrase: str,
    prepared: str | None = None,
    texts: Sequence[Text] = (),
    facts: Mapping[str, object] | None = None,
    at: datetime | None = None,
    request: str | None = None,
    entropy: Entropy = system_entropy,
    salts: Salts | None = None,
) -> SigningKey:
    """Post an officer by the authority key. His own key is made here and kept under his own passphrase, or is
    the one of the id `prepared`, which `prepare_officer` has made.
    """
    view = reading.office_view(node.alias, office)
    authority = authority_key(node, view, passphrase)
    fresh = False
    if prepared is not None:
        key = node.keyring.officer(prepared, own_passphrase)
    else:
        seed = entropy("officer")
        key = SigningKey(seed)
        fresh = not node.keyring.has_officer(key.kid)
        node.keyring.keep_officer(key, seed, own_passphrase)
    draft = Draft("posting.appoint", facts={**(facts or {}), "function": function, "key": key.public.hex()})
    try:
        act(node, office, authority, draft, texts, at=at, request=request, salts=salts)
    except OurFault as fault:
        if fresh and fault.code in _NOTHING_DONE:
            node.keyring.drop_officer(key.kid)
        raise
    return key


def prepare_officer(node: Node, own_passphrase: str, *, entropy: Entropy = system_entropy) -> SigningKey:
    """Make the key of somebody who is not posted yet: a nomination names it (agrément), and the posting that
    the others have consented to brings it.
    """
    seed = entropy("officer")
    key = SigningKey(seed)
    node.keyring.keep_officer(key, seed, own_passphrase)
    return key


def post_node(
    node: Node, office: str, passphrase: str, *, at: datetime | None = None, salts: Salts | None = None
) -> None:
    """Post the key with which the node itself says what it has seen."""
    view = reading.office_view(node.alias, office)
    authority = authority_key(node, view, passphrase)
    key = SigningKey(node.keyring.seed(view.charter.party(view.side).nonce, "node", passphrase))
    draft = Draft("posting.appoint", facts={"function": "node", "key": key.public.hex()})
    act(node, office, authority, draft, at=at, request="posting.node", salts=salts)


def authority_key(node: Node, view: OfficeView, passphrase: str) -> SigningKey:
    """Our authority key in force: the charter's, or what our newest rotation has put in its place."""
    generation = side_keys.rotations(view.office, view.side)
    return node.keyring.authority(view.charter, view.side, passphrase, generation)


def is_node(folder: Path) -> bool:
    """Whether there is a node in a folder."""
    return (folder / FILE).is_file()
