"""A process that speaks for one end of a peer or both, told what to do by lines of JSON on standard input.

    {"do": "run", "run": 3, "sides": [0], "in_flight": 16, "many": 512}   send; wait for the receipts
    {"do": "begin", …}                   the same, and do not wait
    {"do": "look"}                       what the sender knows so far
    {"do": "finish", "resend": true}     wait for the rest; then resend what was refused
    {"do": "expect", "run": 3}           another party sends under this number
    {"do": "arrivals"}                   what has come to each user in this run, in the order in which it came
    {"do": "reconnect", "side": 1}       the server of that side is there again

Each is answered with one line. Standard library alone: it runs in the environments of peers.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any

from bench.peers import TEXT
from bench.peers.flow import STALLED, Flow


def text(run: int, side: int, number: int) -> str:
    """A message of 1 KiB that says which it is."""
    return (f"{run} {side} {number} " + "The water level is as announced. " * 40)[:TEXT]


def which(content: str) -> tuple[int, int, int]:
    """Run, side and number of a message. Raises ValueError for any other text."""
    run, side, number = content.split(" ", 3)[:3]
    return int(run), int(side), int(number)


class Party:
    """What all have in common. One of a kind says how a message is sent, and tells what came."""

    def __init__(self) -> None:
        self.number = 0
        self.flows: dict[int, Flow] = {}
        self.arrivals: dict[int, list[int]] = {0: [], 1: []}
        self._handing: list[asyncio.Task[None]] = []

    async def send(self, side: int, number: int) -> None:
        """Hand one message in. Raises OSError, RuntimeError or ValueError where it has failed for good."""
        raise NotImplementedError

    async def reconnect(self, side: int) -> None:
        """Come back to a server that was down; nothing to do where a party is its own server."""

    async def close(self) -> None:
        """Part from the servers."""

    def came(self, content: str) -> bool:
        """A user got a message; False where it is of an earlier run or none of ours."""
        try:
            run, side, number = which(content)
        except ValueError:
            return False
        if run != self.number or side not in self.arrivals:
            return False
        self.arrivals[side].append(number)
        return True

    def _sender(self, side: int) -> Callable[[int], Awaitable[None]]:
        async def send(number: int) -> None:
            await self.send(side, number)

        return send

    async def _begin(self, asked: dict[str, Any]) -> None:
        self.number = asked["run"]
        self.arrivals = {0: [], 1: []}
        stalled = asked.get("stalled", STALLED)
        self.flows = {side: Flow(asked["in_flight"], asked["many"], stalled) for side in asked["sides"]}
        self._handing = [
            asyncio.create_task(flow.hand_in(self._sender(side))) for side, flow in self.flows.items()
        ]

    async def _waited(self) -> None:
        await asyncio.gather(*self._handing)
        await asyncio.gather(*(flow.wait() for flow in self.flows.values()))

    def _told(self) -> dict[str, Any]:
        return {"sides": {str(side): flow.told() for side, flow in self.flows.items()}}

    async def answer(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Do what one line asks."""
        match asked["do"]:
            case "begin":
                await self._begin(asked)
                return {}
            case "run":
                began = time.perf_counter()
                await self._begin(asked)
                await self._waited()
                took = time.perf_counter() - began
                await self._stop()
                return {"seconds": took, **self._told()}
            case "look":
                return self._told()
            case "finish":
                await self._waited()
                waited, told = time.perf_counter(), self._told()
                resent = 0
                if asked["resend"]:
                    for side, flow in self.flows.items():
                        resent += await flow.resend(self._sender(side))
                last = time.perf_counter()
                await self._stop()
                return {
                    "by_itself": {side: one["receipts"] for side, one in told["sides"].items()},
                    "resent": resent,
                    "resending_seconds": last - waited,
                    **self._told(),
                }
            case "arrivals":
                return {"arrivals": {str(side): numbers for side, numbers in self.arrivals.items()}}
            case "expect":
                self.number, self.arrivals = asked["run"], {0: [], 1: []}
                return {}
            case "reconnect":
                await self.reconnect(asked["side"])
                return {}
            case other:
                raise ValueError(f"nobody knows how to {other}")

    async def _stop(self) -> None:
        for flow in self.flows.values():
            await flow.stop()

    async def serve(self) -> None:
        """Answer line after line until there are no more."""
        print(json.dumps({"ready": True}), flush=True)
        while line := await asyncio.to_thread(sys.stdin.readline):
            print(json.dumps(await self.answer(json.loads(line))), flush=True)
        await self.close()
