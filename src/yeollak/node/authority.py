"""The authority key at the desk: what it is, signing with it here, and a signature made elsewhere.

The key file may lie in this node's folder under the operator's passphrase, or on a machine that no line
reaches. Either way the act is prepared here and signed as the very bytes that were shown (`record.signing`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from yeollak.errors import OurFault, RecordFault
from yeollak.node import rekeying
from yeollak.node.acting import Append, Prepared, sign_prepared
from yeollak.node.founding import prepare_officer
from yeollak.node.keyring import FILES, authority_file, system_entropy
from yeollak.node.open import Node
from yeollak.office import officers as posts
from yeollak.office import side_keys
from yeollak.record import enclosure, signing
from yeollak.record.document import Act
from yeollak.record.generations import ROLES
from yeollak.record.keys import PostQuantumKey, SealKey, SigningKey, kid
from yeollak.record.statement import parse
from yeollak.storage import reading
from yeollak.storage.reading import OfficeView


@dataclass(frozen=True, slots=True)
class Authority:
    """Our authority key in an office: its id, the id of the one enrolled after it where its file is here, its
    generation, and whether the files of either lie in this node's folder.
    """

    kid: str
    generation: int
    here: bool
    next_here: bool


class _Elsewhere:
    """A key that lies elsewhere and has signed one message: it stands where the journal asks for a key."""

    def __init__(self, public: bytes, data: bytes) -> None:
        self.public, self.kid, self._signed = public, kid(public), parse(data)

    def sign(self, message: bytes) -> bytes:
        # The caller assembles the same statement from the same document, and the journal checks it.
        return self._signed.signature


def authority_of(node: Node, view: OfficeView) -> Authority:
    """Our authority key in force."""
    generation = side_keys.rotations(view.office, view.side)
    kept = node.keyring.kept(view.charter.party(view.side).nonce)
    held = _in_force(view)
    return Authority(
        held.kid, generation, authority_file(generation) in kept, authority_file(generation + 1) in kept
    )


def sign_here(
    node: Node, prepared: Prepared, passphrase: str, request: str, append: Append | None = None
) -> str:
    """Sign what was prepared with the authority key that lies here, and append it.

    Raises OurFault(`wrong-passphrase`, `key-missing`, `authority-otherwise`) and what `sign_prepared` raises.
    """
    view = reading.office_view(node.alias, prepared.office)
    act = Act.parse(prepared.document)
    generation = side_keys.rotations(view.office, view.side) + (act.kind == "key.rotate")
    key = node.keyring.authority(view.charter, view.side, passphrase, generation)
    if key.kid != act.officer:
        raise OurFault("authority-otherwise", found=key.kid, expected=act.officer)
    made = sign_prepared(node, prepared, key, request=request, append=append)
    _mark(node, prepared.office, act, made)
    return made


def request_of(node: Node, prepared: Prepared) -> bytes:
    """The signing request for what was prepared, with the texts that it names as far as they are held."""
    view = reading.office_view(node.alias, prepared.office)
    texts = signing.texts_within(list(_texts(view, prepared)))
    return signing.Request(prepared.document, texts).to_bytes()


def sign_elsewhere(
    node: Node, prepared: Prepared, answer: bytes, request: str, append: Append | None = None
) -> str:
    """Append what was prepared with the signature that an answer brings.

    Raises OurFault(`answer-unreadable`) for what is no answer, (`signed-other-act`) for one over other bytes,
    (`authority-otherwise`) for one by another key, and what `sign_prepared` raises.
    """
    view = reading.office_view(node.alias, prepared.office)
    act = Act.parse(prepared.document)
    public = _public(view, act)
    try:
        data = signing.read_answer(answer, prepared.document, public)
    except RecordFault as fault:
        if fault.code == "signed-other-act":
            raise OurFault("signed-otherwise", **fault.data) from None
        if fault.code == "signature-wrong":
            raise OurFault("authority-otherwise", found="?", expected=act.officer) from None
        raise OurFault("answer-unreadable", why=fault.code) from None
    key = cast("SigningKey", _Elsewhere(public, data))
    made = sign_prepared(node, prepared, key, request=request, append=append)
    _mark(node, prepared.office, act, made)
    return made


def make_officer(node: Node, passphrase: str) -> str:
    """The public key of a new officer, 64 hex digits; his key file is made here under his own passphrase."""
    return prepare_officer(node, passphrase).public.hex()


def make_keys(node: Node, office: str, role: str, passphrase: str) -> dict[str, Any]:
    """The facts of the act that puts new keys of a role in force, whose files are made here or lie here from
    an attempt before. `role` is `authority` or one of `record.generations.ROLES`.

    Raises OurFault(`wrong-passphrase`, `keys-otherwise`, `key-missing`, `disk-full`).
    """
    view = reading.office_view(node.alias, office)
    nonce = view.charter.party(view.side).nonce
    if role == rekeying.AUTHORITY:
        number = side_keys.rotations(view.office, view.side) + 1
        new = node.keyring.authority(view.charter, view.side, passphrase, number)
        postings = view.office.postings(view.place, view.ledger.counted(view.place))
        first = view.charter.party(view.side).keys["authority_next"]
        if hashlib.sha256(new.public).hexdigest() != posts.enrolled(first, postings):
            raise OurFault("keys-otherwise", side=view.side)
        seeds = node.keyring.keep_generation(nonce, "authority-next", number, passphrase, system_entropy)
        following = SigningKey(seeds["authority-next"]).public
        return {"key": new.public.hex(), "next": hashlib.sha256(following).hexdigest()}
    if role not in ROLES:
        raise OurFault("key-role-unknown", role=role[:32])
    # Another passphrase than that of the node's other keys would lock the node out at its next start.
    node.keyring.seed(nonce, FILES[role][0], passphrase)
    number = len(side_keys.generations(view.office, view.side, role))
    seeds = node.keyring.keep_generation(nonce, role, number, passphrase, system_entropy)
    if role == "seal":
        return {"role": role, "key": SealKey(seeds["seal"]).public.hex()}
    key, key_pq = SigningKey(seeds[role]), PostQuantumKey(seeds[f"{role}-pq"])
    return {"role": role, "key": key.public.hex(), "key_pq": key_pq.public.hex()}


def reopen(node: Node, office: str, passphrase: str, reason: Mapping[str, str]) -> str:
    """Give up our own entries from the one on that our register waits at; returns the act's id.

    Raises OurFault(`act-void`) where it waits at none.
    """
    view = reading.office_view(node.alias, office)
    at = view.ledger.counted(view.place)
    return rekeying.reopen(node, office, at, passphrase, reason=reason).act


def _in_force(view: OfficeView) -> posts.Officer:
    posted = view.office.officers(view.place).values()
    return next(one for one in posted if one.function == posts.AUTHORITY)


def _public(view: OfficeView, act: Act) -> bytes:
    """The key that must have signed an act: the one in force, or, of a rotation, the one that it brings."""
    held = _in_force(view)
    if act.kind == "key.rotate":
        brought = bytes.fromhex(str(act.facts["key"]))
        postings = view.office.postings(view.place, view.ledger.counted(view.place))
        first = view.charter.party(view.side).keys["authority_next"]
        if hashlib.sha256(brought).hexdigest() != posts.enrolled(first, postings):
            raise OurFault("keys-otherwise", side=view.side)
        return brought
    if held.kid != act.officer:
        raise OurFault("authority-otherwise", found=held.kid, expected=act.officer)
    return held.key


def _texts(view: OfficeView, prepared: Prepared) -> Iterator[signing.Named]:
    """The texts that a document names and whose bytes are here: its own, and the one that it signs."""
    for blob in prepared.blobs.values():
        yield signing.Named(view.side, blob[: enclosure.SALT], blob[enclosure.SALT :])
    digest = str(Act.parse(prepared.document).facts.get("text", ""))
    if digest and digest not in prepared.blobs and (held := reading.blob(view, digest)) is not None:
        for side in view.charter.sides:
            named = signing.Named(side, held[: enclosure.SALT], held[enclosure.SALT :])
            if named.digest(view.id) == digest:
                yield named


def _mark(node: Node, office: str, act: Act, made: str) -> None:
    """Say beside the key files which an act has retired that it has (`node.rekeying`)."""
    if not act.kind.startswith("key."):
        return
    view = reading.office_view(node.alias, office)
    nonce, index = view.charter.party(view.side).nonce, view.ledger.first(view.place, made)
    assert index is not None, "it was appended just now"
    if act.kind == "key.rotate":
        names = [authority_file(side_keys.rotations(view.office, view.side) - 1)]
    else:
        role = str(act.facts["role"])
        number = side_keys.in_force(view.office, view.side, role).number - 1
        names = [f"{file}.{number}" if number else file for file in FILES[role]]
    for name in names:
        node.keyring.mark_retired(nonce, name, made, index)
