"""The words that were taken out of a line and put into it, as spans.

A word is what its script takes for one: letters and marks together in English and Arabic; in Korean what
stands between spaces (eojeol), and within one that changed its syllables, since particles are joined to the
noun.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from yeollak.office.texts.alignment import Budget, common
from yeollak.office.texts.folding import primary

Op = Literal["keep", "delete", "insert"]
_WORD: Final = re.compile(r"(?:[^\W_]|[\u0300-\u036f\u064b-\u065f\u0670\u0640])+|\s+|.", re.DOTALL)
_EOJEOL: Final = re.compile(r"\s+|\S+")


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a line: kept, deleted from the old one, or inserted into the new one. Never empty."""

    op: Op
    text: str


def spans(old: str, new: str, lang: str, budget: Budget) -> tuple[Span, ...]:
    """What makes `new` of `old`, in the order of reading; of two that meet, what was deleted stands first."""
    korean = primary(lang) == "ko"
    pattern = _EOJEOL if korean else _WORD
    found: list[Span] = []
    for ours, theirs in _blocks(pattern.findall(old), pattern.findall(new), budget):
        before, after = "".join(ours), "".join(theirs)
        if ours is theirs:
            found.append(Span("keep", before))
        elif korean:
            found += _syllables(before, after, budget)
        else:
            found += [Span("delete", before), Span("insert", after)]
    return _joined(found)


def inverse_spans(row: Sequence[Span]) -> tuple[Span, ...]:
    """The spans that make the old line of the new one."""
    turned: dict[Op, Op] = {"keep": "keep", "delete": "insert", "insert": "delete"}
    return _joined([Span(turned[span.op], span.text) for span in row])


def old_text(row: Sequence[Span]) -> str:
    """The line as it was."""
    return "".join(span.text for span in row if span.op != "insert")


def new_text(row: Sequence[Span]) -> str:
    """The line as it is."""
    return "".join(span.text for span in row if span.op != "delete")


Block = tuple[Sequence[str], Sequence[str]]


def _blocks(old: Sequence[str], new: Sequence[str], budget: Budget) -> list[Block]:
    """Runs of equal parts (one object twice) and of parts that differ, in turn."""
    found: list[Block] = []
    at, there = 0, 0
    for i, j, size in (*common(old, new, budget), (len(old), len(new), 0)):
        if i > at or j > there:
            found.append((old[at:i], new[there:j]))
        if size:
            kept = old[i : i + size]
            found.append((kept, kept))
        at, there = i + size, j + size
    return found


def _syllables(old: str, new: str, budget: Budget) -> list[Span]:
    """The same within a run of eojeol, where enough of it stayed that the syllables are easier to read."""
    whole = [Span("delete", old), Span("insert", new)]
    ours, theirs = _clusters(old), _clusters(new)
    blocks = _blocks(ours, theirs, budget)
    kept = sum(len(block[0]) for block in blocks if block[0] is block[1])
    if 2 * kept < max(len(ours), len(theirs)):
        return whole
    found: list[Span] = []
    for one, two in blocks:
        if one is two:
            found.append(Span("keep", "".join(one)))
        else:
            found += [Span("delete", "".join(one)), Span("insert", "".join(two))]
    return found


def _clusters(text: str) -> list[str]:
    """Characters with the marks that belong to them."""
    found: list[str] = []
    for char in text:
        if found and unicodedata.combining(char):
            found[-1] += char
        else:
            found.append(char)
    return found


def _joined(row: Sequence[Span]) -> tuple[Span, ...]:
    """Neighbours of one kind as one span; between two kept spans what was deleted, then what was inserted."""
    found: list[Span] = []
    pending: dict[Op, str] = {"delete": "", "insert": ""}

    def flush() -> None:
        for op in ("delete", "insert"):
            if pending[op]:
                found.append(Span(op, pending[op]))
                pending[op] = ""

    for span in row:
        if span.op != "keep":
            pending[span.op] += span.text
            continue
        if not span.text:
            continue
        flush()
        if found and found[-1].op == "keep":
            found[-1] = Span("keep", found[-1].text + span.text)
        else:
            found.append(span)
    flush()
    return tuple(found)
