"""`yeollak text`: joint texts in parallel languages, before they are put on the table and after.

No node is needed. The digest that signatures name is salted, so it exists once an act has put the text on the
table; `show` prints the SHA-256 of the bytes, by which two people compare a draft.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from yeollak.cli.options import read_file, shared, write_file
from yeollak.cli.output import Output, Said
from yeollak.cli.usage import Misuse
from yeollak.errors import OurFault
from yeollak.office.texts import compare, instrument
from yeollak.office.texts.names import Glossary, Name, SideOrder
from yeollak.office.texts.redraft import redraft
from yeollak.office.texts.stages import marks
from yeollak.record import canon
from yeollak.words import clean, direction
from yeollak.words.jointtexts import (
    change_word,
    difference_words,
    force_words,
    severity_word,
    spot_words,
    term_words,
)

if TYPE_CHECKING:
    from yeollak.office.texts.diff import ArticleChange, ParagraphChange, VersionDiff
    from yeollak.office.texts.instrument import Instrument, Version
    from yeollak.office.texts.spans import Span

_MAX_TOML: Final = 2 * instrument.MAX_INSTRUMENT
_STYLES: Final = {"grave": "bold red", "check": "yellow", "note": ""}
_LONGEST: Final = 16384
_FSI, _PDI = "\u2068", "\u2069"
#: How a run is marked where there are no colours, and its style where there are.
_MARKS: Final = {"keep": ("", ""), "delete": ("[-", "-]"), "insert": ("{+", "+}")}
_RUNS: Final = {"keep": "", "delete": "red strike", "insert": "green underline"}


@click.group()
def text() -> None:
    """Joint texts: one instrument in parallel languages, which several sides sign under one digest."""


_language = click.option("--language", help="Only this language of the text.")


@text.command()
@click.argument("source", metavar="TOML", type=click.Path(path_type=Path))
@click.option(
    "-o", "--out", "target", required=True, type=click.Path(path_type=Path), help="Where the text goes."
)
@shared
def draft(out: Output, source: Path, target: Path) -> None:
    """Make the joint text that the file TOML describes: tables `texts` with their articles, and, where they
    are wanted, `prevails`, `places`, `orders` and `annexes`.
    """
    said = _toml(source)
    data = canon.encode({"v": 1, **said}, what="the joint text")
    made = instrument.read(data)
    write_file(target, data)
    warned = compare.compare(made, Glossary())
    out.result({**_about(made, data), "file": str(target), "warnings": [_warning(one) for one in warned]})
    out.say("Drafted {file}", "bold", file=str(target))
    _sum(out, made, data)
    _warn(out, warned)
    out.say("Next: yeollak act agreement.draft --enclose {file}", file=str(target))


@text.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--names",
    type=click.Path(path_type=Path),
    help="TOML with the tables `names` (id, kind, forms by language) and `orders` (sides, forms).",
)
@shared
def check(out: Output, file: Path, names: Path | None) -> None:
    """Hold the languages of the text in FILE against each other. Warnings stop nobody: people decide."""
    data = read_file(file, instrument.MAX_INSTRUMENT)
    held = instrument.read(data)
    warned = compare.compare(held, _glossary(names))
    out.result({**_about(held, data), "warnings": [_warning(one) for one in warned]})
    _sum(out, held, data)
    _warn(out, warned)


@text.command()
@click.argument("file", type=click.Path(path_type=Path))
@_language
@shared
def show(out: Output, file: Path, language: str | None) -> None:
    """Show the text in FILE, each language with what it is worth."""
    data = read_file(file, instrument.MAX_INSTRUMENT)
    held = instrument.read(data)
    chosen = _chosen(held, language)
    out.result({**_about(held, data), "text": canon.decode(data, limit=len(data))})
    _sum(out, held, data)
    for version in chosen:
        _lines(out, version)


@text.command()
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@_language
@shared
def diff(out: Output, old: Path, new: Path, language: str | None) -> None:
    """Show what changed from the text in OLD to that in NEW, language by language, article by article."""
    before, after = (instrument.read(read_file(path, instrument.MAX_INSTRUMENT)) for path in (old, new))
    if language is not None and language not in {*before.languages, *after.languages}:
        raise Misuse(
            "--language: {language} is none of the text's: {languages}.",
            language=language,
            languages=", ".join(sorted({*before.languages, *after.languages})),
        )
    change = redraft(before, after)
    wanted = [one for one in change.versions if language in (None, one.lang)]
    added = [one.lang for one in change.added if language in (None, one.lang)]
    removed = [one.lang for one in change.removed if language in (None, one.lang)]
    out.result(
        {
            "added": added,
            "languages": [_version(one) for one in wanted],
            "removed": removed,
            "same": change.same,
            "terms": list(change.changed_terms),
        }
    )
    if change.same:
        out.say("Nothing changed.")
    for lang in added:
        out.say("A language is new: {language}", "green", language=lang)
    for lang in removed:
        out.say("A language is gone: {language}", "red", language=lang)
    for name in change.changed_terms:
        out.say("A term changed: {term}", "yellow", term=Said(term_words(out.lang, name)))
    for one in wanted:
        _difference(out, one)


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(read_file(path, _MAX_TOML).decode())
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError):
        raise OurFault("file-unreadable", file=str(path), why="it is not TOML") from None


def _glossary(path: Path | None) -> Glossary:
    if path is None:
        return Glossary()
    said = _toml(path)
    try:
        return Glossary(
            tuple(Name(str(one["id"]), str(one["kind"]), _forms(one)) for one in said.get("names", ())),
            tuple(SideOrder(tuple(map(str, one["sides"])), _forms(one)) for one in said.get("orders", ())),
        )
    except (KeyError, TypeError, AttributeError):
        why = "it does not have the tables names and orders as they should be"
        raise OurFault("file-unreadable", file=str(path), why=why) from None


def _forms(one: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    return {
        str(lang): (forms,) if isinstance(forms, str) else tuple(map(str, forms))
        for lang, forms in one["forms"].items()
    }


def _chosen(held: Instrument, language: str | None) -> Sequence[Version]:
    if language is None:
        return held.versions
    if language not in held.languages:
        raise Misuse(
            "--language: {language} is none of the text's: {languages}.",
            language=language,
            languages=", ".join(held.languages),
        )
    return (held.version(language),)


def _about(held: Instrument, data: bytes) -> dict[str, Any]:
    return {
        "annexes": [one.digest for one in held.annexes],
        "languages": [
            {
                "articles": len(version.articles),
                "binds": mark.binds,
                "language": version.lang,
                "prevails": mark.prevails,
                "side": version.side,
                "stage": mark.stage,
                "standing": version.standing,
                "title": version.title,
            }
            for version, mark in zip(held.versions, marks(held), strict=True)
        ],
        "places": [{"function": one.function, "side": one.side} for one in held.places],
        "sha256": hashlib.sha256(data).hexdigest(),
    }


def _sum(out: Output, held: Instrument, data: bytes) -> None:
    rows = [
        (version.lang, version.title, str(len(version.articles)), _force(out, mark), version.side)
        for version, mark in zip(held.versions, marks(held), strict=True)
    ]
    out.tabulate(rows, "language", "title", "articles", "what it is worth", "own version of")
    if held.places:
        out.tabulate([(one.side, one.function) for one in held.places], "signed by", "function")
    out.say("SHA-256 of the text: {digest}", digest=hashlib.sha256(data).hexdigest())


def _force(out: Output, mark: Any) -> str:
    return force_words(
        out.lang, binds=mark.binds, prevails=mark.prevails, equal=mark.equal_force, stage=mark.stage
    )


def _warning(one: compare.TextWarning) -> dict[str, Any]:
    return {
        "article": one.spot.article,
        "code": one.code,
        "found": {
            lang: [
                {"end": token.end, "start": token.start, "text": token.text, "value": token.value}
                for token in tokens
            ]
            for lang, tokens in one.tokens.items()
        },
        "languages": list(one.languages),
        "paragraph": one.spot.paragraph,
        "part": one.spot.part,
        "severity": one.severity,
    }


def _warn(out: Output, warned: Sequence[compare.TextWarning]) -> None:
    if not warned:
        out.say("No difference between the languages was found. Words are not understood: read the text.")
    for one in warned:
        read = "; ".join(
            f"{lang}: {_run(', '.join(token.text for token in tokens), lang)}"
            for lang, tokens in one.tokens.items()
            if tokens
        )
        out.say(
            "{severity}: {place}: {difference} {read}",
            _STYLES[one.severity],
            severity=Said(severity_word(out.lang, one.severity)),
            place=Said(spot_words(out.lang, one.spot.part, one.spot.article, one.spot.paragraph)),
            difference=Said(difference_words(out.lang, one.code)),
            read=Said(read or ", ".join(one.languages)),
        )


def _run(words: str, lang: str) -> str:
    """Text of a joint text as a run of its own, in its own direction (UAX #9)."""
    said = clean(words, longest=4096)
    return f"{_FSI}{said}{_PDI}" if direction(lang) == "rtl" else said


def _lines(out: Output, version: Version) -> None:
    out.line(f"{version.title} [{version.lang}]", "bold")
    for paragraph in version.preamble:
        out.line(paragraph)
    for article in version.articles:
        out.say(
            "Article {number} {heading}",
            "bold",
            number=article.number,
            heading=Said(_run(article.heading, version.lang)),
        )
        for paragraph in article.paragraphs:
            out.line(paragraph)


# differences


def _version(one: VersionDiff) -> dict[str, Any]:
    return {
        "articles": [
            {
                "change": article.change,
                "heading": _spans(article.heading),
                "moved": article.moved,
                "new": article.new_number,
                "old": article.old_number,
                "paragraphs": [_paragraph(item) for item in article.paragraphs],
            }
            for article in one.articles
        ],
        "language": one.lang,
        "preamble": [_paragraph(item) for item in one.preamble],
        "same": one.same,
        "title": _spans(one.title),
    }


def _paragraph(item: ParagraphChange) -> dict[str, Any]:
    return {
        "change": item.change,
        "moved": item.moved,
        "new": item.new,
        "old": item.old,
        "spans": _spans(item.spans),
    }


def _spans(row: Sequence[Span]) -> list[list[str]]:
    return [[span.op, span.text] for span in row]


def _difference(out: Output, one: VersionDiff) -> None:
    if one.same:
        out.say("{language}: nothing changed in this language.", language=one.lang)
        return
    out.say("{language}:", "bold", language=one.lang)
    if one.title:
        _marked(out, out.phrase("Title:"), one.title, one.lang)
    _paragraphs(out, one.preamble, one.lang)
    for article in one.articles:
        if article.change != "same" or article.moved or article.renumbered:
            _article(out, article, one.lang)


def _article(out: Output, article: ArticleChange, lang: str) -> None:
    number = " → ".join(dict.fromkeys(one for one in (article.old_number, article.new_number) if one))
    sort: str = article.change
    if sort == "same":
        sort = "renumbered" if article.renumbered else "moved"
    said = out.phrase(
        "Article {number}, {change}:", number=number, change=Said(_inline(out, change_word(out.lang, sort)))
    )
    _marked(out, said, article.heading, lang)
    _paragraphs(out, article.paragraphs, lang)


def _paragraphs(out: Output, items: Iterable[ParagraphChange], lang: str) -> None:
    for item in items:
        if item.change != "same" or item.moved:
            place = str((item.new if item.new >= 0 else item.old) + 1)
            sort = item.change if item.change != "same" else "moved"
            said = out.phrase(
                "Paragraph {place}, {change}:",
                place=place,
                change=Said(_inline(out, change_word(out.lang, sort))),
            )
            _marked(out, said, item.spans, lang)


def _inline(out: Output, label: str) -> str:
    return label[:1].lower() + label[1:] if out.lang == "en" else label


def _marked(out: Output, lead: Said, row: Sequence[Span], lang: str) -> None:
    """A line with what was taken out and put in: in colours at a terminal, in brackets elsewhere.

    It stands within the isolate of its own direction, so that brackets stay where they belong (UAX #9).
    """
    coloured, first, last = out.colours, *((_FSI, _PDI) if direction(lang) == "rtl" else ("", ""))
    runs = [(f" {first}", "")]
    for span in row:
        before, after = ("", "") if coloured else _MARKS[span.op]
        runs.append((f"{before}{_cleaned(span.text)}{after}", _RUNS[span.op]))
    out.runs(lead, [*runs, (last, "")] if row else [])


def _cleaned(run: str) -> str:
    """A run of a line as it may be printed, with the spaces at its ends."""
    said = clean(run, longest=_LONGEST)
    if not said:
        return " " if run.isspace() else ""
    return f"{' ' * run[:1].isspace()}{said}{' ' * run[-1:].isspace()}"
