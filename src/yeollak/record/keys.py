"""Keys: the raw public keys that the record accepts, and the private ones that sign and open.

Public keys travel raw, by role. What is refused here is refused because verifiers differ about it: Ed25519
keys of small order or in a second encoding (Taming the many EdDSAs, 2020), KEM keys out of range. Ed25519
runs on libsodium, which is about twice as fast to verify; ML-DSA-44 (FIPS 204) and X-Wing run on OpenSSL.
Keys at rest are keyfile's.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA44PublicKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import MLKEM768X25519PrivateKey, MLKEM768X25519PublicKey
from nacl import bindings
from nacl.exceptions import CryptoError

from yeollak.errors import RecordFault

ED25519_PUBLIC: Final = 32
ED25519_SIGNATURE: Final = 64
MLDSA44_PUBLIC: Final = 1312
MLDSA44_SIGNATURE: Final = 2420
XWING_PUBLIC: Final = 1216
SEED: Final = 32
_MLKEM768_PUBLIC: Final = 1184
_FIELD: Final = 2**255 - 19

#: The public keys that a card and a charter name, by role, with their length in bytes. `authority_next` is
#: the SHA-256 of the key that alone may replace `authority`.
KEY_ROLES: Final[dict[str, int]] = {
    "authority": ED25519_PUBLIC,
    "authority_next": 32,
    "register": ED25519_PUBLIC,
    "register_pq": MLDSA44_PUBLIC,
    "receipt": ED25519_PUBLIC,
    "receipt_pq": MLDSA44_PUBLIC,
    "seal": XWING_PUBLIC,
}


@lru_cache(maxsize=512)
def kid(public: bytes) -> str:
    """The short name of a signing key in statements and acts: the first 8 bytes of SHA-256(raw key), as 16
    hex digits.
    """
    return hashlib.sha256(public).hexdigest()[:16]


def check_ed25519(public: bytes, what: str = "the Ed25519 key") -> bytes:
    """`public` when it is the canonical encoding of a point of the prime-order group.

    Raises RecordFault(`key-refused`).
    """
    if len(public) != ED25519_PUBLIC:
        raise RecordFault(
            "key-refused", what=what, why=f"it has {len(public)} bytes instead of {ED25519_PUBLIC}"
        )
    if int.from_bytes(public, "little") & ((1 << 255) - 1) >= _FIELD:
        raise RecordFault("key-refused", what=what, why="it is not the canonical encoding of a point")
    if not _in_the_group(public):
        raise RecordFault(
            "key-refused", what=what, why="it is of small order or not in the group of prime order"
        )
    return public


@lru_cache(maxsize=512)
def _in_the_group(public: bytes) -> bool:
    return bool(bindings.crypto_core_ed25519_is_valid_point(public))


def check_mldsa44(public: bytes, what: str = "the ML-DSA-44 key") -> bytes:
    """`public` when it has the length of an ML-DSA-44 key (every such string is one).

    Raises RecordFault(`key-refused`).
    """
    if len(public) != MLDSA44_PUBLIC:
        raise RecordFault(
            "key-refused", what=what, why=f"it has {len(public)} bytes instead of {MLDSA44_PUBLIC}"
        )
    return public


def check_xwing(public: bytes, what: str = "the seal key") -> bytes:
    """`public` when both halves of the X-Wing key can be used. Raises RecordFault(`key-refused`)."""
    xwing_public(public, what)
    # A low-order X25519 half would make every exchange yield zero; one exchange with a fixed scalar shows it.
    try:
        X25519PrivateKey.from_private_bytes(b"\x01" * 32).exchange(
            X25519PublicKey.from_public_bytes(public[_MLKEM768_PUBLIC:])
        )
    except ValueError:
        raise RecordFault("key-refused", what=what, why="its X25519 half is of small order") from None
    return public


def check_key(role: str, public: bytes, what: str | None = None) -> bytes:
    """`public` when it may stand under `role` in a card or charter. Raises RecordFault(`key-refused`)."""
    name = what or f"the key {role!a}"
    if role not in KEY_ROLES:
        raise RecordFault("key-refused", what=name, why="there is no such role")
    if len(public) != KEY_ROLES[role]:
        raise RecordFault(
            "key-refused", what=name, why=f"it has {len(public)} bytes instead of {KEY_ROLES[role]}"
        )
    if role in {"authority", "register", "receipt"}:
        check_ed25519(public, name)
    elif role == "seal":
        check_xwing(public, name)
    return public


@lru_cache(maxsize=64)
def xwing_public(public: bytes, what: str = "the seal key") -> MLKEM768X25519PublicKey:
    """The HPKE key of 1,216 raw bytes: ML-KEM-768, then X25519 (draft-connolly-cfrg-xwing-kem).

    Raises RecordFault(`key-refused`).
    """
    if len(public) != XWING_PUBLIC:
        raise RecordFault(
            "key-refused", what=what, why=f"it has {len(public)} bytes instead of {XWING_PUBLIC}"
        )
    try:
        return MLKEM768X25519PublicKey(
            MLKEM768PublicKey.from_public_bytes(public[:_MLKEM768_PUBLIC]),
            X25519PublicKey.from_public_bytes(public[_MLKEM768_PUBLIC:]),
        )
    except ValueError:
        raise RecordFault("key-refused", what=what, why="its ML-KEM half is out of range") from None


def verify_ed25519(public: bytes, message: bytes, signature: bytes, *, what: str, key: str = "") -> None:
    """Raises RecordFault(`signature-wrong`) unless `signature` (64 bytes) is `public`'s over `message` (RFC
    8032).
    """
    try:
        if len(signature) != ED25519_SIGNATURE or len(public) != ED25519_PUBLIC:
            raise CryptoError("length")
        bindings.crypto_sign_open(signature + message, public)
    except CryptoError:
        raise RecordFault("signature-wrong", what=what, key=key or kid(public)) from None


def verify_mldsa44(public: bytes, message: bytes, signature: bytes, *, what: str, key: str = "") -> None:
    """Raises RecordFault(`signature-wrong`) unless `signature` (2,420 bytes) is `public`'s (FIPS 204 pure,
    empty context).
    """
    try:
        _mldsa44_public(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        raise RecordFault("signature-wrong", what=what, key=key or kid(public)) from None


@lru_cache(maxsize=64)
def _mldsa44_public(public: bytes) -> MLDSA44PublicKey:
    return MLDSA44PublicKey.from_public_bytes(public)


@dataclass(frozen=True, slots=True)
class SigningKey:
    """An Ed25519 key pair from its 32-byte seed (RFC 8032). The seed never shows in `repr`."""

    seed: bytes = field(repr=False)
    public: bytes = field(init=False)
    _secret: bytes = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        _check_seed(self.seed)
        public, secret = bindings.crypto_sign_seed_keypair(self.seed)
        object.__setattr__(self, "public", public)
        object.__setattr__(self, "_secret", secret)

    @classmethod
    def generate(cls) -> SigningKey:
        """A fresh key from the operating system's randomness."""
        return cls(secrets.token_bytes(SEED))

    @property
    def kid(self) -> str:
        """16 hex digits that name this key in statements."""
        return kid(self.public)

    def sign(self, message: bytes) -> bytes:
        """The 64-byte signature over `message`."""
        return bindings.crypto_sign(message, self._secret)[:ED25519_SIGNATURE]


@dataclass(frozen=True, slots=True)
class PostQuantumKey:
    """An ML-DSA-44 key pair from its 32-byte seed (FIPS 204). The seed never shows in `repr`."""

    seed: bytes = field(repr=False)
    public: bytes = field(init=False)
    _secret: MLDSA44PrivateKey = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        _check_seed(self.seed)
        secret = MLDSA44PrivateKey.from_seed_bytes(self.seed)
        object.__setattr__(self, "_secret", secret)
        object.__setattr__(self, "public", secret.public_key().public_bytes_raw())

    @classmethod
    def generate(cls) -> PostQuantumKey:
        """A fresh key from the operating system's randomness."""
        return cls(secrets.token_bytes(SEED))

    def sign(self, message: bytes) -> bytes:
        """The 2,420-byte signature over `message`, pure, with the empty context."""
        return self._secret.sign(message)


@dataclass(frozen=True, slots=True)
class SealKey:
    """An X-Wing key pair from its 32-byte seed, expanded as draft-connolly-cfrg-xwing-kem says:

    SHAKE256(seed)[:96].
    """

    seed: bytes = field(repr=False)
    public: bytes = field(init=False)
    secret: MLKEM768X25519PrivateKey = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        _check_seed(self.seed)
        expanded = hashlib.shake_256(self.seed).digest(96)
        kem = MLKEM768PrivateKey.from_seed_bytes(expanded[:64])
        exchange = X25519PrivateKey.from_private_bytes(expanded[64:])
        object.__setattr__(self, "secret", MLKEM768X25519PrivateKey(kem, exchange))
        public = kem.public_key().public_bytes_raw() + exchange.public_key().public_bytes_raw()
        object.__setattr__(self, "public", public)

    @classmethod
    def generate(cls) -> SealKey:
        """A fresh key from the operating system's randomness."""
        return cls(secrets.token_bytes(SEED))


def _check_seed(seed: bytes) -> None:
    if len(seed) != SEED:
        raise RecordFault(
            "key-refused", what="the private key", why=f"its seed has {len(seed)} bytes instead of {SEED}"
        )
