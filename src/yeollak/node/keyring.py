"""The keys of a node: files under a passphrase, opened when they are needed and never written in the clear.

`keys/<nonce of the card>/<role>.key` are a side's own keys in one office, `officers/<kid>.key` those of
its officers. A key's file is synced before anything commits to the key (design §7).
"""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Callable
from pathlib import Path

from yeollak.errors import OurFault
from yeollak.line.post import PostKeys
from yeollak.office.charter import Charter
from yeollak.record import keyfile
from yeollak.record.keyfile import Cost
from yeollak.record.keys import PostQuantumKey, SealKey, SigningKey
from yeollak.storage import disk
from yeollak.storage.signer import RegisterSigner

#: The roles whose keys a side keeps, the next authority key and the node's own officer key among them.
ROLES = ("authority", "authority-next", "register", "register-pq", "receipt", "receipt-pq", "seal", "node")
#: label -> 32 bytes. The default draws from the system; a demonstration derives them.
Entropy = Callable[[str], bytes]


def system_entropy(label: str) -> bytes:
    """32 fresh random bytes, whatever they are for."""
    return secrets.token_bytes(32)


class Keyring:
    """The key files in a node's folder, under one operator's passphrase; officers' files have their own."""

    def __init__(self, folder: Path, cost: Cost) -> None:
        self._folder, self._cost = folder, cost

    def make(self, nonce: str, passphrase: str, entropy: Entropy) -> dict[str, bytes]:
        """Make and keep the seeds of every role for a card with this nonce; returns them by role.

        Raises OurFault(`wrong-passphrase`) where the node's other keys are under another one, `disk-full`.
        """
        self._same_passphrase(passphrase)
        seeds = {role: entropy(role) for role in ROLES}
        folder = self._folder / "keys" / nonce
        try:
            for role, seed in seeds.items():
                self._write(folder / f"{role}.key", keyfile.seal(seed, passphrase, role, self._cost))
        except OurFault:
            # No card names them yet: keys that are not all there are no use to anybody.
            shutil.rmtree(folder, ignore_errors=True)
            raise
        return seeds

    def _same_passphrase(self, passphrase: str) -> None:
        """A node's own keys are under one passphrase: a slip of the hand must not make it two."""
        held = sorted((self._folder / "keys").glob("*/authority.key"))
        if held:
            self._read(held[0], passphrase)

    def seed(self, nonce: str, role: str, passphrase: str) -> bytes:
        """The seed of one role. Raises OurFault(`key-missing`, `wrong-passphrase`)."""
        return self._read(self._folder / "keys" / nonce / f"{role}.key", passphrase)

    def authority(self, charter: Charter, side: str, passphrase: str) -> SigningKey:
        """The authority key of a side in an office."""
        return SigningKey(self.seed(charter.party(side).nonce, "authority", passphrase))

    def post_keys(self, charter: Charter, side: str, passphrase: str) -> PostKeys:
        """The keys that the node itself uses. Raises OurFault(`key-missing`, `wrong-passphrase`,
        `keys-otherwise`).
        """
        nonce = charter.party(side).nonce

        def seed(role: str) -> bytes:
            return self.seed(nonce, role, passphrase)

        keys = PostKeys(
            register=RegisterSigner(SigningKey(seed("register")), PostQuantumKey(seed("register-pq"))),
            receipt=SigningKey(seed("receipt")),
            receipt_pq=PostQuantumKey(seed("receipt-pq")),
            seal=SealKey(seed("seal")),
            node=SigningKey(seed("node")),
        )
        if keys.register.key.public != charter.party(side).keys["register"]:
            raise OurFault("keys-otherwise", side=side)
        return keys

    def keep_officer(self, key: SigningKey, seed: bytes, passphrase: str) -> None:
        """Keep an officer's key under his own passphrase."""
        self._write(
            self._folder / "officers" / f"{key.kid}.key",
            keyfile.seal(seed, passphrase, "officer", self._cost),
        )

    def drop_officer(self, kid: str) -> None:
        """Forget the key of an officer whose posting did not come about."""
        (self._folder / "officers" / f"{kid}.key").unlink(missing_ok=True)

    def has_officer(self, kid: str) -> bool:
        """Whether an officer's key is kept here."""
        return (self._folder / "officers" / f"{kid}.key").is_file()

    def officer(self, kid: str, passphrase: str) -> SigningKey:
        """An officer's key. Raises OurFault(`key-missing`, `wrong-passphrase`)."""
        return SigningKey(self._read(self._folder / "officers" / f"{kid}.key", passphrase))

    def _read(self, path: Path, passphrase: str) -> bytes:
        try:
            data = path.read_bytes()
        except OSError:
            raise OurFault("key-missing", path=str(path)) from None
        return keyfile.open(data, passphrase)[1]

    def _write(self, path: Path, data: bytes) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as problem:
            raise disk.trouble(problem, path) from None
        disk.write_whole(path, data, mode=0o600)
