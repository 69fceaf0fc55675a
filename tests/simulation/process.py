"""One real node as a process of its own, with officers who keep it busy and write down what they were told.

The log is a line of JSON for each act that was acknowledged, for each receipt that was stored, and for each
thread of the node that died of an exception. It outlives the process, as an officer's own notes do.
"""

from __future__ import annotations

import contextlib
import json
import os
import threading
import time
from pathlib import Path
from typing import Any

from django.db import DatabaseError, connections

from yeollak.errors import Fault
from yeollak.node.acting import Text, act
from yeollak.node.open import open_node
from yeollak.node.serve import Server
from yeollak.office.propose import Draft
from yeollak.record.keys import SigningKey
from yeollak.storage import models, reading

_TEXT = b"The water level is as announced. " * 30


def node(folder: Path, office: str, seed: bytes, secret: str, log: Path) -> None:
    """Serve the node in a folder and hand in acts until the process is ended."""
    opened = open_node(folder, "default")
    writing = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def tell(**of: object) -> None:
        os.write(writing, json.dumps(of).encode() + b"\n")

    def died(of: threading.ExceptHookArgs) -> None:
        tell(died=f"{of.exc_type.__name__}: {of.exc_value}")
        threading.__excepthook__(of)

    threading.excepthook = died
    Server(opened, secret).start()
    tell(started=os.getpid())
    key, receipted = SigningKey(seed), 0
    number = 1 + max((line["number"] for line in told(log) if "number" in line), default=0)
    while not (folder.parent / "quiet").exists():
        try:
            facts = {"class": "flood", "subject": {"en": f"Discharge {number}"}}
            draft, text = Draft("note.send", facts=facts), Text(_TEXT, "text/plain", "en")
            found = act(opened, office, key, draft, [text], request=f"load/{number}", show=False)
            tell(number=number, act=found)
            number += 1
            view = reading.office_view("default", office)
            rows = view.rows(models.Receipt).filter(place=view.place).exclude(cosigner=view.place)
            newest = rows.order_by("-size").first()
            if newest is not None and newest.size > receipted:
                receipted = newest.size
                tell(receipted=receipted, root=view.ledger.root(view.place, receipted).hex())
        except Fault as fault:
            tell(fault=fault.code)
            time.sleep(0.05)
        except DatabaseError as problem:
            # What the desk does after a request that failed: the officer sees a fault, and tries again.
            connections["default"].close_if_unusable_or_obsolete()
            tell(fault=type(problem).__name__)
            time.sleep(0.05)
    with contextlib.suppress(KeyboardInterrupt):
        time.sleep(3600)


def told(log: Path) -> list[dict[str, Any]]:
    """What a process has written down."""
    lines = log.read_text().splitlines() if log.exists() else []
    return [json.loads(line) for line in lines]
