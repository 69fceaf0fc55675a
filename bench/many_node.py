"""One node of `bench.many`, in a process of its own: `yeollak serve`'s server, asked by lines of JSON.

{"do": "state"}                                            threads, CPU, sizes of all registers together
{"do": "flash", "office": ID, "key": HEX, "times": N}      acts of an officer, one after another
"""

from __future__ import annotations

import json
import sys
import threading
import time
from pathlib import Path
from typing import Any

#: From when on this process exists, as near as it can tell.
_BEGAN = time.perf_counter()

from yeollak.node.open import open_node  # noqa: E402 (the clock runs before anything is imported)
from yeollak.node.serve import Server, serve_alone  # noqa: E402 (as above)
from yeollak.office.propose import Draft  # noqa: E402 (as above)
from yeollak.record.keys import SigningKey  # noqa: E402 (as above)

#: How long a flash may take before it is given up, in seconds.
_LONGEST = 60.0


def flash(server: Server, office: str, key: SigningKey, times: int) -> list[float]:
    """Send so many acts at the highest precedence, each when the one before is receipted; returns the seconds
    from handing in to a verified receipt that is stored.
    """
    came, receipted = threading.Condition(), [0]

    def kept(size: int) -> None:
        with came:
            receipted[0] = max(receipted[0], size)
            came.notify_all()

    server.watch_receipts(office, kept)
    spent = []
    for number in range(times):
        facts = {"class": "flood", "subject": {"en": f"Flash {number}"}}
        began = time.perf_counter()
        draft = Draft("note.send", facts=facts, precedence="flash")
        index = server.outgoing(office).hand_in(key, draft).result(_LONGEST)
        with came:
            while receipted[0] <= index:
                if not came.wait(_LONGEST):
                    raise TimeoutError(f"a flash in {office[:8]} was not receipted")
        spent.append(time.perf_counter() - began)
    return spent


def main() -> None:
    """Serve the node in the folder that is named under the passphrase that is named."""
    node = open_node(Path(sys.argv[1]), "default")
    imported = time.perf_counter()
    server = Server(node, sys.argv[2])
    made = time.perf_counter()
    server.start()
    ready = time.perf_counter()
    serve_alone()
    told: dict[str, Any] = {
        "imports_s": round(imported - _BEGAN, 3),
        "keys_s": round(made - imported, 3),
        "start_s": round(ready - made, 3),
    }
    print(json.dumps(told), flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        if asked["do"] == "flash":
            key = SigningKey(bytes.fromhex(asked["key"]))
            told = {"spent": flash(server, asked["office"], key, asked["times"])}
        else:
            told = {"cpu": time.process_time(), "threads": threading.active_count()}
        print(json.dumps(told), flush=True)
    server.stop()


if __name__ == "__main__":
    main()
