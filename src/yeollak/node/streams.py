"""Streams: telling every open page of the desk that something has changed, with one thread for all of them.

A page listens by Server-Sent Events. A thread a listener would leave none for pages, and every thread that
has drawn one keeps an office in mind, so the desk's server hands the connection over once the page's request
is answered, and a hub writes to all of them. It says only that something has changed: what, the page asks
for, and the page decides anew who may see it.
"""

from __future__ import annotations

import contextlib
import selectors
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Final

from cheroot.server import HTTPConnection
from cheroot.wsgi import Gateway_10, Server

from yeollak.desk.staff.pages.events import STREAM
from yeollak.storage import journal, pulse, watching
from yeollak.storage.staffing import Staffing

#: How many pages may listen at once, and how many of one session.
MOST: Final = 64
OF_ONE: Final = 6
#: How often it is looked whether something has changed, and how often a silent stream is kept open and its
#: session asked for, in seconds.
_LOOK: Final = 0.1
_BEAT: Final = 15.0
#: How often it is looked all the same where the store tells what others have written, in seconds.
_ALL: Final = 5.0


@dataclass(slots=True)
class _Stream:
    """One page that listens: its connection, and the session that it was opened under."""

    connection: Connection
    token: str


class Hub:
    """Tells listeners of the database `alias` that something has changed. `run` is its thread. Where it is
    `told` so by `stir`, it does not ask the store all the time.
    """

    def __init__(
        self, alias: str, now: Callable[[], datetime], most: int = MOST, *, told: bool = False
    ) -> None:
        self._alias, self._now, self._most = alias, now, most
        self._selector = selectors.DefaultSelector()
        self._streams: dict[int, _Stream] = {}
        self._coming: list[_Stream] = []
        self._promised = 0
        self._lock = threading.Lock()
        self._is_told, self._stirred, self._all_at, self._looks = told, False, 0.0, 0

    def __len__(self) -> int:
        return len(self._streams)

    def promise(self) -> bool:
        """Keep a place for a connection that will be handed over; False where there is none."""
        with self._lock:
            if len(self._streams) + len(self._coming) + self._promised >= self._most:
                return False
            self._promised += 1
            return True

    def take(self, connection: Connection, token: str) -> None:
        """Take over a connection whose head has been sent, for a place that was kept."""
        with self._lock:
            self._promised -= 1
            self._coming.append(_Stream(connection, token))

    def stir(self) -> None:
        """Something was stored, by whatever process."""
        self._stirred = True

    def run(self, ending: threading.Event) -> None:
        """Serve until `ending`; whatever goes wrong with one listener or for a moment ends only that."""
        pulse, known, beat = object(), "", time.monotonic() + _BEAT
        while not ending.is_set():
            # The database may be away for a moment; it is asked again.
            with contextlib.suppress(Exception):
                new = self._welcome()
                if self._streams and (now := self._pulse(fresh=bool(new))) != pulse:
                    found = watching.signature(self._alias)
                    pulse = now
                    if found != known:
                        self._tell(_changed(found))
                    known = found
                for stream in new:
                    self._write(stream, _changed(known))
                if time.monotonic() >= beat:
                    beat = time.monotonic() + _BEAT
                    self._check()
                    self._tell(b": here\n\n")
            for key, _ in self._selector.select(_LOOK):
                self._hear(key.data)
        for stream in list(self._streams.values()):
            self._drop(stream)
        journal.close(self._alias)

    def _pulse(self, *, fresh: bool) -> object:
        """Another value once something may have changed."""
        if not self._is_told:
            return pulse.pulse(self._alias)
        if self._stirred or fresh or time.monotonic() >= self._all_at:
            self._stirred, self._all_at = False, time.monotonic() + _ALL
            self._looks += 1
        # A check of the record that goes on in this process moves, and stores nothing.
        return self._looks, pulse.moved(self._alias)

    def _welcome(self) -> list[_Stream]:
        with self._lock:
            coming, self._coming = self._coming, []
            for stream in coming:
                number = stream.connection.socket.fileno()
                self._streams[number] = stream
        for stream in coming:
            mine = [one for one in self._streams.values() if one.token == stream.token]
            for old in mine[:-OF_ONE]:
                self._drop(old)
            with contextlib.suppress(OSError, ValueError):
                stream.connection.socket.setblocking(False)
                self._selector.register(stream.connection.socket, selectors.EVENT_READ, stream)
        return coming

    def _hear(self, stream: _Stream) -> None:
        """A listener has nothing to say: what can be read is the end of its connection."""
        try:
            heard = stream.connection.socket.recv(1024)
        except (BlockingIOError, InterruptedError):
            return
        except OSError as problem:
            # TLS speaks below; its own wish to wait is no end.
            if type(problem).__name__ in ("SSLWantReadError", "SSLWantWriteError"):
                return
            heard = b""
        if not heard:
            self._drop(stream)

    def _tell(self, frame: bytes) -> None:
        for stream in list(self._streams.values()):
            self._write(stream, frame)

    def _write(self, stream: _Stream, frame: bytes) -> None:
        """Write a frame at once or not at all: whoever does not read opens another stream later."""
        try:
            whole = stream.connection.socket.send(frame) == len(frame)
        except OSError:
            whole = False
        if not whole:
            self._drop(stream)

    def _check(self) -> None:
        """Close the streams of sessions that are over."""
        staffing, now = Staffing(self._alias), self._now()
        for stream in list(self._streams.values()):
            if staffing.person(stream.token, now, touch=False) is None:
                self._drop(stream)

    def _drop(self, stream: _Stream) -> None:
        with self._lock:
            for number, held in list(self._streams.items()):
                if held is stream:
                    del self._streams[number]
        with contextlib.suppress(KeyError, ValueError, OSError):
            self._selector.unregister(stream.connection.socket)
        stream.connection.end()


class Connection(HTTPConnection):
    """A connection that its worker may hand over instead of closing it."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.promised = ""

    def close(self) -> None:
        """Close it, or hand it over where that was promised."""
        if self.promised:
            token, self.promised = self.promised, ""
            self.server.hub.take(self, token)
        else:
            super().close()

    def end(self) -> None:
        """Close it for good, whatever state it is in."""
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        with contextlib.suppress(OSError):
            super().close()


class Gateway(Gateway_10):
    """Offers a view to keep its connection open as a stream, under the name `STREAM` of its environment."""

    def get_environ(self) -> dict[str, Any]:  # type: ignore[override]  # its stubs promise nothing
        """The environment of a request, with the offer."""
        found: dict[str, Any] = super().get_environ()  # type: ignore[no-untyped-call]  # as above
        found[STREAM] = partial(_keep, self.req)
        return found


class StaffServer(Server):
    """The server of the desk, which hands streams over to `hub`."""

    ConnectionClass = Connection

    def __init__(self, *given: Any, hub: Hub, **named: Any) -> None:
        super().__init__(*given, **named)
        self.hub, self.gateway = hub, Gateway


def _changed(signature: str) -> bytes:
    """What is told: how everything stands now. A page that was drawn so has nothing to ask for."""
    return f"event: changed\ndata: {signature}\n\n".encode()


def _keep(request: Any, token: str) -> bool:
    """Promise the connection of a request to the hub; False where it has no room."""
    if not request.server.hub.promise():
        return False
    # Its body has no end that could be announced: neither a length nor chunks.
    request.response_protocol = "HTTP/1.0"
    request.conn.promised = token
    return True
