"""Acting: an officer's draft becomes a signed entry of our register.

The one way in which an act of our own comes to be: judged before it is signed, signed, appended under the
anchor, folded. An act that is no longer allowed when its turn to be appended comes is not appended: its
officer decides again.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from yeollak.errors import OurFault
from yeollak.node.open import Node
from yeollak.office.propose import Draft, check, document, sign
from yeollak.record import enclosure
from yeollak.record.document import act_id
from yeollak.record.enclosure import Enclosed
from yeollak.record.keys import SigningKey
from yeollak.storage import reading
from yeollak.storage.journal import NewAct

#: How often an act is judged anew because another one was appended first.
_TRIES = 8
#: 16 bytes for a label.
Salts = Callable[[str], bytes]


@dataclass(frozen=True, slots=True)
class Text:
    """A text or file to be committed to, released at once (`right`)."""

    content: bytes
    type: str
    lang: str | None = None
    name: str | None = None


def act(
    node: Node,
    office: str,
    key: SigningKey,
    draft: Draft,
    texts: Sequence[Text] = (),
    *,
    at: datetime | None = None,
    request: str | None = None,
    salts: Salts | None = None,
) -> str:
    """Append one act of our side, signed by `key`; returns its id. With the same `request` it is appended
    once.

    Raises OurFault(`act-void`) when it would not be allowed, and what the journal raises.
    """
    draw = salts or (lambda _label: secrets.token_bytes(16))
    view = reading.office_view(node.alias, office)
    blobs, enclosed = {}, list(draft.enclosures)
    for number, text in enumerate(texts):
        salt = draw(f"enclosure/{number}")
        digest = enclosure.digest(office, view.side, salt, text.content).hex()
        enclosed.append(
            Enclosed(digest, text.type, text.lang, "right", size=len(text.content), name=text.name)
        )
        blobs[digest] = enclosure.blob(salt, text.content)
    whole = replace(draft, enclosures=tuple(enclosed))
    moment = at or node.clock.now()
    for _ in range(_TRIES):
        node.journal.fold(office, moment)
        view = reading.office_view(node.alias, office)
        size = view.ledger.held(view.place)
        if view.ledger.counted(view.place) != size:
            raise OurFault("register-waits", size=size, counted=view.ledger.counted(view.place))
        if request is not None and (known := reading.requested(view, request)) is not None:
            return known
        data = document(view.office, view.side, key.kid, whole, moment, draw("document"))
        check(view.office, view.side, data)
        entry = sign(view.office, view.side, data, key)
        try:
            node.journal.append(
                office, [NewAct(entry.statement, entry.document, blobs, request)], expected=size
            )
        except OurFault as fault:
            if fault.code != "head-moved":
                raise
            continue
        node.journal.fold(office, moment)
        return act_id(data)
    raise OurFault("head-moved", expected=size, size=size)
