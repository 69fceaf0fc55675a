"""The line's server: one WSGI callable without a framework, `POST /line/<office id>`.

It bounds what it reads in size and in time before anything is decrypted, and answers in bytes of the same
kind. Whatever is not a parcel to this node gets a short fixed text, from which nothing can be learned.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from yeollak.errors import Fault
from yeollak.line.endpoint import Endpoint, status_of
from yeollak.office.admit import MAX_BODY

#: A sealed parcel: its body and what sealing adds.
MAX_PARCEL = MAX_BODY + 64 * 1024
#: How long a body may take to arrive, in seconds, however slowly it drips.
PATIENCE = 60.0
_CHUNK = 64 * 1024
_REASONS = {
    200: "OK",
    400: "Bad Request",
    404: "Not Found",
    405: "Method Not Allowed",
    408: "Request Timeout",
    411: "Length Required",
    413: "Content Too Large",
    503: "Service Unavailable",
}
TYPE = "application/vnd.yeollak.parcel"


def application(
    endpoints: Callable[[str], Endpoint | None], failed: Callable[[BaseException], None]
) -> Callable[[Mapping[str, Any], Any], Iterable[bytes]]:
    """The WSGI callable. `endpoints` finds the endpoint of an office id; `failed` is told of what nobody
    foresaw.
    """

    def answer(environ: Mapping[str, Any], start: Any) -> Iterable[bytes]:
        status, body = _answer(environ, endpoints, failed)
        kind = TYPE if status == 200 else "text/plain; charset=utf-8"
        start(f"{status} {_REASONS[status]}", [("Content-Type", kind), ("Content-Length", str(len(body)))])
        return [body]

    return answer


def _answer(
    environ: Mapping[str, Any],
    endpoints: Callable[[str], Endpoint | None],
    failed: Callable[[BaseException], None],
) -> tuple[int, bytes]:
    head, _, office = str(environ.get("PATH_INFO", "")).lstrip("/").partition("/")
    endpoint = endpoints(office) if head == "line" and len(office) == 64 else None
    if endpoint is None:
        return _refused(404)
    if environ.get("REQUEST_METHOD") != "POST":
        return _refused(405)
    try:
        length = int(environ.get("CONTENT_LENGTH") or -1)
    except ValueError:
        length = -1
    if length < 0:
        return _refused(411)
    if length > MAX_PARCEL:
        return _refused(413)
    body = _read(environ["wsgi.input"], length)
    if body is None:
        return _refused(408)
    try:
        return 200, endpoint.answer(body)
    except Fault as fault:
        return _refused(status_of(fault))
    except Exception as problem:  # noqa: BLE001 (a hostile parcel must not take the server down)
        failed(problem)
        return _refused(503)


def _read(stream: Any, length: int) -> bytes | None:
    """The whole body, or None when it did not arrive in time."""
    ends, parts = time.monotonic() + PATIENCE, []
    while length:
        try:
            part = stream.read(min(length, _CHUNK))
        except OSError:
            return None
        if not part or time.monotonic() > ends:
            return None
        parts.append(part)
        length -= len(part)
    return b"".join(parts)


def _refused(status: int) -> tuple[int, bytes]:
    return status, f"{_REASONS[status]}\n".encode()
