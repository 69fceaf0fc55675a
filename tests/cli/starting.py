"""Commands as processes of their own, forked from one that has imported the program.

What a command does takes a tenth of what it imports: a test run spent minutes on that alone. A process that
is forked has its own memory, folder, environment, files, signals and exit code, as one that was started has.
What it does not show is that the program can be imported: `test_starting` shows that of every command, and
that it then prints the same. The README's session (`test_readme`) starts every process anew as well.

As a program this is the process that forks. It ends, with all its children, when its standard input is
closed. It listens at a socket: a request is one JSON object (`words`, `folder`, `environment`) with three
descriptors, and the answers are two lines, the process id at once and the exit code at the end. Who hangs up
before kills.
"""

from __future__ import annotations

import array
import atexit
import contextlib
import functools
import gc
import importlib
import json
import os
import pkgutil
import select
import selectors
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any, NoReturn

#: A program that stands in for `yeollak` in a shell: it passes its files on, and a signal to end.
_STAND_IN = """#!{python} -ISE
import array, json, os, signal, socket, sys
link = socket.socket(socket.AF_UNIX)
link.connect({path!r})
asked = {{"words": sys.argv[1:], "folder": os.getcwd(), "environment": dict(os.environ)}}
files = array.array("i", [0, 1, 2])
link.sendmsg([json.dumps(asked).encode() + b"\\n"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, files)])
said = link.makefile()
process = int(said.readline())
for number in (signal.SIGTERM, signal.SIGINT):
    signal.signal(number, lambda number, _frame: os.kill(process, number))
sys.exit(int(said.readline()))
"""


class Started:
    """A process that was forked, with what `subprocess.Popen` has of one that was started."""

    def __init__(self, link: socket.socket, stdout: IO[str], stderr: IO[str]) -> None:
        self._link, self._said = link, link.makefile()
        self.pid = int(self._said.readline())
        self.returncode: int | None = None
        self.stdout, self.stderr = stdout, stderr

    def send_signal(self, number: int) -> None:
        """Send a signal, if it still runs."""
        if self.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code, negative for a signal. Raises TimeoutError."""
        if self.returncode is None:
            if not select.select([self._link], [], [], timeout)[0]:
                raise TimeoutError(f"{self.pid} has not ended within {timeout} s")
            self.returncode = int(self._said.readline())
            self._link.close()
        return self.returncode

    def poll(self) -> int | None:
        """Its exit code, or None while it runs."""
        with contextlib.suppress(TimeoutError):
            self.wait(0)
        return self.returncode

    def communicate(self, timeout: float | None = None) -> tuple[str, str]:
        """What it has written since it was last read, and to its end. Raises TimeoutError, which kills it."""
        late = threading.Timer(timeout or 3600, self.kill)
        late.start()
        try:
            with _Reading(self.stderr) as errors:
                out = self.stdout.read()
            said = errors.text
        finally:
            ended = not late.finished.is_set()
            late.cancel()
        self.wait(timeout)
        for stream in (self.stdout, self.stderr):
            stream.close()
        if not ended:
            raise TimeoutError(f"{self.pid} did not end within {timeout} s: {out}{said}")
        return out, said


class _Reading:
    """All of a stream, read beside another so that neither fills up."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream, self.text = stream, ""
        self._thread = threading.Thread(target=self._read)

    def _read(self) -> None:
        self.text = self._stream.read()

    def __enter__(self) -> _Reading:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.join()


def start(
    words: Sequence[str], folder: Path, environment: Mapping[str, str], into: Path | None = None
) -> Started:
    """`yeollak` with these words in a folder, with nothing to read, and streams of what it writes; `into` a
    file, where one is named, behind what is there.
    """
    out, out_end = os.pipe()
    errors, errors_end = os.pipe()
    if into is not None:
        for end in (out_end, errors_end):
            with into.open("ab") as file:
                os.dup2(file.fileno(), end)
    nothing = os.open(os.devnull, os.O_RDONLY)
    link = socket.socket(socket.AF_UNIX)
    link.connect(str(_socket()))
    asked = {"words": list(words), "folder": str(folder), "environment": dict(environment)}
    files = array.array("i", [nothing, out_end, errors_end])
    link.sendmsg([json.dumps(asked).encode() + b"\n"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, files)])
    for number in files:
        os.close(number)
    return Started(link, open(out, encoding="utf-8"), open(errors, encoding="utf-8"))  # noqa: PTH123 - descriptors, which no path names


def stand_in() -> Path:
    """A folder for the front of PATH, in which a `yeollak` stands that is forked."""
    place = _socket().parent / "bin"
    program = place / "yeollak"
    if not program.exists():
        place.mkdir(exist_ok=True)
        program.write_text(_STAND_IN.format(python=sys.executable, path=str(_socket())))
        program.chmod(0o755)
    return place


@functools.cache
def _socket() -> Path:
    """Where the one forking process of this process listens; it is started by the first who asks."""
    folder = Path(tempfile.mkdtemp(prefix="yeollak-starting-"))
    path = folder / "socket"
    forking = subprocess.Popen(
        [sys.executable, "-m", "tests.cli.starting", str(path)],
        cwd=Path(__file__).parents[2],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )

    def end() -> None:
        assert forking.stdin is not None
        forking.stdin.close()
        forking.wait(timeout=30)
        shutil.rmtree(folder, ignore_errors=True)

    atexit.register(end)
    assert forking.stdout is not None
    assert forking.stdout.readline() == b"ready\n"
    return path


def _import_all() -> None:
    """Everything that a command may import, once and for all."""
    from yeollak.node.settings import configure

    configure()
    import yeollak

    for found in pkgutil.walk_packages(yeollak.__path__, "yeollak."):
        if found.name != "yeollak.__main__":
            importlib.import_module(found.name)


def _fork_for_all(path: str) -> list[str]:
    """Fork for whoever asks, until standard input is closed. Returns in every child, with its words."""
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen(64)
    os.write(1, b"ready\n")
    waiting = selectors.DefaultSelector()
    waiting.register(0, selectors.EVENT_READ, None)
    waiting.register(listener, selectors.EVENT_READ, None)
    children: dict[int, tuple[int, socket.socket]] = {}
    while True:
        for key, _ in waiting.select():
            if key.fileobj == 0:
                for process, _link in children.values():
                    os.kill(process, signal.SIGKILL)
                os._exit(0)
            elif key.fileobj is listener:
                link, _ = listener.accept()
                data, files, _, _ = socket.recv_fds(link, 1 << 20, 3)
                while not data.endswith(b"\n"):
                    data += link.recv(1 << 20)
                process = os.fork()
                if process == 0:
                    waiting.close()
                    for other in (listener, link, *(one for _, one in children.values())):
                        other.close()
                    return _become(json.loads(data), files)
                for number in files:
                    os.close(number)
                handle = os.pidfd_open(process)
                children[handle] = (process, link)
                waiting.register(handle, selectors.EVENT_READ, handle)
                waiting.register(link, selectors.EVENT_READ, handle)
                link.sendall(b"%d\n" % process)
            elif key.data in children:
                handle = key.data
                process, link = children.pop(handle)
                if key.fileobj is link:
                    os.kill(process, signal.SIGKILL)
                _, status = os.waitpid(process, 0)
                with contextlib.suppress(OSError):
                    link.sendall(b"%d\n" % os.waitstatus_to_exitcode(status))
                waiting.unregister(handle)
                waiting.unregister(link)
                os.close(handle)
                link.close()


def _become(asked: dict[str, Any], files: Sequence[int]) -> list[str]:
    """Be the process that was asked for, in a child that has just been forked; returns its words."""
    for number, given in enumerate(files):
        os.dup2(given, number)
        os.close(given)
    os.chdir(asked["folder"])
    os.environ.clear()
    os.environ.update(asked["environment"])
    sys.stdin, sys.stdout = open(0, closefd=False), open(1, "w", closefd=False)  # noqa: SIM115 - open as long as the process
    sys.stderr = open(2, "w", errors="backslashreplace", closefd=False)  # noqa: SIM115 - open as long as the process
    words: list[str] = asked["words"]
    return words


def _end(code: Any) -> NoReturn:
    """End as an interpreter does, but for taking apart what was imported: that takes longer than a command.
    No server ends so: its threads have connections that nothing else would close.
    """
    from django.db import connections

    assert isinstance(code, int)
    threading._shutdown()  # type: ignore[attr-defined]  # as an interpreter does: threads are waited for
    atexit._run_exitfuncs()
    connections.close_all()  # which would be taken apart, and SQLite's log with the last of them
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError):
            stream.flush()
    os._exit(code)


if __name__ == "__main__":
    _import_all()
    assert len(list(Path("/proc/self/task").iterdir())) == 1, "a process with threads cannot be forked"
    gc.collect()
    gc.freeze()
    sys.argv = ["yeollak", *_fork_for_all(sys.argv[1])]
    from yeollak.cli.main import main

    try:
        main()
    except SystemExit as ended:
        if sys.argv[1:2] not in (["serve"], ["recover"]):
            _end(ended.code)
        raise
