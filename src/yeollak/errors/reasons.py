"""What fills the sentence of a fault with words of ours: every phrase, so that each is in every language.

A fault is filled with plain English, which is what programs get (`--json`) and what is logged. The phrases
are message ids of the catalogues (msgctxt `reason`); `words.fillings` finds the one that a fault was filled
with and says it to whoever reads. Nothing is looked up here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from yeollak.errors.clauses import CLAUSES
from yeollak.errors.things import THINGS

#: `{why}`: what the operating system says of a file, as `OSError.strerror` has it.
SYSTEM: Final[tuple[str, ...]] = (
    "Cannot allocate memory",
    "Device or resource busy",
    "Directory not empty",
    "Disk quota exceeded",
    "File exists",
    "File name too long",
    "File too large",
    "Input/output error",
    "Invalid argument",
    "Is a directory",
    "No space left on device",
    "No such file or directory",
    "Not a directory",
    "Operation not permitted",
    "Permission denied",
    "Read-only file system",
    "Stale file handle",
    "Too many levels of symbolic links",
    "Too many open files",
)

#: `{why}`: what Python and its JSON decoder say, and names of exceptions that say enough alone.
EXCEPTIONS: Final[tuple[str, ...]] = (
    "AttributeError: {detail}",
    "KeyError: {name}",
    "RecordFault: {what} is not in the one form that it may have: {why}. [malformed]",
    "TOMLDecodeError: {detail} (at end of document)",
    "TOMLDecodeError: {detail} (at line {line}, column {column})",
    "TypeError: {detail}",
    "UnicodeDecodeError: {detail}",
    "ValueError: {why}",
    "invalid literal for int() with base 10: {value}",
    "it is not JSON: Input data was truncated",
    "it is not JSON: JSON is malformed: {detail} (byte {at})",
    "non-hexadecimal number found in fromhex() arg at position {at}",
    "BrokenPipeError",
    "ConnectionRefusedError",
    "ConnectionResetError",
    "DatabaseError",
    "FileNotFoundError",
    "IncompleteRead",
    "OSError",
    "OperationalError",
    "PermissionError",
    "RemoteDisconnected",
    "SSLCertVerificationError",
    "SSLError",
    "TimeoutError",
    "gaierror",
)

#: `{role}`: the roles of keys.
ROLES: Final[tuple[str, ...]] = (
    "authority",
    "authority-next",
    "authority_next",
    "officer",
    "receipt",
    "receipt_pq",
    "register",
    "register_pq",
    "seal",
)

#: `{found}` and `{expected}`: whom something belongs to.
PLACES: Final[tuple[str, ...]] = (
    "no office",
    "{origin} at {size}",
)

#: `{key}`: which key did not sign.
KEYS: Final[tuple[str, ...]] = ("its authority key",)

#: Why the other side refused a parcel, by its code (docs/spec/08): no phrase but a code fills the sentence.
REFUSALS: Final[Mapping[str, str]] = {
    "bad-checkpoint": "the checkpoint is not one that the register signed over these entries",
    "conflict": "it does not begin where the register ends there",
    "document-too-large": "an act document is larger than 32 KiB",
    "document-unequal": "an act document is not the one that its statement names",
    "enclosure-missing": "a small enclosure did not come with its act",
    "enclosure-surplus": "an enclosure came that its act does not name",
    "enclosure-unequal": "an enclosure has another size than its act says",
    "enclosures-too-large": "the small enclosures of an act are larger than 48 KiB together",
    "keys-uncounted": "only keys that replace others in the very entries that the checkpoint ends sign it",
    "outside-profile": "a statement is not in the one form that a statement has",
    "parcel-too-large": "the parcel is larger than 8 MiB",
    "quota": "the day's quota is spent",
    "two-views": "the checkpoint does not extend the entries that are held there of the register",
}

#: Data of a fault that may be words of ours -> every phrase that they may be.
FILLINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "what": THINGS,
    "why": (*CLAUSES, *SYSTEM, *EXCEPTIONS),
    "found": PLACES,
    "expected": PLACES,
    "key": KEYS,
}
