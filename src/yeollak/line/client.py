"""The line's client: one parcel out, one parcel back, over HTTPS, bounded in size and in time as a whole.

TLS is transport: where a peer's card names a certificate, only that one is taken; who answers is proved by
the answer's signature, which is not this module's business.
"""

from __future__ import annotations

import ssl
import time
from dataclasses import dataclass
from typing import Any

import urllib3

from yeollak.errors import LineFault
from yeollak.line.http import TYPE
from yeollak.record.parcel import MAX_PARCEL

#: How long a connection may take, and how long a peer may be silent, in seconds.
_SILENCE = 30.0
_TIMEOUT = urllib3.Timeout(connect=5.0, read=_SILENCE)
#: How long one exchange may take as a whole: this, and its bytes at the slowest rate that is borne.
GRACE = 30.0
RATE = 64 * 1024


@dataclass(frozen=True, slots=True)
class Address:
    """Where a peer's line answers: a URL, and the SHA-256 of the certificate that it shows (64 hex), or
    None.
    """

    url: str
    tls: str | None = None


class _Deadline(ssl.SSLContext):
    """A TLS context whose sockets all end at one instant, however slowly bytes drip."""

    ends = 0.0

    def left(self) -> float:
        """Seconds that are left. Raises TimeoutError."""
        left = self.ends - time.monotonic()
        if left <= 0:
            raise TimeoutError("the exchange took too long")
        return left


class _Socket(ssl.SSLSocket):
    """Every reading and writing waits no longer than the exchange has left."""

    def recv_into(self, buffer: Any, nbytes: int | None = None, flags: int = 0) -> int:
        self._bound()
        return super().recv_into(buffer, nbytes, flags)

    def send(self, data: Any, flags: int = 0) -> int:
        self._bound()
        return super().send(data, flags)

    def _bound(self) -> None:
        if isinstance(self.context, _Deadline):
            self.settimeout(min(self.context.left(), _SILENCE))


class LineClient:
    """Sends parcels to one peer. Keeps its connection; may be used by one thread at a time."""

    def __init__(self, address: Address, grace: float = GRACE) -> None:
        self.address, self._grace = address, grace
        self._context = _Deadline(ssl.PROTOCOL_TLS_CLIENT)
        self._context.sslsocket_class = _Socket
        more: dict[str, Any] = {}
        if address.tls is not None:
            # The fingerprint is the identity of the certificate: no name and no authority vouches for it.
            self._context.check_hostname = False
            self._context.verify_mode = ssl.CERT_NONE
            more = {"assert_fingerprint": address.tls, "cert_reqs": "CERT_NONE", "assert_hostname": False}
        else:
            self._context.load_default_certs()
        self._pool = urllib3.PoolManager(
            timeout=_TIMEOUT, retries=False, maxsize=1, ssl_context=self._context, **more
        )

    def exchange(self, office: str, data: bytes) -> bytes:
        """The answer to a parcel. Raises LineFault(`unreachable`, `line-refused`)."""
        url = f"{self.address.url.rstrip('/')}/line/{office}"
        if not url.startswith("https://"):
            raise LineFault("unreachable", url=self.address.url, why="not https")
        self._context.ends = time.monotonic() + self._grace + (len(data) + MAX_PARCEL) / RATE
        headers = {"Content-Type": TYPE, "Accept-Encoding": "identity"}
        try:
            answer = self._pool.request(
                "POST", url, body=data, headers=headers, preload_content=False, redirect=False
            )
            if answer.status != 200:
                answer.close()
                raise LineFault("line-refused", url=self.address.url, status=answer.status)
            # Read as it came: an encoding that nobody asked for is not undone, however small it was made.
            body = answer.read(MAX_PARCEL + 1, decode_content=False)
            if len(body) > MAX_PARCEL or answer.length_remaining:
                answer.close()
                raise LineFault("unreachable", url=self.address.url, why="another length")
            answer.drain_conn()
            answer.release_conn()
        except (urllib3.exceptions.HTTPError, OSError) as problem:
            raise LineFault("unreachable", url=self.address.url, why=type(problem).__name__) from None
        return bytes(body)

    def close(self) -> None:
        """Give up the connection."""
        self._pool.clear()
