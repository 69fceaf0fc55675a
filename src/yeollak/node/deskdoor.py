"""The door of the desk: whom its listener answers, and under which certificate.

Off this machine the desk is HTTPS or nothing: passphrases and tokens cross the network. On plain HTTP it
answers only under an address or a name of its own, since a page elsewhere may have its own name point here
(DNS rebinding) and would then be this site to a browser.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from cheroot.ssl.builtin import BuiltinSSLAdapter

from yeollak.errors import OurFault

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

#: Certificate and key of the desk, in the folder `tls` of a node.
CERTIFICATE, KEY = "desk.pem", "desk.key"
_ELSEWHERE: Final = b"This desk does not answer under that name: see `names` under [desk] in node.toml.\n"


class Adapter(BuiltinSSLAdapter):
    """TLS 1.3 whose handshake is made by the thread that reads the request. Cheroot would make it in the one
    that accepts connections, where a client that says nothing keeps everybody out.
    """

    def __init__(self, certificate: str, key: str) -> None:
        super().__init__(certificate, key)
        self.context.minimum_version = ssl.TLSVersion.TLSv1_3

    def wrap(self, sock: socket.socket) -> tuple[ssl.SSLSocket, dict[str, Any]]:
        """The socket of a connection under TLS, and what a request's environment says of it."""
        made = self.context.wrap_socket(sock, server_side=True, do_handshake_on_connect=False)
        return made, {"wsgi.url_scheme": "https", "HTTPS": "on"}


def adapter_of(folder: Path, host: str) -> Adapter | None:
    """The TLS of a desk that listens at `host`; None where it has no certificate and needs none.

    Raises OurFault(`desk-without-certificate`, `desk-certificate-unreadable`).
    """
    certificate, key = folder / "tls" / CERTIFICATE, folder / "tls" / KEY
    if not certificate.exists():
        if is_loopback(host):
            return None
        raise OurFault("desk-without-certificate", host=host or "0.0.0.0")  # noqa: S104 (it names what is set)
    try:
        return Adapter(str(certificate), str(key))
    except (OSError, ValueError) as problem:
        why = type(problem).__name__
        raise OurFault("desk-certificate-unreadable", path=str(certificate), why=why) from None


def is_loopback(host: str) -> bool:
    """Whether nobody but this machine reaches a listener at `host`. A name may point anywhere."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def is_own(asked: str, names: Iterable[str]) -> bool:
    """Whether a Host header is an address, this machine's own name, or one of `names`."""
    host = asked.rpartition(":")[0] if asked.rpartition(":")[2].isdigit() else asked
    host = host.strip("[]").rstrip(".").lower()
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host == "localhost" or host in {name.lower() for name in names}
    return True


def answering(
    pages: WSGIApplication, names: Iterable[str], environ: WSGIEnvironment, start_response: StartResponse
) -> Iterable[bytes]:
    """The pages, for a request under a name of this desk."""
    secure = environ.get("wsgi.url_scheme") == "https"
    if secure or is_own(str(environ.get("HTTP_HOST", "")), names):
        return pages(environ, start_response)
    head = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(_ELSEWHERE)))]
    start_response("421 Misdirected Request", head)
    return [_ELSEWHERE]
