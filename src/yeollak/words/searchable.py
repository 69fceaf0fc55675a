"""What a text is found by: its words, folded as people type them in Korean, Arabic and Latin script.

One way of taking a text apart serves every database: what is indexed, what is asked for and what is marked in
a hit come from here. Korean is found by any part of a word, with or without the spaces of a compound and
whatever particle follows; Arabic without vowel signs, tatweel and the seat of a hamza, with or without the
article; Latin script without case and accents, by the beginning of a word. docs/desk/matters.md has more.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal, NamedTuple

Script = Literal["syllable", "jamo", "arabic", "word", "joint", "gap"]

#: The longest token that is kept, in characters: nobody types more of a word.
LONGEST: Final = 64
#: How many words of a query are looked at, and how long it may be.
MOST_WORDS: Final = 8
LONGEST_QUERY: Final = 200
#: Up to how many syllables a compound is also sought with the spaces that others write in it.
_SPACED: Final = 8

#: Letters that one sound is written with in different keyboards and by different hands.
_ARABIC: Final = {
    "ء": "",
    "ٱ": "ا",
    "ى": "ي",
    "ی": "ي",
    "ې": "ي",
    "ک": "ك",
    "ة": "ه",
    "ھ": "ه",
    "ہ": "ه",
    "ە": "ه",
}
_TATWEEL: Final = "ـ"
#: Letters of Hangul that stand by themselves: a syllable that somebody is still typing.
_JAMO: Final = ((0x1100, 0x11FF), (0x3131, 0x318E), (0xA960, 0xA97C), (0xD7B0, 0xD7FB))
#: What stands before a noun with the article; the longest first.
_ARTICLES: Final = ("وبال", "وكال", "فبال", "وال", "فال", "بال", "كال", "ولل", "فلل", "لل", "ال")
#: Particles that are written to a noun without a space.
_PROCLITICS: Final = ("و", "ف", "ب", "ل")
#: Particles of Korean that end a word, the longest first; what they end must have two syllables.
_PARTICLES: Final = (
    *("에서는", "으로는", "에게서", "으로써", "으로서", "까지는", "부터는"),
    *("에서", "에게", "으로", "부터", "까지", "께서", "라는", "이나"),
    *("에는", "에도", "과의", "와의", "로의", "보다", "처럼"),
    *("은", "는", "이", "가", "을", "를", "의", "에", "로", "와", "과", "도", "만"),
)
#: Numbers of vowels before which the first sound of a word changes.
#: ㅑ ㅒ ㅕ ㅖ ㅛ ㅠ ㅣ, and ㅏ ㅐ ㅗ ㅚ ㅜ ㅡ.
_LIKE_I: Final = frozenset({2, 3, 6, 7, 12, 17, 20})
_LIKE_A: Final = frozenset({0, 1, 8, 11, 13, 18})
#: Number of a first letter -> those that others write in its place: ㅇ(11), ㄴ(2), ㄹ(5).
_BEFORE_I: Final = {11: (5, 2), 2: (11,), 5: (11,)}
_BEFORE_A: Final = {2: (5,), 5: (2,)}


#: A word of a text that is all ASCII, found without looking at each of its letters.
_ASCII_WORD: Final = re.compile("[0-9A-Za-z]+")


class Term(NamedTuple):
    """A token, and the part `start:end` of the text that it stands for."""

    token: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Phrase:
    """Tokens that follow one another; with `begins`, the last is the beginning of a token."""

    tokens: tuple[str, ...]
    begins: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked for: each clause is met by any of its phrases, and every one must be. Without clauses
    nothing is asked.
    """

    clauses: tuple[tuple[Phrase, ...], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.clauses)


class _Run(NamedTuple):
    script: Script
    letters: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]


def terms(text: str) -> Iterator[Term]:
    """The tokens of `text` in their order. Offsets are into `unicodedata.normalize("NFC", text)`."""
    for run in _runs(unicodedata.normalize("NFC", text)):
        if run.script == "syllable":
            last = len(run.letters) - 1
            for at in range(last + 1):
                until = min(at + 1, last)
                yield Term(run.letters[at : at + 2], run.starts[at], run.ends[until])
        else:
            span = run.starts[0], run.ends[-1]
            for token in _arabic(run.letters) if run.script == "arabic" else (run.letters,):
                yield Term(token[:LONGEST], *span)


def tokens(text: str) -> list[str]:
    """The tokens of `text` in their order, for an index that does not ask where they stand."""
    if text.isascii():
        return [word[:LONGEST] for word in _ASCII_WORD.findall(text.lower())]
    return [term.token for term in terms(text)]


def query(text: str) -> Query:
    """What somebody asks for by typing `text`. A word that is being typed is the beginning of one."""
    clauses: list[tuple[Phrase, ...]] = []
    for run in _runs(unicodedata.normalize("NFC", text[:LONGEST_QUERY]), typed=True):
        if run.script == "syllable":
            clause = _syllables(run.letters)
        elif run.script == "arabic":
            forms = dict.fromkeys(form for form in (run.letters, _bare(run.letters)) if form)
            clause = tuple(Phrase((form[:LONGEST],), begins=True) for form in forms)
        else:
            word = run.letters[:LONGEST]
            clause = (Phrase((word,), begins=len(word) > 1),)
        if clause and clause not in clauses:
            clauses.append(clause)
    return Query(tuple(clauses[:MOST_WORDS]))


def found(text: str, asked: Query) -> list[tuple[int, int]]:
    """Which parts of a text in NFC a query meets, in order and apart from one another."""
    return _merged(span for spans in found_each(text, asked) for span in spans)


def found_each(text: str, asked: Query) -> list[list[tuple[int, int]]]:
    """Like `found`, for each clause by itself, as the parts come."""
    held = list(terms(text))
    each: list[list[tuple[int, int]]] = []
    for clause in asked.clauses:
        each.append([])
        for phrase in clause:
            size, first = len(phrase.tokens), phrase.tokens[0]
            for at in range(len(held) - size + 1):
                if held[at].token.startswith(first) and _meets(phrase, held[at : at + size]):
                    each[-1].append((held[at].start, max(term.end for term in held[at : at + size])))
    return each


def _merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _meets(phrase: Phrase, held: Sequence[Term]) -> bool:
    *whole, last = phrase.tokens
    if any(term.token != token for term, token in zip(held, whole, strict=False)):
        return False
    return held[-1].token.startswith(last) if phrase.begins else held[-1].token == last


# Korean, and the other scripts that are read by the syllable


def _syllables(letters: str) -> tuple[Phrase, ...]:
    """A word of syllables: the beginning of a pair where it is one alone, else its pairs in a row, also with
    the spaces that others write between parts of two or more.
    """
    letters = _without_particle(letters)[:LONGEST]
    if len(letters) == 1:
        return tuple(Phrase((form,), begins=True) for form in (letters, *_said_otherwise(letters)))
    found = dict.fromkeys(_pairs(parts) for parts in _parts(letters))
    for at in range(len(letters)):
        for other in _said_otherwise(letters[at]):
            form = letters[:at] + other + letters[at + 1 :]
            # A part of a compound begins a word of its own: there the law changes it, and the word is sought
            # also with a space before it.
            found |= dict.fromkeys(
                _pairs(parts) for parts in _parts(form) if len(parts) == 1 or at in _beginnings(parts)
            )
    return tuple(map(Phrase, found))


def _beginnings(parts: Sequence[str]) -> list[int]:
    """Where the parts of a compound begin, in syllables."""
    return [sum(map(len, parts[:number])) for number in range(len(parts))]


def _said_otherwise(syllable: str) -> tuple[str, ...]:
    """The syllables that one is by the other side's rule for the sound that begins a word: the South drops or
    softens ㄹ and ㄴ there, and the North keeps them (연락 and 련락, 노동 and 로동, 여자 and 녀자).
    """
    code = ord(syllable) - 0xAC00
    if not 0 <= code <= 0xD7A3 - 0xAC00:
        return ()
    first, rest = divmod(code, 588)
    vowel = rest // 28
    changed = _BEFORE_I.get(first, ()) if vowel in _LIKE_I else _BEFORE_A.get(first, ())
    changed = changed if vowel in _LIKE_I or vowel in _LIKE_A else ()
    return tuple(chr(0xAC00 + 588 * other + rest) for other in changed)


def _pairs(parts: Sequence[str]) -> tuple[str, ...]:
    """Parts as they are indexed: the pairs of each, and its last syllable alone where another follows."""
    tokens: list[str] = []
    for at, part in enumerate(parts):
        ends = len(part) if at < len(parts) - 1 else len(part) - 1
        tokens += [part[place : place + 2] for place in range(ends)]
    return tuple(tokens)


def _parts(letters: str) -> Iterator[tuple[str, ...]]:
    yield (letters,)
    if len(letters) > _SPACED:
        return
    for cut in range(2, len(letters) - 1):
        yield (letters[:cut], letters[cut:])
        for again in range(cut + 2, len(letters) - 1):
            yield (letters[:cut], letters[cut:again], letters[again:])


def _without_particle(letters: str) -> str:
    for particle in _PARTICLES:
        if letters.endswith(particle) and len(letters) - len(particle) >= 2:
            return letters.removesuffix(particle)
    return letters


# Arabic


def _arabic(word: str) -> tuple[str, ...]:
    """A word as it stands, and without what is written to it: the article, or a particle."""
    forms = [word, _bare(word)]
    if word[0] in _PROCLITICS and len(word) > 3:
        forms += [word[1:], _bare(word[1:])]
    return tuple(dict.fromkeys(form for form in forms if form))


def _bare(word: str) -> str:
    """A word without its article and what stands before that, or nothing where it has none."""
    for article in _ARTICLES:
        if word.startswith(article) and len(word) - len(article) >= 2:
            return word[len(article) :]
    return ""


# letters


def _runs(text: str, *, typed: bool = False) -> Iterator[_Run]:
    """Stretches of one script. A syllable that is not whole yet is left out of what is `typed`."""
    if text.isascii():
        for word in _ASCII_WORD.finditer(text):
            yield _Run("word", word[0].lower(), (word.start(),), (word.end(),))
        return
    script: Script = "gap"
    letters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for at, char in enumerate(text):
        kind, folded = _letter(char)
        if kind == "joint":
            if ends:
                ends[-1] = at + 1
            continue
        if kind == "jamo":
            if typed:
                continue
            kind = "syllable"
        if kind != script and letters:
            yield _Run(script, "".join(letters), tuple(starts), tuple(ends))
            letters, starts, ends = [], [], []
        script = kind
        if kind != "gap":
            letters += folded
            starts += [at] * len(folded)
            ends += [at + 1] * len(folded)
    if letters:
        yield _Run(script, "".join(letters), tuple(starts), tuple(ends))


@lru_cache(maxsize=1 << 16)
def _letter(char: str) -> tuple[Script, str]:
    """The script of a character and what it is folded to, which may be nothing or several letters."""
    code = ord(char)
    if 0xAC00 <= code <= 0xD7A3:
        return "syllable", char
    if any(first <= code <= last for first, last in _JAMO):
        return "jamo", char
    if char == _TATWEEL or unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return "joint", ""
    plain = "".join(
        each for each in unicodedata.normalize("NFKD", char) if not unicodedata.category(each).startswith("M")
    )
    if char.isdecimal():
        return "word", str(unicodedata.decimal(char))
    if not plain or not all(each.isalnum() for each in plain):
        return "gap", ""
    if _ideographic(ord(plain[0])):
        return "syllable", plain
    if unicodedata.bidirectional(plain[0]) == "AL":
        folded = "".join(_ARABIC.get(each, each) for each in plain)
        return ("arabic", folded) if folded else ("joint", "")
    return "word", plain.casefold()


def _ideographic(code: int) -> bool:
    return 0x3040 <= code <= 0x30FF or 0x3400 <= code <= 0x9FFF or 0x20000 <= code <= 0x3FFFF
