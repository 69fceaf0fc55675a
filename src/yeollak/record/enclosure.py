"""Enclosures: texts and files that an act commits to and that travel on their own release rule.

The act document names an enclosure by a salted digest bound to the office and to the side that commits; salt
and bytes travel, and are erased, together. For `consent` and `reveal` the true name, type, language and size
are inside the bytes, and the document shows a size class alone. Nothing here decides who may have an
enclosure. Source: docs/spec/03-enclosure.md.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, Literal, cast, get_args

from yeollak.errors import RecordFault
from yeollak.record import canon

Release = Literal["right", "large", "consent", "reveal", "named"]
RELEASES: Final[tuple[str, ...]] = get_args(Release)
#: Released when a condition is met: until then the document says neither name nor exact size.
PRIVATE: Final = frozenset({"consent", "reveal"})
SALT: Final = 16
#: What all `right` enclosures of one act may have together, in bytes of content.
SMALL_RIGHT: Final = 49152
SMALLEST_CLASS: Final = 4096
MAX_SIZE: Final = 2**40

_DOMAIN: Final = b"yeollak/enclosure/1\0"
_TYPE: Final = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,62}/[a-z0-9][a-z0-9!#$&^_.+-]{0,62}")
_LANG: Final = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,4}")
# A file name that could climb out of a folder, end a line or turn the reading order round is refused, not
# cleaned.
_BAD_NAME: Final = re.compile("[\x00-\x1f\x7f-\x9f/\\\\\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def digest(office: str, side: str, salt: bytes, content: bytes) -> bytes:
    """The 32 bytes by which `side` commits to `content` in `office` (64 hex), under a 16-byte salt.

    `content` is the enclosure itself for `right`, `large` and `named`, and `wrap_private`'s for `consent` and
    `reveal`.
    """
    found = hasher(office, side, salt)
    found.update(content)
    return found.digest()


def hasher(office: str, side: str, salt: bytes) -> hashlib._Hash:
    """What `digest` hashes with before the content, for content that is read in parts."""
    if len(salt) != SALT:
        raise RecordFault("malformed", what="the salt of the enclosure", why=f"it does not have {SALT} bytes")
    named = canon.hexadecimal(office, 64, "the office id").encode()
    return hashlib.sha256(b"".join((_DOMAIN, named, side.encode(), b"\0", salt)))


def blob(salt: bytes, content: bytes) -> bytes:
    """An enclosure as it is stored and exported: the salt, then the content that was hashed."""
    return salt + content


def open_blob(
    office: str, side: str, expected: str, data: bytes, what: str = "the enclosure"
) -> tuple[bytes, bytes]:
    """Salt and content of a stored enclosure.

    Raises RecordFault(`digest-mismatch`) unless its digest is `expected` (hex).
    """
    if len(data) < SALT or digest(office, side, data[:SALT], data[SALT:]).hex() != expected:
        raise RecordFault("digest-mismatch", what=what, entry=expected)
    return data[:SALT], data[SALT:]


def owner(office: str, sides: Iterable[str], expected: str, data: bytes) -> str | None:
    """The one of these sides that has committed to a stored enclosure under this digest (hex), or None.

    An act of any other side that names the digest names something that is not its own.
    """
    salt, content = data[:SALT], memoryview(data)[SALT:]
    for side in sides if len(salt) == SALT else ():
        found = hasher(office, side, salt)
        found.update(content)
        if found.hexdigest() == expected:
            return side
    return None


def size_class(size: int) -> int:
    """The class that hides `size` bytes: the first of 4,096, 16,384, 65,536 … that is not smaller."""
    bound = SMALLEST_CLASS
    while bound < size:
        bound *= 4
    return bound


@dataclass(frozen=True, slots=True)
class Private:
    """What a private enclosure says of itself once it is open. `lang` and `name` may be unsaid."""

    type: str
    lang: str | None
    name: str | None
    content: bytes


def wrap_private(lang: str | None, name: str | None, type: str, content: bytes) -> bytes:  # noqa: A002 - the word of the field
    """The bytes that are hashed and sealed for `consent` and `reveal`: u16 length ‖ JSON {lang, name, size,
    type} ‖ content.
    """
    _check_described(type, lang, name, "the enclosure")
    about: dict[str, Any] = {"size": len(content), "type": type}
    if lang is not None:
        about["lang"] = lang
    if name is not None:
        about["name"] = name
    header = canon.encode(about)
    return len(header).to_bytes(2, "big") + header + content


def unwrap_private(data: bytes, what: str = "the enclosure") -> Private:
    """What `wrap_private` wrapped, padding (zeros) allowed after it. Raises RecordFault(`malformed`)."""
    end = 2 + int.from_bytes(data[:2], "big")
    if len(data) < end or end == 2:
        raise RecordFault("malformed", what=what, why="it ends within its header")
    about = canon.fields(
        canon.decode(data[2:end], limit=65535, what=what), {"size", "type"}, {"lang", "name"}, what
    )
    size = canon.natural(about["size"], f"the size in {what}", most=MAX_SIZE)
    content, padding = data[end : end + size], data[end + size :]
    if len(content) != size or padding.count(0) != len(padding):
        raise RecordFault("malformed", what=what, why="it does not have the size that it states")
    _check_described(about["type"], about.get("lang"), about.get("name"), what)
    return Private(about["type"], about.get("lang"), about.get("name"), content)


def pad(wrapped: bytes) -> bytes:
    """`wrapped` with zeros up to its size class, as it travels. The padding is not hashed."""
    return wrapped + bytes(size_class(len(wrapped)) - len(wrapped))


def strip(padded: bytes, what: str = "the enclosure") -> bytes:
    """The wrapped bytes, as they were hashed, of what `pad` padded. Raises RecordFault(`malformed`)."""
    return padded[: 2 + int.from_bytes(padded[:2], "big") + len(unwrap_private(padded, what).content)]


_WHAT: Final = "an enclosure of the act"
_REQUIRED: Final = frozenset({"digest", "release", "type"})
_OPTIONAL: Final = frozenset({"lang", "size", "class", "name"})


@dataclass(frozen=True, slots=True)
class Enclosed:
    """What an act document says of one enclosure.

    `digest` is 64 hex digits. `size` in bytes for `right`, `large` and `named`; `size_class` ("class" in the
    document) and no `name` for `consent` and `reveal`. `type` is a media type without parameters, `lang` a
    BCP 47 tag.
    """

    digest: str
    type: str
    lang: str | None
    release: Release
    size: int | None = None
    size_class: int | None = None
    name: str | None = None

    def __post_init__(self) -> None:
        canon.hexadecimal(self.digest, 64, "the digest of an enclosure of the act")
        if self.release not in RELEASES:
            raise RecordFault("malformed", what=_WHAT, why="there is no such release rule")
        if self.release in PRIVATE:
            if self.size is not None or self.name is not None:
                raise RecordFault(
                    "malformed", what=_WHAT, why=f"for {self.release!r} it may show neither name nor size"
                )
            known = canon.natural(self.size_class, "the size class of an enclosure of the act", most=MAX_SIZE)
            if known != size_class(known):
                raise RecordFault("malformed", what=_WHAT, why="there is no such size class")
        else:
            if self.size_class is not None:
                raise RecordFault(
                    "malformed", what=_WHAT, why=f"for {self.release!r} it has a size, not a class"
                )
            canon.natural(self.size, "the size of an enclosure of the act", most=MAX_SIZE)
        _check_described(self.type, self.lang, self.name, _WHAT)

    def to_json(self) -> dict[str, Any]:
        """The object that stands in the act document; what is unsaid is absent."""
        value: dict[str, Any] = {"digest": self.digest, "release": self.release, "type": self.type}
        for key, item in (
            ("lang", self.lang),
            ("size", self.size),
            ("class", self.size_class),
            ("name", self.name),
        ):
            if item is not None:
                value[key] = item
        return value

    @classmethod
    def from_json(cls, value: Any) -> Enclosed:
        """Raises RecordFault(`malformed`)."""
        item = canon.fields(value, _REQUIRED, _OPTIONAL, _WHAT)
        if not isinstance(item["release"], str):
            raise RecordFault("malformed", what=_WHAT, why="there is no such release rule")
        return cls(
            digest=item["digest"],
            type=item["type"],
            lang=item.get("lang"),
            release=cast(Release, item["release"]),
            size=item.get("size"),
            size_class=item.get("class"),
            name=item.get("name"),
        )


def _check_described(type_: Any, lang: Any, name: Any, what: str) -> None:
    if not isinstance(type_, str) or not _TYPE.fullmatch(type_):
        raise RecordFault("malformed", what=what, why="its type is not a media type")
    if lang is not None and (not isinstance(lang, str) or not _LANG.fullmatch(lang)):
        raise RecordFault("malformed", what=what, why="its language is not a language tag")
    if name is not None and (
        not isinstance(name, str)
        or not 1 <= len(name) <= 255
        or name in {".", ".."}
        or _BAD_NAME.search(name)
    ):
        raise RecordFault("malformed", what=what, why="its name is not a plain file name")
