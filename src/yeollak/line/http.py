"""The little HTTP that the line speaks: `POST /line/<office id>` with a length, and nothing else.

A request is refused for the first thing that is not as it must be, by a status and a short fixed text from
which nothing can be learned. No body is read here and no socket touched.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from yeollak.record.parcel import MAX_PARCEL

TYPE: Final = "application/vnd.yeollak.parcel"
#: What may stand before a body.
MAX_HEAD: Final = 16 * 1024
REASONS: Final = {
    200: "OK",
    400: "Bad Request",
    404: "Not Found",
    405: "Method Not Allowed",
    408: "Request Timeout",
    411: "Length Required",
    413: "Content Too Large",
    415: "Unsupported Media Type",
    431: "Request Header Fields Too Large",
    503: "Service Unavailable",
}
_LINE: Final = re.compile(rb"([A-Z]{1,16}) (/[\x21-\x7e]{0,255}) HTTP/1\.([01])")
_FIELD: Final = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}):[ \t]*([\x20-\x7e\x80-\xff\t]*?)[ \t]*")
_PATH: Final = re.compile(r"/line/([0-9a-f]{64})")
_LENGTH: Final = re.compile(rb"[0-9]{1,12}")


class Refusal(Exception):
    """A request that is not answered by a parcel; `status` says why."""

    def __init__(self, status: int) -> None:
        self.status = status
        super().__init__(REASONS[status])


@dataclass(frozen=True, slots=True)
class Request:
    """The head of a request that may be answered: whose line, how many bytes follow, and what the client
    expects of the connection.
    """

    office: str
    length: int
    keep: bool
    wait: bool


def parse_head(head: bytes) -> Request:
    """The request whose head, up to and with the empty line, is `head`. Raises Refusal."""
    first, *rest = head.removesuffix(b"\r\n\r\n").split(b"\r\n")
    line = _LINE.fullmatch(first)
    fields = [_FIELD.fullmatch(field) for field in rest]
    if line is None or len(fields) > 64:
        raise Refusal(400)
    named: dict[bytes, bytes] = {}
    for field in fields:
        # Two of a kind, or one folded over lines, could be read in two ways.
        if field is None or field[1].lower() in named:
            raise Refusal(400)
        named[field[1].lower()] = field[2]
    path = _PATH.fullmatch(line[2].decode("ascii"))
    if path is None:
        raise Refusal(404)
    if line[1] != b"POST":
        raise Refusal(405)
    if named.get(b"content-encoding", b"identity").lower() != b"identity":
        raise Refusal(415)
    connection = named.get(b"connection", b"").lower()
    return Request(
        office=path[1],
        length=_length(named),
        keep=line[3] == b"1" and connection != b"close",
        wait=named.get(b"expect", b"").lower() == b"100-continue",
    )


def answer_of(status: int, body: bytes, *, keep: bool) -> bytes:
    """An answer, head and body."""
    kind = TYPE if status == 200 else "text/plain; charset=utf-8"
    head = f"HTTP/1.1 {status} {REASONS[status]}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
    # A browser that has strayed here takes the fixed text for nothing else.
    head += "X-Content-Type-Options: nosniff\r\n"
    return f"{head}Connection: {'keep-alive' if keep else 'close'}\r\n\r\n".encode() + body


def refusal_of(status: int) -> bytes:
    """The answer to what gets no parcel; the connection ends with it."""
    return answer_of(status, f"{REASONS[status]}\n".encode(), keep=False)


def _length(named: dict[bytes, bytes]) -> int:
    text = named.get(b"content-length")
    if text is None or b"transfer-encoding" in named:
        raise Refusal(411)
    if not _LENGTH.fullmatch(text):
        raise Refusal(400)
    if int(text) > MAX_PARCEL:
        raise Refusal(413)
    return int(text)
