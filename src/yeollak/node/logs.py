"""The log of a node that serves: one JSON object a line on standard error, for whoever collects logs.

It tells what happened to the node and the line, by codes: no text of an act, no name of a person, no key.
What officers do is in the record, and who signed in is in the desk's own audit log. Of what a library has to
say it tells faults alone, by their kinds and places: their messages repeat what was asked and what was there.
"""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from pathlib import Path
from traceback import extract_tb

LOG = logging.getLogger("yeollak")
#: What a line may carry besides its time, level and event.
FIELDS = ("office", "side", "peer", "code", "next_at", "port", "listener")


class JsonLines(logging.Formatter):
    """A record as one JSON object: `at` in UTC, `level`, `event`, and those of `FIELDS` that it was given.
    One of a library is the event `fault`, with its `source`, and `code` and `where` of the exception.
    """

    def format(self, record: logging.LogRecord) -> str:
        """The line of a record; line ends in a value are escaped by JSON."""
        ours = record.name == LOG.name
        value = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": record.getMessage() if ours else "fault",
        }
        if ours:
            value.update({name: str(record.__dict__[name]) for name in FIELDS if name in record.__dict__})
        else:
            value.update({"source": record.name, **_told(record)})
        return json.dumps(value, ensure_ascii=False)


def to_standard_error() -> None:
    """Log from now on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    LOG.handlers[:] = [handler]
    LOG.setLevel(logging.INFO)
    LOG.propagate = False
    _others(handler)


def to_nobody() -> None:
    """Log nothing: Python would print what a library says and finds no handler for."""
    _others(logging.NullHandler())


def of_pages(msg: str = "", level: int = logging.INFO, traceback: bool = False) -> None:
    """What a server of pages has to say (cheroot), in the place of its own, which prints it as it is."""
    del msg  # it repeats what was asked
    logging.getLogger("cheroot").log(level, "", exc_info=traceback)


def _others(handler: logging.Handler) -> None:
    # Less than a fault is what visitors do: whoever asks for pages that are not there would fill the disk.
    handler.setLevel(logging.INFO)
    handler.addFilter(lambda record: record.name == LOG.name or record.levelno >= logging.ERROR)
    logging.getLogger().handlers[:] = [handler]


def _told(record: logging.LogRecord) -> dict[str, str]:
    """The kind of a record's exception, and the last line of code that it went through: of ours, if any."""
    kind, _, trace = record.exc_info or (None, None, None)
    if kind is None:
        return {}
    frames = extract_tb(trace)
    ours = [frame for frame in frames if "yeollak" in Path(frame.filename).parts]
    where = [f"{Path(frame.filename).name}:{frame.lineno}" for frame in ours or frames]
    return {"code": kind.__name__, "where": where[-1] if where else ""}
