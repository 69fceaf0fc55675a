"""The anchor: a file outside the database that remembers what has left this node (rule 9).

A database restored from an old backup does not know what it has already signed; the anchor does. It holds
the newest checkpoint of our own register that has left, per office, and it only goes forward. It proves
nothing to anybody else.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Lock

from yeollak.errors import OurFault
from yeollak.storage.disk import write_whole


class Anchor:
    """The anchor file at `path`; JSON {office id: {"size": entries, "root": hex}}. A file that is not
    there is empty.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = Lock()

    def read(self, office: str) -> tuple[int, bytes] | None:
        """Size and root that have left, or None. Raises OurFault(`anchor-unreadable`)."""
        return self._all().get(office)

    def check(self, office: str, size: int, root_at: Callable[[int], bytes]) -> None:
        """Raise OurFault(`behind-anchor`) unless a register of `size` entries holds what has left.

        `root_at` gives the register's root at a size not above `size`.
        """
        left = self.read(office)
        if left is not None and (size < left[0] or root_at(left[0]) != left[1]):
            raise OurFault("behind-anchor", office=office, size=size, anchor=left[0])

    def set_aside(self) -> bool:
        """Rename a file that cannot be read, so that a new anchor can begin. Returns whether it could be."""
        with self._lock, contextlib.suppress(OSError):
            self.path.replace(self.path.with_name(self.path.name + ".unreadable"))
            return True
        return False

    def advance(self, office: str, size: int, root: bytes) -> None:
        """Remember a newer checkpoint, on disk before this returns. An older one changes nothing."""
        # Another process may be issuing too, as when a pouch is packed while the node serves: neither may put
        # back what the other has written.
        with self._lock, _alone(self.path.parent):
            held = self._all()
            if office in held and held[office][0] >= size:
                return
            held[office] = (size, root)
            text = json.dumps(
                {name: {"root": known.hex(), "size": at} for name, (at, known) in sorted(held.items())},
                indent=1,
            )
            self._write(text.encode() + b"\n")

    def _write(self, data: bytes) -> None:
        write_whole(self.path, data)

    def _all(self) -> dict[str, tuple[int, bytes]]:
        try:
            value = json.loads(self.path.read_bytes())
            return {
                str(name): (int(item["size"]), bytes.fromhex(item["root"])) for name, item in value.items()
            }
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as problem:
            # To go on as if nothing had left would be the very fork that the anchor prevents.
            raise OurFault("anchor-unreadable", path=str(self.path), why=type(problem).__name__) from None


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keep other processes out of a folder's anchor for so long, where its file system can."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        yield  # writing will say what is wrong
        return
    try:
        with contextlib.suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
