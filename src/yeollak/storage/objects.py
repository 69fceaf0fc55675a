"""Large enclosures in a storage that speaks S3, where several hosts serve one side (docs/scale.md).

An object has the name that a file would have, under the prefix that the settings name. It is there whole or
not at all, as S3 promises, and durable when a put returns. What arrives in pieces is gathered in a folder of
the process and put when it is whole and is what was committed to: a process that takes over the work of
another one fetches from the beginning what the other had begun.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from yeollak.errors import OurFault
from yeollak.storage.files import Arriving, Files

if TYPE_CHECKING:
    from obstore.store import S3Store

#: How long a storage may take to be reached, to answer, and to be tried again, in seconds.
_CONNECT, _ANSWER, _AGAIN = 5, 30, 20
_TRIES: Final = 3


@dataclass(frozen=True, slots=True)
class Bucket:
    """Where in which storage. `address` is `s3://BUCKET/PREFIX`; an empty `endpoint` is that of AWS, and
    empty keys are those of the process's environment or of the machine.
    """

    address: str
    endpoint: str = ""
    region: str = "us-east-1"
    key_id: str = ""
    secret: str = ""

    def open(self) -> S3Store:
        """The storage. It is not reached yet. Raises OurFault(`no-object-storage`), ValueError."""
        try:
            from obstore.store import S3Store
        except ModuleNotFoundError:
            raise OurFault("no-object-storage") from None
        parts = urlsplit(self.address)
        if parts.scheme != "s3" or not parts.netloc:
            raise ValueError("a storage is named as s3://BUCKET/PREFIX")
        more: dict[str, Any] = {"region": self.region}
        if self.endpoint:
            more["endpoint"] = self.endpoint
        if self.key_id:
            more |= {"access_key_id": self.key_id, "secret_access_key": self.secret}
        return S3Store(
            parts.netloc,
            prefix=parts.path.strip("/") or None,
            client_options={
                # Who writes http:// in the settings has a storage on his own machine or network in mind.
                "allow_http": self.endpoint.startswith("http://"),
                "connect_timeout": timedelta(seconds=_CONNECT),
                "timeout": timedelta(seconds=_ANSWER),
            },
            retry_config={"max_retries": _TRIES, "retry_timeout": timedelta(seconds=_AGAIN)},
            **more,
        )


class Objects(Files):
    """Large enclosures in `store`; `folder` gathers what arrives. Every method raises also
    OurFault(`enclosure-store-away`).
    """

    def __init__(self, folder: Path, store: S3Store) -> None:
        super().__init__(folder)
        self._store = store

    def keep(self, digest: str, blob: bytes) -> None:
        """See Files."""
        import obstore

        if self.size(digest) != len(blob):
            with _reached(digest):
                obstore.put(self._store, digest, blob)

    def size(self, digest: str) -> int | None:
        """See Files."""
        import obstore

        try:
            with _reached(digest):
                return int(obstore.head(self._store, digest)["size"])
        except FileNotFoundError:
            return None

    def read(self, digest: str, offset: int = 0, length: int = -1) -> bytes:
        """See Files."""
        import obstore

        try:
            with _reached(digest):
                if length < 0 and not offset:
                    return bytes(obstore.get(self._store, digest).bytes())
                size = int(obstore.head(self._store, digest)["size"])
                end = size if length < 0 else min(size, offset + length)
                if offset >= end:
                    return b""
                return bytes(obstore.get_range(self._store, digest, start=offset, end=end))
        except FileNotFoundError:
            raise OurFault("enclosure-lost", digest=digest) from None

    def drop(self, digest: str) -> None:
        """See Files."""
        import obstore

        with _reached(digest):
            obstore.delete(self._store, digest)

    def _take_over(self, arriving: Arriving) -> None:
        import obstore

        with _reached(arriving.digest):
            obstore.put(self._store, arriving.digest, self._grows(arriving))
        self.forget([arriving])


@contextmanager
def _reached(digest: str) -> Iterator[None]:
    """What goes wrong with a storage, as a fault; that something is not there is FileNotFoundError."""
    from obstore.exceptions import BaseError

    try:
        yield
    except BaseError as problem:
        # The message may hold addresses and headers: its kind alone is told.
        why = type(problem).__name__
        raise OurFault("enclosure-store-away", why=why, digest=digest) from problem
