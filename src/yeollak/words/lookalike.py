"""Names that look like others: which letters a name mixes, what in it cannot be seen, and what it looks like.

The rules are those of UTS 39 over Unicode's own tables (`lookalikes.tsv`, which `tools/lookalikes.py` draws).
A name is written as people write names as long as its letters are of one script, or of Latin with Korean,
Japanese or Chinese ("highly restrictive", §5.2); Latin with Arabic, Cyrillic or Greek is not. Two names are
confusable where their skeletons (§4) are one. docs/desk/look-alikes.md says what is done with that, and what
it does not find.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from itertools import groupby
from typing import Final

#: Scripts that a script is written together with, as sets of their own (UTS 39 §5.1).
_AUGMENTED: Final[Mapping[str, frozenset[str]]] = {
    "Hani": frozenset({"Hanb", "Jpan", "Kore"}),
    "Hira": frozenset({"Jpan"}),
    "Kana": frozenset({"Jpan"}),
    "Hang": frozenset({"Kore"}),
    "Bopo": frozenset({"Hanb"}),
}
#: What Latin may stand beside (§5.2).
_BESIDE_LATIN: Final = frozenset({"Jpan", "Hanb", "Kore"})
_ANY: Final = frozenset({"Zyyy", "Zinh"})
#: Scripts whose letters are joined or kept apart by a character that is not seen (UAX 31 §2.3).
_JOINED: Final = frozenset(
    {"Adlm", "Arab", "Mand", "Mong", "Nkoo", "Phag", "Rohg", "Syrc"}
    | {"Beng", "Deva", "Gujr", "Guru", "Khmr", "Knda", "Mlym", "Mymr", "Orya", "Sinh", "Taml", "Telu"}
)
_JOINERS: Final = "\u200c\u200d"
_MARKS: Final = "\u061c\u200e\u200f"
_TATWEEL: Final = "\u0640"


@dataclass(frozen=True, slots=True)
class Look:
    """What is to be said of a name: `like` another that it can be taken for, or empty; `mixed` that its
    letters or figures are of scripts that are not written together; `unseen` that something in it cannot be
    seen.
    """

    like: str = ""
    mixed: bool = False
    unseen: bool = False

    def __bool__(self) -> bool:
        return bool(self.like or self.mixed or self.unseen)


class Names:
    """Names that are shown beside one another, and what each can be taken for."""

    def __init__(self) -> None:
        self._known: dict[str, dict[str, bool]] = {}

    def note(self, name: str, *, ours: bool) -> None:
        """Take a name to those that are shown; `ours` whether our own side has given it."""
        if name:
            for key in _keys(name):
                same = self._known.setdefault(key, {})
                same[name] = same.get(name, False) or ours

    def ours(self, name: str) -> bool:
        """Whether our own side has given this very name to something that is shown."""
        return self._known.get(skeleton(name), {}).get(name, False)

    def like(self, name: str) -> str:
        """Another name that this one can be taken for: ours before theirs, else the first; or empty."""
        others = {other: ours for key in _keys(name) for other, ours in self._known.get(key, {}).items()}
        found = [(not ours, at, other) for at, (other, ours) in enumerate(others.items()) if other != name]
        return min(found)[2] if found else ""


@lru_cache(maxsize=65536)  # the public page holds every title of an office against the others, at each change
def _keys(name: str) -> frozenset[str]:
    """What a name is found under: as it stands, and with letters of other widths and styles as plain ones,
    which the tables leave to whoever normalises first.
    """
    return frozenset({skeleton(name), skeleton(unicodedata.normalize("NFKC", name))})


@lru_cache(maxsize=8192)
def skeleton(text: str) -> str:
    """What a text is compared by: two that look alike have one skeleton (UTS 39 §4). Never to be shown.

    It is taken again until it stays as it is: what a character is replaced by may, decomposed, be replaced
    too.
    """
    bones = unicodedata.normalize("NFD", text).translate(_tables().unseen)
    while True:
        before, bones = bones, unicodedata.normalize("NFD", bones.translate(_tables().like))
        if before == bones:
            return bones


@lru_cache(maxsize=8192)
def mixed(name: str) -> bool:
    """Whether a name has letters of scripts that are not written together, or figures of several."""
    tables = _tables()
    sets = [
        found
        for char in dict.fromkeys(unicodedata.normalize("NFC", name))
        if not (found := tables.scripts(char)) & _ANY
    ]
    together = not sets or frozenset.intersection(*sets)
    others = [one for one in sets if "Latn" not in one]
    if not together and not (others and frozenset.intersection(*others) & _BESIDE_LATIN):
        return True
    return len({ord(char) - unicodedata.decimal(char) for char in name if char.isdecimal()}) > 1


def mixed_words(text: str) -> bool:
    """Whether any one word of a text is `mixed`. A title may well have words of several scripts beside one
    another, as a file's name has its ending.
    """
    return not text.isascii() and any(mixed(word) for word in _words(text))


def unseen(text: str) -> bool:
    """Whether a text has characters that cannot be seen and that none of its letters needs: joiners between
    letters that join, direction marks beside what is read from the right, and the selectors of a picture or
    an ideograph are needed.
    """
    if text.isprintable() and (text.isascii() or not _tables().covert.search(text)):
        return False
    return any(_hidden(text, at, char) for at, char in enumerate(text))


def _hidden(text: str, at: int, char: str) -> bool:
    if char in "\n\r\t":
        return False
    if ord(char) not in _tables().unseen and unicodedata.category(char) not in ("Cc", "Cf", "Co", "Cn", "Cs"):
        return False
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    if char in _MARKS:
        return not any(
            unicodedata.bidirectional(other) in ("R", "AL") for other in text if other.isprintable()
        )
    if char in _JOINERS:
        return not (_joins(before) and _joins(after))
    if "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef":
        return not (
            before and (unicodedata.category(before)[0] == "S" or "Hani" in _tables().scripts(before))
        )
    return True


def _joins(char: str) -> bool:
    if not char:
        return False
    picture = unicodedata.category(char) in ("So", "Sk") or "\ufe00" <= char <= "\ufe0f"
    return picture or bool(_tables().scripts(char) & _JOINED)


def _words(text: str) -> Iterator[str]:
    """Runs of letters, marks and figures. A tatweel before foreign letters ends a word: what it lengthens is
    the article that Arabic sets before them.
    """

    def within(char: str) -> bool:
        return char != _TATWEEL and (unicodedata.category(char)[0] in "LMN" or ord(char) in _tables().unseen)

    return ("".join(run) for inside, run in groupby(text, within) if inside)


class _Tables:
    """Unicode's tables, read once."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.unseen: dict[int, None] = {}
        self.like: dict[int, str] = {}
        self._first: list[int] = []
        self._last: list[int] = []
        self._scripts: list[frozenset[str]] = []
        part = ""
        for line in lines:
            if line[:1] in "#@":
                part = line.strip() if line[:1] == "@" else part
                continue
            left, _, right = line.rstrip("\n").partition("\t")
            first, _, last = left.partition("..")
            match part:
                case "@scripts":
                    self._first.append(int(first, 16))
                    self._last.append(int(last, 16))
                    self._scripts.append(_augmented(right.split()))
                case "@unseen":
                    self.unseen |= dict.fromkeys(range(int(first, 16), int(last, 16) + 1))
                case _:
                    self.like[int(first, 16)] = "".join(chr(int(one, 16)) for one in right.split())
        # What is a letter or a mark to Python, and yet nothing to the eye.
        covert = (chr(at) for at in self.unseen if chr(at).isprintable())
        self.covert = re.compile(f"[{re.escape(''.join(covert))}]")

    def scripts(self, char: str) -> frozenset[str]:
        """The scripts that a character is written in; `Zzzz` for one that Unicode does not know."""
        at = bisect_right(self._first, ord(char)) - 1
        return self._scripts[at] if at >= 0 and ord(char) <= self._last[at] else _UNKNOWN


_UNKNOWN: Final = frozenset({"Zzzz"})


def _augmented(scripts: Iterable[str]) -> frozenset[str]:
    found = frozenset(scripts)
    return found.union(*(_AUGMENTED.get(one, frozenset()) for one in found))


@lru_cache(maxsize=1)
def _tables() -> _Tables:
    text = files("yeollak.words").joinpath("lookalikes.tsv").read_text(encoding="utf-8")
    return _Tables(text.splitlines())
