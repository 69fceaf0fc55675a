"""Acting: an officer's draft becomes a signed entry of our register.

The one way in which an act of our own comes to be: judged before it is signed, signed, appended under the
anchor, folded. An act that is no longer allowed when its turn to be appended comes is not appended: its
officer decides again.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from yeollak.errors import Fault, OurFault
from yeollak.node.open import Node
from yeollak.office.propose import Draft, check, document, sign
from yeollak.office.texts import instrument
from yeollak.procedures.catalogue import of_kind
from yeollak.record import deposit, enclosure
from yeollak.record.document import act_id
from yeollak.record.enclosure import Enclosed, Release
from yeollak.record.keys import SigningKey
from yeollak.storage import reading
from yeollak.storage.own_register import Maker, NewAct

#: How often an act that tells the state of the office is made anew because the office has moved.
_TRIES = 8
#: 16 bytes for a label.
Salts = Callable[[str], bytes]
#: Appends in an office what a maker makes over it as it stands, and says where it stands now, or why it was
#: not appended.
Append = Callable[[str, Maker], int | Fault]


@dataclass(frozen=True, slots=True)
class Text:
    """A text or file to be committed to. `right` goes along at once, or by itself where it is large;
    `consent` only after it is taken up.
    """

    content: bytes
    type: str
    lang: str | None = None
    name: str | None = None
    release: Release = "right"

    def commit(self, office: str, side: str, salt: bytes, room: int) -> tuple[Enclosed, bytes]:
        """What the act document says of it, and the salted bytes that are kept here until its release.

        `room` is what may still go along with the act, in bytes: what is larger follows by itself (design
        §2).
        """
        private, content = self.release in enclosure.PRIVATE, self.content
        if private:
            content = enclosure.wrap_private(self.lang, self.name, self.type, self.content)
        release: Release = "large" if self.release == "right" and len(content) > room else self.release
        enclosed = Enclosed(
            enclosure.digest(office, side, salt, content).hex(),
            "application/octet-stream" if private else self.type,
            None if private else self.lang,
            release,
            size=None if private else len(content),
            size_class=enclosure.size_class(len(content)) if private else None,
            name=None if private else self.name,
        )
        return enclosed, enclosure.blob(salt, content)


def joint_text(texts: Sequence[Text]) -> int | None:
    """Which of the texts that go along is the one that its act puts on the table: the only joint text, else
    the only one there is. None where that cannot be told.
    """
    joint = [place for place, text in enumerate(texts) if text.type == instrument.MEDIA_TYPE]
    found = joint or list(range(len(texts)))
    return found[0] if len(found) == 1 else None


def _naming_its_text(draft: Draft, texts: Sequence[Text], enclosed: Sequence[Enclosed]) -> Draft:
    """The draft with the digest of the text that it puts on the table, where its kind must name one and
    nobody could know it before the salt was drawn.
    """
    procedure = of_kind(draft.kind)
    kind = None if procedure is None else procedure.kind(draft.kind)
    place = joint_text(texts)
    names = kind is not None and any(fact.name == "text" and fact.required for fact in kind.facts)
    if place is None or not names or "text" in draft.facts:
        return draft
    named = enclosed[len(draft.enclosures) + place]
    return replace(draft, facts={**draft.facts, "text": named.digest})


def released(view: reading.OfficeView, digest: str) -> Enclosed:
    """What a delivery says of an enclosure that was tendered by consent: the same digest, now released.

    Raises OurFault(`enclosure-not-given`) where its bytes are not held here, or are not ours to give
    (clarifications 14).
    """
    blob = reading.blob(view, digest, view.side)
    if blob is None:
        raise OurFault("enclosure-not-given", digest=digest)
    wrapped = blob[enclosure.SALT :]
    inside = enclosure.unwrap_private(wrapped)
    rule: Release = "right" if len(wrapped) <= enclosure.SMALL_RIGHT else "large"
    return Enclosed(digest, inside.type, inside.lang, rule, size=len(wrapped), name=inside.name)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document as it will be signed, byte for byte, with the salted bytes of what it commits to."""

    office: str
    document: bytes
    blobs: Mapping[str, bytes] = field(default_factory=dict, repr=False)

    @property
    def id(self) -> str:
        """The act's id, which the signature is over: SHA-256 of the document, 64 hex digits."""
        return act_id(self.document)


def prepare(
    node: Node,
    office: str,
    kid: str,
    draft: Draft,
    texts: Sequence[Text] = (),
    *,
    at: datetime | None = None,
    salts: Salts | None = None,
    show: bool = True,
) -> Prepared:
    """The document of a draft, as it would be signed now by the officer `kid`, judged as the next act.

    Raises OurFault(`act-void`) when it would not be allowed, (`register-waits`) while our own register does
    not count, (`commitment-too-large`) for texts that could not be revealed.
    """
    moment = at or node.clock.now()
    prepared = made(_ready(node, office, moment, show), kid, draft, texts, moment, salts)
    view = reading.office_view(node.alias, office)
    check(view.office, view.side, prepared.document)
    return prepared


def made(
    view: reading.OfficeView,
    kid: str,
    draft: Draft,
    texts: Sequence[Text],
    moment: datetime,
    salts: Salts | None = None,
) -> Prepared:
    """The document of a draft as the next act of our register, not judged yet. Raises
    OurFault(`commitment-too-large`, `act-void`).
    """
    draw = salts or (lambda _label: secrets.token_bytes(16))
    blobs, enclosed = {}, list(draft.enclosures)
    for number, text in enumerate(texts):
        room = enclosure.SMALL_RIGHT - sum(item.size or 0 for item in enclosed if item.release == "right")
        named, blob = text.commit(view.id, view.side, draw(f"enclosure/{number}"), room)
        enclosed.append(named)
        blobs[named.digest] = blob
    _check_revealable(enclosed, blobs)
    whole = replace(_naming_its_text(draft, texts, enclosed), enclosures=tuple(enclosed))
    salt = draw(f"document/{view.ledger.held(view.place)}")
    return Prepared(view.id, document(view.office, view.side, kid, whole, moment, salt), blobs)


def _check_revealable(enclosed: Sequence[Enclosed], blobs: Mapping[str, bytes]) -> None:
    """What is committed to for an exchange must be small enough to go along with the act that reveals it, and
    with the one that leaves it sealed with a guarantor. Raises OurFault(`commitment-too-large`).
    """
    sealed = [item.digest for item in enclosed if item.release == "reveal" and item.digest in blobs]
    size = sum(len(blobs[digest]) - enclosure.SALT for digest in sealed)
    limit = enclosure.SMALL_RIGHT - len(sealed) * deposit.sealed_size(0)
    if size > limit:
        raise OurFault("commitment-too-large", size=size, limit=limit)


def sign_prepared(
    node: Node,
    prepared: Prepared,
    key: SigningKey,
    *,
    request: str | None = None,
    show: bool = True,
    append: Append | None = None,
) -> str:
    """Sign exactly what was prepared and append it; returns its id. With the same `request` it is appended
    once. `append` is where a serving node takes acts in; without it this thread appends by itself.

    What came in since does not alter the document: it is judged again, as the next act of a register that has
    seen no less than it names (attacks 1.3). Raises OurFault(`act-void`) when it is not allowed any more, and
    what the journal raises.
    """

    def make(view: reading.OfficeView) -> NewAct:
        entry = sign(view.office, view.side, prepared.document, key)
        return NewAct(entry.statement, entry.document, prepared.blobs, request)

    now = node.clock.now()
    if append is not None:
        done: int | Fault = append(prepared.office, make)
    else:
        (done,) = node.journal.commit(prepared.office, [make], None, now)
    node.journal.fold(prepared.office, now, show=show)
    if isinstance(done, Fault):
        raise done
    return prepared.id if request is None else _appended(node, prepared.office, done)


def _appended(node: Node, office: str, index: int) -> str:
    view = reading.office_view(node.alias, office)
    return view.ledger.finding(view.place, index).id


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
    show: bool = True,
) -> str:
    """Prepare, sign and append one act of our side at once; returns its id. With the same `request` it is
    appended once. Raises what `prepare` and `sign_prepared` raise.
    """
    if request is not None:
        view = _ready(node, office, at or node.clock.now(), show)
        if (known := reading.requested(view, request)) is not None:
            return known
    for _ in range(_TRIES):
        prepared = prepare(node, office, key.kid, draft, texts, at=at, salts=salts, show=show)
        try:
            return sign_prepared(node, prepared, key, request=request, show=show)
        except OurFault as fault:
            if fault.code != "head-moved":
                raise
            moved = fault
    raise moved


def _ready(node: Node, office: str, moment: datetime, show: bool) -> reading.OfficeView:
    """The office with everything counted. Raises OurFault(`register-waits`)."""
    node.journal.fold(office, moment, show=show)
    view = reading.office_view(node.alias, office)
    size, counted = view.ledger.held(view.place), view.ledger.counted(view.place)
    if counted != size:
        raise OurFault("register-waits", size=size, counted=counted)
    return view
