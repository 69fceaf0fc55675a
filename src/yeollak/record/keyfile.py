"""Private keys at rest: a seed under a passphrase.

The envelope is deterministic JSON: the costs of Argon2id (RFC 9106) and what kind of key it is stand in the
clear and are bound to the sealed seed, which ChaCha20-Poly1305 (RFC 8439) keeps. Whoever can change the file
can destroy the key, but not make it open as another kind or at a lower cost unnoticed. Source:
docs/spec/09-keys-and-cards.md.
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from dataclasses import dataclass
from typing import Any, Final

from argon2.exceptions import HashingError
from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from yeollak.errors import OurFault, RecordFault
from yeollak.record import canon

MAX_KEYFILE: Final = 8192
MAX_SEED: Final = 1024
_WHAT: Final = "the key file"
_KIND: Final = re.compile(r"[a-z0-9](?:[a-z0-9_.-]{0,62}[a-z0-9])?")
SALT: Final = 16
#: How many stretched passphrases a process keeps.
_STRETCHED: Final = 64
_NONCE: Final = 12
_KEY: Final = 32


@dataclass(frozen=True, slots=True)
class Cost:
    """What one guess at a passphrase costs: `memory` in KiB, `passes` and `lanes`; the default is RFC 9106's
    second choice.

    The upper bounds keep a hostile file from taking the machine: 1 GiB, 16 passes, 16 lanes.
    """

    memory: int = 64 * 1024
    passes: int = 3
    lanes: int = 4

    def __post_init__(self) -> None:
        canon.natural(self.memory, "the memory cost of the key file", most=1024 * 1024)
        canon.natural(self.passes, "the passes of the key file", most=16)
        canon.natural(self.lanes, "the lanes of the key file", most=16)
        if self.passes < 1 or self.lanes < 1 or self.memory < 8 * self.lanes:
            raise RecordFault("malformed", what=_WHAT, why="its costs are below what Argon2id can do")


class Stretched:
    """What passphrases have been stretched to in this process, each once for a salt and its costs.

    Files that share a salt cost one stretching together, and so does a guess at the passphrase of all of
    them: it is for the files of one owner under one passphrase alone. What is kept here opens them, as the
    keys do that were in them.
    """

    def __init__(self) -> None:
        self._known: dict[tuple[str, bytes, Cost], bytes] = {}

    def __call__(self, passphrase: str, salt: bytes, cost: Cost) -> bytes:
        """The key of a file. Raises RecordFault(`malformed`) for costs that this machine cannot do."""
        asked = passphrase, salt, cost
        if asked not in self._known:
            while len(self._known) >= _STRETCHED:
                # Guesses that were wrong are among them: the oldest goes.
                del self._known[next(iter(self._known))]
            self._known[asked] = _stretch(*asked)
        return self._known[asked]


def seal(
    seed: bytes,
    passphrase: str,
    kind: str,
    cost: Cost | None = None,
    *,
    salt: bytes | None = None,
    stretched: Stretched | None = None,
) -> bytes:
    """The key file that keeps `seed` (1 to 1,024 bytes) of a key of `kind` under `passphrase`, with a fresh
    nonce, and a fresh salt where none of the same owner's is given (`Stretched`).
    """
    if not 1 <= len(seed) <= MAX_SEED or not _KIND.fullmatch(kind):
        raise RecordFault("malformed", what=_WHAT, why="its seed or kind is not one")
    spent = cost or Cost()
    salt, nonce = salt or secrets.token_bytes(SALT), secrets.token_bytes(_NONCE)
    envelope: dict[str, Any] = {
        "cipher": "chacha20-poly1305",
        "kdf": {
            "lanes": spent.lanes,
            "memory": spent.memory,
            "name": "argon2id",
            "passes": spent.passes,
            "salt": salt.hex(),
        },
        "kind": kind,
        "nonce": nonce.hex(),
        "v": 1,
    }
    cipher = ChaCha20Poly1305((stretched or _stretch)(passphrase, salt, spent))
    envelope["sealed"] = cipher.encrypt(nonce, seed, canon.encode(envelope)).hex()
    return canon.encode(envelope)


def open(  # noqa: A001 - read as keyfile.open
    data: bytes, passphrase: str, stretched: Stretched | None = None
) -> tuple[str, bytes]:
    """Kind and seed of a key file. Raises RecordFault(`too-large`, `malformed`) before any stretching is
    done.

    A passphrase that does not open it raises OurFault(`wrong-passphrase`); an altered file cannot be told
    from that.
    """
    kind, cost, salt, nonce, sealed, bound = _read(data)
    try:
        key = (stretched or _stretch)(passphrase, salt, cost)
        return kind, ChaCha20Poly1305(key).decrypt(nonce, sealed, bound)
    except InvalidTag:
        raise OurFault("wrong-passphrase", what=f"the {kind} key") from None


def salt_of(data: bytes) -> bytes:
    """The salt of a key file, and nothing else of it. Raises RecordFault(`too-large`, `malformed`)."""
    return _read(data)[2]


def kind_of(data: bytes) -> str:
    """What kind of key a file says that it keeps; bound to the seed, but unproved until it is opened."""
    return _read(data)[0]


def _read(data: bytes) -> tuple[str, Cost, bytes, bytes, bytes, bytes]:
    envelope = canon.fields(
        canon.decode(data, limit=MAX_KEYFILE, what=_WHAT),
        {"cipher", "kdf", "kind", "nonce", "sealed", "v"},
        set(),
        _WHAT,
    )
    kdf = canon.fields(envelope["kdf"], {"lanes", "memory", "name", "passes", "salt"}, set(), _WHAT)
    sealed = envelope.pop("sealed")
    known = envelope["v"] == 1 and envelope["cipher"] == "chacha20-poly1305" and kdf["name"] == "argon2id"
    if not known or isinstance(envelope["v"], bool):
        raise RecordFault("malformed", what=_WHAT, why="its version, cipher or kdf is not known")
    if not isinstance(envelope["kind"], str) or not _KIND.fullmatch(envelope["kind"]):
        raise RecordFault("malformed", what=_WHAT, why="its kind is not one")
    if not isinstance(sealed, str) or not 2 * 17 <= len(sealed) <= 2 * (MAX_SEED + 16) or len(sealed) % 2:
        raise RecordFault("malformed", what=_WHAT, why="its sealed seed has no possible length")
    return (
        envelope["kind"],
        Cost(kdf["memory"], kdf["passes"], kdf["lanes"]),
        bytes.fromhex(canon.hexadecimal(kdf["salt"], 2 * SALT, "the salt of the key file")),
        bytes.fromhex(canon.hexadecimal(envelope["nonce"], 2 * _NONCE, "the nonce of the key file")),
        bytes.fromhex(canon.hexadecimal(sealed, len(sealed), "the sealed seed of the key file")),
        canon.encode(envelope),
    )


def _stretch(passphrase: str, salt: bytes, cost: Cost) -> bytes:
    # The same passphrase typed on two keyboards may be composed differently.
    secret = unicodedata.normalize("NFC", passphrase).encode("utf-8", "surrogatepass")
    try:
        return hash_secret_raw(secret, salt, cost.passes, cost.memory, cost.lanes, _KEY, Type.ID)
    except HashingError:
        raise RecordFault(
            "malformed", what=_WHAT, why="its costs are more than this machine can do"
        ) from None
