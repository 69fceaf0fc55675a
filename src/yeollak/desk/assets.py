"""The style sheets of the pages, served from the package under addresses that change with their bytes.

A fixed list: no path from outside ever reaches the file system.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from importlib.resources import files
from typing import Final

from django.urls import reverse

SHEETS: Final = ("tokens.css", "desk.css")


@lru_cache(maxsize=len(SHEETS))
def content(name: str) -> bytes:
    """The bytes of a style sheet. Raises KeyError for a name that is not on the list."""
    if name not in SHEETS:
        raise KeyError(name)
    own = SHEETS[SHEETS.index(name)]  # a template's literal is no plain str, and importlib wants one
    return files("yeollak.desk").joinpath("static", "desk", own).read_bytes()


def version(name: str) -> str:
    """Twelve hexadecimal digits that change with the bytes of a style sheet. Raises KeyError like
    `content`.
    """
    return hashlib.sha256(content(name)).hexdigest()[:12]


def address(name: str) -> str:
    """The address of a style sheet. Raises KeyError like `content`."""
    return reverse("desk:asset", args=[version(name), name])
