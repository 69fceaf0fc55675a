"""A process beside the benchmark, asked and answering by lines of JSON."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from typing import Any


class Child:
    """A process with this command. `settings` are those of `subprocess.Popen`."""

    def __init__(self, command: Sequence[str], **settings: Any) -> None:
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, **settings
        )

    def tell(self, **asked: Any) -> None:
        """Ask, without waiting for the answer."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(asked) + "\n")
        self.process.stdin.flush()

    def hear(self) -> dict[str, Any]:
        """The next answer. Raises RuntimeError where the process has ended."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"a process has ended with status {self.process.wait()}{self.last_words()}")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def last_words(self) -> str:
        """What is known of why it has ended."""
        return ""

    def ask(self, **asked: Any) -> dict[str, Any]:
        """Ask and wait."""
        self.tell(**asked)
        return self.hear()

    def close(self, seconds: float = 60.0) -> None:
        """End the process, which ends with what it is told."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
