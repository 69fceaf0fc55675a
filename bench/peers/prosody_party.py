"""Two users of XMPP, one at each server, in one process, as light as clients can be.

Each has one connection (RFC 6120, with TLS from the start, XEP-0368). A message asks for a receipt, and the
other user's client gives it as soon as it has the message (XEP-0184).
"""

from __future__ import annotations

import asyncio
import base64
import json
import ssl
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, XMLPullParser
from xml.sax.saxutils import escape

from bench.peers.party import Party, text

_CLIENT = "{jabber:client}"
_RECEIVED = "{urn:xmpp:receipts}received"
_STANZAS = "{urn:ietf:params:xml:ns:xmpp-stanzas}"
#: How long a user's client waits for its server to come back, in seconds.
_RETURNS = 60.0


class Connection:
    """One user's stream."""

    def __init__(self, address: tuple[str, int], domain: str, user: str, password: str, trust: Path) -> None:
        self.jid = f"{user}@{domain}"
        self._address, self._domain, self._user, self._password = address, domain, user, password
        self._trust = ssl.create_default_context(cafile=trust)
        self._reader: asyncio.StreamReader
        self._writer: asyncio.StreamWriter
        self._parser: XMLPullParser[Element]
        self._depth = 0
        self._root: Element | None = None
        self._ready: list[Element] = []

    async def open(self) -> None:
        """Connect, prove who it is, and become present. Raises OSError."""
        self._reader, self._writer = await asyncio.open_connection(
            *self._address, ssl=self._trust, server_hostname=self._domain, limit=2**20
        )
        await self._greet()
        proof = base64.b64encode(f"\0{self._user}\0{self._password}".encode()).decode()
        self.write(f"<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{proof}</auth>")
        if (answer := await self.next()) is None or not answer.tag.endswith("success"):
            raise ConnectionError("a user was not let in")
        await self._greet()
        self.write(
            "<iq type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>"
            "<resource>desk</resource></bind></iq>"
        )
        await self.next()
        self.write("<presence/>")

    async def _greet(self) -> None:
        self._parser, self._depth, self._root = XMLPullParser(("start", "end")), 0, None
        self._ready = []
        self.write(
            f"<?xml version='1.0'?><stream:stream to='{self._domain}' version='1.0' xmlns='jabber:client' "
            "xmlns:stream='http://etherx.jabber.org/streams'>"
        )
        await self.next()

    def write(self, words: str) -> None:
        """Send, soon."""
        self._writer.write(words.encode())

    async def next(self) -> Element | None:
        """The next whole stanza; None where the stream has ended."""
        while not self._ready:
            data = await self._reader.read(2**16)
            if not data:
                return None
            self._parser.feed(data)
            events: Iterator[Any] = self._parser.read_events()
            for event, element in events:
                if event == "start":
                    self._depth += 1
                    if self._depth == 1:
                        self._root = element
                    continue
                self._depth -= 1
                if self._depth == 1:
                    self._ready.append(element)
            if self._root is not None:
                self._root[:] = []
        return self._ready.pop(0)

    def close(self) -> None:
        self._writer.close()


class Users(Party):
    """Alice in the south and Bob in the north."""

    def __init__(self, settings: dict[str, Any]) -> None:
        super().__init__()
        self._connections = [
            Connection(
                (one["host"], one["port"]),
                one["domain"],
                one["user"],
                one["password"],
                Path(settings["trust"]),
            )
            for one in settings["users"]
        ]
        self._readers: dict[int, asyncio.Task[None]] = {}

    async def open(self) -> None:
        """Both come online."""
        for side in (0, 1):
            await self.reconnect(side)

    async def reconnect(self, side: int) -> None:
        """Come online, as soon as the server lets in."""
        loop = asyncio.get_running_loop()
        until = loop.time() + _RETURNS
        while True:
            try:
                await self._connections[side].open()
                break
            except OSError:
                if loop.time() > until:
                    raise
                await asyncio.sleep(0.2)
        self._readers[side] = asyncio.create_task(self._read(side))

    async def _read(self, side: int) -> None:
        connection = self._connections[side]
        try:
            while (stanza := await connection.next()) is not None:
                if stanza.tag == f"{_CLIENT}message":
                    self._take(side, connection, stanza)
        except OSError:
            return

    def _take(self, side: int, connection: Connection, stanza: Element) -> None:
        if stanza.get("type") == "error":
            self._bounced(side, stanza)
        elif (receipt := stanza.find(_RECEIVED)) is not None:
            if (number := self._number(receipt.get("id"))) is not None:
                self.flows[side].receipted(number)
        elif self.came(stanza.findtext(f"{_CLIENT}body") or ""):
            connection.write(
                f"<message type='chat' to='{escape(stanza.get('from') or '')}' id='r{stanza.get('id')}'>"
                f"<received xmlns='urn:xmpp:receipts' id='{stanza.get('id')}'/></message>"
            )

    def _bounced(self, side: int, stanza: Element) -> None:
        number = self._number(stanza.get("id"))
        error = stanza.find(f"{_CLIENT}error")
        if number is None or error is None or side not in self.flows:
            return
        reasons = [one.tag.removeprefix(_STANZAS) for one in error if one.tag.startswith(_STANZAS)]
        reasons = [one for one in reasons if one != "text"]
        self.flows[side].refuse(number, ", ".join(reasons))

    def _number(self, identity: str | None) -> int | None:
        run, _, number = (identity or "").partition("-")
        return int(number) if run == f"m{self.number}" else None

    async def send(self, side: int, number: int) -> None:
        """One message that asks for a receipt."""
        self._connections[side].write(
            f"<message type='chat' to='{self._connections[1 - side].jid}' id='m{self.number}-{number}'>"
            f"<body>{text(self.number, side, number)}</body><request xmlns='urn:xmpp:receipts'/></message>"
        )

    async def close(self) -> None:
        """Part."""
        for connection in self._connections:
            connection.close()


async def main() -> None:
    """Be both users, as the command line tells them."""
    users = Users(json.loads(sys.argv[1]))
    await users.open()
    await users.serve()


if __name__ == "__main__":
    asyncio.run(main())
