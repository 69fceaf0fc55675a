"""The line's client: one parcel out, one parcel back, over HTTPS, bounded in size and time.

TLS is transport: where a peer's card names a certificate, only that one is taken; who answers is proved by
the answer's signature, which is not this module's business.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import urllib3

from yeollak.errors import LineFault
from yeollak.line.server import MAX_PARCEL, TYPE

_TIMEOUT = urllib3.Timeout(connect=5.0, read=60.0)


@dataclass(frozen=True, slots=True)
class Address:
    """Where a peer's line answers: a URL, and the SHA-256 of the certificate that it shows (64 hex), or
    None.
    """

    url: str
    tls: str | None = None


class LineClient:
    """Sends parcels to one peer. Keeps its connection; may be used by one thread at a time."""

    def __init__(self, address: Address) -> None:
        self.address = address
        more: dict[str, Any] = {}
        if address.tls is not None:
            # The fingerprint is the identity of the certificate: no name and no authority vouches for it.
            more = {"assert_fingerprint": address.tls, "cert_reqs": "CERT_NONE", "assert_hostname": False}
        self._pool = urllib3.PoolManager(timeout=_TIMEOUT, retries=False, maxsize=2, **more)

    def exchange(self, office: str, data: bytes) -> bytes:
        """The answer to a parcel. Raises LineFault(`unreachable`, `line-refused`)."""
        url = f"{self.address.url.rstrip('/')}/line/{office}"
        headers = {"Content-Type": TYPE}
        try:
            answer = self._pool.request(
                "POST", url, body=data, headers=headers, preload_content=False, redirect=False
            )
            body = answer.read(MAX_PARCEL + 1)
            answer.drain_conn()
        except (urllib3.exceptions.HTTPError, OSError) as problem:
            raise LineFault("unreachable", url=self.address.url, why=type(problem).__name__) from None
        if answer.status != 200 or len(body) > MAX_PARCEL:
            raise LineFault("line-refused", url=self.address.url, status=answer.status)
        return bytes(body)

    def close(self) -> None:
        """Give up the connection."""
        self._pool.clear()
