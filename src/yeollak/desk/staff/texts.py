"""The texts of a matter as a page sets them: languages side by side with their differences marked, what
changed between two drafts, reservations at their paragraphs, filled forms in the reader's language.

Pure: bytes that are held in, plain values out. What cannot be read as what it says it is stays a file.
Nothing here decides what a text means: `office.texts` compares, and its warnings stop nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Final, Literal

from yeollak.desk.texts import language_tag
from yeollak.errors import RecordFault
from yeollak.office.charter import Charter
from yeollak.office.texts import compare, instrument
from yeollak.office.texts.compare import Spot, TextWarning, article_numbers
from yeollak.office.texts.diff import ParagraphChange, VersionDiff
from yeollak.office.texts.instrument import Instrument, Version
from yeollak.office.texts.names import Glossary, Name
from yeollak.office.texts.redraft import redraft
from yeollak.office.texts.reservations import Hanging
from yeollak.office.texts.spans import Span
from yeollak.office.texts.stages import Mark
from yeollak.words import NATIVE_NAMES, clean, direction
from yeollak.words.jointtexts import change_word, difference_words, severity_word, spot_words, term_words

_LONGEST: Final = 20_000
#: How many paragraphs of a text stand on one page.
MOST_ROWS: Final = 400
_UNTITLED: Final = "–"

Op = Literal["keep", "delete", "insert", "differs"]


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of a line, and how it stands there."""

    text: str
    op: Op = "keep"


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands at one place in one language; no runs where that language has nothing there."""

    lang: str
    dir: Literal["ltr", "rtl"]
    native: str
    runs: tuple[Run, ...]
    first: bool = False


@dataclass(frozen=True, slots=True)
class Noticed:
    """A difference between languages; `read` is what was read in each: language, direction, words."""

    severity: str
    grave: bool
    sentence: str
    place: str
    read: tuple[tuple[str, Literal["ltr", "rtl"], str], ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """One place of a text: what it is called, its cells, what differs there, and what hangs there."""

    place: str
    heading: bool
    cells: tuple[Cell, ...]
    noticed: tuple[Noticed, ...] = ()
    hanging: tuple[Hanging, ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """A language of a text: its own name, and how far it may be relied on, in words."""

    lang: str
    dir: Literal["ltr", "rtl"]
    native: str
    binds: bool
    force: str
    own: str = ""


@dataclass(frozen=True, slots=True)
class Parallel:
    """A text in parallel languages. `cut` says that it has more than is shown; `width` how many columns."""

    digest: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    noticed: tuple[Noticed, ...]
    hanging: tuple[Hanging, ...]
    cut: bool = False

    @property
    def width(self) -> int:
        """How many languages stand side by side."""
        return len(self.columns)

    @property
    def differences(self) -> int:
        """How many places were found where languages differ."""
        return sum(len(row.noticed) for row in self.rows) + len(self.noticed)


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one article or paragraph between two drafts, with its line."""

    place: str
    word: str
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Changed:
    """What changed in one language."""

    lang: str
    dir: Literal["ltr", "rtl"]
    native: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Redrafted:
    """What changed from one draft to another: by language, and the terms beside the text, in words."""

    languages: tuple[Changed, ...]
    added: tuple[str, ...]
    removed: tuple[str, ...]
    terms: tuple[str, ...]

    @property
    def same(self) -> bool:
        """Whether nothing changed."""
        return not (self.added or self.removed or self.terms or any(one.changes for one in self.languages))


def glossary_of(charter: Charter) -> Glossary:
    """The names that both sides' texts must have alike: those of the sides, as the charter has them."""
    names = []
    for party in charter.parties:
        forms: dict[str, tuple[str, ...]] = {}
        for words in (party.names, party.short):
            for lang, text in words.items():
                forms[lang] = tuple(dict.fromkeys((*forms.get(lang, ()), text)))
        names.append(Name(party.side, "side", forms))
    return Glossary(tuple(names))


def joint_text(data: bytes | None) -> Instrument | None:
    """The joint text that an enclosure is, or None."""
    try:
        return instrument.read(data) if data is not None else None
    except RecordFault:
        return None


def plain_texts(texts: Sequence[tuple[str, bytes]]) -> Instrument | None:
    """Plain texts of one act as one text in parallel languages, so that they can be compared: each language
    once, a paragraph a line. None where they are no such thing.
    """
    versions = []
    for lang, data in texts:
        lines = [tidy for line in data.decode("utf-8", "replace").splitlines() if (tidy := _line(line))]
        try:
            versions.append(
                Version(
                    lang or "und", "authentic", _UNTITLED, preamble=tuple(lines[: instrument.MAX_PARAGRAPHS])
                )
            )
        except RecordFault:
            return None
    try:
        return Instrument(tuple(versions))
    except RecordFault:
        return None


def parallel(
    text: Instrument,
    digest: str,
    marks: Sequence[tuple[Mark | None, str, str]],
    glossary: Glossary,
    lang: str,
    hanging: Sequence[Hanging] = (),
) -> Parallel:
    """A text as a page sets it. `marks` are, for each language in the text's order, its mark, how far it may
    be relied on in words, and whose own version it is; authentic languages come first.
    """
    told = dict(zip(text.languages, marks, strict=True))
    plain = all(version.title == _UNTITLED for version in text.versions)
    order = sorted(
        text.languages,
        key=lambda tag: (not _binds(text, tag), tag.partition("-")[0] != lang),
    )
    warned: dict[Spot, list[TextWarning]] = {}
    for warning in compare.compare(text, glossary):
        warned.setdefault(warning.spot, []).append(warning)
    rows: list[Row] = []
    for spot, heading, lines in _places(text):
        here = warned.pop(spot, [])
        cells = tuple(_cell(tag, lines.get(tag, ""), here, first=at == 0) for at, tag in enumerate(order))
        if not any(cell.runs for cell in cells):
            continue
        rows.append(
            Row(
                f"\u2066¶ {spot.paragraph}\u2069"
                if plain
                else spot_words(lang, spot.part, spot.article, spot.paragraph),
                heading,
                cells,
                tuple(_noticed(one, lang) for one in here),
                tuple(item for item in hanging if _hangs(item, spot, text)),
            )
        )
    placed = {item.act for row in rows for item in row.hanging}
    return Parallel(
        digest,
        tuple(
            Column(
                tag,
                direction(tag),
                NATIVE_NAMES.get(tag.partition("-")[0], tag),
                _binds(text, tag),
                told[tag][1],
                told[tag][2],
            )
            for tag in order
        ),
        tuple(rows[:MOST_ROWS]),
        tuple(_noticed(one, lang) for left in warned.values() for one in left),
        tuple(item for item in hanging if item.act not in placed),
        len(rows) > MOST_ROWS,
    )


def changes(old: Instrument, new: Instrument, lang: str) -> Redrafted:
    """What changed between two drafts, language by language."""
    change = redraft(old, new)
    return Redrafted(
        tuple(
            Changed(
                one.lang,
                direction(one.lang),
                NATIVE_NAMES.get(one.lang.partition("-")[0], one.lang),
                tuple(_changes(one, lang))[:MOST_ROWS],
            )
            for one in change.versions
            if not one.same
        ),
        tuple(version.lang for version in change.added),
        tuple(version.lang for version in change.removed),
        tuple(term_words(lang, name) for name in change.changed_terms),
    )


def _changes(one: VersionDiff, lang: str) -> Iterator[Change]:
    if any(span.op != "keep" for span in one.title):
        yield Change(spot_words(lang, "title", "", 0), change_word(lang, "changed"), _spans(one.title))
    for item in one.preamble:
        yield from _paragraph(item, "preamble", "", lang)
    for article in one.articles:
        number = article.new_number or article.old_number
        sort: str = article.change
        if sort == "same" and article.old_number != article.new_number:
            sort = "renumbered"
        elif sort == "same" and article.moved:
            sort = "moved"
        if sort != "same":
            yield Change(
                spot_words(lang, "paragraph", number, 0), change_word(lang, sort), _spans(article.heading)
            )
        for item in article.paragraphs:
            yield from _paragraph(item, "paragraph", number, lang)


def _paragraph(item: ParagraphChange, part: str, number: str, lang: str) -> Iterator[Change]:
    if item.change != "same" or item.moved:
        place = (item.new if item.new >= 0 else item.old) + 1
        sort = item.change if item.change != "same" else "moved"
        yield Change(spot_words(lang, part, number, place), change_word(lang, sort), _spans(item.spans))


def _spans(row: Iterable[Span]) -> tuple[Run, ...]:
    return tuple(Run(_kept(span.text), span.op) for span in row)


def _places(text: Instrument) -> Iterator[tuple[Spot, bool, Mapping[str, str]]]:
    versions = text.versions
    if any(version.title != _UNTITLED for version in versions):
        yield Spot("title"), True, {version.lang: version.title for version in versions}
    yield from _lines("preamble", "", {version.lang: version.preamble for version in versions})
    for number in article_numbers(versions):
        held = {
            version.lang: article
            for version in versions
            for article in version.articles
            if article.number == number
        }
        yield Spot("heading", number), True, {tag: article.heading for tag, article in held.items()}
        yield from _lines("paragraph", number, {tag: article.paragraphs for tag, article in held.items()})


def _lines(
    part: Literal["preamble", "paragraph"], number: str, lines: Mapping[str, Sequence[str]]
) -> Iterator[tuple[Spot, bool, Mapping[str, str]]]:
    for at, row in enumerate(zip_longest(*lines.values(), fillvalue=""), start=1):
        yield Spot(part, number, at), False, dict(zip(lines, row, strict=True))


def _cell(tag: str, line: str, warned: Sequence[TextWarning], *, first: bool) -> Cell:
    spans = sorted({(token.start, token.end) for one in warned for token in one.tokens.get(tag, ())})
    runs: list[Run] = []
    at = 0
    for start, end in spans:
        if start < at or end > len(line):
            continue
        if start > at:
            runs.append(Run(_kept(line[at:start])))
        runs.append(Run(_kept(line[start:end]), "differs"))
        at = end
    if at < len(line):
        runs.append(Run(_kept(line[at:])))
    known = language_tag(tag) or "und"
    return Cell(known, direction(tag), NATIVE_NAMES.get(tag.partition("-")[0], tag), tuple(runs), first)


def _noticed(one: TextWarning, lang: str) -> Noticed:
    return Noticed(
        severity_word(lang, one.severity),
        one.severity == "grave",
        difference_words(lang, one.code),
        spot_words(lang, one.spot.part, one.spot.article, one.spot.paragraph),
        tuple(
            (
                language_tag(tag) or "und",
                direction(tag),
                ", ".join(clean(token.text, longest=80) for token in tokens[:8]),
            )
            for tag, tokens in one.tokens.items()
            if tokens
        ),
    )


def _hangs(item: Hanging, spot: Spot, text: Instrument) -> bool:
    """Whether a reservation hangs at a place: at its paragraph, else at the heading or the first paragraph of
    its article.
    """
    if not item.article or spot.article != item.article:
        return False
    if item.paragraph:
        return spot.part == "paragraph" and spot.paragraph == item.paragraph
    headed = any(
        article.heading
        for version in text.versions
        for article in version.articles
        if article.number == item.article
    )
    return spot.part == "heading" if headed else (spot.part == "paragraph" and spot.paragraph == 1)


def _binds(text: Instrument, tag: str) -> bool:
    return tag in text.authentic


def _kept(text: str) -> str:
    """A run of a line, with the spaces at its ends, as it may stand in a page."""
    said = clean(text, longest=_LONGEST)
    if not said:
        return " " if text.isspace() else ""
    return f"{' ' * text[:1].isspace()}{said}{' ' * text[-1:].isspace()}"


def _line(text: str) -> str:
    return clean(text, longest=instrument.MAX_PARAGRAPH - 1).strip()
