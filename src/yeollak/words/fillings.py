"""What fills a fault's sentence, in each language: the phrases of `errors.reasons`.

A fault carries English. Here the phrase is found that it was filled with: the very text, or else a template
that it fits. What fits none is a name, or was said by others, and stays as it is. What stands in the place of
a template's field may come from the other side: it is cut and cleaned like all that is foreign, and a text of
any content costs no more than one reading for each template.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from string import Formatter
from typing import Final

from yeollak.errors.reasons import FILLINGS, REFUSALS, ROLES
from yeollak.words.catalogue import direction, say
from yeollak.words.foreign import clean

CONTEXT: Final = "reason"
#: The longest that anything which fills a sentence is shown, in characters.
LONGEST: Final = 300
#: The longest text in which a phrase is looked for: no call site fills a template with more.
_MOST: Final = 2_000
#: How deep a phrase is looked for within a phrase, as “the proof” in “the checkpoint of the proof”.
_DEEPEST: Final = 3
_WITHIN: Final[Mapping[str, tuple[str, ...]]] = {**FILLINGS, "role": ROLES}
#: A reason of the other side with the code that it gave.
_CODED: Final = "{why} ({code})"
_FSI, _PDI = "\u2068", "\u2069"

#: Messages that no source file holds as such: msgctxt -> msgids, for `tools/messages.py`.
MESSAGES: Final[Mapping[str, tuple[str, ...]]] = {
    CONTEXT: tuple(
        dict.fromkeys((*(one for phrases in _WITHIN.values() for one in phrases), *REFUSALS.values(), _CODED))
    ),
}


@dataclass(frozen=True, slots=True)
class Template:
    """A phrase with fields, taken apart: `literals` is one longer than `fields`, which stand between them."""

    phrase: str
    literals: tuple[str, ...]
    fields: tuple[str, ...]

    @classmethod
    def of(cls, phrase: str) -> Template:
        """The phrase taken apart."""
        parts = [(literal, name) for literal, name, _, _ in Formatter().parse(phrase)]
        literals = [literal for literal, _ in parts]
        fields = [name for _, name in parts if name is not None]
        return cls(phrase, tuple(literals if len(literals) > len(fields) else [*literals, ""]), tuple(fields))

    def match(self, text: str) -> Mapping[str, str] | None:
        """What stands in the fields when `text` is this phrase; None when it is not.

        Each literal is taken where it stands first. That finds a way to read the text where there is one, and
        reads it once.
        """
        first, *between, last = self.literals
        at, end = len(first), len(text) - len(last)
        if at > end or not text.startswith(first) or not text.endswith(last):
            return None
        values = []
        for literal in between:
            found = text.find(literal, at, end)
            if found < 0:
                return None
            values.append(text[at:found])
            at = found + len(literal)
        return dict(zip(self.fields, (*values, text[at:end]), strict=True))


@cache
def _phrases(field: str) -> tuple[frozenset[str], tuple[Template, ...]]:
    """The phrases of a field without fields of their own, and the templates: first those that begin with a
    word, and of these and of the others the ones with the most words first.
    """
    whole = frozenset(phrase for phrase in _WITHIN[field] if "{" not in phrase)
    templates = [Template.of(phrase) for phrase in _WITHIN[field] if phrase not in whole]
    return whole, tuple(
        sorted(templates, key=lambda one: (not one.literals[0], -sum(map(len, one.literals))))
    )


def found(field: str, text: str) -> tuple[str, Mapping[str, str]] | None:
    """The phrase that `text` is, as a datum called `field`, and what stands in its fields; None for a name
    and for what others have said.
    """
    if field not in _WITHIN or len(text) > _MOST:
        return None
    whole, templates = _phrases(field)
    if text in whole:
        return text, {}
    matches: Iterator[tuple[str, Mapping[str, str]]] = (
        (one.phrase, values) for one in templates if (values := one.match(text)) is not None
    )
    return next(matches, None)


def filling(lang: str, field: str, text: str, *, deep: int = 0) -> str:
    """What a fault was filled with, in `lang`: at most `LONGEST` characters of what is foreign, or of each
    part of it that is.
    """
    phrase = found(field, text) if deep < _DEEPEST else None
    if phrase is None:
        return clean(text, longest=LONGEST)
    template, values = phrase
    said = {name: filling(lang, name, value, deep=deep + 1) for name, value in values.items()}
    return say(lang, template, context=CONTEXT).format_map(isolated(lang, said))


def refusal_word(lang: str, code: str) -> str:
    """Why the other side refused a parcel, with the code; the code alone where there are no words for it."""
    if code not in REFUSALS:
        return clean(code, longest=LONGEST)
    why = say(lang, REFUSALS[code], context=CONTEXT)
    return say(lang, _CODED, context=CONTEXT).format_map({"why": why, **isolated(lang, {"code": code})})


def isolated(lang: str, data: Mapping[str, str | int]) -> dict[str, str | int]:
    """`data` to stand in a sentence of `lang`: from right to left a path or a digest is a run of its own
    (UAX #9, isolates).
    """
    if direction(lang) != "rtl":
        return dict(data)
    return {name: f"{_FSI}{value}{_PDI}" for name, value in data.items()}
