"""The terms of the glossary (`glossary.toml`): one word for one thing in every language.

The glossary is the authority for words; a catalogue message that uses a term is checked against it by
`tools/messages.py`. Terms are looked up by id, never by their English.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any

from yeollak.words.catalogue import usage
from yeollak.words.own import own


@lru_cache(maxsize=1)
def glossary() -> Mapping[str, Any]:
    """The whole glossary as it stands in its file: `style`, `plural` and the list `term`."""
    return tomllib.loads(files("yeollak.words").joinpath("glossary.toml").read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def _by_id() -> Mapping[str, Mapping[str, str]]:
    return {entry["id"]: entry for entry in glossary()["term"]}


def has_term(term_id: str) -> bool:
    """Whether the glossary has a term of this id."""
    return term_id in _by_id()


def term(term_id: str, lang: str) -> str:
    """The term in `lang` as it stands alone on a screen; English for a language that the glossary lacks.

    Northern Korean (`ko-kp`, or `ko` where a side chose it) has the words of `ko_north`, and those of `ko`
    where the glossary gives none. A function is called by its side's own title, where it has one. Raises
    KeyError for an id that the glossary does not have.
    """
    entry, spoken = _by_id()[term_id], usage(lang)
    if (ours := own().title(term_id, lang)) is not None:
        return ours
    if spoken == "ko-kp":
        return entry.get("ko_north") or entry["ko"]
    return entry.get(spoken) or entry["en"]
