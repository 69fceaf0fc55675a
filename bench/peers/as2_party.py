"""One AS2 partner: its receiver, its sender and its store, around pyas2lib. Runs in the environment of `as2`.

pyas2lib makes and reads messages and receipts (MDN); whoever uses it brings the server, the client, the store
and the retries, so these are as good as they can be made in a page: connections are kept, and what is to be
stored is committed together for all that wait at that moment.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
import ssl
import sys
from pathlib import Path
from typing import Any

import aiohttp  # type: ignore[import-not-found]  # in the environment of `as2`
from aiohttp import web
from pyas2lib.as2 import Mdn, Message, Organization, Partner  # type: ignore[import-not-found]  # as above

from bench.peers.party import Party, text

#: How soon a message that could not be delivered is tried again, in seconds.
_RETRY = 1.0
#: Connections to the other end: enough to keep it busy, and no more than it takes at once.
_CONNECTIONS = 32
_TABLES = """
create table if not exists outgoing (id text primary key, headers blob, body blob, receipt blob);
create table if not exists incoming (id text primary key, payload blob, receipt blob);
"""


class Store:
    """SQLite at full durability; one commit for all that wait."""

    def __init__(self, path: Path) -> None:
        self._database = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._database.execute("pragma journal_mode=wal")
        self._database.execute("pragma synchronous=full")
        self._database.executescript(_TABLES)
        self._waiting: list[tuple[str, tuple[Any, ...], asyncio.Future[None]]] = []
        self._writing: asyncio.Task[None] | None = None

    def known(self) -> set[str]:
        """The messages that came before."""
        return {row[0] for row in self._database.execute("select id from incoming")}

    async def write(self, statement: str, *values: object) -> None:
        """Returns when it is on disk."""
        future = asyncio.get_running_loop().create_future()
        self._waiting.append((statement, values, future))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write())
        await future

    async def _write(self) -> None:
        while self._waiting:
            taken, self._waiting = self._waiting, []
            await asyncio.to_thread(self._commit, taken)
            for _, _, future in taken:
                future.set_result(None)

    def _commit(self, taken: list[tuple[str, tuple[Any, ...], asyncio.Future[None]]]) -> None:
        self._database.execute("begin immediate")
        for statement, values, _ in taken:
            self._database.execute(statement, values)
        self._database.execute("commit")

    def close(self) -> None:
        self._database.close()


class As2Party(Party):
    """One side, which receives at its port and sends to the other's."""

    def __init__(self, folder: Path, side: int, ports: list[int]) -> None:
        super().__init__()
        self._side, self._ports = side, ports
        self._tls = folder / "tls"
        names = ("south", "north")
        pair = (self._tls / f"{names[side]}.rsa").read_bytes()
        other = (self._tls / f"{names[1 - side]}.rsa.pem").read_bytes()
        self._us = Organization(
            as2_name=names[side], sign_key=pair, sign_key_pass="", decrypt_key=pair, decrypt_key_pass=""
        )
        self._them = Partner(
            as2_name=names[1 - side],
            verify_cert=other,
            encrypt_cert=other,
            validate_certs=False,
            sign=True,
            digest_alg="sha256",
            encrypt=True,
            enc_alg="aes_256_cbc",
            mdn_mode="SYNC",
            mdn_digest_alg="sha256",
        )
        self._store = Store(folder / f"{names[side]}.db")
        self._known = self._store.known()
        self._runner: web.AppRunner | None = None
        self._client: aiohttp.ClientSession | None = None

    async def open(self) -> None:
        """Listen, and make ready to send."""
        name = ("south", "north")[self._side]
        serving = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        serving.load_cert_chain(self._tls / f"{name}.pem", self._tls / f"{name}.key")
        application = web.Application(client_max_size=2**20)
        application.router.add_post("/as2", self._receive)
        self._runner = web.AppRunner(application, access_log=None)
        await self._runner.setup()
        port = self._ports[self._side]
        await web.TCPSite(self._runner, "127.0.0.1", port, ssl_context=serving, backlog=1024).start()
        trusting = ssl.create_default_context(cafile=self._tls / "authority.pem")
        connector = aiohttp.TCPConnector(ssl=trusting, limit=_CONNECTIONS, keepalive_timeout=60)
        self._client = aiohttp.ClientSession(connector=connector, skip_auto_headers=["User-Agent"])

    async def _receive(self, request: web.Request) -> web.Response:
        head = "".join(f"{name}: {value}\n" for name, value in request.headers.items())
        message = Message()
        status, _, receipt = message.parse(
            head.encode() + b"\n" + await request.read(),
            find_org_cb=lambda name: self._us if name == self._us.as2_name else None,
            find_partner_cb=lambda name: self._them if name == self._them.as2_name else None,
            find_message_cb=lambda identity, _: identity in self._known,
        )
        body, headers = receipt.content, receipt.headers
        if status == "processed":
            payload = message.content
            self._known.add(message.message_id)
            statement = "insert or ignore into incoming values (?, ?, ?)"
            await self._store.write(statement, message.message_id, payload, body)
            self.came(payload.decode())
        return web.Response(body=body, headers=headers)

    async def send(self, side: int, number: int) -> None:
        """Sign, encrypt, store, post until the other end answers, verify its signed receipt, store that."""
        assert self._client is not None
        message = Message(self._us, self._them)
        message.build(text(self.number, side, number).encode(), content_type="text/plain")
        headers = {name: " ".join(value.split()) for name, value in message.headers.items()}
        statement = "insert into outgoing values (?, ?, ?, null)"
        await self._store.write(statement, message.message_id, message.headers_str, message.content)
        address = f"https://localhost:{self._ports[1 - self._side]}/as2"
        while True:
            try:
                async with self._client.post(address, data=message.content, headers=headers) as answer:
                    body = await answer.read()
                    head = "".join(f"{name}: {value}\n" for name, value in answer.headers.items())
                break
            except aiohttp.ClientConnectionError as fault:
                self.flows[side].trying(f"tried again, {type(fault).__name__}")
                await asyncio.sleep(_RETRY)
        receipt = Mdn()
        status, detail = receipt.parse(head.encode() + b"\n" + body, lambda *_: message)
        if status != "processed":
            raise ValueError(f"{status}: {detail}")
        await self._store.write("update outgoing set receipt = ? where id = ?", body, message.message_id)
        self.flows[side].receipted(number)

    async def close(self) -> None:
        """Part, and close the store."""
        if self._client is not None:
            await self._client.close()
        if self._runner is not None:
            await self._runner.cleanup()
        self._store.close()


async def main() -> None:
    """Serve the side that the command line names."""
    settings = json.loads(sys.argv[1])
    party = As2Party(Path(settings["folder"]), settings["side"], settings["ports"])
    await party.open()
    await party.serve()


if __name__ == "__main__":
    asyncio.run(main())
