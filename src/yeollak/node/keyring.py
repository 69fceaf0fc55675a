"""The keys of a node: files under a passphrase, opened when they are needed and never written in the clear.

`keys/<nonce of the card>/<role>.key` are a side's own keys in one office, `<role>.<n>.key` those of its nth
later generation, `officers/<kid>.key` those of its officers. A key's file is synced before anything commits
to the key (design §7), and none is ever removed: `<file>.retired` beside it says since when another is in
force.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from yeollak.errors import Fault, OurFault, RecordFault
from yeollak.line.post import PostKeys
from yeollak.office.charter import Charter
from yeollak.record import keyfile
from yeollak.record.keyfile import Cost
from yeollak.record.keys import PostQuantumKey, SealKey, SigningKey
from yeollak.storage import disk
from yeollak.storage.signer import KeyPair, RegisterSigner

#: The roles whose keys a side keeps, the next authority key and the node's own officer key among them.
ROLES = ("authority", "authority-next", "register", "register-pq", "receipt", "receipt-pq", "seal", "node")
#: The roles that are replaced generation by generation, and the files of each.
FILES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"register": ("register", "register-pq"), "receipt": ("receipt", "receipt-pq"), "seal": ("seal",)}
)
#: After how many nanoseconds a further change of a folder shows in its time, and how often the files are
#: looked at all the same, in seconds: one may be overwritten where it stands.
_SHOWS, _SCAN = 100_000_000, 1.0
#: label -> 32 bytes. The default draws from the system; a demonstration derives them.
Entropy = Callable[[str], bytes]


def system_entropy(label: str) -> bytes:
    """32 fresh random bytes, whatever they are for."""
    return secrets.token_bytes(32)


class Keyring:
    """The key files in a node's folder, under one operator's passphrase; officers' files have their own."""

    def __init__(self, folder: Path, cost: Cost) -> None:
        self._folder, self._cost = folder, cost
        self._stretched = keyfile.Stretched()
        self._salt: bytes | None = None

    def make(self, nonce: str, passphrase: str, entropy: Entropy) -> dict[str, bytes]:
        """Make and keep the seeds of every role for a card with this nonce; returns them by role.

        Raises OurFault(`wrong-passphrase`) where the node's other keys are under another one, `disk-full`.
        """
        self._same_passphrase(passphrase)
        seeds = {role: entropy(role) for role in ROLES}
        folder = self._folder / "keys" / nonce
        try:
            for role, seed in seeds.items():
                self._write(folder / f"{role}.key", self._sealed(seed, passphrase, role))
        except OurFault:
            # No card names them yet: keys that are not all there are no use to anybody.
            shutil.rmtree(folder, ignore_errors=True)
            raise
        return seeds

    def _sealed(self, seed: bytes, passphrase: str, role: str) -> bytes:
        """A key file of the node's own. They share a salt: a node with many offices stretches its passphrase
        once, and whoever guesses at it gains nothing, since it is one.
        """
        if self._salt is None:
            with contextlib.suppress(StopIteration, OSError, RecordFault):
                self._salt = keyfile.salt_of(next((self._folder / "keys").glob("*/*.key")).read_bytes())
        made = keyfile.seal(seed, passphrase, role, self._cost, salt=self._salt, stretched=self._stretched)
        self._salt = self._salt or keyfile.salt_of(made)
        return made

    def _same_passphrase(self, passphrase: str) -> None:
        """A node's own keys are under one passphrase: a slip of the hand must not make it two."""
        held = sorted((self._folder / "keys").glob("*/authority.key"))
        if held:
            self._read(held[0], passphrase, self._stretched)

    def seed(self, nonce: str, role: str, passphrase: str) -> bytes:
        """The seed of one role. Raises OurFault(`key-missing`, `wrong-passphrase`)."""
        return self._read(self._folder / "keys" / nonce / f"{role}.key", passphrase, self._stretched)

    def authority(self, charter: Charter, side: str, passphrase: str, generation: int = 0) -> SigningKey:
        """The authority key of a side in an office, after so many rotations (`rekeying.rotations`)."""
        return SigningKey(self.seed(charter.party(side).nonce, authority_file(generation), passphrase))

    def keep_generation(
        self, nonce: str, role: str, number: int, passphrase: str, entropy: Entropy
    ) -> dict[str, bytes]:
        """Make and keep the seeds of one generation of a role; those that are kept already stay, so that a
        command that was interrupted goes on with the same keys. Returns them by the files' roles.

        Raises OurFault(`wrong-passphrase`, `disk-full`).
        """
        seeds = {}
        for file in FILES.get(role, (role,)):
            name = numbered(file, number)
            path = self._folder / "keys" / nonce / f"{name}.key"
            if not path.exists():
                self._write(path, self._sealed(entropy(name), passphrase, file))
            seeds[file] = self._read(path, passphrase, self._stretched)
        return seeds

    def kept(self, nonce: str) -> frozenset[str]:
        """The names of a side's key files in an office, without their ending."""
        return frozenset(self.stamps(nonce))

    def stamps(self, nonce: str) -> dict[str, tuple[int, int]]:
        """The same, each with a value that is another one once somebody has put another file in its place."""
        try:
            with os.scandir(self._folder / "keys" / nonce) as found:
                files = [one for one in found if one.name.endswith(".key") and one.name[0] != "."]
                stated = [(one.name.removesuffix(".key"), one.stat()) for one in files]
        except OSError:
            return {}
        return {name: (known.st_ino, known.st_mtime_ns) for name, known in stated}

    def looked(self, nonce: str) -> int | None:
        """A value that is another one once a file has been put into the folder of a side's keys or taken from
        it; None where that is so short ago that another change might not show.
        """
        try:
            changed = (self._folder / "keys" / nonce).stat().st_mtime_ns
        except OSError:
            return None
        return changed if time.time_ns() - changed > _SHOWS else None

    def mark_retired(self, nonce: str, name: str, act: str, index: int) -> None:
        """Say beside a key file, for whoever looks into the folder, which act has put another in its
        place.
        """
        path = self._folder / "keys" / nonce / f"{name}.key.retired"
        if not path.exists():
            disk.write_whole(path, f"retired by the act {act}, entry {index}\n".encode(), mode=0o600)

    def post_keys(
        self, charter: Charter, side: str, passphrase: str, opened: dict[str, bytes] | None = None
    ) -> PostKeys:
        """The keys that the node itself uses, of every generation that is kept whole. `opened` holds seeds by
        file that need not be opened again, and is added to.

        Raises OurFault(`key-missing`, `wrong-passphrase`, `keys-otherwise`).
        """
        nonce, known = charter.party(side).nonce, {} if opened is None else opened
        names = self.kept(nonce)

        def seed(name: str) -> bytes:
            if name not in known:
                known[name] = self.seed(nonce, name, passphrase)
            return known[name]

        def later(role: str) -> list[list[bytes]]:
            """The seeds of the generations after the charter's, whatever is missing among them."""
            made = (name.removeprefix(f"{role}.") for name in names if name.startswith(f"{role}."))
            numbers = sorted(int(number) for number in made if number.isdecimal())
            files = ([numbered(file, number) for file in FILES[role]] for number in numbers if number)
            return [[seed(name) for name in whole] for whole in files if names.issuperset(whole)]

        def pair(first: bytes, second: bytes) -> KeyPair:
            return KeyPair(SigningKey(first), PostQuantumKey(second))

        keys = PostKeys(
            register=RegisterSigner(
                SigningKey(seed("register")),
                PostQuantumKey(seed("register-pq")),
                tuple(pair(*seeds) for seeds in later("register")),
            ),
            receipts=(
                pair(seed("receipt"), seed("receipt-pq")),
                *(pair(*seeds) for seeds in later("receipt")),
            ),
            seals=(SealKey(seed("seal")), *(SealKey(one) for (one,) in later("seal"))),
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
        """An officer's key. What his passphrase is stretched to is not kept. Raises OurFault(`key-missing`,
        `wrong-passphrase`).
        """
        return SigningKey(self._read(self._folder / "officers" / f"{kid}.key", passphrase))

    def _read(self, path: Path, passphrase: str, stretched: keyfile.Stretched | None = None) -> bytes:
        try:
            data = path.read_bytes()
        except OSError:
            raise OurFault("key-missing", path=str(path)) from None
        return keyfile.open(data, passphrase, stretched)[1]

    def _write(self, path: Path, data: bytes) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as problem:
            raise disk.trouble(problem, path) from None
        disk.write_whole(path, data, mode=0o600)


class Unlocked:
    """The keys that a running node uses. Called, it gives them as they are kept now: a file that a command
    has added in the meantime is opened when it is first seen, so that no node need be started again.
    """

    def __init__(self, keyring: Keyring, charter: Charter, side: str, passphrase: str) -> None:
        self._keyring, self._charter, self._side, self._passphrase = keyring, charter, side, passphrase
        self._seeds: dict[str, bytes] = {}
        self._lock = threading.Lock()
        self._nonce = charter.party(side).nonce
        self._looked, self._scans = keyring.looked(self._nonce), 0.0
        self._stamps = keyring.stamps(self._nonce)
        self._keys = keyring.post_keys(charter, side, passphrase, self._seeds)

    def __call__(self) -> PostKeys:
        looked, now = self._keyring.looked(self._nonce), time.monotonic()
        if looked is not None and looked == self._looked and now < self._scans:
            return self._keys
        stamps = self._keyring.stamps(self._nonce)
        if stamps != self._stamps:
            with self._lock:
                for name in [name for name in self._seeds if stamps.get(name) != self._stamps.get(name)]:
                    del self._seeds[name]
                # Where a file cannot be opened, what is open goes on; what is missed is named where it is
                # needed.
                with contextlib.suppress(Fault):
                    self._keys = self._keyring.post_keys(
                        self._charter, self._side, self._passphrase, self._seeds
                    )
                self._stamps = stamps
        self._looked, self._scans = looked, now + _SCAN
        return self._keys


def numbered(file: str, number: int) -> str:
    """The name of a file of one generation: that of the charter's has no number."""
    return f"{file}.{number}" if number else file


def authority_file(generation: int) -> str:
    """The name of the file of an authority key: the charter's, and then what was made as the next one."""
    return numbered("authority-next", generation - 1) if generation else "authority"
