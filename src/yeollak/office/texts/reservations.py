"""Reservations that hang on a text: who made them, on which text, at which article, paragraph and language.

A reservation is an act of its own and alters nothing. Where it hangs is told by its facts: `text`, or the
act in `re` that put the text on the table or signed it, then `article`, `paragraph` and `language`. What
names a place that the text does not have hangs on the whole text, never on a guess.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from yeollak.office.texts.instrument import Instrument
from yeollak.procedures.kinds import RESERVATION
from yeollak.procedures.table import Move


@dataclass(frozen=True, slots=True)
class Hanging:
    """One reservation and where it hangs.

    `text` is the digest of the text, or empty for a reservation on an act alone; `about` are the acts in
    `re`. `article` is a neutral number or empty, `paragraph` counts from 1 or is 0, `languages` are those
    that it names, and all of the text's where it names none. `enclosures` hold its own words.
    """

    act: str
    side: str
    at: str
    text: str
    about: tuple[str, ...]
    subject: Mapping[str, str]
    article: str
    paragraph: int
    languages: tuple[str, ...]
    enclosures: tuple[str, ...]


def reservations(moves: Sequence[Move], texts: Mapping[str, Instrument] | None = None) -> tuple[Hanging, ...]:
    """The reservations among the allowed acts of a matter, in the order of `moves`.

    `texts` are the joint texts of the matter by digest, as far as they are held; without one an article is
    taken as it is named.
    """
    known = dict(texts or {})
    by_act = {move.id: digest for move in moves if isinstance(digest := move.facts.get("text"), str)}
    return tuple(_hanging(move, by_act, known) for move in moves if move.kind == RESERVATION)


def at_article(hanging: Sequence[Hanging], text: str, lang: str, article: str = "") -> tuple[Hanging, ...]:
    """What hangs on one article of a text in one language; on the text as a whole where none is named."""
    return tuple(
        item
        for item in hanging
        if item.text == text and item.article == article and (lang in item.languages or not item.languages)
    )


def _hanging(move: Move, by_act: Mapping[str, str], texts: Mapping[str, Instrument]) -> Hanging:
    named = move.facts.get("text")
    digests = {by_act[act] for act in move.re if act in by_act}
    if isinstance(named, str):
        text = named
    else:
        text = digests.pop() if len(digests) == 1 else ""
    instrument = texts.get(text)
    article, paragraph = _place(move.facts, instrument) if text else ("", 0)
    return Hanging(
        move.id,
        move.side,
        move.at,
        text,
        move.re,
        _words(move.facts.get("subject")),
        article,
        paragraph,
        _languages(move.facts, instrument),
        tuple(sorted(move.enclosures)),
    )


def _words(value: Any) -> Mapping[str, str]:
    if not isinstance(value, Mapping):
        return {}
    return {str(lang): text for lang, text in value.items() if isinstance(text, str)}


def _place(facts: Mapping[str, Any], instrument: Instrument | None) -> tuple[str, int]:
    """The article and paragraph that a reservation names, as far as the text has them."""
    article, paragraph = str(facts.get("article", "")), int(facts.get("paragraph", 0))
    if instrument is None or not article:
        return article, paragraph if article else 0
    held = [item for version in instrument.versions for item in version.articles if item.number == article]
    if not held:
        return "", 0
    return article, paragraph if paragraph <= max(len(item.paragraphs) for item in held) else 0


def _languages(facts: Mapping[str, Any], instrument: Instrument | None) -> tuple[str, ...]:
    """The languages of the text that it names, `ko` every Korean one; all of them where it names none."""
    if instrument is None:
        return ()
    named = str(facts.get("language", ""))
    found = tuple(lang for lang in instrument.languages if named in (lang.lower(), lang.split("-")[0]))
    return found or instrument.languages
