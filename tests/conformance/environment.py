"""The environment of the verifiers that others wrote: `.venv-conformance`, from hash-pinned requirements.

It is made when it is missing or its requirements have changed, and the tests fail, not skip, when it cannot
be made: that others accept what is written here is a promise, not an extra. `python -m
tests.conformance.environment` makes it by hand; `YEOLLAK_CONFORMANCE_VENV` names another place for it.
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
PINS = ROOT / "requirements" / "conformance.txt"
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


def place() -> Path:
    """Where the environment is."""
    return Path(os.environ.get("YEOLLAK_CONFORMANCE_VENV", ROOT / ".venv-conformance"))


def ensure() -> Path:
    """The Python of the environment, made if need be.

    Raises RuntimeError with pip's own words when it cannot be made.
    """
    folder = place()
    folder.mkdir(parents=True, exist_ok=True)
    python, stamp = folder / "bin" / "python", folder / ".installed"
    wanted = hashlib.sha256(sys.version.encode() + str(folder).encode() + PINS.read_bytes()).hexdigest()
    # Two test runs started at once must not build one folder together.
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if python.exists() and stamp.exists() and stamp.read_text() == wanted:
            return python
        stamp.unlink(missing_ok=True)
        venv.create(folder, with_pip=True, symlinks=True)
        made = subprocess.run(
            [python, *INSTALL, "-r", PINS], capture_output=True, text=True, timeout=600, check=False
        )
        if made.returncode:
            raise RuntimeError(f"the conformance environment could not be made:\n{made.stderr[-2000:]}")
        stamp.write_text(wanted)
    return python


if __name__ == "__main__":
    sys.stdout.write(f"{ensure()}\n")
