"""Verifying the record from the desk: a job of this process, one an office, that goes on when nobody looks.

The node exports the record as it would for anybody, and the export is audited from its bytes alone, as
`yeollak verify` does it. Pages ask how far it is; each step tells those that listen. What a job has found is
kept until the next one, or until the node ends: whoever wants to know verifies again.
"""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final, Literal

from yeollak.desk.staff.hands import Hands
from yeollak.errors import Fault, OurFault
from yeollak.office.audit import Recomputed, audit
from yeollak.record.folder import BLOBS, Files, FolderFiles
from yeollak.record.report import Defect, Report
from yeollak.storage import journal, pulse

Stage = Literal["exporting", "files", "registers", "state", "done", "stopped", "failed"]
#: How often listeners are told, in seconds.
_TELL: Final = 0.4


@dataclass(frozen=True, slots=True)
class Check:
    """How far a verification is, or what it has found.

    done, total  files looked at, of those that the stage looks at
    report       what was found, once it is done, and the recomputed state; `fault` what stopped it
    """

    by: str
    began: datetime
    stage: Stage = "exporting"
    done: int = 0
    total: int = 0
    ended: datetime | None = None
    report: Report | None = None
    state: Recomputed | None = None
    fault: str = ""

    @property
    def runs(self) -> bool:
        """Whether it still goes on."""
        return self.ended is None

    @property
    def defects(self) -> tuple[Defect, ...]:
        """Everything that is wrong with the record as it was exported."""
        if self.report is None or self.state is None:
            return ()
        problem = self.state.problem
        state = (Defect("files", "recompute", problem, "charter"),) if problem else ()
        return (*self.report.defects, *self.state.keys, *state)


class _Stopped(Exception):
    """Somebody has stopped the check."""


class _Job:
    def __init__(self, hands: Hands, office: str, by: str) -> None:
        self.hands, self.office = hands, office
        self.check = Check(by, hands.now())
        self.stop = threading.Event()
        self._told = 0.0

    def move(self, stage: Stage, done: int = 0, total: int = 0, *, at_once: bool = False) -> None:
        """Say how far it is. Raises _Stopped once somebody has stopped it."""
        if self.stop.is_set():
            raise _Stopped
        changed = at_once or stage != self.check.stage
        self.check = replace(self.check, stage=stage, done=done, total=total)
        if changed or time.monotonic() - self._told >= _TELL:
            self._told = time.monotonic()
            pulse.move(self.hands.alias)

    def run(self) -> None:
        """Export, audit, and keep what was found. Whatever goes wrong ends the check and is told by code."""
        folder: Path | None = None
        try:
            folder = self.hands.export(self.office)
            self.move("files", at_once=True)
            watched = _Watched(FolderFiles(folder), self.move)
            report, state = audit(watched, office=self.office, keep=False)
            self.move("state", at_once=True)
            self._end("done", report=report, state=state)
        except _Stopped:
            self._end("stopped")
        except Fault as fault:
            self._end("failed", fault=fault.code)
        except Exception:  # noqa: BLE001 (a thread that dies in silence would leave the page waiting)
            self._end("failed", fault="internal")
        finally:
            if folder is not None:
                shutil.rmtree(folder.parent, ignore_errors=True)
            journal.close(self.hands.alias)

    def _end(self, stage: Stage, **found: object) -> None:
        self.check = replace(self.check, stage=stage, ended=self.hands.now(), **found)  # type: ignore[arg-type]  # its fields
        pulse.move(self.hands.alias)


class _Watched:
    """Files of an export that tell how many of them have been looked at: first all of them, then those again
    of which registers consist.
    """

    def __init__(self, files: Files, move: Callable[..., None]) -> None:
        self._files, self._move = files, move
        self._names = files.names()
        self._seen: set[str] = set()
        self._again: set[str] = set()
        self._registers = sum(not name.startswith(BLOBS) for name in self._names)

    def names(self) -> tuple[str, ...]:
        """See Files."""
        return self._names

    def read(self, name: str, limit: int) -> bytes:
        """See Files."""
        self._count(name)
        return self._files.read(name, limit)

    def digest(self, name: str, size: int) -> tuple[int, str]:
        """See Files."""
        self._count(name)
        return self._files.digest(name, size)

    def _count(self, name: str) -> None:
        whole = len(self._names)
        if len(self._seen) < whole:
            self._seen.add(name)
            self._move("files", len(self._seen), whole)
        else:
            self._again.add(name)
            self._move("registers", len(self._again), self._registers)


_jobs: dict[tuple[str, str], _Job] = {}
_lock = threading.Lock()


def check_of(hands: Hands, office: str) -> Check | None:
    """The check of an office that goes on, or the newest one; None where there has been none."""
    job = _jobs.get((hands.alias, office))
    return job.check if job is not None else None


def begin(hands: Hands, office: str, by: str) -> threading.Thread:
    """Begin a check. Raises OurFault(`check-running`) while one goes on."""
    with _lock:
        job = _jobs.get((hands.alias, office))
        if job is not None and job.check.runs:
            raise OurFault("check-running", by=job.check.by)
        job = _jobs[hands.alias, office] = _Job(hands, office, by)
    thread = threading.Thread(target=job.run, name="verify", daemon=True)
    thread.start()
    return thread


def stop(hands: Hands, office: str) -> None:
    """Stop the check of an office; nothing happens where none goes on."""
    job = _jobs.get((hands.alias, office))
    if job is not None:
        job.stop.set()
