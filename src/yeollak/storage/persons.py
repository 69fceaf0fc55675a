"""Persons of a desk: what pages know of one, how names and passphrases are read, and what is refused.

Names are told apart after compatibility normalisation and case folding (Unicode TR 15 and 21), so that no two
accounts look alike by width, case or an invisible character; a name has the letters of one script. A
passphrase is read as RFC 8265 reads an opaque string: every space alike, in NFC, never folded.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from yeollak.errors import OurFault
from yeollak.storage.local import Account
from yeollak.words.foreign import clean

#: Roles by name; `desk.staff.access.ROLES` says what each may do.
ROLE_NAMES: Final = (
    "co-head",
    "deputy-head",
    "liaison",
    "duty",
    "interpreter",
    "technical",
    "archivist",
    "reader",
)
#: Characters that a name and a passphrase may have, and that a passphrase must have.
LONGEST_NAME, LONGEST, LEAST = 64, 1024, 12
#: What would be tried first, as far as it is long enough.
_COMMON: Final = frozenset(
    {"passwordpassword", "123456789012", "1234567890123", "qwertyuiop12", "yeollakyeollak"}
)
_BETWEEN: Final = frozenset(" .-_'")
#: Scripts that are written together, by the first word of a letter's Unicode name.
_TOGETHER: Final = (frozenset({"HANGUL", "CJK"}),)


@dataclass(frozen=True, slots=True)
class Who:
    """Where a request comes from, as far as the log keeps it; `device` is the token of a browser in which
    somebody has signed in before.
    """

    address: str = ""
    agent: str = ""
    device: str = ""

    @property
    def line(self) -> str:
        """The address as the log keeps it: printable, 64 characters at most."""
        return "".join(char for char in self.address if char.isprintable())[:64]


#: Nobody has said where a request comes from.
UNTOLD: Final = Who()


@dataclass(frozen=True, slots=True)
class Person:
    """An account as pages need it; `officers` is {office: key id}.

    fresh      a second factor was given lately enough for a joint act
    confirmed  the passphrase (and the factor, where there is one) was, for what is dangerous
    given      somebody else has chosen the passphrase
    codes      recovery codes that are left
    offices    those that the account was given, by id
    who        where the request comes from that is his, for the audit log
    """

    id: int
    name: str
    shown: str
    role: str
    language: str
    officers: Mapping[str, str]
    settings: Mapping[str, Any]
    has_factor: bool
    session: str = ""
    fresh: bool = False
    confirmed: bool = False
    given: bool = False
    codes: int = 0
    disabled: bool = False
    offices: frozenset[str] = frozenset()
    who: Who = field(default=UNTOLD, compare=False)

    @property
    def opens(self) -> frozenset[str]:
        """The offices that the account may open: given to it, or with an officer that it is."""
        return self.offices | {office for office, key in self.officers.items() if key}


def person_of(row: Account, session: str = "", *, fresh: bool = False, confirmed: bool = False) -> Person:
    """An account's row as pages have it."""
    return Person(
        row.id,
        row.name,
        row.shown,
        row.role,
        row.language,
        json.loads(row.officers),
        json.loads(row.settings),
        bool(row.totp),
        session,
        fresh,
        confirmed,
        row.given,
        len(json.loads(row.recovery)),
        row.disabled is not None,
        frozenset(json.loads(row.offices)),
    )


def fold(name: str) -> str:
    """A name as accounts are told apart by it: NFKC, without case, format characters or doubled space.

    Empty for what can be nobody's name because it is too long.
    """
    if len(name) > 4 * LONGEST_NAME:
        return ""
    folded = unicodedata.normalize("NFKC", name)
    # Folding may undo normalisation and the reverse: twice is enough (Unicode 3.13, D145).
    folded = unicodedata.normalize("NFKC", folded.casefold()).casefold()
    kept = "".join(char for char in folded if unicodedata.category(char)[0] != "C")
    tidy = " ".join(unicodedata.normalize("NFKC", kept).split())
    return tidy if len(tidy) <= LONGEST_NAME else ""


def new_name(name: str) -> str:
    """The folded form of a name for a new account. Raises OurFault(`account-name`)."""
    folded = fold(name)
    good = all(char in _BETWEEN or unicodedata.category(char)[0] in "LMN" for char in folded)
    scripts = {unicodedata.name(char, "?").split()[0] for char in folded if char.isalpha()}
    one = len(scripts) <= 1 or any(scripts <= pair for pair in _TOGETHER)
    if not folded or not good or not one or not any(char.isalnum() for char in folded):
        raise OurFault("account-name", name=clean(name, longest=LONGEST_NAME))
    return folded


def shown_name(shown: str) -> str:
    """A name as it is shown: one line without controls."""
    return clean(shown, longest=LONGEST_NAME)


def plain(passphrase: str) -> bytes:
    """A passphrase as it is hashed."""
    spaced = "".join(" " if unicodedata.category(char) == "Zs" else char for char in passphrase)
    return unicodedata.normalize("NFC", spaced).encode("utf-8", "surrogatepass")


def check_passphrase(passphrase: str) -> None:
    """Refuse what would be guessed. Raises OurFault(`passphrase-weak`, `passphrase-long`)."""
    if len(passphrase) > LONGEST:
        raise OurFault("passphrase-long", most=LONGEST)
    read = plain(passphrase).decode("utf-8", "surrogatepass")
    if len(read) < LEAST or read.casefold() in _COMMON or len(set(read)) < 5:
        raise OurFault("passphrase-weak", least=LEAST)
