"""Environments of programs that others wrote and the product does not need: `.venv-NAME`, from the
hash-pinned `requirements/NAME.txt`. `conformance` has verifiers, `objects` a server that speaks S3.

One is made when it is missing or its requirements have changed, and the tests fail, not skip, when it cannot
be made: that others accept what is written here is a promise, not an extra. `python -m
tests.conformance.environment NAME` makes it by hand; `YEOLLAK_NAME_VENV` names another place for it.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).parents[2]
#: Old enough to be in every supported pip, new enough to be quiet.
INSTALL = (
    "-m",
    "pip",
    "install",
    "--quiet",
    "--disable-pip-version-check",
    "--require-hashes",
    "--only-binary",
    ":all:",
)


def place(name: str) -> Path:
    """Where the environment is."""
    return Path(os.environ.get(f"YEOLLAK_{name.upper()}_VENV", ROOT / f".venv-{name}"))


def ensure(name: str = "conformance") -> Path:
    """The Python of the environment, made if need be.

    Raises RuntimeError with pip's own words when it cannot be made.
    """
    folder, pins = place(name), ROOT / "requirements" / f"{name}.txt"
    folder.mkdir(parents=True, exist_ok=True)
    python, stamp = folder / "bin" / "python", folder / ".installed"
    wanted = hashlib.sha256(sys.version.encode() + str(folder).encode() + pins.read_bytes()).hexdigest()
    # Two test runs started at once must not build one folder together.
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if python.exists() and stamp.exists() and stamp.read_text() == wanted:
            return python
        stamp.unlink(missing_ok=True)
        venv.create(folder, with_pip=True, symlinks=True)
        made = subprocess.run(
            [python, *INSTALL, "-r", pins], capture_output=True, text=True, timeout=600, check=False
        )
        if made.returncode:
            raise RuntimeError(f"the environment {name} could not be made:\n{made.stderr[-2000:]}")
        stamp.write_text(wanted)
    return python


if __name__ == "__main__":
    sys.stdout.write(f"{ensure(*sys.argv[1:])}\n")
