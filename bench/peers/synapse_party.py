"""Two users of Matrix, one at each homeserver, in one process. Runs in the environment of `synapse`.

What a client does: it puts messages, long-polls `/sync`, marks the newest message of a room as read, and
pages back where the server says that its timeline has a gap. A receipt in Matrix is "read up to here":
everything in that room that stands before it in the sender's own timeline counts as receipted too.
"""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any
from urllib.parse import quote

import aiohttp  # type: ignore[import-not-found]  # in the environment of `synapse`

from bench.peers import ROOMS
from bench.peers.party import Party, text

_POLL_MS = 10_000
#: Connections to a server: enough to keep it busy. It lets 50 wait to be accepted; more would be tried again
#: after seconds.
_CONNECTIONS = 40
#: How long users wait for a server or for each other, in seconds.
_PATIENCE = 120.0
_FILTER = json.dumps(
    {
        "room": {
            "timeline": {"limit": 1000, "types": ["m.room.message"]},
            "state": {"types": []},
            "ephemeral": {"types": ["m.receipt"]},
            "account_data": {"types": []},
        },
        "presence": {"types": []},
        "account_data": {"types": []},
    }
)


class User:
    """One user's session: what the timeline of each room has shown, in its order."""

    def __init__(self, http: aiohttp.ClientSession, address: str, name: str, password: str) -> None:
        self._http, self._address, self._name, self._password = http, address, name, password
        self._token = ""
        self.identity = ""
        self.timeline: dict[str, list[str]] = {}
        self.seen: dict[str, int] = {}
        self.next = ""

    async def ask(self, method: str, path: str, body: Any = None, **query: str) -> dict[str, Any]:
        """One call. Raises OSError where the server is not there, ValueError where it refuses."""
        headers = {"Authorization": f"Bearer {self._token}"} if self._token else {}
        address = f"{self._address}/_matrix/client/v3/{path}"
        async with self._http.request(method, address, json=body, params=query, headers=headers) as answer:
            told: dict[str, Any] = await answer.json()
            if answer.status != 200:
                raise ValueError(f"{answer.status} {told.get('errcode')}: {told.get('error')}")
            return told

    async def log_in(self) -> None:
        """Raises OSError, ValueError."""
        told = await self.ask(
            "POST",
            "login",
            {
                "type": "m.login.password",
                "identifier": {"type": "m.id.user", "user": self._name},
                "password": self._password,
            },
        )
        self._token, self.identity = told["access_token"], told["user_id"]

    async def sync(self, timeout_ms: int) -> dict[str, Any]:
        """What is new: joined rooms of one turn."""
        query = {"since": self.next} if self.next else {}
        told = await self.ask("GET", "sync", filter=_FILTER, timeout=str(timeout_ms), **query)
        joined: dict[str, Any] = told.get("rooms", {}).get("join", {})
        for room, what in joined.items():
            timeline = what["timeline"]
            if timeline.get("limited") and self.next:
                timeline["events"] = await self._gap(room, timeline["prev_batch"]) + timeline["events"]
        self.next = told["next_batch"]
        return joined

    async def _gap(self, room: str, token: str) -> list[dict[str, Any]]:
        """What the timeline leaves out, oldest first: pages backwards until one brings nothing new. What a
        server has caught up with may stand between messages that are known.
        """
        found: list[dict[str, Any]] = []
        while token:
            told = await self.ask(
                "GET", f"rooms/{quote(room)}/messages", dir="b", limit="100", **{"from": token}
            )
            new = [
                event
                for event in told["chunk"]
                if event["type"] == "m.room.message" and event["event_id"] not in self.seen
            ]
            found += new
            token = told.get("end", "") if new else ""
        return found[::-1]

    def place(self, room: str, event: str) -> None:
        """Note where an event stands in its room."""
        line = self.timeline.setdefault(room, [])
        self.seen[event] = len(line)
        line.append(event)


class Users(Party):
    """Alice in the south and Bob in the north."""

    def __init__(self, http: aiohttp.ClientSession, settings: dict[str, Any]) -> None:
        super().__init__()
        self._users = [User(http, one["address"], one["name"], one["password"]) for one in settings["users"]]
        self._rooms: list[str] = []
        #: Of whom an event is, and which message: by the sender's side, then by event.
        self._sent: list[dict[str, int]] = [{}, {}]
        #: The farthest that the other has read, and what has been told to the flow, by side and room.
        self._read: dict[tuple[int, str], str] = {}
        self._settled: dict[tuple[int, str], int] = {}
        self._marking: dict[tuple[int, str], str] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        """Both log in and join the rooms."""
        alice, bob = self._users
        for user in self._users:
            await user.log_in()
        for _ in range(ROOMS):
            body = {"preset": "trusted_private_chat", "invite": [bob.identity], "name": "Liaison"}
            self._rooms.append((await alice.ask("POST", "createRoom", body))["room_id"])
        for room in self._rooms:
            until = asyncio.get_running_loop().time() + _PATIENCE
            while True:
                try:
                    await bob.ask("POST", f"rooms/{quote(room)}/join", {})
                    break
                except ValueError:
                    if asyncio.get_running_loop().time() > until:
                        raise
                    await asyncio.sleep(0.5)
        for user in self._users:
            await user.sync(0)
        for side in (0, 1):
            self._start(self._follow(side))

    def _start(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _follow(self, side: int) -> None:
        """Sync again and again; a server that is away is waited for."""
        while True:
            try:
                joined = await self._users[side].sync(_POLL_MS)
            except (OSError, aiohttp.ClientError, ValueError, TimeoutError) as fault:
                print(f"sync of {side}: {type(fault).__name__} {fault}", file=sys.stderr)
                await asyncio.sleep(0.2)
                continue
            for room, what in joined.items():
                self._take(side, room, what)

    def _take(self, side: int, room: str, what: dict[str, Any]) -> None:
        user, newest = self._users[side], ""
        for event in what["timeline"]["events"]:
            identity = event["event_id"]
            if identity in user.seen or event["type"] != "m.room.message":
                continue
            user.place(room, identity)
            if event["sender"] != user.identity:
                self.came(event["content"].get("body", ""))
                newest = identity
        if newest:
            self._mark(side, room, newest)
        other = self._users[1 - side].identity
        for event in what["ephemeral"]["events"]:
            for identity, receipts in event["content"].items():
                if other in receipts.get("m.read", {}):
                    self._read[side, room] = identity
        self._settle(side, room)

    def _settle(self, side: int, room: str) -> None:
        """Tell the flow of everything up to where the other has read."""
        user = self._users[side]
        last = user.seen.get(self._read.get((side, room), ""))
        if last is None or side not in self.flows:
            return
        line, first = user.timeline[room], self._settled.get((side, room), 0)
        for place in range(first, last + 1):
            number = self._sent[side].pop(line[place], None)
            if number is not None:
                self.flows[side].receipted(number)
        self._settled[side, room] = max(first, last + 1)

    def _mark(self, side: int, room: str, event: str) -> None:
        """Say that the newest has been read; of what comes while such a call is under way, only the last."""
        busy = (side, room) in self._marking
        self._marking[side, room] = event
        if not busy:
            self._start(self._marks(side, room))

    async def _marks(self, side: int, room: str) -> None:
        marked = ""
        while (event := self._marking[side, room]) != marked:
            path = f"rooms/{quote(room)}/receipt/m.read/{quote(event)}"
            try:
                await self._users[side].ask("POST", path, {})
                marked = event
            except (OSError, aiohttp.ClientError):
                await asyncio.sleep(0.2)
        del self._marking[side, room]

    async def send(self, side: int, number: int) -> None:
        """Put one message. Raises ValueError where the server refuses it."""
        room = self._rooms[number % len(self._rooms)]
        path = f"rooms/{quote(room)}/send/m.room.message/{self.number}-{side}-{number}"
        body = {"msgtype": "m.text", "body": text(self.number, side, number)}
        told = await self._users[side].ask("PUT", path, body)
        self._sent[side][told["event_id"]] = number

    async def reconnect(self, side: int) -> None:
        """The server is there again: `_follow` finds that out by itself."""

    async def close(self) -> None:
        """Part."""
        for task in self._tasks:
            task.cancel()


async def main() -> None:
    """Be both users, as the command line tells them."""
    connector = aiohttp.TCPConnector(limit=0, limit_per_host=_CONNECTIONS, keepalive_timeout=120)
    timeout = aiohttp.ClientTimeout(total=600)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout) as http:
        users = Users(http, json.loads(sys.argv[1]))
        await users.open()
        await users.serve()


if __name__ == "__main__":
    asyncio.run(main())
