"""A signature made elsewhere: what leaves a node to be signed, and what comes back.

A request carries the exact act document, and the texts that it names, so that whoever holds the key elsewhere
can read what he signs and check that it is that. The answer carries the statement alone. Everything else is
made from the document again at both ends: a request cannot make a key sign anything but the document that it
shows. Source: docs/spec/21-signing-elsewhere.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from yeollak.errors import RecordFault
from yeollak.record import canon, enclosure, statement
from yeollak.record.checkpoint import origin_of
from yeollak.record.document import Act, act_id
from yeollak.record.keys import SigningKey

REQUEST_SUFFIX: Final = ".request"
ANSWER_SUFFIX: Final = ".signed"
#: The most that a request may hold: a document, and texts as large as joint texts may be.
MAX_REQUEST: Final = 4 * 1024 * 1024
MAX_ANSWER: Final = 8 * 1024
_REQUEST: Final = "yeollak/signing-request/1"
_ANSWER: Final = "yeollak/signed/1"
_MOST_TEXTS: Final = 16


@dataclass(frozen=True, slots=True)
class Named:
    """A text that the document names by its digest: the side that committed to it, and salt and bytes."""

    side: str
    salt: bytes
    content: bytes

    def digest(self, office: str) -> str:
        """The digest that the document must name, 64 hex digits."""
        return enclosure.digest(office, self.side, self.salt, self.content).hex()


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be signed: the exact bytes of an act document, and texts that it names."""

    document: bytes
    texts: tuple[Named, ...] = ()

    @property
    def act(self) -> Act:
        """The document as it reads."""
        return Act.parse(self.document)

    @property
    def id(self) -> str:
        """The act's id, which the signature is over: SHA-256 of the document, 64 hex digits."""
        return act_id(self.document)

    def to_bytes(self) -> bytes:
        """The request as a file. Raises RecordFault(`too-large`)."""
        data = canon.encode(
            {
                "document": self.document.decode(),
                "sort": _REQUEST,
                "texts": [
                    {"content": one.content.hex(), "salt": one.salt.hex(), "side": one.side}
                    for one in self.texts
                ],
            }
        )
        if len(data) > MAX_REQUEST:
            raise RecordFault("too-large", what="the signing request", limit=MAX_REQUEST)
        return data

    @classmethod
    def parse(cls, data: bytes) -> Request:
        """The request that a file is.

        Raises RecordFault(`too-large`, `malformed`): also for a text that the document does not name.
        """
        what = "the signing request"
        value = canon.fields(
            canon.decode(data, limit=MAX_REQUEST, what=what), {"document", "sort", "texts"}, set(), what
        )
        if value["sort"] != _REQUEST or not isinstance(value["document"], str):
            raise RecordFault("malformed", what=what, why="it is of another sort")
        if not isinstance(value["texts"], list) or len(value["texts"]) > _MOST_TEXTS:
            raise RecordFault("malformed", what=what, why="its texts are not a short list")
        made = cls(value["document"].encode(), tuple(_named(item, what) for item in value["texts"]))
        act = made.act
        named = {str(act.facts.get("text")), *(item.digest for item in act.enclosures)}
        for text in made.texts:
            if text.digest(act.office) not in named:
                raise RecordFault("malformed", what=what, why="a text is not one that the document names")
        return made


def sign(request: Request, key: SigningKey) -> bytes:
    """The answer to a request: its statement, signed.

    Raises RecordFault(`signature-wrong`) for a key that is not the one that the document names.
    """
    act = request.act
    if key.kid != act.officer:
        raise RecordFault("signature-wrong", what="the signing request", key=act.officer)
    protected = _header(act, request.id)
    digest = bytes.fromhex(request.id)
    signature = key.sign(statement.to_be_signed(protected, digest))
    made = statement.assemble(protected, digest, signature)
    return canon.encode({"sort": _ANSWER, "statement": made.hex()})


def read_answer(data: bytes, document: bytes, public: bytes) -> bytes:
    """The statement in an answer, once it is known to be over exactly this document and by this key (32 raw
    bytes).

    Raises RecordFault(`too-large`, `malformed`) for what is no answer, (`signed-other-act`) for one over
    other bytes, (`signature-wrong`) for one by another key.
    """
    what = "the answer"
    value = canon.fields(canon.decode(data, limit=MAX_ANSWER, what=what), {"sort", "statement"}, set(), what)
    if value["sort"] != _ANSWER or not isinstance(value["statement"], str):
        raise RecordFault("malformed", what=what, why="it is of another sort")
    try:
        raw = bytes.fromhex(value["statement"])
    except ValueError:
        raise RecordFault("malformed", what=what, why="its statement is not in hex digits") from None
    found = statement.parse(raw, what)
    if found.act_id != act_id(document) or found.protected != _header(Act.parse(document), act_id(document)):
        raise RecordFault("signed-other-act", act=found.act_id, expected=act_id(document))
    statement.verify(found, public, what)
    return raw


def _header(act: Act, act_: str) -> bytes:
    """The protected header of the statement; an act that names no matter opens one, which has its own id."""
    return statement.protected_header(
        bytes.fromhex(act.officer), origin_of(act.side, act.office), act.matter or act_
    )


def _named(value: Any, what: str) -> Named:
    item = canon.fields(value, {"content", "salt", "side"}, set(), what)
    side = canon.side_name(item["side"])
    salt = bytes.fromhex(canon.hexadecimal(item["salt"], 2 * enclosure.SALT, what))
    content = item["content"]
    try:
        return Named(side, salt, bytes.fromhex(content))
    except (TypeError, ValueError):
        raise RecordFault("malformed", what=what, why="a text is not in hex digits") from None


def texts_within(texts: Sequence[Named], most: int = MAX_REQUEST // 4) -> tuple[Named, ...]:
    """As many of the texts, in their order, as fit into a request: one that is too large is left out."""
    kept, room = [], most
    for one in texts:
        if len(one.content) <= room:
            kept.append(one)
            room -= len(one.content)
    return tuple(kept[:_MOST_TEXTS])
