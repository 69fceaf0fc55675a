"""What changed between two drafts, in each language: articles, paragraphs, and words within them.

A difference is data and no markup: whoever shows it writes the marks. It holds all that is needed to make
either draft out of the other, and the difference the other way round is exactly its inverse: it is always
found from the one end that stands first in the order of bytes. Source: docs/spec/14-joint-texts.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal, TypeVar

from yeollak.office.texts.alignment import Budget, align, likeness, moved_pairs, words_of
from yeollak.office.texts.instrument import Article, Version
from yeollak.office.texts.spans import Span, inverse_spans, new_text, old_text, spans

Change = Literal["same", "changed", "added", "removed"]
#: How alike two paragraphs, or two articles under different numbers, must be to count as one that changed.
ALIKE: Final = 0.4
#: The same for two articles under one number: the number itself speaks for them.
ALIKE_BY_NUMBER: Final = 0.2


@dataclass(frozen=True, slots=True)
class ParagraphChange:
    """One paragraph. `old` and `new` are its places, from 0, -1 where it is not there; `moved` when its
    place among the paragraphs that both drafts have is another. `spans` are empty for `same`.
    """

    change: Change
    old: int
    new: int
    spans: tuple[Span, ...] = ()
    moved: bool = False


@dataclass(frozen=True, slots=True)
class ArticleChange:
    """One article. `old_number` and `new_number` are empty where it is not there; a `same` article is told
    by its numbers alone and shows no text, also when it was renumbered or moved.
    """

    change: Change
    old: int
    new: int
    old_number: str
    new_number: str
    heading: tuple[Span, ...] = ()
    paragraphs: tuple[ParagraphChange, ...] = ()
    moved: bool = False

    @property
    def renumbered(self) -> bool:
        """Whether it stands in both drafts under different numbers."""
        return bool(self.old_number and self.new_number) and self.old_number != self.new_number


@dataclass(frozen=True, slots=True)
class VersionDiff:
    """What changed in one language. `title` is empty where it is the same."""

    lang: str
    title: tuple[Span, ...]
    preamble: tuple[ParagraphChange, ...]
    articles: tuple[ArticleChange, ...]

    @property
    def same(self) -> bool:
        """Whether title, preamble and articles are the same, each in its place."""
        still = all(
            item.change == "same" and not item.moved and item.old == item.new for item in self.preamble
        )
        return (
            not self.title
            and still
            and all(
                item.change == "same" and not item.moved and not item.renumbered for item in self.articles
            )
        )


_Item = TypeVar("_Item", ParagraphChange, ArticleChange)


def diff_versions(old: Version, new: Version, budget: Budget | None = None) -> VersionDiff:
    """The difference between two drafts of one language.

    Work is bounded: beyond `budget` a changed paragraph is shown as taken out and put in whole.
    """
    budget = budget or Budget()
    if _order(old) > _order(new):
        return inverse(_forward(new, old, budget))
    return _forward(old, new, budget)


def inverse(difference: VersionDiff) -> VersionDiff:
    """The difference from the new draft to the old one."""
    return VersionDiff(
        difference.lang,
        inverse_spans(difference.title),
        _ordered([_inverse_paragraph(item) for item in difference.preamble]),
        _ordered([_inverse_article(item) for item in difference.articles]),
    )


def apply(difference: VersionDiff, old: Version) -> Version:
    """The new draft that `difference` makes of `old`.

    Raises ValueError when it was not taken from this text.
    """
    if difference.lang != old.lang:
        raise ValueError("the difference is of another language")
    articles = [
        (item.new, _apply_article(item, old.articles)) for item in difference.articles if item.new >= 0
    ]
    kept = sum(item.old >= 0 for item in difference.articles)
    if kept != len(old.articles):
        raise ValueError("the difference is of another text")
    return replace(
        old,
        title=_text(difference.title, old.title),
        preamble=_apply_paragraphs(difference.preamble, old.preamble),
        articles=tuple(article for _, article in sorted(articles, key=lambda pair: pair[0])),
    )


def _order(version: Version) -> tuple[object, ...]:
    articles = [(article.number, article.heading, article.paragraphs) for article in version.articles]
    return version.title, version.preamble, articles


def _forward(old: Version, new: Version, budget: Budget) -> VersionDiff:
    return VersionDiff(
        old.lang,
        _line(old.title, new.title, old.lang, budget),
        _paragraphs(old.preamble, new.preamble, old.lang, budget),
        _articles(old.articles, new.articles, old.lang, budget),
    )


def _line(old: str, new: str, lang: str, budget: Budget) -> tuple[Span, ...]:
    return () if old == new else spans(old, new, lang, budget)


def _paragraphs(
    old: Sequence[str], new: Sequence[str], lang: str, budget: Budget
) -> tuple[ParagraphChange, ...]:
    ours, theirs = ([words_of(text) for text in side] for side in (old, new))

    def alike(i: int, j: int) -> float:
        score = likeness(ours[i], theirs[j])
        alone = len(old) == len(new) == 1
        return score if score >= ALIKE or (alone and score >= ALIKE_BY_NUMBER) else 0.0

    pairs = align(old, new, alike)
    moved = moved_pairs(pairs)
    found: list[ParagraphChange] = []
    for i, j in pairs:
        same = old[i] == new[j]
        shown = () if same else spans(old[i], new[j], lang, budget)
        found.append(ParagraphChange("same" if same else "changed", i, j, shown, (i, j) in moved))
    left, right = {i for i, _ in pairs}, {j for _, j in pairs}
    found += [
        ParagraphChange("removed", i, -1, (Span("delete", text),))
        for i, text in enumerate(old)
        if i not in left
    ]
    found += [
        ParagraphChange("added", -1, j, (Span("insert", text),))
        for j, text in enumerate(new)
        if j not in right
    ]
    return _ordered(found)


def _articles(
    old: Sequence[Article], new: Sequence[Article], lang: str, budget: Budget
) -> tuple[ArticleChange, ...]:
    ours, theirs = (
        [words_of(" ".join((article.heading, *article.paragraphs))) for article in side]
        for side in (old, new)
    )

    def alike(i: int, j: int) -> float:
        score = likeness(ours[i], theirs[j])
        if old[i].number == new[j].number:
            return score + 0.1 if score >= ALIKE_BY_NUMBER else 0.0
        return score if score >= ALIKE else 0.0

    pairs = align([_content(item) for item in old], [_content(item) for item in new], alike)
    moved = moved_pairs(pairs)
    found: list[ArticleChange] = []
    for i, j in pairs:
        before, after = old[i], new[j]
        same = _content(before) == _content(after)
        found.append(
            ArticleChange(
                "same" if same else "changed",
                i,
                j,
                before.number,
                after.number,
                _line(before.heading, after.heading, lang, budget),
                () if same else _paragraphs(before.paragraphs, after.paragraphs, lang, budget),
                (i, j) in moved,
            )
        )
    left, right = {i for i, _ in pairs}, {j for _, j in pairs}
    found += [_whole("removed", i, item, "delete") for i, item in enumerate(old) if i not in left]
    found += [_whole("added", j, item, "insert") for j, item in enumerate(new) if j not in right]
    return _ordered(found)


def _content(article: Article) -> tuple[str, tuple[str, ...]]:
    return article.heading, article.paragraphs


def _whole(
    change: Literal["added", "removed"], at: int, article: Article, op: Literal["delete", "insert"]
) -> ArticleChange:
    gone = change == "removed"
    return ArticleChange(
        change,
        at if gone else -1,
        -1 if gone else at,
        article.number if gone else "",
        "" if gone else article.number,
        (Span(op, article.heading),) if article.heading else (),
        tuple(
            ParagraphChange(change, place if gone else -1, -1 if gone else place, (Span(op, text),))
            for place, text in enumerate(article.paragraphs)
        ),
    )


_RANK: Final[dict[Change, int]] = {"removed": 0, "same": 1, "changed": 1, "added": 2}


def _place(item: ParagraphChange | ArticleChange) -> tuple[int, int, int]:
    """Down the page, by the earlier of the two places; where they meet, what was taken out stands first."""
    known = [place for place in (item.old, item.new) if place >= 0]
    return min(known), _RANK[item.change], max(known)


def _ordered(found: list[_Item]) -> tuple[_Item, ...]:
    return tuple(sorted(found, key=_place))


_TURNED: Final[dict[Change, Change]] = {
    "same": "same",
    "changed": "changed",
    "added": "removed",
    "removed": "added",
}


def _inverse_paragraph(item: ParagraphChange) -> ParagraphChange:
    return ParagraphChange(_TURNED[item.change], item.new, item.old, inverse_spans(item.spans), item.moved)


def _inverse_article(item: ArticleChange) -> ArticleChange:
    return ArticleChange(
        _TURNED[item.change],
        item.new,
        item.old,
        item.new_number,
        item.old_number,
        inverse_spans(item.heading),
        _ordered([_inverse_paragraph(paragraph) for paragraph in item.paragraphs]),
        item.moved,
    )


def _text(changed: tuple[Span, ...], old: str) -> str:
    if not changed:
        return old
    if old_text(changed) != old:
        raise ValueError("the difference is of another text")
    return new_text(changed)


def _apply_paragraphs(changes: Sequence[ParagraphChange], old: Sequence[str]) -> tuple[str, ...]:
    if sorted(item.old for item in changes if item.old >= 0) != list(range(len(old))):
        raise ValueError("the difference is of another text")
    made: list[tuple[int, str]] = []
    for item in changes:
        before = old[item.old] if item.old >= 0 else ""
        text = _text(item.spans, before)
        if item.new >= 0:
            made.append((item.new, text))
    return tuple(text for _, text in sorted(made))


def _apply_article(item: ArticleChange, old: Sequence[Article]) -> Article:
    if item.change == "added":
        return Article(item.new_number, _apply_paragraphs(item.paragraphs, ()), new_text(item.heading))
    if item.old >= len(old) or old[item.old].number != item.old_number:
        raise ValueError("the difference is of another text")
    before = old[item.old]
    if item.change == "same":
        return replace(before, number=item.new_number)
    return Article(
        item.new_number,
        _apply_paragraphs(item.paragraphs, before.paragraphs),
        _text(item.heading, before.heading),
    )
