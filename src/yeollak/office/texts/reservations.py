"""Reservations that hang on a text: who made them, on which text, at which article, paragraph and language.

A reservation is an act of its own and alters nothing. Where it hangs is told by its facts: `text`, or the
act in `re` that put the text on the table or signed it; the article is read out of `subject`, in whichever
languages it has, and counts only where they agree. What cannot be placed hangs on the whole text, never on
a guess.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from babel.core import Locale

from yeollak.office.texts.folding import folded, primary
from yeollak.office.texts.instrument import Instrument
from yeollak.office.texts.numerals_ko import sino
from yeollak.procedures.table import RESERVATION, Move

_HANGUL: Final = "[일이삼사오육륙칠팔구십백]+"
#: How an article and a paragraph of it are named in a folded text; both numbers are neutral, `4.2`.
_ARTICLES: Final[Mapping[str, re.Pattern[str]]] = {
    "en": re.compile(
        r"\b(?:article|art\.) ?(?P<article>\d+(?:\.\d+)*)(?:,? ?(?:paragraph|para\.?) ?(?P<paragraph>\d+))?"
    ),
    "ko": re.compile(
        rf"제 ?(?P<article>\d+|{_HANGUL}) ?조(?:의 ?(?P<bis>\d+))?"
        rf"(?: ?제? ?(?P<paragraph>\d+|{_HANGUL}) ?항)?"
    ),
    "ar": re.compile(r"(?:ال|لل)?ماده (?P<article>\d+(?:\.\d+)*)(?:[،,]? ?(?:ال)?فقره (?P<paragraph>\d+))?"),
}


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
    subject = _words(move.facts.get("subject"))
    instrument = texts.get(text)
    article, paragraph = _place(subject, instrument) if text else ("", 0)
    return Hanging(
        move.id,
        move.side,
        move.at,
        text,
        move.re,
        subject,
        article,
        paragraph,
        _languages(subject, instrument),
        tuple(sorted(move.enclosures)),
    )


def _words(value: Any) -> Mapping[str, str]:
    if not isinstance(value, Mapping):
        return {}
    return {str(lang): text for lang, text in value.items() if isinstance(text, str)}


def _place(subject: Mapping[str, str], instrument: Instrument | None) -> tuple[str, int]:
    """The article and paragraph that every language of the subject names, each once; nothing otherwise."""
    found: set[tuple[str, int]] = set()
    for lang, text in subject.items():
        pattern = _ARTICLES.get(primary(lang))
        if pattern is not None:
            found |= {_numbers(match) for match in pattern.finditer(folded(text))}
    if len(found) != 1:
        return "", 0
    article, paragraph = found.pop()
    if instrument is None:
        return article, paragraph
    held = [item for version in instrument.versions for item in version.articles if item.number == article]
    if not held:
        return "", 0
    most = max(len(item.paragraphs) for item in held)
    return article, paragraph if paragraph <= most else 0


def _numbers(match: re.Match[str]) -> tuple[str, int]:
    groups = match.groupdict()
    article = _number(groups["article"])
    if groups.get("bis"):
        article += f".{int(groups['bis'])}"
    paragraph = groups["paragraph"]
    return article, int(_number(paragraph)) if paragraph else 0


def _number(written: str) -> str:
    if written[0].isdecimal():
        return ".".join(str(int(part)) for part in written.split("."))
    return str(sino(written) or 0)


def _languages(subject: Mapping[str, str], instrument: Instrument | None) -> tuple[str, ...]:
    """The languages of the text that the subject names by their names in its own language."""
    if instrument is None:
        return ()
    named = tuple(
        lang
        for lang in instrument.languages
        if any(
            (name := _language_name(primary(lang), primary(own))) and re.search(name, folded(text))
            for own, text in subject.items()
        )
    )
    return named or instrument.languages


def _language_name(lang: str, own: str) -> str:
    """A pattern for the name of `lang` in the language `own`, or nothing where CLDR has none."""
    if own not in _ARTICLES:
        return ""
    name = Locale(own).languages.get(lang)
    if name is None:
        return ""
    plain = folded(name)
    if own == "ko":
        return rf"(?<![가-힣]){re.escape(plain)}"
    if own == "ar":  # the text is masculine, the language feminine: the Korean text, the Korean language
        stem = plain.removeprefix("ال").removesuffix("ه")
        return rf"(?<!\w)(?:[وبلف]{{0,2}}(?:ال|ل))?{re.escape(stem)}ه?(?!\w)"
    return rf"\b{re.escape(plain)}\b"
