"""One node of `bench.line`, as a process of its own: `yeollak serve`'s server, and officers who hand in acts.

Told what to do by lines of JSON on standard input, it answers with one line each. Officers keep a number of
acts in flight: each is made, signed and handed in as soon as one before it has come back with a verified
receipt that is stored here.
"""

from __future__ import annotations

import json
import resource
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.node.offices import SECRET
from yeollak.node.acting import Text
from yeollak.node.open import open_node
from yeollak.node.serve import Server, serve_alone
from yeollak.office.propose import Draft
from yeollak.record.keys import SigningKey
from yeollak.storage import reading

#: How long nothing may come back before a run is given up, in seconds.
_STALLED = 60.0
TEXT = 1024


class Flow:
    """Acts in flight from this node: handed in and not yet receipted, oldest first."""

    def __init__(self, server: Server, office: str, key: SigningKey) -> None:
        self._server, self._office, self._key = server, office, key
        self._moved = threading.Condition()
        self._flying: deque[tuple[int, float]] = deque()
        self._receipted = 0
        self.spent: list[float] = []
        server.watch_receipts(office, self._receipt)

    def _receipt(self, size: int) -> None:
        now = time.perf_counter()
        with self._moved:
            self._receipted = max(self._receipted, size)
            while self._flying and self._flying[0][0] < self._receipted:
                self.spent.append(now - self._flying.popleft()[1])
            self._moved.notify_all()

    def run(self, drafts: Iterator[tuple[Draft, list[Text]]], in_flight: int, many: int) -> dict[str, Any]:
        """Hand in so many acts, `in_flight` at a time; returns when each has its receipt."""
        self.spent = []
        outgoing = self._server.outgoing(self._office)
        pending: deque[tuple[float, Any]] = deque()
        began, cpu = time.perf_counter(), time.process_time()
        handed = 0
        while len(self.spent) < many:
            while handed < many and len(pending) + len(self._flying) < in_flight:
                draft, texts = next(drafts)
                pending.append((time.perf_counter(), outgoing.hand_in(self._key, draft, texts)))
                handed += 1
            while pending and (pending[0][1].done() or not self._flying):
                at, future = pending.popleft()
                index = future.result(_STALLED)
                with self._moved:
                    if index < self._receipted:
                        self.spent.append(time.perf_counter() - at)
                    else:
                        self._flying.append((index, at))
            with self._moved:
                full = len(pending) + len(self._flying) >= in_flight or handed == many
                if full and self._flying and not self._moved.wait(_STALLED):
                    break
        took = time.perf_counter() - began
        return {
            "seconds": took,
            "spent": sorted(self.spent),
            "lost": many - len(self.spent),
            "cpu": time.process_time() - cpu,
        }


def drafts(seed: str) -> Iterator[tuple[Draft, list[Text]]]:
    """Notices as of right with 1 KiB of text, each a matter of its own."""
    number = 0
    while True:
        content = (f"{seed} {number} ".encode() + b"The water level is as announced. " * 40)[:TEXT]
        facts = {"class": "flood", "subject": {"en": f"Discharge {number}"}}
        yield Draft("note.send", facts=facts), [Text(content, "text/plain", "en")]
        number += 1


def main() -> None:
    """Serve the node in the folder that is named, with the officer's key that is named."""
    folder, office, seed = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    node = open_node(folder, "default")
    key = SigningKey(bytes.fromhex(seed))
    server = Server(node, SECRET)
    server.start()
    serve_alone()
    flow = Flow(server, office, key)
    made = drafts(node.config.side)
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        if asked["do"] == "run":
            answer = flow.run(made, asked["in_flight"], asked["many"])
        elif asked["do"] == "state":
            view = reading.office_view(node.alias, office)
            answer = {
                "heads": [[row.side, row.size, row.counted, row.root] for row in reading.heads(view)],
                "cpu": time.process_time(),
                "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
                "alarms": [row.code for row in reading.alarms(view)],
            }
        else:
            break
        print(json.dumps(answer), flush=True)
    server.stop()


if __name__ == "__main__":
    main()
