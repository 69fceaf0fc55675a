"""The log of a node that serves: one JSON object a line on standard error, for whoever collects logs.

It tells what happened to the node and the line, by codes: no text of an act, no name of a person, no key.
What officers do is in the record, and who signed in is in the desk's own audit log.
"""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime

LOG = logging.getLogger("yeollak")
#: What a line may carry besides its time, level and event.
FIELDS = ("office", "side", "peer", "code", "next_at", "port", "listener")


class JsonLines(logging.Formatter):
    """A record as one JSON object: `at` in UTC, `level`, `event`, and those of `FIELDS` that it was given."""

    def format(self, record: logging.LogRecord) -> str:
        """The line of a record; line ends in a value are escaped by JSON."""
        value = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
        }
        value.update({name: str(record.__dict__[name]) for name in FIELDS if name in record.__dict__})
        return json.dumps(value, ensure_ascii=False)


def to_standard_error() -> None:
    """Log from now on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    LOG.handlers[:] = [handler]
    LOG.setLevel(logging.INFO)
    LOG.propagate = False
