"""Making an exhibit: one act of the record with what shows it, in one file (`record.exhibit`).

Nothing is signed for it: every byte was signed when the act was, or when others receipted it. Enclosures that
no act has released are left out, as an export leaves them out; the words beside it are for people.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Final

from django.utils.text import capfirst

from yeollak.errors import OurFault, RecordFault
from yeollak.office.ledger import Counted
from yeollak.record import checkpoint, exhibit
from yeollak.record.document import Act
from yeollak.record.keys import kid
from yeollak.record.merkle import inclusion_proof
from yeollak.record.note import Note, Signature
from yeollak.record.proof import Proof
from yeollak.storage import models
from yeollak.storage.reading import OfficeView, blob
from yeollak.storage.subtrees import stored_tree
from yeollak.words import LANGUAGES, clean, instant, say
from yeollak.words.acts import kind_word
from yeollak.words.facts import fact_word
from yeollak.words.labels import void_word

_RELEASED: Final = frozenset({"right", "large"})
#: The longest value that stands in the words, and the longest text.
_LONGEST_VALUE: Final = 2_000
_LONGEST_TEXT: Final = 64 * 1024


def exhibit_of(view: OfficeView, act: str) -> bytes:
    """The exhibit of an act, as the bytes of its file.

    Raises OurFault(`no-such-act`) for one that is not counted here, (`exhibit-uncovered`) where no checkpoint
    covers it yet, RecordFault(`too-large`) where its enclosures are larger than an exhibit may be.
    """
    found = _found(view, act)
    shown = list(_needed(view, found))
    files = {"exhibit": exhibit.head(view.id, found.side, found.index), "charter": view.charter.raw}
    for side in view.charter.sides:
        of_side = [one for one in shown if one.side == side]
        if of_side:
            files |= _proven(view, side, of_side)
    document = Act.parse(files[exhibit.place(found.side, found.index, "document")])
    for item in document.enclosures:
        data = blob(view, item.digest, found.side) if item.release in _RELEASED else None
        if data is not None:
            files[f"blobs/{item.digest}"] = data
    for lang in LANGUAGES:
        files[f"read/{lang}.txt"] = "\n".join(_words(view, found, document, files, lang)).encode()
    return exhibit.pack(files)


def _found(view: OfficeView, act: str) -> Counted:
    for place in range(len(view.charter.sides)):
        index = view.ledger.first(place, act)
        if index is not None:
            found = view.ledger.finding(place, index)
            if found.move is not None:
                return found
    raise OurFault("no-such-act", act=act[:64])


def _needed(view: OfficeView, found: Counted) -> Iterator[Counted]:
    """The act, the postings that its officer's key rests on, and every act by which a side has replaced its
    keys.
    """
    chain, wanted = {(found.place, found.index): found}, [found]
    while wanted:
        one = wanted.pop()
        officer = _officer_of(view, one)
        for posting in view.ledger.postings(one.place):
            brings = posting.key and kid(posting.key) == officer and posting.index < one.index
            if brings and (posting.place, posting.index) not in chain:
                chain[posting.place, posting.index] = posting
                wanted.append(posting)
    for place in range(len(view.charter.sides)):
        for posting in view.ledger.postings(place):
            if posting.move is not None and posting.move.kind.startswith("key."):
                chain.setdefault((posting.place, posting.index), posting)
    yield from (chain[key] for key in sorted(chain))


def _officer_of(view: OfficeView, act: Counted) -> str:
    try:
        return Act.parse(view.ledger.entry(act.place, act.index).document).officer
    except RecordFault:
        return ""


def _proven(view: OfficeView, side: str, acts: list[Counted]) -> dict[str, bytes]:
    """The parts of the acts of one register, all under one checkpoint."""
    place, last = view.charter.places[side], max(one.index for one in acts)
    size, note = _covering(view, side, last)
    reader = stored_tree(view, place)
    files = {}
    for one in acts:
        entry = view.ledger.entry(place, one.index)
        proof = Proof(one.index, inclusion_proof(reader, one.index, size), note)
        files[exhibit.place(side, one.index, "statement")] = entry.statement
        files[exhibit.place(side, one.index, "document")] = entry.document
        files[exhibit.place(side, one.index, "proof")] = proof.format()
    return files


def _covering(view: OfficeView, side: str, index: int) -> tuple[int, bytes]:
    """The first checkpoint over a position that every other side has receipted, with their receipts; else the
    first that any has, else the first.
    """
    place, others = view.charter.places[side], len(view.charter.sides) - 1
    held = view.rows(models.Receipt).filter(place=place, size__gt=index).order_by("size", "cosigner")
    by_size: dict[int, list[Signature]] = {}
    for size, cosigner, note in held.values_list("size", "cosigner", "note")[:64]:
        name = f"{view.charter.origin(view.charter.sides[cosigner])}/receipt"
        signed = Note.parse(bytes(note)).signatures
        by_size.setdefault(size, []).extend(line for line in signed if line.name == name)
    # A receipt is two lines.
    whole = [size for size, lines in by_size.items() if len(lines) >= 2 * others]
    size = min(whole or by_size, default=None)
    rows = view.rows(models.Checkpoint).filter(place=place, size__gt=index).order_by("size")
    row = (rows.filter(size=size) if size is not None else rows).values_list("size", "note").first()
    if row is None:
        raise OurFault("exhibit-uncovered", side=side, index=index)
    return row[0], checkpoint.add_lines(bytes(row[1]), by_size.get(row[0], ()))


# in words


def _words(
    view: OfficeView, found: Counted, act: Act, files: Mapping[str, bytes], lang: str
) -> Iterator[str]:
    """The act in words, for whoever reads the file without a tool."""
    proof = Proof.parse(files[exhibit.place(found.side, found.index, "proof")])
    head, _ = checkpoint.read_checkpoint(proof.checkpoint)
    party = view.charter.party(found.side)
    name = (party.short or party.names).get(lang) or found.side
    yield say(lang, "Exhibit of one act of the record")
    yield ""
    yield say(lang, "Office {office}", office=view.id)
    yield say(lang, "Side: {side}", side=clean(str(name), longest=100))
    yield say(lang, "What was done: {word}", word=clean(kind_word(lang, act.kind), longest=100))
    yield say(lang, "Signed: {at}, by the signer’s own clock", at=_at(act.at, lang))
    yield say(lang, "Act {act}", act=found.id)
    yield say(lang, "Matter {matter}", matter=found.matter)
    if found.void:
        yield say(lang, "Void: {why}.", why=void_word(lang, found.void))
    yield ""
    for name, value in act.facts.items():
        yield f"{_label(lang, name, act.kind)}: {_value(value)}"
    for item in act.enclosures:
        data = files.get(f"blobs/{item.digest}")
        yield ""
        if data is None:
            yield say(lang, "Enclosure {digest}: not in this file", digest=item.digest)
            continue
        yield say(lang, "Enclosure {digest}: {size} bytes", digest=item.digest, size=len(data) - 16)
        if str(getattr(item, "type", "")).startswith("text/plain"):
            text = data[16 : 16 + _LONGEST_TEXT].decode(errors="replace")
            yield clean(text, longest=_LONGEST_TEXT, lines=True)
    yield ""
    yield say(
        lang,
        "Entry {index} of the register, proven by a checkpoint of {size} entries with the root {root}.",
        index=found.index,
        size=head.size,
        root=head.root.hex(),
    )
    yield say(
        lang, "To check it: yeollak verify with this file. Compare the office id with the one you know."
    )
    yield say(lang, "These words are those of whoever made the file, and prove nothing.")
    yield ""


def _label(lang: str, name: str, kind: str) -> str:
    try:
        return capfirst(fact_word(lang, name, kind))
    except KeyError:
        return clean(name, longest=64)


def _value(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
    return clean(text, longest=_LONGEST_VALUE)


def _at(at: str, lang: str) -> str:
    return instant(datetime.strptime(at, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC), lang)
