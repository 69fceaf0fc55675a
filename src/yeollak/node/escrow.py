"""What lies with the guarantor: whether it can be what a side has committed to, and taking over a text that
another side has kept back.

The bytes are held against the commitment in the record, so neither the guarantor nor whoever carried them can
have altered them. They are kept as the enclosure that they are, and an act says that they were received.
"""

from __future__ import annotations

from collections.abc import Sequence

from yeollak.errors import OurFault, RecordFault
from yeollak.node.acting import act
from yeollak.node.drafting import Asked, drafted
from yeollak.node.open import Node
from yeollak.office.propose import check, document
from yeollak.procedures.exchange import EXCHANGE
from yeollak.record import deposit, enclosure
from yeollak.record.document import Act
from yeollak.record.enclosure import Enclosed
from yeollak.record.keys import SigningKey
from yeollak.storage import reading
from yeollak.storage.reading import OfficeView


def commitments(view: OfficeView, matter: str, of: str) -> tuple[str, ...]:
    """The digests of the texts that a side has committed to in an exchange.

    Raises OurFault(`no-such-matter`, `no-commitment`), TheirFault(`no-such-side`).
    """
    view.charter.party(of)
    if view.office.known(matter, view.office.frontier()) is not EXCHANGE:
        raise OurFault("no-such-matter", matter=matter[:64])
    held = view.office.state(matter).state.of("commitment", of)
    if not held:
        raise OurFault("no-commitment", side=of, matter=matter)
    return tuple(held)


def deposits(view: OfficeView, matter: str, of: str) -> tuple[bytes, ...]:
    """What a side has deposited in an exchange, as far as it is held here: sealed, for the guarantor alone.

    Raises OurFault(`deposit-missing`) where there is none, and what `commitments` raises.
    """
    commitments(view, matter, of)
    found = []
    for each in view.ledger.matter(matter):
        if each.void or each.side != of or each.move is None or each.move.kind != "exchange.deposit":
            continue
        document = reading.document(view, each.id)
        for item in Act.parse(document).enclosures if document is not None else ():
            blob = reading.blob(view, item.digest, of)
            if item.type == deposit.MEDIA_TYPE and blob is not None:
                found.append(blob[enclosure.SALT :])
    if not found:
        raise OurFault("deposit-missing", side=of, matter=matter)
    return tuple(found)


def fits(view: OfficeView, matter: str, of: str) -> bool:
    """Whether what a side has deposited in an exchange can be what it has committed to, as far as anybody but
    the guarantor can know: it is in our hands, one deposit for each text, each a sealed one of a size that
    the class of its text allows, and no copy of another that was deposited here.
    """
    state = view.office.state(matter).state
    committed = _enclosures(view, str(state.of("waits", of)))
    classes = sorted(item.size_class or 0 for item in committed)
    left = _enclosures(view, str(state.of("deposited", of)))
    found = []
    for item in left:
        content = (item.size or 0) - deposit.sealed_size(0)
        if item.type != deposit.MEDIA_TYPE or content <= 0 or reading.blob(view, item.digest, of) is None:
            return False
        found.append(enclosure.size_class(content))
    mine = {_seal_of(view, of, item) for item in left}
    others = {
        _seal_of(view, side, item)
        for side in view.office.parties
        if side != of and (other := state.of("deposited", side)) is not None
        for item in _enclosures(view, str(other))
    }
    return bool(classes) and sorted(found) == classes and len(mine) == len(left) and not mine & others


def _enclosures(view: OfficeView, act: str) -> tuple[Enclosed, ...]:
    """What an act encloses; nothing where there is no such act."""
    document = reading.document(view, act)
    return () if document is None else Act.parse(document).enclosures


def _seal_of(view: OfficeView, side: str, item: Enclosed) -> bytes:
    """The encapsulated key of a deposit, which is drawn anew for each: who has it too has copied it."""
    blob = reading.blob(view, item.digest, side) or b""
    return blob[enclosure.SALT :][: deposit.ENCAPSULATED]


def matched(office: str, side: str, digests: Sequence[str], data: bytes, what: str) -> str:
    """Which of the digests that a side has committed to is that of `data`, an enclosure as it is stored.

    Raises RecordFault(`digest-mismatch`) where it is none of them.
    """
    for digest in digests:
        try:
            enclosure.open_blob(office, side, digest, data)
        except RecordFault:
            continue
        return digest
    raise RecordFault("digest-mismatch", what=what)


def take(
    node: Node,
    view: OfficeView,
    key: SigningKey,
    matter: str,
    of: str,
    given: Sequence[tuple[str, bytes]],
) -> str:
    """Keep what the guarantor gave out, as (name for the reader, stored enclosure), and state that it was
    received; returns the act. Done again it changes nothing and names the same act.

    Raises what `commitments` and `matched` raise, OurFault(`deposit-in-part`) where not every text of the
    side is here then, and (`act-void`) where the statement would not stand. Nothing is kept in these cases.
    """
    digests = commitments(view, matter, of)
    blobs = {matched(view.id, of, digests, data, what): data for what, data in given}
    if any(digest not in blobs and reading.blob(view, digest, of) is None for digest in digests):
        raise OurFault("deposit-in-part", side=of, count=len(digests))
    request = f"received/{matter}/{of}"
    facts = {"round": view.office.state(matter).state.slots["round"], "of": of}
    draft = drafted(node, view, key.kid, Asked("exchange.received", matter=matter, facts=facts))
    if reading.requested(view, request) is None:
        data = document(view.office, view.side, key.kid, draft, node.clock.now(), bytes(16))
        check(view.office, view.side, data)
    for digest, blob in blobs.items():
        node.journal.keep_enclosure(view.id, of, digest, blob)
    return act(node, view.id, key, draft, request=request)
