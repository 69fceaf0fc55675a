"""Warnings where the languages of one text differ: counts, numbers, amounts, dates, times, names, order of
sides.

A warning is for people to look at before they sign: it never stops anybody, and its absence proves nothing
about what the words mean. Each names the place, the languages, and what was read there in each. Every
language is held against every other, and what is found at one place is one warning.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, zip_longest
from types import MappingProxyType
from typing import Final, Literal

from yeollak.office.texts.dates import moments, weekday_of
from yeollak.office.texts.folding import fold, primary
from yeollak.office.texts.instrument import Article, Instrument, Version
from yeollak.office.texts.matching import Leftover, match
from yeollak.office.texts.names import Glossary
from yeollak.office.texts.numbers import MOST_READ, READERS, numbers
from yeollak.office.texts.tokens import Token

#: code -> how severe it is between two authentic languages. With a reference language it is one step less.
CODES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "articles-differ": "grave",
        "paragraphs-differ": "grave",
        "heading-missing": "check",
        "numbers-differ": "grave",
        "units-differ": "grave",
        "amounts-differ": "grave",
        "dates-differ": "grave",
        "times-differ": "grave",
        "weekdays-differ": "grave",
        "weekday-wrong": "grave",
        "names-differ": "check",
        "order-differs": "check",
        "not-compared": "check",
        "language-unread": "note",
    }
)
Severity = Literal["grave", "check", "note"]
_LESS: Final[Mapping[str, Severity]] = {"grave": "check", "check": "note", "note": "note"}
_SAME: Final[Mapping[str, Severity]] = {"grave": "grave", "check": "check", "note": "note"}

#: Where in a text: `title`, `preamble`, `heading` or `paragraph`; the whole text is `text`.
Part = Literal["text", "title", "preamble", "heading", "paragraph"]


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in a text. `paragraph` counts from 1, and is 0 where there is none, or where counts differ."""

    part: Part
    article: str = ""
    paragraph: int = 0


@dataclass(frozen=True, slots=True)
class TextWarning:
    """One thing to look at. `tokens` holds for each language concerned what was read there and has no
    equal.
    """

    code: str
    severity: Severity
    spot: Spot
    languages: tuple[str, ...]
    tokens: Mapping[str, tuple[Token, ...]] = field(default_factory=lambda: MappingProxyType({}))


def compare(instrument: Instrument, glossary: Glossary) -> tuple[TextWarning, ...]:
    """The warnings of a text, in its own order, places first."""
    found: list[TextWarning] = [*_unread(instrument)]
    found += _counts(instrument, Spot("text"))
    for spot, lines in _spots(instrument):
        found += _at(instrument, glossary, spot, lines)
    return tuple(found)


def tokens(line: str, lang: str, glossary: Glossary) -> tuple[Token, ...]:
    """All that is read out of one line in one language, in the order of the line."""
    read = fold(line)
    named, read = glossary.find(line, read, lang)
    timed, read = moments(line, read, primary(lang))
    counted = numbers(line, read, primary(lang))
    return tuple(sorted((*named, *timed, *counted), key=lambda token: (token.start, token.end)))


def _unread(instrument: Instrument) -> Iterator[TextWarning]:
    for lang in instrument.languages:
        if primary(lang) not in READERS:
            yield TextWarning("language-unread", "note", Spot("text"), (lang,))


def _severity(code: str, instrument: Instrument, langs: Iterable[str]) -> Severity:
    binding = sum(lang in instrument.authentic for lang in set(langs))
    return (_SAME if binding > 1 else _LESS)[CODES[code]]


# What stands where


def _spots(instrument: Instrument) -> Iterator[tuple[Spot, dict[str, tuple[str, ...]]]]:
    """Each place with the lines that stand there in each language: more than one where counts differ."""
    versions = instrument.versions
    yield Spot("title"), {version.lang: (version.title,) for version in versions}
    yield from _paragraphs(Spot("preamble"), {version.lang: version.preamble for version in versions})
    for number in article_numbers(versions):
        held = {version.lang: _article(version, number) for version in versions}
        there = {lang: article for lang, article in held.items() if article is not None}
        yield (
            Spot("heading", number),
            {lang: (article.heading,) for lang, article in there.items() if article.heading},
        )
        yield from _paragraphs(
            Spot("paragraph", number), {lang: article.paragraphs for lang, article in there.items()}
        )


def _paragraphs(
    spot: Spot, lines: Mapping[str, tuple[str, ...]]
) -> Iterator[tuple[Spot, dict[str, tuple[str, ...]]]]:
    if len({len(line) for line in lines.values()}) > 1:
        yield spot, dict(lines)
        return
    for at, row in enumerate(zip_longest(*lines.values()), start=1):
        yield (
            Spot(spot.part, spot.article, at),
            {lang: (line,) for lang, line in zip(lines, row, strict=True)},
        )


def _article(version: Version, number: str) -> Article | None:
    return next((article for article in version.articles if article.number == number), None)


def article_numbers(versions: Sequence[Version]) -> list[str]:
    """The numbers of the articles of any language, in order."""
    numbers_ = {article.number for version in versions for article in version.articles}
    return sorted(numbers_, key=lambda number: tuple(int(part) for part in number.split(".")))


def _counts(instrument: Instrument, spot: Spot) -> Iterator[TextWarning]:
    versions = instrument.versions
    langs = instrument.languages
    if len({tuple(article.number for article in version.articles) for version in versions}) > 1:
        yield TextWarning("articles-differ", _severity("articles-differ", instrument, langs), spot, langs)
    if len({len(version.preamble) for version in versions}) > 1:
        yield TextWarning(
            "paragraphs-differ", _severity("paragraphs-differ", instrument, langs), Spot("preamble"), langs
        )
    for number in article_numbers(versions):
        held = [(version.lang, _article(version, number)) for version in versions]
        there = {lang: article for lang, article in held if article is not None}
        if len({len(article.paragraphs) for article in there.values()}) > 1:
            severity = _severity("paragraphs-differ", instrument, there)
            yield TextWarning("paragraphs-differ", severity, Spot("paragraph", number), tuple(there))
        without = tuple(lang for lang, article in there.items() if not article.heading)
        if without and len(without) < len(there):
            severity = _severity("heading-missing", instrument, there)
            yield TextWarning("heading-missing", severity, Spot("heading", number), without)


# What was read there


def _at(
    instrument: Instrument, glossary: Glossary, spot: Spot, lines: Mapping[str, tuple[str, ...]]
) -> Iterator[TextWarning]:
    read = {
        lang: tuple(token for line in row for token in tokens(line, lang, glossary))
        for lang, row in lines.items()
    }
    # Beyond that the work would be the hostile side's to choose; what is left out is said.
    if long := tuple(lang for lang, row in read.items() if len(row) > MOST_READ):
        yield TextWarning("not-compared", _SAME[CODES["not-compared"]], spot, long)
        read = {lang: row for lang, row in read.items() if lang not in long}
    found: dict[str, dict[str, dict[Token, None]]] = {}
    pairs: dict[str, set[str]] = {}
    for one, two in combinations(read, 2):
        for left in _differences(instrument, glossary, (one, two), read):
            at = found.setdefault(left.code, {})
            pairs.setdefault(left.code, set()).update((one, two))
            for lang, missed in ((one, left.first), (two, left.second)):
                at.setdefault(lang, {}).update(dict.fromkeys(missed))
    for lang, row in read.items():
        if wrong := _wrong_days(row):
            found.setdefault("weekday-wrong", {}).setdefault(lang, {}).update(dict.fromkeys(wrong))
            pairs.setdefault("weekday-wrong", set()).add(lang)
    for code in sorted(found, key=list(CODES).index):
        langs = tuple(lang for lang in read if lang in pairs[code])
        severity = _SAME[CODES[code]] if code == "weekday-wrong" else _severity(code, instrument, langs)
        shown = {lang: tuple(found[code].get(lang, ())) for lang in langs}
        yield TextWarning(code, severity, spot, langs, MappingProxyType(shown))


def _differences(
    instrument: Instrument, glossary: Glossary, langs: tuple[str, str], read: Mapping[str, Sequence[Token]]
) -> Iterator[Leftover]:
    one, two = langs
    words = primary(one) in READERS and primary(two) in READERS
    yield from match(read[one], read[two], words=words)
    names = {lang: {token.value for token in read[lang] if token.kind == "name"} for lang in langs}
    missed = tuple(
        tuple(
            token
            for token in read[lang]
            if token.kind == "name" and token.value not in names[other] and glossary.knows(token.value, other)
        )
        for lang, other in ((one, two), (two, one))
    )
    if any(missed):
        yield Leftover("names-differ", *missed)
    yield from _orders(instrument, langs, read)


def _orders(
    instrument: Instrument, langs: tuple[str, str], read: Mapping[str, Sequence[Token]]
) -> Iterator[Leftover]:
    """Two texts in one language that name the sides in another order, unless each is a side's own version."""
    one, two = (instrument.version(lang) for lang in langs)
    own = one.side and two.side and one.side != two.side
    if primary(one.lang) != primary(two.lang) or own:
        return
    orders = [[token for token in read[lang] if token.kind == "order"] for lang in langs]
    if orders[0] and orders[1] and {t.value for t in orders[0]} != {t.value for t in orders[1]}:
        yield Leftover("order-differs", tuple(orders[0]), tuple(orders[1]))


def _wrong_days(row: Sequence[Token]) -> list[Token]:
    """Days of the week that stand beside a whole date and are not the day of that date."""
    wrong: list[Token] = []
    for at, token in enumerate(row):
        if token.kind != "date" or (day := weekday_of(token.value)) is None:
            continue
        near = [
            other
            for other in (row[at - 1] if at else None, row[at + 1] if at + 1 < len(row) else None)
            if other is not None and other.kind == "weekday" and _beside(token, other)
        ]
        if near and all(other.value != str(day) for other in near):
            wrong += [token, *near]
    return wrong


def _beside(day: Token, other: Token) -> bool:
    return 0 <= max(day.start, other.start) - min(day.end, other.end) <= 3
