"""A writer in a process of its own: appends the acts of a file one by one, and may be killed at a step.

python -m tests.storage.process JOB

JOB is a pickle: the database's settings, the anchor's path, the office, the acts, and the step of the journal
after which the process ends as if the power had gone, or None.
"""

from __future__ import annotations

import os
import pickle
import sys
from pathlib import Path
from typing import Any

from tests.storage.setup import ready

POWER = 9


def main(path: Path) -> None:
    ready()
    from yeollak.storage.anchor import Anchor
    from yeollak.storage.databases import attach
    from yeollak.storage.journal import Journal

    settings, anchor, office, acts, step = pickle.loads(path.read_bytes())
    attach("writer", settings)
    if step is not None:
        genuine = getattr(Journal, step)

        def broken(self: Journal, *given: Any, **more: Any) -> None:
            genuine(self, *given, **more)
            os._exit(POWER)

        setattr(Journal, step, broken)
    journal = Journal("writer", Anchor(Path(anchor)))
    for act in acts:
        journal.append(office, [act])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
