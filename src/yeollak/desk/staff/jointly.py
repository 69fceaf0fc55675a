"""Joint texts: an instrument as inputs of a page, articles of all languages side by side, and its bytes.

A line is a paragraph, so that nobody has to know how the bytes are laid out. What the page was given by the
standing draft it shows as it stands there. Pure: what was typed in, inputs or bytes out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, cast

from yeollak.desk.staff.inputs import Input, Option, Typed
from yeollak.desk.staff.refusals import worded
from yeollak.errors import RecordFault
from yeollak.office.texts import instrument
from yeollak.office.texts.instrument import Article, Instrument, Place, Stage, Version
from yeollak.words import NATIVE_NAMES, say
from yeollak.words.facts import value_word

#: What a language may be worth, as the page names it.
_FORCES: Final = ("authentic", "sight", "rough", "official")
_MOST: Final = 64  # articles on one page; longer texts come as a file
_SIGNS: Final = ("co-head", "deputy-head", "authority", "liaison")


@dataclass(frozen=True, slots=True)
class ArticleRow:
    """One article: its number, and for every language its heading and its paragraphs."""

    place: int
    number: Input
    cells: tuple[tuple[Input, Input], ...]


@dataclass(frozen=True, slots=True)
class Editor:
    """A joint text on a page: one column a language.

    `heads` are (its own name, force, title, preamble) of each language; `general` what does not fit as a
    whole.
    """

    heads: tuple[tuple[str, Input, Input, Input], ...]
    articles: tuple[ArticleRow, ...]
    prevails: Input
    places: tuple[Input, ...]
    general: str


def editor_of(
    typed: Typed,
    lang: str,
    langs: Sequence[str],
    sides: Sequence[tuple[str, str]],
    problems: Mapping[str, str],
) -> Editor:
    """The editor of a joint text for a page in `lang`, with a column for each of `langs`; `sides` are the
    parties with their names, in the charter's order.
    """

    def line(name: str, label: str, widget: str = "line", own: str = "", **more: str) -> Input:
        problem = problems.get(name, "")
        return Input(name, label, widget, typed.one(name), lang=own, problem=problem, **more)  # type: ignore[arg-type]  # all are texts

    heads = tuple(
        (
            NATIVE_NAMES.get(tag, tag),
            _force(typed, lang, tag),
            line(f"j.{tag}.title", _in(tag, say(lang, "Title")), own=tag),
            line(f"j.{tag}.preamble", _in(tag, say(lang, "Preamble")), "area", tag),
        )
        for tag in langs
    )
    rows = tuple(
        ArticleRow(
            at,
            Input(
                f"j.{at}.number",
                say(lang, "Number"),
                "line",
                typed.one(f"j.{at}.number") or str(at + 1),
                problem=problems.get(f"j.{at}.number", ""),
                code=True,
            ),
            tuple(
                (
                    line(f"j.{at}.{tag}.heading", _in(tag, say(lang, "Heading")), own=tag),
                    line(f"j.{at}.{tag}.text", _in(tag, say(lang, "Paragraphs, one a line")), "area", tag),
                )
                for tag in langs
            ),
        )
        for at in range(articles_of(typed))
    )
    chosen = typed.one("j.prevails")
    prevails = [
        Option("", say(lang, "None: each authentic language has equal force"), not chosen),
        *(Option(tag, NATIVE_NAMES.get(tag, tag), tag == chosen, lang=tag) for tag in langs),
    ]
    return Editor(
        heads,
        rows,
        Input("j.prevails", say(lang, "Language that prevails"), "select", options=tuple(prevails)),
        tuple(_place(typed, lang, side, name) for side, name in sides),
        problems.get("j", ""),
    )


def built(
    typed: Typed, lang: str, langs: Sequence[str], sides: Sequence[tuple[str, str]]
) -> tuple[bytes | None, dict[str, str]]:
    """The bytes of the joint text that was typed, and what does not fit; None where it does not, or where
    nothing was typed.
    """
    written = [tag for tag in langs if _written(typed, tag)]
    if not written:
        return None, {"j": say(lang, "The text is not written yet.")}
    problems: dict[str, str] = {}
    for tag in written:
        if not typed.one(f"j.{tag}.title"):
            problems[f"j.{tag}.title"] = say(lang, "Every language needs a title.")
        for at in range(articles_of(typed)):
            if typed.one(f"j.{at}.{tag}.heading") and not typed.one(f"j.{at}.{tag}.text"):
                problems[f"j.{at}.{tag}.text"] = say(lang, "An article with a heading needs a paragraph.")
    numbers = [typed.one(f"j.{at}.number") or str(at + 1) for at in range(articles_of(typed))]
    for at, number in enumerate(numbers):
        if not _is_number(number) or number in numbers[:at]:
            problems[f"j.{at}.number"] = say(lang, "Each article needs a number of its own, as 3 or 4.2.")
    if not any(_force_of(typed, tag) == "authentic" for tag in written):
        problems["j"] = say(lang, "At least one language has to be authentic.")
    if problems:
        return None, problems
    prevails = typed.one("j.prevails")
    places = [
        Place(side, function)
        for side, _ in sides
        if (function := typed.one(f"j.place.{side}") or "co-head") != "none"
    ]
    try:
        versions = [_version(typed, tag, numbers) for tag in written]
        data = instrument.draft(versions, places=places, prevails=prevails if prevails in written else "")
    except RecordFault as fault:
        return None, {"j": worded(fault, lang).sentence}
    return data, {}


def typed_text(text: Instrument) -> Typed:
    """What is typed where this text stands."""
    found: dict[str, str] = {"j.prevails": text.prevails}
    numbers = sorted(
        {article.number for version in text.versions for article in version.articles},
        key=instrument.number_key,
    )
    found["j.n"] = str(max(len(numbers), 1))
    for at, number in enumerate(numbers):
        found[f"j.{at}.number"] = number
    for version in text.versions:
        start = f"j.{version.lang}"
        found[f"{start}.force"] = (
            "authentic" if version.standing == "authentic" else version.stage or "official"
        )
        found[f"{start}.title"] = version.title
        found[f"{start}.preamble"] = "\n".join(version.preamble)
        for article in version.articles:
            cell = f"j.{numbers.index(article.number)}.{version.lang}"
            found[f"{cell}.heading"] = article.heading
            found[f"{cell}.text"] = "\n".join(article.paragraphs)
    for place in text.places:
        found[f"j.place.{place.side}"] = place.function
    return Typed().with_(found)


def fits(text: Instrument, langs: Sequence[str]) -> bool:
    """Whether the page can show this text whole: what it cannot show it would lose."""
    return (
        set(text.languages) <= set(langs)
        and not text.annexes
        and not text.orders
        and not any(version.side for version in text.versions)
        and all(len(version.articles) <= _MOST for version in text.versions)
        and len({place.side for place in text.places}) == len(text.places)
    )


def with_article(typed: Typed) -> Typed:
    """The same with one article more at the end."""
    count = min(articles_of(typed) + 1, _MOST)
    return typed.with_({"j.n": str(count)})


def without_article(typed: Typed, place: int) -> Typed:
    """The same without one article; those behind it move up and keep their numbers."""
    count = articles_of(typed)
    if not 0 <= place < count:
        return typed
    held = typed.to_json()
    moved: dict[str, Sequence[str]] = {"j.n": [str(max(count - 1, 1))]}
    for at in range(place, count):
        for key in held:
            if key.startswith(f"j.{at}."):
                moved.setdefault(key, [""])
            if at + 1 < count and key.startswith(f"j.{at + 1}."):
                moved[f"j.{at}.{key.removeprefix(f'j.{at + 1}.')}"] = held[key]
    return typed.with_(moved)


def articles_of(typed: Typed) -> int:
    """How many articles the page shows."""
    said = typed.one("j.n")
    return min(max(int(said), 1), _MOST) if said.isascii() and said.isdecimal() and len(said) < 4 else 1


def _in(tag: str, label: str) -> str:
    """A label with the name of the language that its field is in: many meet a field without its column."""
    return f"{label} · {NATIVE_NAMES.get(tag, tag)}"


def _written(typed: Typed, tag: str) -> bool:
    cells = (f"j.{at}.{tag}.{part}" for at in range(articles_of(typed)) for part in ("heading", "text"))
    return typed.given((f"j.{tag}.title", f"j.{tag}.preamble", *cells))


def _is_number(text: str) -> bool:
    parts = text.split(".")
    return len(parts) <= 4 and all(
        part.isascii() and part.isdecimal() and not part.startswith("0") and len(part) <= 3 for part in parts
    )


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.split("\n") if line.strip())


def _force_of(typed: Typed, tag: str) -> str:
    said = typed.one(f"j.{tag}.force")
    return said if said in _FORCES else "authentic"


def _version(typed: Typed, tag: str, numbers: Sequence[str]) -> Version:
    force = _force_of(typed, tag)
    articles = []
    for at, number in enumerate(numbers):
        lines = _lines(typed.one(f"j.{at}.{tag}.text"))
        if lines:
            articles.append(Article(number, lines, typed.one(f"j.{at}.{tag}.heading")))
    authentic = force == "authentic"
    return Version(
        tag,
        "authentic" if authentic else "reference",
        typed.one(f"j.{tag}.title"),
        tuple(sorted(articles, key=lambda article: instrument.number_key(article.number))),
        _lines(typed.one(f"j.{tag}.preamble")),
        stage=cast(Stage, "" if authentic else force),
    )


def _force(typed: Typed, lang: str, tag: str) -> Input:
    held = _force_of(typed, tag)
    words = {
        "authentic": say(lang, "Authentic"),
        "sight": say(lang, "Reference: sight translation"),
        "rough": say(lang, "Reference: rough translation"),
        "official": say(lang, "Reference: official translation"),
    }
    options = tuple(Option(force, words[force], force == held) for force in _FORCES)
    return Input(f"j.{tag}.force", _in(tag, say(lang, "What it is worth")), "select", options=options)


def _place(typed: Typed, lang: str, side: str, name: str) -> Input:
    held = typed.one(f"j.place.{side}") or "co-head"
    functions = [*_SIGNS, *([held] if held not in (*_SIGNS, "none") else [])]
    options = [Option(one, value_word(lang, "function", one) or one, one == held) for one in functions]
    options.append(Option("none", say(lang, "No place for a signature"), held == "none"))
    label = say(lang, "Signs for {side}", side=name)
    return Input(f"j.place.{side}", label, "select", options=tuple(options))
