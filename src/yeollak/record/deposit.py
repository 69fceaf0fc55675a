"""Deposits: a text of a simultaneous exchange, sealed to the guarantor that the charter names as escrow.

A deposit is the enclosure as it is stored, salt and bytes, inside an HPKE seal to the guarantor's seal key.
Every side holds the sealed bytes; only the guarantor can open them, and what he gives out is checked
against the digest that the side has committed to, so that he can neither invent nor alter a text. That a
deposit holds what it should is known only when it is opened. Source: docs/spec/08-parcel.md, RFC 9180.
"""

from __future__ import annotations

from typing import Final

from cryptography.exceptions import InvalidTag

from yeollak.errors import RecordFault
from yeollak.record import enclosure
from yeollak.record.keys import SealKey, xwing_public
from yeollak.record.parcel import SUITE

#: The media type of a deposit.
MEDIA_TYPE: Final = "application/vnd.yeollak.deposit"
#: What the encapsulated key takes at the beginning of a deposit, and the seal as a whole, in bytes.
ENCAPSULATED: Final = 1120
SEAL: Final = ENCAPSULATED + 16
_INFO: Final = b"yeollak/deposit/1"
_WHAT: Final = "the deposit"


def sealed_size(content: int) -> int:
    """How large the deposit of an enclosure is whose content, wrapped and without salt, has so many bytes."""
    return enclosure.SALT + content + SEAL


def seal(blob: bytes, guarantor: bytes) -> bytes:
    """The deposit of a stored enclosure, sealed to the raw seal key of a guarantor.

    Raises RecordFault(`key-refused`).
    """
    return SUITE.encrypt(blob, xwing_public(guarantor, "the guarantor's seal key"), info=_INFO)


def open_deposit(data: bytes, key: SealKey, office: str, side: str, digest: str) -> bytes:
    """The stored enclosure in a deposit of `side`, which has committed to `digest` (hex).

    Raises RecordFault(`sealed-otherwise`) where it is not sealed to this key, (`digest-mismatch`) where it
    does not hold what the side has committed to.
    """
    try:
        blob = SUITE.decrypt(data, key.secret, info=_INFO)
    except (InvalidTag, ValueError):
        raise RecordFault("sealed-otherwise", what=_WHAT) from None
    enclosure.open_blob(office, side, digest, blob, _WHAT)
    return blob
