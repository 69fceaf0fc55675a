"""The second factor: codes of a device by time (RFC 6238), and recovery codes that count once.

A code is good in its own half minute and the two beside it, once. Which half minutes were used is kept one by
one and not as the last of them, so that a clock that was ahead and is set back shuts nobody out and gives
nobody a used code again.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import unicodedata
from datetime import datetime
from typing import Final

import pyotp

from yeollak.storage.local import Account

#: Seconds that a code lasts (RFC 6238), and how many codes of recovery there are.
STEP, RECOVERY = 30, 10
#: Used half minutes that are remembered: more than can be good at once, for a clock that goes back and forth.
_REMEMBERED: Final = 64
#: Letters that are not taken for one another on paper (Crockford's base 32); 16 of them are 80 bits.
_LETTERS: Final = "0123456789abcdefghjkmnpqrstvwxyz"
_LENGTH: Final = 16
_MEANT: Final = str.maketrans({"i": "1", "l": "1", "o": "0", "u": "v"})


def new_secret() -> str:
    """A secret for a device: 160 bits in base 32."""
    return pyotp.random_base32()


def address(secret: str, name: str, issuer: str) -> str:
    """The `otpauth://` address of a secret, as a device reads it from a picture."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=issuer)


def new_codes() -> list[str]:
    """Recovery codes, four groups of four letters each."""
    return [_grouped("".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))) for _ in range(RECOVERY)]


def kept(codes: list[str]) -> str:
    """Recovery codes as the store keeps them: digests, which 80 bits allow without a salt."""
    return json.dumps([_digest(_letters(code)) for code in codes])


def take(row: Account, given: str, now: datetime) -> str:
    """How a code is right now, `device` or `recovery`, or the empty string. What was taken is used up: `row`
    is changed, and not saved.
    """
    letters, left = _letters(given), json.loads(row.recovery)
    digest = _digest(letters)
    if digest in left:
        row.recovery = json.dumps([one for one in left if one != digest])
        return "recovery"
    figures, used, totp = _figures(given), json.loads(row.totp_used), pyotp.TOTP(row.totp)
    step = int(now.timestamp()) // STEP
    for at in (step - 1, step, step + 1):
        if at not in used and secrets.compare_digest(totp.at(at * STEP), figures):
            row.totp_used = json.dumps([*used, at][-_REMEMBERED:])
            return "device"
    return ""


def _figures(given: str) -> str:
    """The figures of what was typed, in whatever script a keyboard has them."""
    numbers = (unicodedata.decimal(char, -1) for char in given[:40] if not char.isspace())
    return "".join(str(number) if number >= 0 else "x" for number in numbers)


def _letters(given: str) -> str:
    folded = unicodedata.normalize("NFKC", given[:80]).casefold()
    return "".join(char for char in folded if char.isalnum()).translate(_MEANT)


def _grouped(code: str) -> str:
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
