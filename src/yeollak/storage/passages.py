"""What acts say in words, kept so that they are found: a projection that grows with the fold.

An act is found by its facts' words, by the texts of the enclosures that are held here (plain text, joint
texts, filled forms) and by what its matter is about. An enclosure that arrives or is erased later moves the
acts that name it. Void acts are not found: whatever is in them has no part in the record's business. The
caller holds the transaction, and the lock of the office where it folds.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from yeollak.errors import Fault, RecordFault
from yeollak.forms import MEDIA_TYPE as FORM
from yeollak.forms import Form, rows
from yeollak.forms import read as read_filled
from yeollak.office.ledger import Counted
from yeollak.office.subjects import subject
from yeollak.office.texts import instrument
from yeollak.procedures.kinds import Kind
from yeollak.record.document import Act
from yeollak.storage import fulltext, models, plain
from yeollak.storage.opened import Opened, known_forms, opened
from yeollak.storage.reading import OfficeView
from yeollak.words import LANGUAGES, clean

#: A text in a language, which may be unsaid.
Said = tuple[str, str]
#: What goes along with the act that names it.
_ALONG: Final = "right"
#: The columns of what is stored, in the order in which values are given.
_NAMED_ROW: Final = (
    "office_id", "digest", "act", "matter", "place", "index", "release", "type", "lang", "name", "size",
)  # fmt: skip
_PASSAGE_ROW: Final = ("office_id", "act", "matter", "place", "index", "part", "title", "texts")
#: How many characters one part of an act has, and how many an act is found by at all.
_PART: Final = 4_000
_MOST: Final = 400_000
_LINE: Final = 4_000
_DEEPEST: Final = 4
#: How many acts of a side are found by the text of one enclosure that does not go along with them: whoever
#: names a long text by every act would have it kept with each.
_FEW: Final = 2


def index(view: OfficeView, acts: Sequence[tuple[Counted, Act]]) -> None:
    """Index acts that have newly been counted and are allowed."""
    names = (
        (
            view.id, item.digest, found.id, found.matter, found.place, found.index, item.release,
            item.type[:127], (item.lang or "")[:64], (item.name or "")[:255], item.size,
        )
        for found, act in acts
        for item in act.enclosures
    )  # fmt: skip
    plain.insert(view.alias, models.Named, _NAMED_ROW, names)
    _store(view, acts)


def move(view: OfficeView, digests: Iterable[str]) -> None:
    """Index the acts anew that name enclosures which have just arrived or been erased."""
    wanted = sorted(digests)
    along = view.rows(models.Named).filter(digest__in=wanted, release=_ALONG)
    places = set(along.values_list("place", "index"))
    for place in range(len(view.charter.sides)):
        places |= {(place, at) for digest in wanted for at in _first(view, place, digest)}
    if not places:
        return
    acts = []
    for place, at in sorted(places):
        act = _parsed(view, view.ledger.finding(place, at))
        if act is not None:
            acts.append((view.ledger.finding(place, at), act))
    names = [found.id for found, _ in acts]
    old = view.rows(models.Passage).filter(act__in=names)
    fulltext.take_out(view.alias, list(old.values_list("id", flat=True)))
    old.delete()
    _store(view, acts)


def forget(view: OfficeView) -> None:
    """Throw everything away that acts of an office are found by."""
    fulltext.take_out_all(view.alias, view.id)
    view.rows(models.Passage).delete()
    view.rows(models.Named).delete()


def _store(view: OfficeView, acts: Sequence[tuple[Counted, Act]]) -> None:
    # By side: an act is not found by the text of another side's that it names.
    named: dict[str, list[str]] = {}
    spoken = {found.id: _spoken_by(view, found, act) for found, act in acts}
    for found, _ in acts:
        named.setdefault(found.side, []).extend(spoken[found.id])
    held = {side: opened(view, digests, of=side) for side, digests in named.items()}
    forms: Mapping[str, Form] | None = None
    if any(one.type == FORM and one.content is not None for some in held.values() for one in some.values()):
        forms = known_forms(view)
    made: list[tuple[Any, ...]] = []
    said: dict[tuple[int, int, int], tuple[str, list[str]]] = {}
    for found, act in acts:
        mine = {digest: one for digest in spoken[found.id] if (one := held[found.side].get(digest))}
        texts = list(_bounded(_texts(view, found, act, mine, forms or {})))
        title = _plain(" \n".join(dict.fromkeys(subject(view.office, found.matter).values())))
        for part, some in enumerate(_parts(texts)):
            kept = json.dumps(some, ensure_ascii=False)
            made.append((view.id, found.id, found.matter, found.place, found.index, part, title, kept))
            said[found.place, found.index, part] = title, [text for _, text in some]
    stored = plain.inserted(view.alias, models.Passage, _PASSAGE_ROW, made, ("id", "place", "index", "part"))
    fulltext.put(view.alias, [(number, *said[place, at, part]) for number, place, at, part in sorted(stored)])


def _spoken_by(view: OfficeView, found: Counted, act: Act) -> list[str]:
    """The enclosures by whose texts an act is found: those that go along with it, and others that it is
    among the first of its side to name.
    """
    return [
        item.digest
        for item in act.enclosures
        if item.release == _ALONG or found.index in _first(view, found.place, item.digest)
    ]


def _first(view: OfficeView, place: int, digest: str) -> Collection[int]:
    """The positions of the first acts of a side that name an enclosure, in its register."""
    rows = view.rows(models.Named).filter(digest=digest, place=place).order_by("id")
    return list(rows.values_list("index", flat=True)[:_FEW])


def _texts(
    view: OfficeView,
    found: Counted,
    act: Act,
    held: Mapping[str, Opened],
    forms: Mapping[str, Form],
) -> Iterator[Said]:
    kind = view.office.procedure(found).kind(act.kind)
    if kind is not None:
        yield from words_of(kind, act.facts)
    for item in act.enclosures:
        one = held.get(item.digest)
        if one is not None:
            if one.name:
                yield "", one.name
            yield from enclosed_texts(one, forms)


def words_of(kind: Kind, facts: Mapping[str, Any]) -> Iterator[Said]:
    """The words that an act states in its facts."""
    for fact in kind.takes:
        value = facts.get(fact.name)
        if fact.type == "words" and isinstance(value, Mapping):
            yield from ((str(lang), text) for lang, text in value.items() if isinstance(text, str))
        elif fact.type == "text" and isinstance(value, str):
            yield "", value


def enclosed_texts(one: Opened, forms: Mapping[str, Form]) -> Iterator[Said]:
    """What an enclosure says that is held and may be read: nothing for a file of another kind."""
    data = one.content
    if data is None:
        return
    try:
        if one.type == "text/plain":
            yield one.lang, data.decode("utf-8", errors="replace")
        elif one.type == instrument.MEDIA_TYPE:
            for version in instrument.read(data).versions:
                for text in (version.title, *version.preamble):
                    yield version.lang, text
                for article in version.articles:
                    for text in (article.heading, *article.paragraphs):
                        yield version.lang, text
        elif one.type == FORM:
            filled = read_filled(data, forms)
            for lang in LANGUAGES:
                for row in rows(filled, lang):
                    yield row.language or lang, f"{row.label}: {row.text}"
        elif one.type == "application/json":
            yield from _spoken(json.loads(data), _DEEPEST)
    except (Fault, ValueError, RecursionError):
        return


def _spoken(value: Any, deep: int) -> Iterator[Said]:
    """What a JSON value says in languages of ours: objects whose every name is one of them."""
    if not deep:
        return
    if isinstance(value, Mapping):
        if value and set(value) <= set(LANGUAGES):
            yield from ((lang, text) for lang, text in value.items() if isinstance(text, str))
        else:
            for each in value.values():
                yield from _spoken(each, deep - 1)
    elif isinstance(value, list):
        for each in value:
            yield from _spoken(each, deep - 1)


def _bounded(texts: Iterable[Said]) -> Iterator[Said]:
    """Lines in NFC of bounded length, each said once, up to what one act is found by."""
    room, seen = _MOST, set[Said]()
    for lang, text in texts:
        for line in text[:_MOST].splitlines():
            for start in range(0, len(line), _LINE):
                said = lang[:35], _plain(line[start : start + _LINE])
                if said[1] and said not in seen:
                    seen.add(said)
                    yield said
                    room -= len(said[1])
                    if room <= 0:
                        return


def _plain(text: str) -> str:
    return clean(text, longest=_LINE + 1, lines=True)


def _parts(texts: Sequence[Said]) -> Iterator[list[Said]]:
    part: list[Said] = []
    size = 0
    for said in texts:
        if part and size + len(said[1]) > _PART:
            yield part
            part, size = [], 0
        part.append(said)
        size += len(said[1])
    if part:
        yield part


def _parsed(view: OfficeView, found: Counted) -> Act | None:
    try:
        return Act.parse(view.ledger.entry(found.place, found.index).document)
    except RecordFault:
        return None
