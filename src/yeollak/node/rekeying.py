"""Keys after founding: the authority key rotated, the node's keys replaced, a register taken up again.

The key file is on disk before the act that commits to it is signed, and every command may be repeated: one
that was interrupted goes on with the key that it has made, and one that is done changes nothing for as long
as a side has not seen what it did. Source: docs/spec/09-keys-and-cards.md.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from yeollak.errors import OurFault
from yeollak.node.acting import Salts, act
from yeollak.node.founding import authority_key
from yeollak.node.keyring import FILES, Entropy, authority_file, numbered, system_entropy
from yeollak.node.open import Node
from yeollak.office import side_keys
from yeollak.office.propose import Draft, document, sign
from yeollak.record.document import act_id
from yeollak.record.generations import ROLES
from yeollak.record.keys import PostQuantumKey, SealKey, SigningKey, kid
from yeollak.storage import reading
from yeollak.storage.own_register import NewAct
from yeollak.storage.reading import OfficeView

AUTHORITY: Final = "authority"


@dataclass(frozen=True, slots=True)
class Generation:
    """One generation of our keys as the record has it.

    since      the position of the act that brings it, -1 for the charter
    state      `in-force`, `retired`, or `next` for the authority key that is enrolled
    files      the names of its key files, without their ending
    unseen_by  the parties that have not been seen to have that act in their past
    kept       whether its files are in this node's folder
    """

    role: str
    number: int
    since: int
    key: str
    state: str
    files: tuple[str, ...]
    unseen_by: tuple[str, ...]
    kept: bool


@dataclass(frozen=True, slots=True)
class Done:
    """What a command came to: the act, where it stands, and whether it was done only now."""

    role: str
    number: int
    act: str
    index: int
    unseen_by: tuple[str, ...]
    fresh: bool


def listing(node: Node, view: OfficeView) -> list[Generation]:
    """Every generation of our keys that the record has, and the authority key that is enrolled."""
    return [*_authorities(node, view), *(one for role in ROLES for one in _generations(node, view, role))]


def rotate(
    node: Node,
    office: str,
    passphrase: str,
    *,
    reason: Mapping[str, str] | None = None,
    entropy: Entropy = system_entropy,
    salts: Salts | None = None,
) -> Done:
    """Put the enrolled key in the place of the authority key, and enrol one after it.

    While a party has not seen the last rotation, it stays at that. Raises OurFault(`keys-otherwise`) when the
    next key kept here is not the one enrolled, and what the keyring and `act` raise.
    """
    view = _folded(node, office)
    done = side_keys.rotated(view.office, view.side)
    if done and side_keys.unseen_by(view.office, view.side, done[-1].index):
        return _rotated(node, view, fresh=False)
    nonce, number = view.charter.party(view.side).nonce, len(done) + 1
    new = node.keyring.authority(view.charter, view.side, passphrase, number)
    if hashlib.sha256(new.public).hexdigest() != _enrolled(view):
        raise OurFault("keys-otherwise", side=view.side)
    seeds = node.keyring.keep_generation(nonce, "authority-next", number, passphrase, entropy)
    following = SigningKey(seeds["authority-next"]).public
    facts = {"key": new.public.hex(), "next": hashlib.sha256(following).hexdigest(), **_reason(reason)}
    act(node, office, new, Draft("key.rotate", facts=facts), request=f"key.rotate/{number}", salts=salts)
    return _rotated(node, _folded(node, office), fresh=True)


def replace(
    node: Node,
    office: str,
    role: str,
    passphrase: str,
    *,
    reason: Mapping[str, str] | None = None,
    entropy: Entropy = system_entropy,
    salts: Salts | None = None,
) -> Done:
    """Replace our register, receipt or seal keys.

    While a party has not seen the last replacement, it stays at that. Raises OurFault(`not-counted`) while
    entries are receipted here that do not count: the act could not name how far retired receipt keys stand.
    """
    view = _folded(node, office)
    known = side_keys.generations(view.office, view.side, role)
    if side_keys.unseen_by(view.office, view.side, known[-1].since):
        return _replaced(node, view, role, fresh=False)
    _check_counted(view, role)
    authority = authority_key(node, view, passphrase)
    nonce, number = view.charter.party(view.side).nonce, len(known)
    seeds = node.keyring.keep_generation(nonce, role, number, passphrase, entropy)
    facts = {"role": role, **_public(role, seeds), **_reason(reason)}
    name = f"key.replace/{role}/{number}"
    act(node, office, authority, Draft("key.replace", facts=facts), request=name, salts=salts)
    return _replaced(node, _folded(node, office), role, fresh=True)


def reopen(
    node: Node,
    office: str,
    at: int,
    passphrase: str,
    *,
    reason: Mapping[str, str] | None = None,
    salts: Salts | None = None,
) -> Done:
    """Give up our own entries from `at` on, the first of which cannot count, so that the register goes on.

    Raises OurFault(`act-void`, reason `reopened`) when the entry at `at` is not the one that our register
    waits at: nothing that counts may be given up.
    """
    view, request = _folded(node, office), f"register.reopen/{at}"
    known = reading.requested(view, request)
    if known is None:
        counted, held = view.ledger.counted(view.place), view.ledger.held(view.place)
        if not at == counted < held:
            raise OurFault("act-void", why="reopened")
        key = authority_key(node, view, passphrase)
        draft = Draft("register.reopen", facts={"at": at, **_reason(reason)})
        salt = salts(f"document/{held}") if salts else secrets.token_bytes(16)
        # Not by `act`: it judges an act as the next one that counts, and this one stands behind those that
        # cannot.
        data = document(view.office, view.side, key.kid, draft, node.clock.now(), salt)
        entry = sign(view.office, view.side, data, key)
        new = NewAct(entry.statement, entry.document, request=request)
        (index,) = node.journal.append(office, [new], expected=held)
        view = _folded(node, office)
        return _done(view, "register", 0, act_id(data), index, fresh=True)
    place = next(i for i in range(view.ledger.held(view.place)) if _is(view, i, known))
    return _done(view, "register", 0, known, place, fresh=False)


def key_faults(node: Node, view: OfficeView, passphrase: str | None) -> Iterator[OurFault]:
    """Key files of the node's own that do not match the record: one that is missing, one that holds another
    key than the record has, one of a generation that the record does not have.

    Without the passphrase only names are compared. The authority's files may be kept elsewhere.
    """
    nonce = view.charter.party(view.side).nonce
    names, wanted = node.keyring.kept(nonce), set[str]()
    for role in ROLES:
        for one in side_keys.generations(view.office, view.side, role):
            files = {numbered(file, one.number) for file in FILES[role]}
            wanted |= files
            if not files <= names:
                yield OurFault("keys-behind", role=role, since=one.since, office=view.id)
            elif passphrase is not None:
                seeds = {
                    file: node.keyring.seed(nonce, numbered(file, one.number), passphrase)
                    for file in FILES[role]
                }
                if bytes.fromhex(_public(role, seeds)["key"]) != one.key:
                    yield OurFault("keys-otherwise", side=view.side)
    replaced = {file for files in FILES.values() for file in files}
    for name in sorted(names - wanted):
        if name.partition(".")[0] in replaced:
            yield OurFault("keys-ahead", file=f"{name}.key", office=view.id)


def _authorities(node: Node, view: OfficeView) -> Iterator[Generation]:
    acts = side_keys.rotated(view.office, view.side)
    names = node.keyring.kept(view.charter.party(view.side).nonce)
    raws = [view.charter.party(view.side).keys["authority"], *(found.key for found in acts)]
    for number, raw in enumerate(raws):
        since = acts[number - 1].index if number else -1
        state = "in-force" if number == len(acts) else "retired"
        yield _generation(view, AUTHORITY, number, since, kid(raw), state, (authority_file(number),), names)
    after = (authority_file(len(raws)),)
    since = acts[-1].index if acts else -1
    yield _generation(view, AUTHORITY, len(raws), since, _enrolled(view)[:16], "next", after, names)


def _generations(node: Node, view: OfficeView, role: str) -> Iterator[Generation]:
    names = node.keyring.kept(view.charter.party(view.side).nonce)
    known = side_keys.generations(view.office, view.side, role)
    for one in known:
        files = tuple(numbered(file, one.number) for file in FILES[role])
        state = "in-force" if one is known[-1] else "retired"
        yield _generation(view, role, one.number, one.since, kid(one.key), state, files, names)


def _generation(
    view: OfficeView,
    role: str,
    number: int,
    since: int,
    key: str,
    state: str,
    files: tuple[str, ...],
    names: frozenset[str],
) -> Generation:
    unseen = side_keys.unseen_by(view.office, view.side, since)
    return Generation(role, number, since, key, state, files, unseen, names.issuperset(files))


def _rotated(node: Node, view: OfficeView, *, fresh: bool) -> Done:
    acts = side_keys.rotated(view.office, view.side)
    _mark(node, view, (authority_file(len(acts) - 1),), acts[-1].id, acts[-1].index)
    return _done(view, AUTHORITY, len(acts), acts[-1].id, acts[-1].index, fresh=fresh)


def _replaced(node: Node, view: OfficeView, role: str, *, fresh: bool) -> Done:
    newest = side_keys.in_force(view.office, view.side, role)
    found = view.ledger.finding(view.place, newest.since).id
    files = tuple(numbered(file, newest.number - 1) for file in FILES[role])
    _mark(node, view, files, found, newest.since)
    return _done(view, role, newest.number, found, newest.since, fresh=fresh)


def _mark(node: Node, view: OfficeView, files: tuple[str, ...], found: str, index: int) -> None:
    for name in files:
        node.keyring.mark_retired(view.charter.party(view.side).nonce, name, found, index)


def _done(view: OfficeView, role: str, number: int, found: str, index: int, *, fresh: bool) -> Done:
    unseen = side_keys.unseen_by(view.office, view.side, index)
    return Done(role, number, found, index, unseen, fresh)


def _enrolled(view: OfficeView) -> str:
    """The digest of the key that alone may replace our authority key."""
    acts = side_keys.rotated(view.office, view.side)
    move = acts[-1].move if acts else None
    return str(move.facts["next"]) if move else view.charter.party(view.side).keys["authority_next"].hex()


def _public(role: str, seeds: dict[str, bytes]) -> dict[str, str]:
    """The facts that name the public keys of one generation."""
    if role == "seal":
        return {"key": SealKey(seeds["seal"]).public.hex()}
    key, key_pq = SigningKey(seeds[role]), PostQuantumKey(seeds[f"{role}-pq"])
    return {"key": key.public.hex(), "key_pq": key_pq.public.hex()}


def _reason(reason: Mapping[str, str] | None) -> dict[str, dict[str, str]]:
    """The fact of a reason, words by language."""
    return {"reason": dict(reason)} if reason else {}


def _check_counted(view: OfficeView, role: str) -> None:
    for place, side in enumerate(view.charter.sides):
        waits = view.ledger.held(place) - view.ledger.counted(place)
        if waits and (role == "receipt" or place == view.place):
            raise OurFault("not-counted", count=waits, side=side, office=view.id)


def _is(view: OfficeView, index: int, found: str) -> bool:
    return act_id(view.ledger.entry(view.place, index).document) == found


def _folded(node: Node, office: str) -> OfficeView:
    node.journal.fold(office, node.clock.now())
    return reading.office_view(node.alias, office)
