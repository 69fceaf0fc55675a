"""The line's server: HTTPS on one socket, one thread for all that waits, a few for what is answered.

Whoever is slow costs a place among the connections and never a thread: heads, bodies and answers each have
a time, the connections and the bytes that they may hold are counted, and when there are too many the oldest
one that waits gives way, of whoever has most. One office never has all threads, so that a flood in it delays
no other. Nothing is decrypted before it has arrived whole.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from yeollak.errors import Fault
from yeollak.line import http
from yeollak.line.endpoint import Endpoint, status_of
from yeollak.line.workers import Workers

#: How long it is waited when there is no room at all, in seconds.
_BUSY = 0.05
#: How much of an answer is handed over at once, in bytes. What is handed over has left for asyncio, even
#: where it waits beneath TLS for somebody who reads nothing: a whole answer would be waited for no longer.
_AT_ONCE = 64 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """What the server gives to whoever connects: seconds, bytes a second, counts and bytes."""

    handshake: float = 10.0
    head: float = 15.0
    idle: float = 120.0
    #: What a body or an answer may take: this, and its length at the slowest rate that is borne.
    grace: float = 15.0
    rate: int = 64 * 1024
    connections: int = 48
    bytes: int = 96 * 1024 * 1024
    workers: int = 4

    @property
    def share(self) -> int:
        """How many threads one office may have at once."""
        return max(1, self.workers - 1)

    def patience(self, length: int) -> float:
        """How long so many bytes may take, however slowly they drip."""
        return self.grace + length / self.rate


@dataclass(eq=False, slots=True)
class _Visit:
    """One connection: from where, its task, the bytes of the body that it was promised or of the answer that
    it has not read, and whether it is being answered.
    """

    address: str
    task: asyncio.Task[None] | None = None
    bytes: int = 0
    working: bool = False


@dataclass(slots=True)
class LineServer:
    """Serves the line. `endpoints` finds the endpoint of an office id; `failed` is told of what nobody
    foresaw.
    """

    address: tuple[str, int]
    certificate: Path
    key: Path
    endpoints: Callable[[str], Endpoint | None]
    failed: Callable[[BaseException], None]
    limits: Limits = field(default_factory=Limits)
    _socket: socket.socket | None = None
    _loop: asyncio.AbstractEventLoop | None = None
    _main: asyncio.Task[None] | None = None
    _pool: Workers | None = None
    _visits: list[_Visit] = field(default_factory=list)
    _shares: dict[Endpoint, asyncio.Semaphore] = field(default_factory=dict)
    _ended: bool = False

    def prepare(self) -> None:
        """Take the port. Raises OSError where it cannot be had."""
        family = socket.AF_INET6 if ":" in self.address[0] else socket.AF_INET
        taken = socket.socket(family, socket.SOCK_STREAM)
        try:
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            taken.bind(self.address)
            taken.listen(64)
        except OSError:
            taken.close()
            raise
        taken.setblocking(False)
        self._socket = taken

    @property
    def port(self) -> int:
        """The port that was taken; 0 asks for any."""
        return int(self._socket.getsockname()[1]) if self._socket is not None else 0

    def serve(self) -> None:
        """Answer until `stop` is called from another thread."""
        asyncio.run(self._serve())

    def stop(self) -> None:
        """End serving; what is being answered is finished, or will be asked again."""
        self._ended = True
        loop, main = self._loop, self._main
        if loop is not None and main is not None:
            with contextlib.suppress(RuntimeError):  # it has ended already
                loop.call_soon_threadsafe(main.cancel)
        elif self._socket is not None:
            self._socket.close()

    async def _serve(self) -> None:
        self._loop, self._main = asyncio.get_running_loop(), asyncio.current_task()
        self._pool = Workers(self.limits.workers, "line")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        context.load_cert_chain(self.certificate, self.key)
        try:
            await self._accept(context)
        except asyncio.CancelledError:
            pass
        finally:
            if self._socket is not None:
                self._socket.close()
            for visit in self._visits:
                if visit.task is not None and not visit.working:
                    visit.task.cancel()
            self._pool.shutdown(wait=True, cancel_futures=True)

    async def _accept(self, context: ssl.SSLContext) -> None:
        if self._socket is None or self._loop is None:
            raise RuntimeError("prepare first")
        while not self._ended:
            try:
                taken, address = await self._loop.sock_accept(self._socket)
            except OSError:
                # Out of file descriptors, or a connection that is gone already.
                await asyncio.sleep(_BUSY)
                continue
            visit = _Visit(str(address[0]))
            while len(self._visits) >= self.limits.connections:
                if not self._give_way(visit):
                    await asyncio.sleep(_BUSY)  # all are being answered, which ends
            self._visits.append(visit)
            visit.task = self._loop.create_task(self._visit(visit, taken, context))

    def _give_way(self, visit: _Visit) -> bool:
        """End the oldest connection that is not being answered, of the address that has most of them."""
        waiting = [other for other in self._visits if not other.working and other is not visit]
        if not waiting:
            return False
        most = Counter(other.address for other in waiting)
        victim = max(waiting, key=lambda other: most[other.address])
        self._visits.remove(victim)
        if victim.task is not None:
            victim.task.cancel()
        return True

    async def _visit(self, visit: _Visit, taken: socket.socket, context: ssl.SSLContext) -> None:
        reader = asyncio.StreamReader(limit=http.MAX_HEAD)
        protocol = asyncio.StreamReaderProtocol(reader)
        loop = asyncio.get_running_loop()
        writer = None
        try:
            transport, _ = await loop.connect_accepted_socket(
                lambda: protocol,
                taken,
                ssl=context,
                ssl_handshake_timeout=self.limits.handshake,
                ssl_shutdown_timeout=1.0,
            )
            writer = asyncio.StreamWriter(transport, protocol, reader, loop)
            wait = self.limits.head
            while await self._request(visit, reader, writer, wait):
                wait = self.limits.idle
            writer.close()
            async with asyncio.timeout(self.limits.handshake):
                await writer.wait_closed()
        except (OSError, EOFError):
            pass  # the client is gone, too slow, or speaks no TLS: there is nobody to tell
        finally:
            if visit in self._visits:
                self._visits.remove(visit)
            if writer is not None:
                writer.transport.abort()
            else:
                taken.close()

    async def _request(
        self, visit: _Visit, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, wait: float
    ) -> bool:
        """Answer one request. Returns whether the connection stays."""
        try:
            body, endpoint, keep = await self._read(visit, reader, writer, wait)
            # Who waits for its turn may still give way; only who is being answered is let be.
            async with self._shares.setdefault(endpoint, asyncio.Semaphore(self.limits.share)):
                visit.working = True
                answer = await asyncio.get_running_loop().run_in_executor(
                    self._pool, self._answer, endpoint, body
                )
            whole = http.answer_of(200, answer, keep=keep)
        except http.Refusal as refusal:
            keep, whole = False, http.refusal_of(refusal.status)
        finally:
            visit.working, visit.bytes = False, 0
        self._has_room(visit, len(whole))
        # Not 0: where nothing waits asyncio would say that too much does, and never that it has gone.
        writer.transport.set_write_buffer_limits(high=1, low=0)
        async with asyncio.timeout(self.limits.patience(len(whole))):
            for at in range(0, len(whole), _AT_ONCE):
                writer.write(whole[at : at + _AT_ONCE])
                await writer.drain()
            visit.bytes = 0
            if not keep:
                await self._part(reader)
        return keep

    def _has_room(self, visit: _Visit, many: int) -> bool:
        """Charge so many bytes to a connection, and have others give way for them; whether they fit."""
        visit.bytes = many
        while sum(other.bytes for other in self._visits) > self.limits.bytes:
            if not self._give_way(visit):
                return False
        return True

    async def _read(
        self, visit: _Visit, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, wait: float
    ) -> tuple[bytes, Endpoint, bool]:
        async with asyncio.timeout(wait):
            try:
                head = await reader.readuntil(b"\r\n\r\n")
            except asyncio.LimitOverrunError:
                raise http.Refusal(431) from None
        request = http.parse_head(head)
        endpoint = self.endpoints(request.office)
        if endpoint is None:
            raise http.Refusal(404)
        if not self._has_room(visit, request.length):
            raise http.Refusal(503)
        if request.wait:
            writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        try:
            async with asyncio.timeout(self.limits.patience(request.length)):
                return await reader.readexactly(request.length), endpoint, request.keep
        except TimeoutError:
            raise http.Refusal(408) from None

    def _answer(self, endpoint: Endpoint, body: bytes) -> bytes:
        try:
            return endpoint.answer(body)
        except Fault as fault:
            raise http.Refusal(status_of(fault)) from None
        except Exception as problem:  # noqa: BLE001 (a hostile parcel must not take the server down)
            self.failed(problem)
            raise http.Refusal(503) from None

    async def _part(self, reader: asyncio.StreamReader) -> None:
        """Let the client read why: what it still sends is passed over for a moment, or the answer is lost."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(1.0):
                for _ in range(64):
                    if not await reader.read(http.MAX_HEAD):
                        return
