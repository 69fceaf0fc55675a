"""The style sheets, scripts and the icon of the pages, served from the package under addresses that change
with their bytes.

A fixed list: no path from outside ever reaches the file system.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from importlib.resources import files
from typing import Final

from django.urls import reverse

#: name -> media type. The public page has no script.
FILES: Final = {
    "tokens.css": "text/css",
    "desk.css": "text/css",
    "staff.css": "text/css",
    "staff.js": "text/javascript",
    "matters.css": "text/css",
    "line.css": "text/css",
    "affairs.css": "text/css",
    "undertakings.css": "text/css",
    "palette.js": "text/javascript",
    "compose.css": "text/css",
    "compose.js": "text/javascript",
    "icon.svg": "image/svg+xml",
}


@lru_cache(maxsize=len(FILES))
def content(name: str) -> bytes:
    """The bytes of a file. Raises KeyError for a name that is not on the list."""
    own = next((known for known in FILES if known == name), None)  # a template's literal is no plain str
    if own is None:
        raise KeyError(name)
    return files("yeollak.desk").joinpath("static", "desk", own).read_bytes()


def version(name: str) -> str:
    """Twelve hexadecimal digits that change with the bytes of a file. Raises KeyError like `content`."""
    return hashlib.sha256(content(name)).hexdigest()[:12]


def address(name: str, site: str = "desk") -> str:
    """The address of a file on a site: `desk` for the public page, `staff` for the officers' desk. Raises
    KeyError like `content`.
    """
    return reverse(f"{site}:asset", args=[version(name), name])
