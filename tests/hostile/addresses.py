"""Every address of a listener, from Django's own resolver, with arguments that exist and that do not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import quote

from django.urls import URLPattern, URLResolver, get_resolver

#: Texts that break what was not meant for them.
HOSTILE = (
    "", "\0", "\u202ex", "\ud7ff", "'\"><script>x</script>", "9" * 400, "-1", "1e9", "0001-01-01", "%s{}",
    "9999-12-31T23:59:59Z", "\uac00" * 300, "../../etc", "0" * 64, "true", "\r\nSet-Cookie: x=y",
)  # fmt: skip
#: What stands behind a question mark, by itself.
QUERIES = (
    "q=%00", "page=-1&page=x", "since=0001-01-01&until=9999-12-31",
    "&".join(f"x{one}=1" for one in range(300)),
    "side=%E2%80%AE&kind=%FF&after=" + "9" * 400, "q=" + "%EA%B0%80" * 400, "lang=..%2F&word=%3Cscript%3E",
    "sort=id%27--&by=&view=1&day=2018-02-30&month=0&cursor=AAAA",
)  # fmt: skip
_PART = re.compile(r"<(\w+:)?(\w+)>")
_GROUP = re.compile(r"\(\?P<(\w+)>((?:\([^)]*\)|[^()])*)\)")


def patterns(urlconf: str) -> list[str]:
    """The patterns of an address table, in one text each."""

    def walk(found: Sequence[URLPattern | URLResolver], before: str) -> Iterator[str]:
        for one in found:
            text = before + str(one.pattern)
            if isinstance(one, URLResolver):
                yield from walk(one.url_patterns, text)
            else:
                yield text

    return list(walk(get_resolver(urlconf).url_patterns, ""))


def paths(pattern: str, known: Mapping[str, Sequence[str]]) -> list[str]:
    """Some paths of a pattern: with what `known` has for the names of its arguments, and with others that are
    of the right type or of none.
    """
    return list(dict.fromkeys("/" + _path(pattern, known, at) for at in range(3)))


def _path(pattern: str, known: Mapping[str, Sequence[str]], at: int) -> str:
    if pattern.startswith("^"):
        plain = pattern[1:].removesuffix("$").replace("\\.", ".")
        return _GROUP.sub(lambda group: _first(known, group[1], at, "x"), plain)
    return _PART.sub(lambda group: _first(known, group[2], at, _other(group[1], at)), pattern)


def _first(known: Mapping[str, Sequence[str]], name: str, at: int, other: str) -> str:
    values = known.get(name, ())
    return values[at] if at < len(values) else other


def _other(converter: str, at: int) -> str:
    if converter == "int:":
        return ("1", "0", "9" * 30)[at]
    return ("0" * 64, quote("가‮"), "x" * 300)[at]
