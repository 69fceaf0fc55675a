"""Cards: what a side hands over so that an office can be founded with it.

A card holds names, raw keys by role, a nonce and an address, signed by its own authority key. The signature
shows that whoever made the card has that key, and nothing about who that is: heads of sides compare the
office id by another route. Source: docs/spec/09-keys-and-cards.md.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Final

from yeollak.errors import RecordFault
from yeollak.record import canon
from yeollak.record.keys import KEY_ROLES, SigningKey, check_key, verify_ed25519

MAX_CARD: Final = 32768
_DOMAIN: Final = b"yeollak/card/1\0"
_WHAT: Final = "the card"
_LANG: Final = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,4}")
_URL: Final = re.compile(r"https?://[A-Za-z0-9.\-\[\]:]+(?::[0-9]{1,5})?(?:/[A-Za-z0-9._~/-]*)?")
_ZONE: Final = re.compile(r"[A-Za-z0-9_+-]{1,32}(?:/[A-Za-z0-9_+-]{1,32}){0,2}")
# Names are shown everywhere: no control characters, no line breaks, nothing that turns the reading order
# round.
_BAD_TEXT: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_NO_NAMES: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Address:
    """Where a node listens: `url`, and `tls`, the SHA-256 (64 hex) of its certificate where it is pinned."""

    url: str
    tls: str | None = None

    def __post_init__(self) -> None:
        if len(self.url) > 512 or not _URL.fullmatch(self.url):
            raise RecordFault("malformed", what=_WHAT, why="its address is not a plain http or https URL")
        if self.tls is not None:
            canon.hexadecimal(self.tls, 64, "the certificate's digest on the card")


@dataclass(frozen=True, slots=True)
class Card:
    """A card, valid in form. `keys` are raw public keys by role (`keys.KEY_ROLES`), all of them and all
    different.

    `names` and `short` by language tag; `nonce` 64 hex; `issued` a UTC instant; `time_zone` an IANA name.
    """

    side: str
    names: Mapping[str, str]
    keys: Mapping[str, bytes]
    nonce: str
    issued: str
    address: Address | None = None
    short: Mapping[str, str] = field(default_factory=lambda: _NO_NAMES)
    time_zone: str = "UTC"
    signature: bytes = b""

    def __post_init__(self) -> None:
        canon.side_name(self.side, "the side on the card")
        check_names(self.names, "the names on the card")
        if self.short:
            check_names(self.short, "the short names on the card")
        canon.hexadecimal(self.nonce, 64, "the nonce on the card")
        canon.parse_instant(self.issued, "the date of the card")
        if not _ZONE.fullmatch(self.time_zone):
            raise RecordFault("malformed", what=_WHAT, why="its time zone is not a name of one")
        check_party_keys(self.keys, "the card")

    def signed(self, authority: SigningKey) -> Card:
        """The card with its signature.

        Raises RecordFault(`key-refused`) unless `authority` is the card's own key.
        """
        if authority.public != self.keys["authority"]:
            raise RecordFault(
                "key-refused", what="the signing key", why="it is not the authority key of the card"
            )
        return replace(self, signature=authority.sign(self._message()))

    def to_bytes(self) -> bytes:
        """The signed card as it is handed over.

        Raises RecordFault(`signature-missing`) for one that is not signed.
        """
        if not self.signature:
            raise RecordFault("signature-missing", what=_WHAT, key="its authority key")
        return canon.encode({**self.to_json(), "signature": self.signature.hex()}, what=_WHAT)

    def _message(self) -> bytes:
        return _DOMAIN + canon.encode(self.to_json(), what=_WHAT)

    def to_json(self) -> dict[str, Any]:
        """The object that is signed; what is unsaid is absent."""
        value: dict[str, Any] = {
            "issued": self.issued,
            "keys": {role: raw.hex() for role, raw in self.keys.items()},
            "names": dict(self.names),
            "nonce": self.nonce,
            "side": self.side,
            "time_zone": self.time_zone,
            "v": 1,
        }
        if self.short:
            value["short"] = dict(self.short)
        if self.address is not None:
            value["address"] = {"url": self.address.url}
            if self.address.tls is not None:
                value["address"]["tls"] = self.address.tls
        return value

    @classmethod
    def parse(cls, data: bytes) -> Card:
        """The card in `data`, its signature verified.

        Raises RecordFault(`too-large`, `malformed`, `key-refused`, `signature-wrong`).
        """
        value = canon.fields(
            canon.decode(data, limit=MAX_CARD, what=_WHAT),
            {"issued", "keys", "names", "nonce", "side", "signature", "time_zone", "v"},
            {"address", "short"},
            _WHAT,
        )
        if type(value["v"]) is not int or value["v"] != 1:
            raise RecordFault("malformed", what=_WHAT, why="its version is not 1")
        signature = canon.hexadecimal(value.pop("signature"), 128, "the signature on the card")
        if "short" in value and not value["short"]:
            raise RecordFault("malformed", what=_WHAT, why="its field short is empty")
        if not isinstance(value["time_zone"], str):
            raise RecordFault("malformed", what=_WHAT, why="its time zone is not a name of one")
        card = cls(
            side=value["side"],
            names=read_names(value["names"], "the names on the card"),
            keys=read_keys(value["keys"], _WHAT),
            nonce=value["nonce"],
            issued=value["issued"],
            address=_read_address(value.get("address")),
            short=read_names(value.get("short", {}), "the short names on the card"),
            time_zone=value["time_zone"],
            signature=bytes.fromhex(signature),
        )
        verify_ed25519(card.keys["authority"], card._message(), card.signature, what=_WHAT)
        return card


def check_party_keys(party: Mapping[str, bytes], what: str) -> None:
    """Raises RecordFault(`key-refused`) unless `party` has every role, with keys that may stand there, all
    different.

    They must differ because type 04 does not sign the cosigner's name: a key that served two purposes could
    be quoted from one in the other.
    """
    if set(party) != set(KEY_ROLES):
        raise RecordFault("malformed", what=what, why="it does not have exactly the keys of every role")
    for role, raw in party.items():
        check_key(role, raw, f"the {role} key of {what}")
    if len(set(party.values())) != len(party):
        raise RecordFault("key-refused", what=f"a key of {what}", why="it stands under two roles")


def read_keys(value: Any, what: str) -> dict[str, bytes]:
    """Raw keys by role from their hex in `value`, lengths checked, nothing else.

    Raises RecordFault(`malformed`).
    """
    item = canon.fields(value, set(KEY_ROLES), set(), f"the keys of {what}")
    return {
        role: bytes.fromhex(canon.hexadecimal(item[role], 2 * length, f"the {role} key of {what}"))
        for role, length in KEY_ROLES.items()
    }


def read_names(value: Any, what: str) -> dict[str, str]:
    """`value` when it is an object; what is in it is checked where it is used.

    Raises RecordFault(`malformed`).
    """
    if not isinstance(value, dict):
        raise RecordFault("malformed", what=what, why="it is not an object")
    return value


def check_names(names: Mapping[str, Any], what: str) -> None:
    """Raises RecordFault(`malformed`) unless `names` has 1 to 32 names of 1 to 200 plain characters by
    language tag.
    """
    if not 1 <= len(names) <= 32:
        raise RecordFault("malformed", what=what, why="there are not 1 to 32 of them")
    for lang, name in names.items():
        if not _LANG.fullmatch(lang):
            raise RecordFault("malformed", what=what, why="one is not under a language tag")
        if (
            not isinstance(name, str)
            or not 1 <= len(name.strip()) <= len(name) <= 200
            or _BAD_TEXT.search(name)
        ):
            raise RecordFault(
                "malformed", what=what, why=f"the one in {lang!a} is not 1 to 200 plain characters"
            )


def _read_address(value: Any) -> Address | None:
    if value is None:
        return None
    item = canon.fields(value, {"url"}, {"tls"}, "the address on the card")
    if not isinstance(item["url"], str):
        raise RecordFault("malformed", what=_WHAT, why="its address is not a plain http or https URL")
    return Address(item["url"], item.get("tls"))
