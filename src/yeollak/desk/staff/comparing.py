"""What is to be looked at in a joint text before it is signed: where its languages differ, and what changed.

Words and plain values for a page, from `office.texts`. A warning stops nobody, and where there is none
nothing is proved: the page says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from yeollak.office.charter import Charter
from yeollak.office.texts.compare import compare
from yeollak.office.texts.diff import ArticleChange, ParagraphChange, VersionDiff
from yeollak.office.texts.instrument import Instrument
from yeollak.office.texts.names import Glossary, Name
from yeollak.office.texts.redraft import redraft
from yeollak.office.texts.spans import Span
from yeollak.words import direction, say
from yeollak.words.jointtexts import change_word, difference_words, severity_word, spot_words, term_words

#: How many warnings and changed paragraphs a page shows; the rest is counted.
_MOST = 100


@dataclass(frozen=True, slots=True)
class Said:
    """Words of a joint text in their own language."""

    lang: str
    text: str

    @property
    def dir(self) -> str:
        """The direction of the language."""
        return direction(self.lang)


@dataclass(frozen=True, slots=True)
class Warned:
    """One difference between languages: how much it weighs, where, what, and what was read in each."""

    severity: str
    weight: str
    place: str
    difference: str
    found: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class Changed:
    """One paragraph that is not as it was: where, how, and its spans (`keep`, `delete`, `insert`)."""

    place: str
    change: str
    lang: str
    spans: tuple[Span, ...]

    @property
    def dir(self) -> str:
        """The direction of the language."""
        return direction(self.lang)


@dataclass(frozen=True, slots=True)
class Difference:
    """What changed since the standing draft: terms, whole languages, and paragraphs; `same` if nothing."""

    same: bool
    terms: tuple[str, ...]
    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[Changed, ...]
    more: int


def glossary_of(charter: Charter) -> Glossary:
    """The names that every text of the office is read with: what the sides are called."""
    return Glossary(
        tuple(
            Name(
                party.side,
                "side",
                {lang: _forms(party.names.get(lang), party.short.get(lang)) for lang in party.names},
            )
            for party in charter.parties
        )
    )


def warned(text: Instrument, glossary: Glossary, lang: str) -> tuple[Warned, ...]:
    """Where the languages of a text differ, for a reader of `lang`."""
    return tuple(
        Warned(
            severity_word(lang, one.severity),
            one.severity,
            spot_words(lang, one.spot.part, one.spot.article, one.spot.paragraph),
            difference_words(lang, one.code),
            tuple(
                Said(tag, ", ".join(token.text for token in tokens)[:400])
                for tag, tokens in one.tokens.items()
                if tokens
            ),
        )
        for one in compare(text, glossary)[:_MOST]
    )


def difference(old: Instrument, new: Instrument, lang: str) -> Difference:
    """What changed from the standing draft to another, for a reader of `lang`."""
    change = redraft(old, new)
    rows = [one for version in change.versions if not version.same for one in _version(version, lang)]
    return Difference(
        change.same,
        tuple(term_words(lang, name) for name in change.changed_terms),
        tuple(version.lang for version in change.added),
        tuple(version.lang for version in change.removed),
        tuple(rows[:_MOST]),
        max(len(rows) - _MOST, 0),
    )


def _forms(*forms: str | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(form for form in forms if form))


def _version(one: VersionDiff, lang: str) -> Iterator[Changed]:
    if one.title:
        yield Changed(say(lang, "Title"), change_word(lang, "changed"), one.lang, one.title)
    yield from _paragraphs(one.preamble, one.lang, lang, "preamble", "")
    for article in one.articles:
        yield from _article(article, one.lang, lang)


def _article(article: ArticleChange, tag: str, lang: str) -> Iterator[Changed]:
    number = article.new_number or article.old_number
    sort = "renumbered" if article.renumbered else "moved" if article.moved else article.change
    if article.change != "same" or article.moved or article.renumbered:
        if article.change in ("same", "added", "removed") or article.heading:
            sort = article.change if article.change in ("added", "removed", "changed") else sort
            yield Changed(
                spot_words(lang, "paragraph", number, 0), change_word(lang, sort), tag, tuple(article.heading)
            )
        yield from _paragraphs(article.paragraphs, tag, lang, "paragraph", number)


def _paragraphs(
    items: Iterable[ParagraphChange], tag: str, lang: str, part: str, article: str
) -> Iterator[Changed]:
    for item in items:
        if item.change == "same" and not item.moved:
            continue
        place = (item.new if item.new >= 0 else item.old) + 1
        sort = item.change if item.change != "same" else "moved"
        spans: Sequence[Span] = item.spans
        yield Changed(spot_words(lang, part, article, place), change_word(lang, sort), tag, tuple(spans))
