"""Canonical JSON: the one encoding that a value of the record may have.

Documents, cards, charters and the wrappers of private enclosures are all written in it, so that their digest
is a name for their meaning. It reads bytes and refuses everything that is not exactly the encoding of its own
value; it never repairs. Source: docs/spec/01-canonical-json.md.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime
from functools import lru_cache
from itertools import accumulate
from typing import Any, Final

import msgspec

from yeollak.errors import RecordFault
from yeollak.record.unicode14 import known

MAX_DEPTH: Final = 16
MAX_STRING: Final = 8192  # characters
MAX_INTEGER: Final = 2**53 - 1  # what every JSON reader holds exactly (RFC 8259 section 6)

_SIDE: Final = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,62}[a-z0-9])?")
_INSTANT: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
_STEP: Final = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1}
_NO_BRACKETS: Final = bytes(set(range(256)) - _STEP.keys())


def encode(value: Any, *, what: str = "the value") -> bytes:
    """The deterministic JSON of `value`: objects, arrays, strings, integers and booleans only.

    Raises RecordFault(`malformed`) for a value that has no such encoding: a null, a float, an integer beyond
    2^53-1, a key that is not ASCII, a string that is not NFC, or has a surrogate or a character that is not
    in Unicode 14, or more than 16 levels.
    """
    _check(value, MAX_DEPTH, what)
    return _ENCODER.encode(value)


def decode(data: bytes, *, limit: int, what: str = "the document") -> Any:
    """The value that `data`, of at most `limit` bytes, is the deterministic encoding of.

    Work is bounded by `limit`: size and nesting are checked before anything is built. Raises
    RecordFault(`too-large`) and RecordFault(`malformed`), and nothing else, for any bytes.
    """
    if len(data) > limit:
        raise RecordFault("too-large", what=what, limit=limit)
    _check_nesting(data, what)
    ascii_only = data.isascii()
    try:
        value = _DECODER.decode(data if ascii_only else data.decode("utf-8"))
    except (ValueError, RecursionError) as problem:
        raise RecordFault("malformed", what=what, why=_plain(problem)) from None
    if len(data) <= MAX_STRING and ascii_only and b"\\" not in data:
        # No string in it can be too long or anything but ASCII: only what else it holds is looked at.
        _check_shape(value, MAX_DEPTH, what)
    else:
        _check(value, MAX_DEPTH, what)
    # A key that stands twice and every other spelling of the same value are found by this alone.
    if _ENCODER.encode(value) != data:
        raise RecordFault("malformed", what=what, why="it is not the deterministic encoding of its own value")
    return value


def hexadecimal(value: Any, digits: int, what: str) -> str:
    """`value` when it is a string of exactly `digits` lower-case hex digits.

    Raises RecordFault(`malformed`).
    """
    if not isinstance(value, str) or _digits(digits).fullmatch(value) is None:
        raise RecordFault("malformed", what=what, why=f"it is not {digits} lower-case hex digits")
    return value


@lru_cache(maxsize=64)
def _digits(many: int) -> re.Pattern[str]:
    return re.compile(rf"[0-9a-f]{{{many}}}")


def side_name(value: Any, what: str = "the name of a side") -> str:
    """`value` when it may name a side: at most 64 of a-z, 0-9, dot and hyphen, with a letter or digit at both
    ends.

    The bound keeps every origin within the one length byte of cosignature/v1 type 06. Raises
    RecordFault(`malformed`).
    """
    if not isinstance(value, str) or not _SIDE.fullmatch(value):
        raise RecordFault("malformed", what=what, why="it is not 1 to 64 of a-z, 0-9, dot and hyphen")
    return value


def natural(value: Any, what: str, *, most: int = MAX_INTEGER) -> int:
    """`value` when it is an integer from 0 to `most`. Raises RecordFault(`malformed`)."""
    if type(value) is not int or not 0 <= value <= most:
        raise RecordFault("malformed", what=what, why=f"it is not an integer from 0 to {most}")
    return value


def parse_instant(text: Any, what: str = "the instant") -> datetime:
    """The UTC instant written `YYYY-MM-DDTHH:MM:SSZ`.

    Raises RecordFault(`malformed`) for any other form or date.
    """
    if not isinstance(text, str) or not _INSTANT.fullmatch(text):
        raise RecordFault("malformed", what=what, why="it is not written YYYY-MM-DDTHH:MM:SSZ")
    return _instant(text, what)


@lru_cache(maxsize=4096)
def _instant(text: str, what: str) -> datetime:
    try:
        found = datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError:
        raise RecordFault("malformed", what=what, why="there is no such date or time") from None
    if format_instant(found) != text:
        # Some versions of Python read 24:00 as the day after: every node must refuse the same bytes.
        raise RecordFault("malformed", what=what, why="there is no such date or time")
    return found


def format_instant(moment: datetime) -> str:
    """`moment` (aware) in UTC as `YYYY-MM-DDTHH:MM:SSZ`; fractions of a second are cut off.

    Raises RecordFault(`malformed`) for a naive moment: which instant it means is a guess.
    """
    if moment.tzinfo is None:
        raise RecordFault("malformed", what="the instant", why="it has no time zone")
    whole = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    return whole.isoformat(timespec="seconds")[:19] + "Z"


def fields(value: Any, required: AbstractSet[str], optional: AbstractSet[str], what: str) -> dict[str, Any]:
    """`value` when it is an object with all of `required` and nothing beyond `optional`.

    Raises RecordFault(`malformed`).
    """
    if not isinstance(value, dict):
        raise RecordFault("malformed", what=what, why="it is not an object")
    names = value.keys()
    if not names >= required:
        missing = ", ".join(sorted(required - names))
        raise RecordFault("malformed", what=what, why=f"it lacks {missing}")
    if len(names) > len(required) and (unknown := names - required - optional):
        raise RecordFault("malformed", what=what, why=f"it has the unknown field {min(unknown)[:40]!a}")
    return value


def _check(value: Any, depth: int, what: str) -> None:
    kind = type(value)
    if kind is str:
        _check_string(value, what)
    elif kind is int:
        if not -MAX_INTEGER <= value <= MAX_INTEGER:
            raise RecordFault("malformed", what=what, why="an integer is beyond 2^53-1")
    elif kind is bool:
        return
    elif depth == 0:
        raise RecordFault("malformed", what=what, why=f"it is nested deeper than {MAX_DEPTH}")
    elif kind is dict:
        for key, item in value.items():
            if type(key) is not str or not key.isascii():
                raise RecordFault("malformed", what=what, why="a key is not ASCII")
            if len(key) > MAX_STRING:
                raise RecordFault("malformed", what=what, why=f"a key is longer than {MAX_STRING} characters")
            # Most values are short ASCII: a call for each would cost more than what it looks at.
            if type(item) is not str:
                _check(item, depth - 1, what)
            elif len(item) > MAX_STRING or not item.isascii():
                _check_string(item, what)
    elif kind is list or kind is tuple:
        for item in value:
            _check(item, depth - 1, what)
    else:
        raise RecordFault(
            "malformed", what=what, why=f"it holds a {kind.__name__}, which the record does not know"
        )


def _check_shape(value: Any, depth: int, what: str) -> None:
    """What `_check` asks of a value all of whose strings and keys are known to be good."""
    kind = type(value)
    if kind is dict or kind is list:
        if depth == 0:
            _check(value, depth, what)
        for item in value.values() if kind is dict else value:
            if type(item) is not str:
                _check_shape(item, depth - 1, what)
    elif kind is int:
        if not -MAX_INTEGER <= value <= MAX_INTEGER:
            _check(value, depth, what)
    elif kind is not str:
        _check(value, depth, what)


def _check_string(text: str, what: str) -> None:
    if len(text) > MAX_STRING:
        raise RecordFault("malformed", what=what, why=f"a string is longer than {MAX_STRING} characters")
    if text.isascii():
        return
    try:
        text.encode()
    except UnicodeEncodeError:
        raise RecordFault("malformed", what=what, why="a string has a surrogate") from None
    if not unicodedata.is_normalized("NFC", text):
        raise RecordFault("malformed", what=what, why="a string is not in NFC")
    if not known(text):
        raise RecordFault("malformed", what=what, why="a string has a character that is not in Unicode 14")


def _check_nesting(data: bytes, what: str) -> None:
    # Counting is enough for nearly every document; brackets inside strings only matter to the exact count.
    if data.count(b"[") + data.count(b"{") <= MAX_DEPTH:
        return
    # Each step is one pass in C: a document full of brackets and quotes costs what any of its length does.
    plain = data.replace(rb"\\", b"").replace(rb"\"", b"")
    outside = b"".join(plain.split(b'"')[::2])
    steps = map(_STEP.__getitem__, outside.translate(None, _NO_BRACKETS))
    if any(map(MAX_DEPTH.__lt__, accumulate(steps))):
        raise RecordFault("malformed", what=what, why=f"it is nested deeper than {MAX_DEPTH}")


def _plain(problem: Exception) -> str:
    if isinstance(problem, UnicodeDecodeError):
        return "it is not UTF-8"
    return f"it is not JSON: {str(problem)[:120]}"


# Keys that are ASCII are sorted by their bytes; strings are escaped as the rule says (clarifications 3).
_ENCODER: Final = msgspec.json.Encoder(order="deterministic")
_DECODER: Final = msgspec.json.Decoder()
